"""Two processes that do something to one PostgreSQL database at the same moment, inside their transactions.

Both begin, and wait for each other there. Then each goes on; whoever comes to its commit first waits until the
server says that the other one is blocked by it. So a round in which nobody was in anybody's way is told from one in
which somebody was: that is the conflict that is counted.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from typing import Any

from attrs import define, field, frozen

from adapters.sql.engine import open_engine
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.ports.unit_of_work import AlreadyThere, Interrupted

ROUNDS = int(os.environ.get("RVM_RACE_ROUNDS", "4"))
"""Rounds of each race: few in CI; RVM_RACE_ROUNDS=200 by hand."""
WITHIN = 20.0
"""Seconds that anybody waits for anybody."""
_BLOCKED = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
_fork = multiprocessing.get_context("fork")


@frozen
class Came:
    """What one of the two came to in a round."""

    result: Any
    """What its action returned, or the error that it raised."""
    saw: bool
    """Whether it saw the other one blocked by it."""
    interrupted: int
    """How many of its transactions the server gave up, or found a row to be there already."""


@define
class Place:
    """Where the two meet."""

    barrier: Any = field(factory=lambda: _fork.Barrier(2))
    first: Any = field(factory=lambda: _fork.Value("i", 0))
    """1 once one of the two came to its commit."""


@define
class MeetingStore:
    """A factory of units of work that meet the other process's, in each round once."""

    units: SqlUnitsOfWork
    place: Place
    met: bool = False
    """Whether it met the other one in this round."""
    saw: bool = False
    interrupted: int = 0
    at_sessions: bool = False
    """Meet when the first session is locked, not at the beginning."""

    def __call__(self, *, read_only: bool = False):
        return self.units(read_only=True) if read_only else _Meeting(self, self.units())

    def meet(self) -> None:
        if not self.met:
            self.met = True
            self.place.barrier.wait(WITHIN)

    def before_commit(self, connection) -> None:
        with self.place.first.get_lock():
            was_first, self.place.first.value = self.place.first.value == 0, 1
        deadline = time.monotonic() + WITHIN
        while was_first and not self.saw and time.monotonic() < deadline:
            self.saw = connection.exec_driver_sql(_BLOCKED).scalar_one()
            time.sleep(0.002)


class _Meeting:
    """A unit of work that tells its store where it is."""

    def __init__(self, store, work) -> None:
        self._store, self._work = store, work

    def __getattr__(self, name):
        part = getattr(self._work, name)
        return _Sessions(self._store, part) if name == "sessions" and self._store.at_sessions else part

    def __enter__(self):
        self._work.__enter__()
        self._work._connection.exec_driver_sql("SELECT 1")
        if not self._store.at_sessions:
            self._store.meet()
        return self

    def commit(self) -> None:
        self._store.before_commit(self._work._connection)
        self._work.commit()

    def __exit__(self, kind, error, trace) -> None:
        self._store.interrupted += isinstance(error, (AlreadyThere, Interrupted))
        self._work.__exit__(kind, error, trace)


class _Sessions:
    def __init__(self, store, sessions) -> None:
        self._store, self._sessions = store, sessions

    def __getattr__(self, name):
        return getattr(self._sessions, name)

    def locked(self, ids):
        found = self._sessions.locked(ids)
        self._store.meet()
        return found


def _serve(pipe, url, place) -> None:
    """Do what the parent says, on a store of this process's own."""
    units = SqlUnitsOfWork(open_engine(url))
    while (told := pipe.recv()) is not None:
        action, arguments, at_sessions = told
        store = MeetingStore(units, place, at_sessions=at_sessions)
        try:
            result = action(store, *arguments)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test judges it
            result = error
        pipe.send(Came(result, store.saw, store.interrupted))
    os._exit(0)


@define
class Racers:
    """Two processes. Each round gives both something to do, and they do it in each other's way."""

    url: str
    conflicts: int = 0
    interrupted: int = 0
    _place: Place = field(factory=Place)
    _pipes: list[Any] = field(factory=list)
    _processes: list[Any] = field(factory=list)

    def __enter__(self):
        for _ in range(2):
            ours, theirs = _fork.Pipe()
            process = _fork.Process(target=_serve, args=(theirs, self.url, self._place), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        return self

    def __exit__(self, *_) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(WITHIN)

    def round(self, *tasks, at_sessions: bool = False) -> list[Came]:
        """Let each of the two do its task (an action and its arguments); returns what they came to, in that order."""
        self._place.first.value = 0
        for pipe, (action, *arguments) in zip(self._pipes, tasks, strict=True):
            pipe.send((action, arguments, at_sessions))
        came = [self._answer(pipe) for pipe in self._pipes]
        self.conflicts += any(each.saw for each in came)
        self.interrupted += sum(each.interrupted for each in came)
        return came

    def _answer(self, pipe) -> Came:
        if not pipe.poll(2 * WITHIN):
            raise TimeoutError("a racer did not come back")
        return pipe.recv()
