"""Keeping the C library from giving memory back between the steps of training.

A step frees and asks for hundreds of megabytes of feature maps. By default glibc maps and unmaps each large block, and
the kernel clears every page again: on two cores that took a third of the time of a step.
"""

from __future__ import annotations

import ctypes

_M_MMAP_MAX = -4
_M_TRIM_THRESHOLD = -1
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Tell glibc to keep what is freed for the next step (mallopt(3)); False where the C library is another."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_M_MMAP_MAX, 0) and mallopt(_M_TRIM_THRESHOLD, _NEVER))
