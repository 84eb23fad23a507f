"""Real servers from wheels (the extra `parts`), each a child process on free ports of this computer."""
