"""Measure what moves: a little, one part after the other, and each only after a look around."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

from application.machine.self_test.tested import HandInTheWay, Sheet
from application.ports.hardware import HardwareError, MotionFailed, NotFitted, Signal, Unsafe
from domain.commissioning.lines import Verdict
from domain.commissioning.safety import Danger
from domain.fleet.readings import Way

STROKES = 3
"""A door's contact that rattles once halts a stroke: it is tried again."""
RESTS_S = 0.4
"""A motor that is switched off comes to rest."""
MOTOR = {"motor_out": Way.OUT, "motor_in": Way.IN}


def measure_motion(sheet: Sheet) -> None:
    """Write down what the motor, the flap, the press and the light do."""
    fitted = sheet.tested.fitted
    diverter = fitted.diverter
    if fitted.trial is not None:
        _motor(sheet)
    if diverter is not None:
        for one in fitted.bins[::-1]:  # the first last: there it is at rest
            _timed(sheet, f"diverter.{one.name}", partial(diverter.point, one.name))
    if fitted.compactor is not None:
        _timed(sheet, "compactor", fitted.compactor.press, STROKES)
    if fitted.light is not None:
        try:
            fitted.light.show(Signal.OUT_OF_SERVICE)
        except HardwareError as odd:
            sheet.silent("light", odd)
        else:
            sheet.number("light", 1, "it answers; what it looks like is for eyes to say")


def _motor(sheet: Sheet) -> None:
    failed = ""
    for name, way in MOTOR.items():
        if failed:
            sheet.needs(name, failed)
        elif (why := sheet.danger()) is not None:
            sheet.unsafe(name, why.value)
        elif not _turned(sheet, name, way):
            failed = name


def _turned(sheet: Sheet, name: str, way: Way) -> bool:
    """Turn one way, and return whether that went well."""
    tested, trial = sheet.tested, sheet.tested.fitted.trial
    assert trial is not None
    try:
        tested.halting.move(lambda: trial.turn_a_little(way))
        motion = None if tested.fitted.motions is None else tested.fitted.motions.last_motion()
    except HandInTheWay:
        sheet.unsafe(name, Danger.HAND.value)
        return True
    except HardwareError as odd:
        sheet.silent(name, odd)
        with contextlib.suppress(HardwareError):
            tested.chute.halt()
        return False
    finally:
        tested.pause(RESTS_S)
    if motion is None or motion.peak_ma is None:
        sheet.untold(name, "it turned, and nobody measures its current")
        return True
    return sheet.number(name, motion.peak_ma, "while it starts").verdict is not Verdict.FAIL


def _timed(sheet: Sheet, name: str, move: Callable[[], None], tries: int = 1) -> None:
    """Move something that is not the motor, and write down how long it took, milliseconds."""
    tested = sheet.tested
    if (why := sheet.danger()) is not None:
        sheet.unsafe(name, why.value)
        return
    began = tested.clock.now().mono
    try:
        tested.halting.move(move)
    except (Unsafe, HandInTheWay) as odd:
        sheet.unsafe(name, str(odd))
    except NotFitted:
        return
    except HardwareError as odd:
        if isinstance(odd, MotionFailed) and tries > 1:
            _timed(sheet, name, move, tries - 1)
        else:
            sheet.silent(name, odd)
    else:
        sheet.number(name, (tested.clock.now().mono - began) // 1_000)
