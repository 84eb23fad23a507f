"""Use cases of the machine (RVM-Edge)."""
