"""Counting requests: within one process, or in Redis for all of them."""
