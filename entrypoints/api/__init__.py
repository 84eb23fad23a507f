"""The platform's HTTP API, version 1: rooms (one file each), and the walls around them (problems, limits, access)."""
