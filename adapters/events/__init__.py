"""Fan-out of published events within one process; another way to wake many workers goes beside it."""
