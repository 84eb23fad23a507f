"""What the device finds in a bundle of firmware when it starts it: its version, and the protocol it speaks."""

from __future__ import annotations

import re

VERSION = re.compile(rb"^VERSION = \((\d+), (\d+), (\d+)\)$", re.MULTILINE)
PROTOCOL = re.compile(rb"^PROTOCOL = (\d+)$", re.MULTILINE)


def inside(image: bytes) -> tuple[tuple[int, int, int], int] | None:
    """Return version and protocol of a bundle; None: it is none, and what ran before runs."""
    version, protocol = VERSION.search(image), PROTOCOL.search(image)
    if not image.startswith(b"rvm1\n") or version is None or protocol is None:
        return None
    major, minor, patch = (int(part) for part in version.groups())
    return (major, minor, patch), int(protocol.group(1))
