"""The reference firmware's core: docs/protocols/esp32.md without pins. Runs under MicroPython and CPython alike."""

VERSION = (1, 0, 0)
