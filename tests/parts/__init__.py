"""Real servers for tests, each once in a process of pytest."""
