"""Servers of the production parts as child processes: real ones, from wheels, for tests and for trying things out."""
