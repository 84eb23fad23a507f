"""The promises of what measures: the opening, bin levels and the air."""

from __future__ import annotations

from application.ports.hardware import BinLevel, FittedBin, NoReading
from entrypoints.contracts.contract import Broken, Check, Contract, Machine, expect

NEAREST_MM, FARTHEST_MM = 20, 4_000
APART_MM = 30
"""Two measurements of a bin at rest are no farther apart."""
TRIES = 3
"""An echo that is lost now and then is no fault."""


def a_hand_in_the_opening_is_seen(machine: Machine) -> None:
    """Reach in, and draw back."""
    opening = machine.fitted.opening
    assert opening is not None
    expect(not opening.dark(), "nothing is in the opening, and its light barrier is told to be dark")
    machine.hands.reach_in()
    try:
        expect(opening.dark(), "a hand is in the opening, and its light barrier does not see it")
    finally:
        machine.hands.draw_back()
    expect(not opening.dark(), "the hand was drawn back, and the light barrier still sees it")


OPENING = (Contract("opening", "a hand in the opening is seen", a_hand_in_the_opening_is_seen, by_hand=True),)


def _distance(level: BinLevel) -> int:
    for left in reversed(range(TRIES)):
        try:
            return level.distance_mm()
        except NoReading:
            if not left:
                raise
    raise Broken("unreachable")


def a_level_is_plausible_and_steady(one: FittedBin) -> Check:
    """Make the check of one bin: measure a few times."""

    def check(_: Machine) -> None:
        told = [_distance(one.level) for _ in range(3)]
        expect(all(NEAREST_MM <= each <= FARTHEST_MM for each in told), f"no bin is {told} mm deep")
        expect(max(told) <= one.empty_mm + APART_MM, f"it measures {told} mm, and an empty bin {one.empty_mm}")
        expect(max(told) - min(told) <= APART_MM, f"nothing moved, and it measures {told} mm")

    return check


def levels(bins: tuple[FittedBin, ...]) -> tuple[Contract, ...]:
    """Return the promises of these bins' sensors."""
    return tuple(
        Contract(f"bin {one.name}", "a level is plausible and steady", a_level_is_plausible_and_steady(one))
        for one in bins
    )


def the_air_is_plausible(machine: Machine) -> None:
    """Measure the air."""
    sensor = machine.fitted.climate
    assert sensor is not None
    air = sensor.climate()
    expect(-20_000 <= air.millicelsius <= 70_000, f"{air.millicelsius / 1_000} °C are not the air of a machine")
    expect(0 < air.humidity_permille <= 1_000, f"{air.humidity_permille / 10} per cent are no air's humidity")


CLIMATE = (Contract("climate", "the air is plausible", the_air_is_plausible),)
