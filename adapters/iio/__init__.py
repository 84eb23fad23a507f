"""Sensors that the kernel reads: Linux' industrial I/O (IIO) files."""
