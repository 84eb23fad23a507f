"""Child processes of the demo: started, killed, ended, and never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE_S = 5.0
"""For a process that was asked to end; then it is killed."""


class Process:
    """A Python module in a process of its own, that can be started again after it died."""

    def __init__(
        self, module: str, arguments: Sequence[str], *, settings: Mapping[str, str], log: Path, pipe: bool = False
    ) -> None:
        """`settings` are added to the environment; output goes to the end of `log`, or through a pipe if asked."""
        self.module = module
        self.arguments = tuple(arguments)
        self._settings = dict(settings)
        self._log = log
        self._pipe = pipe
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._running.pid if self.alive and self._running else None

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def exit_status(self) -> int | None:
        """How it ended last (minus the signal's number for a signal); None while it runs or before it ever did."""
        return None if self._running is None else self._running.poll()

    def start(self) -> int:
        """Start it and return its id."""
        if self.alive:
            raise RuntimeError(f"{self.module} already runs")
        self._forget()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        # One thread per library: the machines share the computer with each other and with the platform.
        calm = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "entrypoints.demo.child", self.module, *self.arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if self._pipe else log,
                stderr=log,
                env=os.environ | calm | self._settings,
                start_new_session=True,  # Ctrl-C is ours to answer, in order
            )
        return self._running.pid

    def first_line(self) -> str:
        """What it prints first (started with a pipe); empty when it ended before."""
        if self._running is None or self._running.stdout is None:
            raise RuntimeError(f"{self.module} was not started with a pipe")
        return self._running.stdout.readline().decode().strip()

    def kill(self) -> None:
        """SIGKILL: the power is gone. Returns when the process is."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._forget()

    def end(self) -> int | None:
        """Ask it to end, kill it if it does not, and return its exit status."""
        if self._running is None:
            return None
        if self.alive:
            self._running.send_signal(signal.SIGTERM)
        try:
            self._running.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._forget()
        return self._running.returncode

    def _forget(self) -> None:
        if self._running is not None:
            for pipe in (self._running.stdin, self._running.stdout):
                if pipe is not None:
                    pipe.close()

    def log_tail(self, lines: int = 20) -> str:
        """The end of what it wrote, for a person who wants to know why it died."""
        if not self._log.is_file():
            return ""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
