"""Pictures go to the platform once each, whatever happens on the way; in virtual time."""

import itertools
import logging

import pytest

from domain.pictures.retention import MIB
from domain.pictures.sending import MOST_TRIES, TOMORROW, Came
from domain.pictures.sending import read as mark_of
from tests.pictures.street import JPEG, SECOND, Street, picture

STEPS = ["before picture offer", "before picture upload", "after picture upload", "after picture sent"]


@pytest.fixture
def street():
    return Street()


def bring(street, count, first=0):
    return {street.decide(picture(number)): picture(number) for number in range(first, first + count)}


def test_each_picture_is_sent_once_after_its_entry(street):
    items = bring(street, 3)
    street.run(60)
    assert street.pictures.kept == items
    assert (street.pictures.asked, street.pictures.uploads, street.send.waiting) == (3, 3, 0)
    assert street.send.counts == {Came.SENT: 3}


def test_what_waits_off_line_is_sent_when_the_network_is_back_in_the_order_of_the_journal(street):
    street.cut()
    items = bring(street, 5)
    street.run(600)
    assert street.pictures.kept == {}
    assert street.send.waiting == 5
    street.mend()
    street.run(180)
    assert list(street.pictures.kept.items()) == list(items.items())
    assert street.pictures.uploads == 5


def test_when_the_network_is_back_nobody_waits_for_the_longest_back_off(street):
    bring(street, 3)
    street.run(0.9)
    street.cut()
    street.run(3_600)
    street.decide(picture("late"))
    street.run(600)
    street.mend()
    while street.synchronise.now.off_line:
        street.run(0.1)
    street.run(5)
    assert len(street.pictures.kept) == 4


def test_no_picture_is_offered_before_the_platform_holds_its_entry(street):
    street.uplink.reachable = False
    bring(street, 2)
    street.run(600)
    assert street.pictures.asked == 0


def test_pictures_that_cannot_go_keep_no_entry_waiting(street):
    street.pictures.reachable = False
    bring(street, 20)
    street.run(120)
    assert street.journal.unsent() == 0
    assert street.send.waiting == 20


@pytest.mark.parametrize("lost", range(1, 8))
def test_answers_that_get_lost_double_nothing(street, lost):
    items = bring(street, 4)
    street.run(0.8)
    street.pictures.lost_answers = lost
    street.run(900)
    assert street.pictures.kept == items
    assert street.pictures.uploads <= 4 + lost


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("cuts", [1, 4])
def test_power_lost_at_any_step_loses_and_doubles_nothing(street, step, cuts):
    items = bring(street, 5)
    for _ in range(cuts):
        street.pulled_at = step
        street.run(60)
        assert street.pulled_at is None, "the plug was pulled there"
        street.boot()
    street.run(120)
    assert street.pictures.kept == items
    assert street.pictures.uploads <= 5 + cuts
    assert street.send.waiting == 0


def test_power_lost_off_line_goes_on_from_journal_and_store(street):
    street.cut()
    items = bring(street, 3)
    for number in range(3):
        street.again()
        street.run(20)
        items |= bring(street, 1, 10 + number)
    street.run(20)
    assert street.send.waiting == 6
    street.mend()
    street.run(300)
    assert street.pictures.kept == items


@pytest.mark.parametrize("mark", [None, b"", b"nonsense", b'{"place": ["nowhere", 7, "00"], "day": 1, "spent": 0}'])
def test_a_mark_that_is_lost_costs_a_question_each_and_sends_nothing_again(street, mark):
    items = bring(street, 3)
    street.run(60)
    street.mark.content = mark
    street.again()
    street.run(60)
    assert street.pictures.kept == items
    assert (street.pictures.uploads, street.send.waiting) == (3, 0)
    assert street.send.counts == {Came.THERE: 3}


def test_a_mark_that_is_kept_saves_the_questions(street):
    bring(street, 3)
    street.run(60)
    street.again()
    street.run(60)
    assert street.pictures.asked == 3
    assert mark_of(street.mark.content).spent == sum(len(picture(number)) for number in range(3))


@pytest.mark.parametrize("reboot", [False, True])
@pytest.mark.parametrize("held", [0, 4])
def test_a_platform_that_went_back_gets_again_what_it_lost(street, held, reboot):
    early = bring(street, held // 4)
    street.run(60)
    backup = street.platform.backup()
    kept = dict(street.pictures.kept)
    late = bring(street, 3, 5)
    street.run(60)
    assert street.pictures.kept == early | late
    street.platform.restore(backup)
    street.pictures.record = street.platform.record("00000000-0000-0000-0000-00000000000a")
    street.pictures.kept = kept
    if reboot:
        street.again()
    street.run(300)
    assert street.pictures.kept == early | late


@pytest.mark.parametrize("unwanted", [JPEG + bytes(9 * MIB), b"GIF89a" + bytes(1_000)])
def test_what_the_platform_does_not_want_is_not_even_offered(street, unwanted):
    street.decide(unwanted)
    street.run(60)
    assert (street.pictures.asked, street.send.waiting) == (0, 0)
    assert street.send.counts == {Came.UNWANTED: 1}


def test_one_that_the_platform_cannot_take_is_let_be_and_the_others_follow(street):
    taken = street.pictures.sent
    never = street.decide(picture("never"))

    def sent(item):
        if item == never:
            street.pictures.incoming.clear()  # what comes is not what was sent
        taken(item)

    street.pictures.sent = sent
    others = bring(street, 2)
    street.run(60 * MOST_TRIES)
    assert street.pictures.kept == others
    assert street.send.counts == {Came.UNWANTED: 1, Came.SENT: 2}


def test_a_day_takes_no_more_than_it_may_and_the_next_one_goes_on():
    street = Street(daily=2 * len(picture(0)) + 10)
    bring(street, 5)
    street.run(3_600)
    assert len(street.pictures.kept) == 2
    street.again()
    street.run(3_600)
    assert len(street.pictures.kept) == 2, "a restart begins no new day"
    street.run(86_400 + TOMORROW // SECOND)
    assert len(street.pictures.kept) == 4


def test_a_picture_larger_than_the_day_goes_alone_and_stops_nothing_behind_it():
    street = Street(daily=10)
    items = bring(street, 2)
    street.run(3_600)
    assert len(street.pictures.kept) == 1
    street.run(86_400 + TOMORROW // SECOND)
    assert street.pictures.kept == items


def test_none_a_day_is_none():
    street = Street(daily=0)
    bring(street, 2)
    street.run(600)
    assert street.pictures.asked == 0
    assert street.journal.unsent() == 0


def test_on_a_slow_network_pictures_take_half_of_it_at_most(street):
    begun, upload = [], street.pictures.upload

    def slowly(ticket, body):
        begun.append(street.env.now + street.lag)
        street.lag += 20 * SECOND
        upload(ticket, body)

    street.pictures.upload = slowly
    bring(street, 4)
    street.run(120)
    assert len(begun) == 4
    assert all(later - earlier >= 40 * SECOND for earlier, later in itertools.pairwise(begun))


def test_room_is_made_by_what_was_sent_the_oldest_first():
    size = len(picture(0))
    street = Street(budget=10 * size)
    items = list(bring(street, 8).values())
    street.run(60)
    street.cut()
    items += bring(street, 4, 10).values()
    street.run(60)
    assert sum(map(len, street.picture_disk.pictures.values())) <= 9 * size + 8
    assert list(street.picture_disk.pictures.values()) == items[-len(street.picture_disk.pictures) :]
    street.mend()
    street.run(120)
    assert list(street.pictures.kept.values()) == items, "none that was to be sent went"


def test_what_is_to_be_sent_goes_only_where_the_room_leaves_no_choice_and_that_is_said(caplog):
    size = len(picture(0))
    street = Street(budget=3 * size + 10)
    street.cut()
    with caplog.at_level(logging.WARNING):
        items = list(bring(street, 5).values())
        street.run(60)
    assert list(street.picture_disk.pictures.values()) == items[2:]
    assert "not sent and are gone" in caplog.text
    street.mend()
    street.run(120)
    assert list(street.pictures.kept.values()) == items[2:]
    assert street.send.waiting == 0


def test_a_damaged_picture_is_not_sent_and_goes(street):
    street.cut()
    items = list(bring(street, 2))
    first = next(iter(street.picture_disk.pictures))
    street.picture_disk.pictures[first] = picture("another")
    street.mend()
    street.run(120)
    assert list(street.pictures.kept) == items[1:]
    assert first not in street.picture_disk.pictures


def test_two_items_with_one_picture_are_both_sent_from_one_file(street):
    items = [street.decide(picture(1)), street.decide(picture(1))]
    street.run(60)
    assert list(street.pictures.kept) == items
    assert len(street.picture_disk.pictures) == 1


def test_without_room_for_any_nothing_is_kept_and_nothing_waits():
    street = Street(budget=0)
    bring(street, 2)
    street.run(60)
    assert (street.picture_disk.pictures, street.pictures.asked, street.send.waiting) == ({}, 0, 0)
