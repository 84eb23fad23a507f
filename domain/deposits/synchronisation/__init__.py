"""Bringing the journal to the platform, sans-IO: `words` and the table of `rules`."""
