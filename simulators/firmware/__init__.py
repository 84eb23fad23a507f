"""A microcontroller that is not there: its side of docs/protocols/esp32.md, on a body of `simulators/physics`.

It shares no code with the adapter at the other end, and none with the reference firmware: three readings of one page.
"""
