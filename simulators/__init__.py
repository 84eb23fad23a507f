"""The world in virtual time: people, items, hardware, network and faults."""
