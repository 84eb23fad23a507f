"""Codes that were refused are counted, each once, by why."""

import pytest

from application.machine.count_refusals import CountRefusals
from application.machine.report_telemetry import Look
from application.ports.screen import ScreenName, View
from domain.deposits.scanning import CodeVerdict
from domain.fleet.telemetry import Sample

WELCOME, CHECKING = View(ScreenName.WELCOME), View(ScreenName.CHECKING_CODE)


def refused(why, **more):
    return View(ScreenName.CODE_REFUSED, code=why, **more)


def told(*views):
    counting = CountRefusals()
    for view in views:
        counting.show(view)
    return counting.told(Look(serving=True, measures={"bin_level": 3})).measures


def test_nothing_was_refused_yet():
    assert told(WELCOME) == {"bin_level": 3, "codes_refused": 0}


def test_each_refusal_counts_by_its_why():
    views = [WELCOME, CHECKING, refused(CodeVerdict.EXPIRED), CHECKING, refused(CodeVerdict.EXPIRED), WELCOME]
    assert told(*views, CHECKING, refused(CodeVerdict.BAD_SIGNATURE)) == {
        "bin_level": 3, "codes_refused": 3, "codes_refused_expired": 2, "codes_refused_bad_signature": 1,
    }  # fmt: skip


def test_what_is_shown_again_was_refused_once():
    once = refused(CodeVerdict.MALFORMED)
    assert told(CHECKING, once, refused(CodeVerdict.MALFORMED, parts=("motor",)))["codes_refused"] == 1


@pytest.mark.parametrize("why", CodeVerdict)
def test_every_verdict_is_a_measure_that_the_platform_takes(why):
    measures = told(CHECKING, refused(why))
    assert Sample("b", 0, 0, 0, False, measures, None, (), {}).measures == measures
