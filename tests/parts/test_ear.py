"""Who listens notices what was lost: by the count, also of the last word, also of a process that died."""

import random

import pytest

from adapters.events.redis_ear import SILENT, Ear
from adapters.events.redis_words import NotUnderstood, Word, read, written
from application.ports.outbox import Event


def event(number):
    return Event(number, "o", "session:1", number, "t", {"a": "ü"}, 5)


def said(count, last=False, sender="a"):
    return Word(sender, count, event(count), last=last)


@pytest.mark.parametrize("word", [said(1), Word("b", 0), Word("c", 7, last=True)])
def test_a_word_is_read_as_it_was_written(word):
    assert read(written(word).encode()) == word


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"1", b'{"v":2}', b'{"v":1,"from":"a"}', b'{"v":1,"from":"a","count":1,"event":[1]}', b"\xff"],
)
def test_what_is_no_word_is_not_understood(raw):
    with pytest.raises(NotUnderstood):
        read(raw)


def test_a_hole_is_heard_once():
    ear = Ear()
    assert [ear.hear(said(count), 0.0) for count in (1, 2, 4, 5)] == [False, False, True, False]


def test_the_last_word_is_missed_at_the_next_pulse():
    ear = Ear()
    assert [ear.hear(word, 0.0) for word in (said(1), Word("a", 1), Word("a", 2), Word("a", 2))] == [
        False, False, True, False,
    ]  # fmt: skip


def test_senders_are_counted_apart_and_a_good_bye_is_no_silence():
    ear = Ear()
    assert not ear.hear(said(1), 0.0)
    assert not ear.hear(said(1, sender="b"), 0.0)
    assert not ear.hear(Word("b", 1, last=True), 0.0)
    assert not ear.gone(SILENT)
    assert ear.gone(SILENT + 0.1)
    assert not ear.gone(SILENT + 0.1)


def test_whatever_is_lost_somebody_notices():
    """Words get lost at random; at the end a pulse comes through, or the sender falls silent."""
    for seed in range(300):
        chance, ear, lost, noticed = random.Random(seed), Ear(), False, False
        for count in range(1, 20):
            if chance.random() < 0.2:
                lost, noticed = True, False
                continue
            noticed = ear.hear(said(count), 0.0) or noticed
        noticed = ear.hear(Word("a", 19), 0.0) or noticed
        assert noticed == lost, f"seed {seed}"
