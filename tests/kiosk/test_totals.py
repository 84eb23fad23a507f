"""What a machine has taken in: only what its journal says, each item once, however the journal is read."""

import pytest

from application.machine.add_up import AT_ONCE, AddUp
from application.ports.journal import JournalError
from domain.deposits import bodies
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, Opener, Outcome
from domain.deposits.journal import write
from domain.deposits.machine_totals import MOST_UNSETTLED, MachineTotals, counted
from domain.deposits.recognition import Box, Mask, Material, Recognition, nothing
from tests.machine.steps import Steps


def decided(material, *, accepted=True):
    seen = Recognition(1, material, 950_000, 950_000, Box(0, 0, 2, 2), material, 950_000, Mask(4), "model")
    reason = Reason.CONTAINER if accepted else Reason.NOT_A_CONTAINER
    return bodies.ItemDecided("visit", Decision(accepted, reason), seen, None, None, Counters(0, 0))


def summed(*entries):
    totals = MachineTotals()
    for entry, body in entries:
        totals = counted(totals, entry, body)
    return totals


def test_an_item_counts_when_it_went_in():
    story = [
        ("v", bodies.VisitOpened(Opener.GUEST, None, False, None)),
        ("a", decided(Material.GLASS)),
        ("b", bodies.ItemSettled("a", Outcome.STORED)),
        ("c", decided(Material.PAPER, accepted=False)),
        ("d", bodies.ItemSettled("c", Outcome.RETURNED)),
        ("e", decided(Material.METAL)),
        ("f", bodies.ItemSettled("e", Outcome.RETURNED)),
        ("g", decided(Material.METAL)),
        ("h", bodies.ItemSettled("g", Outcome.UNKNOWN)),
    ]
    totals = summed(*story)
    assert (totals.visits, totals.stored, totals.materials) == (1, 1, {Material.GLASS: 1})
    assert totals.unsettled == ()


def test_an_item_is_settled_once():
    twice = [("b", bodies.ItemSettled("a", Outcome.STORED))] * 2
    assert summed(("a", decided(Material.GLASS)), *twice).stored == 1


def test_what_is_remembered_is_bounded():
    assert len(summed(*((str(n), decided(Material.GLASS)) for n in range(1_000))).unsettled) == MOST_UNSETTLED


def test_nothing_recognised_counts_for_no_material():
    odd = bodies.ItemDecided("v", Decision(True, Reason.CONTAINER), nothing("m"), None, None, Counters(0, 0))
    totals = summed(("a", odd), ("b", bodies.ItemSettled("a", Outcome.STORED)))
    assert (totals.stored, totals.materials) == (1, {})


class Book:
    """A journal that is only read."""

    def __init__(self):
        self.entries, self.torn = [], False

    def add(self, *said):
        for body in said:
            before = self.entries[-1] if self.entries else None
            entry = write(
                id=f"00000000-0000-7000-8000-{len(self.entries):012x}", machine="00000000-0000-7000-8000-000000000000",
                epoch="00000000-0000-7000-8000-000000000001", seq=len(self.entries),
                prev=before.hash if before else "0" * 64, mono=1, wall=1, trusted=True, kind=bodies.kind_of(body),
                body=bodies.written(body),
            )  # fmt: skip
            self.entries.append(entry)
        return self.entries[-1].id

    def after(self, cursor, limit):
        if self.torn:
            raise JournalError("torn")
        at = 0 if cursor is None else cursor.seq + 1
        return self.entries[at : at + limit]


@pytest.fixture
def book():
    return Book()


def deposit(book, times=1):
    for _ in range(times):
        item = book.add(decided(Material.GLASS))
        book.add(bodies.ItemSettled(item, Outcome.STORED))


def test_the_journal_is_read_once_and_then_followed(book):
    deposit(book, AT_ONCE)
    steps, told = Steps(), []
    add_up = AddUp(book, steps, told.append)
    add_up.start()
    steps.run(0)
    assert add_up.totals.stored == AT_ONCE
    deposit(book)
    add_up.appended()
    add_up.appended()
    steps.run(0)
    assert told[-1].stored == add_up.totals.stored == AT_ONCE + 1


def test_a_torn_journal_leaves_the_sums(book):
    deposit(book)
    steps = Steps()
    add_up = AddUp(book, steps)
    add_up.start()
    steps.run(0)
    book.torn = True
    add_up.appended()
    steps.run(0)
    assert add_up.totals.stored == 1
