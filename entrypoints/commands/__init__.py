"""The groups of `rvm`'s commands."""
