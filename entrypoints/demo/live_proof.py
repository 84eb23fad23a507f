"""The ledger's proof while the demo runs, for the head of the page."""

import threading
import time
from typing import Any

import sqlalchemy as sa

from adapters.sql.sheet import read_sheet

FRESH_S = 1.0
"""However many pages ask, the store is added up at most once in that time."""


class LiveProof:
    """Adds the store up when it is asked, and not too often."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._at = 0.0
        self._latest: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        """`{"balanced", "deposits", "points", "lost", "doubled"}`."""
        with self._lock:
            if not self._latest or time.monotonic() - self._at > FRESH_S:
                sheet = read_sheet(self._engine)
                self._latest = {
                    "balanced": sheet.balanced,
                    "deposits": sheet.deposits,
                    "points": sheet.points,
                    "lost": sheet.lost,
                    "doubled": sheet.doubled,
                }
                self._at = time.monotonic()
            return self._latest
