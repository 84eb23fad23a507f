"""Reading codes out of frames."""
