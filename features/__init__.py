"""The business in scenarios."""
