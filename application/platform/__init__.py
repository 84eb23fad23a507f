"""Use cases of the platform (RVM-Server)."""
