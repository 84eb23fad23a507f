"""What happened in the demo, one JSON object a line, for whoever wants to check it from outside."""

import json
import threading
import time
from pathlib import Path
from typing import Any, TextIO


class EventLog:
    """Writes events with the seconds since the start; without a file it only counts them."""

    def __init__(self, file: Path | None) -> None:
        self._start = time.monotonic()
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        self.counts: dict[str, int] = {}
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._file = file.open("w", encoding="utf-8")

    def write(self, event: str, **facts: Any) -> None:
        """Write one event: `{"at": seconds, "event": name, ...}`."""
        with self._lock:
            self.counts[event] = self.counts.get(event, 0) + 1
            if self._file is not None:
                line = {"at": round(time.monotonic() - self._start, 3), "event": event} | facts
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None
