"""Good items in a noisy hall: nothing is found wrong with them, and each is kept.

`RVM_TEST_GOOD_ITEMS=10000 pytest tests/body/test_good_items.py -s` does so at length.
"""

import random
from collections import Counter

import pytest

from application.ports.hardware import Button
from domain.body.findings import Finding
from domain.deposits.bodies import Outcome
from domain.deposits.recognition import Material
from tests.body.machines import GOOD_ITEMS, closings, machine, settled, suspicions

AT_MOST = 0.005
"""Part of the items that may raise an alarm."""
A_VISIT = 30
"""Items that somebody brings."""
GOOD = (Material.PLASTIC, Material.METAL, Material.GLASS)


@pytest.mark.timeout(0)
def test_good_items_raise_no_alarm():
    seed = 20
    chance = random.Random(seed)
    made = machine(seed)
    alarms = Counter()
    begun, brought, put = made.now, 0, 0
    while brought < GOOD_ITEMS:
        if not made.come():
            alarms[f"out of service: {sorted(made.life.state.health.faults)}"] += A_VISIT
            brought += A_VISIT
            made.take()
            continue
        for _ in range(min(A_VISIT, GOOD_ITEMS - brought)):
            if not made.until(lambda: made.waits_for_items, 10):
                alarms[f"it does not ask for the next item: {made.life.state.item.state.value}"] += 1
                brought += 1
                made.take()
                continue
            made.put(f"item {brought}", chance.choice(GOOD), hand_s=chance.uniform(0.2, 0.6))
            brought += 1
            put += 1
        made.until(lambda: made.waits_for_items, 10)
        made.clear_away()
        made.press(Button.DONE)
        made.until(lambda: made.idle, 5)
        made.body.bins[0].empty()
    stored = settled(made).count(Outcome.STORED)
    alarms.update(finding.value for finding in made.found - {Finding.HAND})
    alarms["not stored"] += put - stored
    alarms["suspicions"] = len(suspicions(made))
    alarms["visits that did not end by done"] = sum(why.value != "done" for why in closings(made))
    minutes = (made.now - begun) / 60_000_000
    print(f"seed {seed}: {put} good items in {minutes:.0f} virtual minutes, {stored} stored, alarms {+alarms}")
    assert sum(alarms.values()) <= AT_MOST * brought
