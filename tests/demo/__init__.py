"""Tests of the demo: its parts, and the whole of it without any network."""
