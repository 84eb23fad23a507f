"""Planted mistakes that the suite must notice: `python -m tests.mutants [NAME...]`."""
