"""Simulated hardware as a process of its own: it goes on when the machine's software dies, as metal does."""
