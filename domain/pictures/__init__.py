"""The pictures of items on a machine: what kind they are, which go when room runs out, and how they are sent on."""
