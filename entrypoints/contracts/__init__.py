"""The contracts of the hardware ports, as they are checked on any machine: a real one, or a simulated one.

Tests and `rvm contracts` run the same functions.
"""
