"""How long things are kept, and what is left of them when they go."""
