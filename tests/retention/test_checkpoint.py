"""A checkpoint is the same bytes wherever it is written, and what is read is what was written."""

import pytest
from attrs import evolve

from domain.deposits.bodies import Ending, Opener
from domain.deposits.corrected_time import Anchor, Span
from domain.deposits.journal import NO_HASH, Cursor, digest
from domain.deposits.visit import TokenStanding, Visit
from domain.retention.checkpoint import Checkpoint, MalformedCheckpoint, Past, Section, Stand, carried, read, write
from domain.retention.month import Month

VISIT = Visit("v", "o", "m", Opener.SESSION, TokenStanding.SOUND, "ana", "s", Span(1, 2), "p1")
FIRST = Checkpoint(
    Month(2026, 11), NO_HASH, {"entries": Section(2, "a" * 64)}, {"person:ana:points": 5, "issuing:o:points": -5},
    (Stand("m", Cursor("e", 7, "b" * 64), Anchor(3, Span(4, 5))), Stand("m", Cursor("f", 0, "c" * 64), None)),
    (VISIT,),
)  # fmt: skip
GOLDEN = (
    '{"items":[],"month":"2026_11","prev":"' + NO_HASH + '","sections":{"entries":[2,"' + "a" * 64 + '"]},'
    '"stands":[["m","e",7,"' + "b" * 64 + '",[3,4,5]],["m","f",0,"' + "c" * 64 + '",null]],'
    '"sums":{"issuing:o:points":-5,"person:ana:points":5},"v":1,"visits":[{"by":"session","closed":null,"id":"v",'
    '"machine":"m","opened":[1,2],"organisation":"o","person":"ana","price_list":"p1","session":"s","token":"sound",'
    '"totals":[0,0,0,0,0,0,0,0,0]}]}'
)


def test_the_bytes_are_these():
    assert write(FIRST).decode() == GOLDEN
    assert read(write(FIRST)) == FIRST


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", GOLDEN.encode() + b" ", GOLDEN.replace("_11", "_13").encode()])
def test_what_is_no_checkpoint(raw):
    with pytest.raises(MalformedCheckpoint):
        read(raw)


def test_the_past_is_all_months_together():
    raw = write(FIRST)
    past = Past().after(FIRST, raw)
    assert (past.until, past.head) == (Month(2026, 12).begin, digest(raw))
    second = Checkpoint(
        Month(2026, 12), past.head, {}, {"person:ana:points": 2}, (Stand("m", Cursor("e", 9, "d" * 64), None),)
    )
    past = past.after(second, write(second))
    assert past.sums == {"person:ana:points": 7, "issuing:o:points": -5}
    assert past.stands["m", "e"].cursor.seq == 9
    assert past.stands["m", "f"].cursor.seq == 0
    assert past.visits == {}, "what is carried is carried by the last one"


def test_carried_is_what_is_not_over_or_named_later():
    over = [evolve(VISIT, id=name, closed=Ending.DONE) for name in "ab"]
    visits, items = carried([VISIT, *over], [], frozenset("b"))
    assert ([visit.id for visit in visits], items) == (["b", "v"], [])
