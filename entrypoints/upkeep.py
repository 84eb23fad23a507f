"""The upkeep's thread: what has to be done now and then, and may take long or fail, apart from the relay."""

from __future__ import annotations

import threading

from application.platform.expire_objects import ExpireObjects
from application.ports.objects import ObjectsFailed
from entrypoints.logs import logger

LOG = logger("rvm.upkeep")
PAUSE_SECONDS = 3600.0
"""Between two rounds; the first one comes that long after the start."""


class Upkeep:
    """Runs `ExpireObjects` once an hour."""

    def __init__(self, expire: ExpireObjects) -> None:
        """Take what it runs; `start` begins."""
        self._expire = expire
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop; a round that is under way is left to itself, since a store that hangs must not hold up the end."""
        self._stopping.set()
        self._thread = None

    def once(self) -> None:
        """Do one round. What cannot be done is logged, and done the next time."""
        try:
            removed = self._expire()
        except ObjectsFailed as failed:
            LOG.warning("objects_not_expired", why=str(failed))
        except Exception:  # whatever it is, upkeep that has died is seen by nobody
            LOG.exception("objects_not_expired")
        else:
            if removed:
                LOG.info("objects_expired", removed=removed)

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            self.once()
