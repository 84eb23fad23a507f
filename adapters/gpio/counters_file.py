"""Lasting counters where no microcontroller keeps them: a small file, replaced as a whole and synced."""

from __future__ import annotations

import json
import os
from pathlib import Path

from application.ports.hardware import HardwareError
from domain.deposits.bodies import Counters


class CountersFile:
    """Counts of items that passed."""

    def __init__(self, path: Path) -> None:
        """A file that is not there yet counts from zero. Raises HardwareError for one that cannot be read."""
        self._path = path
        self._counters = self._load()

    def read(self) -> Counters:
        """Return the counts."""
        return self._counters

    def count(self, *, passed_in: int = 0, passed_out: int = 0) -> None:
        """Add; on the disk when this returns. Raises HardwareError: then nothing was added."""
        counters = Counters(self._counters.passed_in + passed_in, self._counters.passed_out + passed_out)
        new = self._path.with_name(self._path.name + ".new")
        try:
            with new.open("w", encoding="utf-8") as file:
                json.dump({"in": counters.passed_in, "out": counters.passed_out}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as odd:
            raise HardwareError(f"counters: {odd}") from odd
        self._counters = counters

    def _load(self) -> Counters:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            return Counters(int(told["in"]), int(told["out"]))
        except FileNotFoundError:
            return Counters(0, 0)
        except (OSError, ValueError, TypeError, KeyError) as odd:
            raise HardwareError(f"counters: {self._path} cannot be read: {odd}") from odd
