"""Work that is done apart from the request that caused it."""
