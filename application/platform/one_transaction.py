"""Several steps in one transaction, where each of them was written to stand alone.

A use case opens its own unit of work and commits it. Inside `shared()`, on the same thread, what it gets
is a part of one transaction: its commit says "my part is done", and the whole is committed, once, by
whoever opened the share. So an answer can be kept in the very transaction whose effect it tells of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, cast

from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory


class HalfDone(RuntimeError):
    """Of the parts of one transaction some were committed and some not: a mistake in a use case."""


class Share:
    """One transaction that several units of work are parts of. It begins when the first part writes."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        """Remember how to begin."""
        self._begin = begin
        self._work: UnitOfWork | None = None
        self._commits = 0
        self._given_up = False

    def part(self, *, read_only: bool) -> UnitOfWork:
        """Return a unit of work that is a part of this transaction (or a mere look, before anything was written)."""
        if read_only and self._work is None:
            return self._begin(read_only=True)
        return cast("UnitOfWork", _Part(self, reads=read_only))

    @property
    def done(self) -> bool:
        """Whether something is to be committed. Raises HalfDone if only some of the parts were."""
        if self._commits and self._given_up:
            raise HalfDone("one part of a transaction was committed and another was not")
        return self._commits > 0

    def work(self) -> UnitOfWork:
        """Return the transaction itself, begun. Raises StoreBusy."""
        if self._work is None:
            work = self._begin()
            self._work = work.__enter__()
        return self._work

    def note_commit(self) -> None:
        """Note that a part is done."""
        self._commits += 1

    def give_up(self) -> None:
        """Note that a part ended without a commit: there is no undoing a part, so the whole will not be."""
        self._given_up = True

    def end(self) -> None:
        """End the transaction; what was not committed is rolled back."""
        if self._work is not None:
            self._work.__exit__(None, None, None)
            self._work = None


class _Part:
    """What a use case takes for its unit of work."""

    def __init__(self, share: Share, *, reads: bool) -> None:
        self._share = share
        self._settled = reads

    def __getattr__(self, name: str) -> Any:
        return getattr(self._share.work(), name)

    def commit(self) -> None:
        self._settled = True
        self._share.note_commit()

    def __enter__(self) -> UnitOfWork:
        self._share.work()
        return cast("UnitOfWork", self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._settled:
            self._share.give_up()


class OneTransaction:
    """A `UnitOfWorkFactory` whose units of work join the share that is open around them, if one is."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        """Wrap the store's own factory."""
        self._begin = begin
        self._open: ContextVar[Share | None] = ContextVar("share", default=None)

    def __call__(self, *, read_only: bool = False) -> UnitOfWork:
        """Return a new unit of work, or a part of the open share."""
        share = self._open.get()
        return share.part(read_only=read_only) if share else self._begin(read_only=read_only)

    @contextmanager
    def shared(self) -> Iterator[Share]:
        """Open a share for what runs inside, on this thread. It is rolled back unless its work is committed."""
        share = Share(self._begin)
        token = self._open.set(share)
        try:
            yield share
        finally:
            self._open.reset(token)
            share.end()
