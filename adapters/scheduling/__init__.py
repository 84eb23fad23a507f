"""Time as it passes on a machine: one deciding thread, a few for blocking work, a heap of timers."""
