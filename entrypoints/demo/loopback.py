"""Brings the loopback interface up where there is no other network at all, as in `unshare -rn`.

A fresh network namespace has an `lo` that is down, and nothing can talk to localhost until it is up.
"""

import array
import fcntl
import socket
import struct
import sys

_GET_FLAGS = 0x8913  # SIOCGIFFLAGS of Linux's netdevice(7)
_SET_FLAGS = 0x8914  # SIOCSIFFLAGS
_UP = 0x1
_REQUEST = "16sH14s"


class NoLoopback(OSError):
    """Localhost cannot be reached and may not be brought up."""


def bring_up() -> bool:
    """Bring `lo` up if it is down; True when it had to be. Raises NoLoopback."""
    if not sys.platform.startswith("linux"):
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            request = array.array("B", struct.pack(_REQUEST, b"lo", 0, b""))
            fcntl.ioctl(any_socket, _GET_FLAGS, request, True)
            flags = struct.unpack(_REQUEST, request.tobytes())[1]
            if flags & _UP:
                return False
            fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack(_REQUEST, b"lo", flags | _UP, b""))
        except OSError as refused:
            raise NoLoopback(f"the loopback interface is down and may not be brought up: {refused}") from refused
    return True
