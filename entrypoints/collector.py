"""Python's garbage collector, told how a server works: much is made and dropped, and what was loaded stays."""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 20, 50)
"""A batch makes some ten thousand objects that go by themselves; by default every 700 new ones cause a look."""


def calm() -> None:
    """Look less often, and never again at what is loaded by now. Called once, when everything is put together."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
