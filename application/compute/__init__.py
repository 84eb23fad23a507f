"""Use cases of compute (RVM-CV)."""
