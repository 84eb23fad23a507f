"""Fan-out of published events: in process. (Redis, which wakes other workers, follows with the second worker.)"""
