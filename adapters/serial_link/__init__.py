"""The serial line to the microcontroller: codec, link without I/O, the line itself, and the parts at its far end."""
