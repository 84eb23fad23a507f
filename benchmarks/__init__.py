"""Measured against the best honest baseline."""
