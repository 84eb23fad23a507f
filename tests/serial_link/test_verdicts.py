"""What the microcontroller makes of motions, in virtual time: every fault is found, good items raise no alarm.

RVM_TEST_GOOD_ITEMS says how many good items (10,000 for the proof), RVM_TEST_FAULT_SEEDS how many seeds a fault has
(100 for the proof).
"""

import os

import pytest

from simulators.firmware.device import Device
from simulators.firmware.drive import PASSED, RUNNING, STALLED, TIME_OVER
from simulators.physics.body import Body

GOOD = int(os.environ.get("RVM_TEST_GOOD_ITEMS", "30"))
SEEDS = int(os.environ.get("RVM_TEST_FAULT_SEEDS", "5"))
LIMIT_MS = 1_000


def rough(body):
    """Noisier than a good machine is."""
    for contact in (body.in_beam, body.out_beam):
        contact.bounce_us, contact.glitches_per_s = 4_000, 5
    body.motor.inertia_us = round(body.chance.uniform(30_000, 90_000))
    return body


def motion(device, *, inward=True, limit_ms=LIMIT_MS):
    """Run one motion to its end and let the belt come to rest; return what was made of it."""
    drive = device.drive
    drive.start(1, inward=inward, duty=80, limit_ms=limit_ms, until=1 if inward else 2)
    while drive.state == RUNNING:
        step(device)
    while not device.body.motor.at_rest:
        step(device)
    for _ in range(20):
        step(device)
    return drive.state


def step(device):
    device._silent_ms = 0
    device.advance(device.body.now_us + 1_000)


def test_good_items_raise_no_alarm_and_are_counted_once():
    device = Device(rough(Body(31)))
    alarms = 0
    for number in range(GOOD):
        device.body.belt.items.clear()
        device.body.belt.put(str(number))
        alarms += motion(device, inward=number % 4 != 3) != PASSED
        device.body.belt.take()
    miscounted = abs(device.lasting.passed_in + device.lasting.passed_out - GOOD)
    print(f"seed 31: {GOOD} good items, {alarms} alarms, {miscounted} miscounted")
    assert alarms <= GOOD * 0.005
    assert miscounted <= GOOD * 0.005


FAULTS = {
    "jam": (lambda body: setattr(body.motor, "jammed", True), STALLED),
    "open winding": (lambda body: setattr(body.motor, "open_winding", True), TIME_OVER),
    "running backwards": (lambda body: setattr(body.motor, "reversed_wiring", True), TIME_OVER),
    "slipping belt": (lambda body: setattr(body.belt, "slips", True), TIME_OVER),
    "sensor stuck light": (lambda body: setattr(body.in_beam, "stuck", False), TIME_OVER),
    "sensor stuck dark": (lambda body: setattr(body.in_beam, "stuck", True), TIME_OVER),
    "nothing there": (lambda body: body.belt.items.clear(), TIME_OVER),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_with_every_seed(fault):
    befall, verdict = FAULTS[fault]
    missed = []
    for seed in range(SEEDS):
        device = Device(rough(Body(seed)))
        device.body.belt.put("bottle")
        befall(device.body)
        found = motion(device, limit_ms=700)
        if found != verdict or device.lasting.passed_in:
            missed.append((seed, found, device.lasting.passed_in))
    assert missed == []
