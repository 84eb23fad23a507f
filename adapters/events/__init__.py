"""Fan-out of published events: within one process, or over Redis pub/sub to every process of the platform."""
