"""A simulated machine as a process of its own: wires, a serial line, a camera and a person's side, over a socket.

The adapters that ship drive it from another process: pins through `far_pins`, the ESP32 by its pty, the camera through
`far_body`. It goes on when the machine's software dies, as metal does, and loses its power only when the plug is
pulled.
"""
