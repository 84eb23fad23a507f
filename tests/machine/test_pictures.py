"""The agent's own process sends pictures: killed at each step of it, every picture comes to the platform once."""

import hashlib

import pytest

from application.ports.objects import Objects
from domain.objects.name import Bucket
from tests.machine.kit import until
from tests.machine.visitor import AgentDied, Visitor

STEPS = ("before picture offer", "before picture upload", "after picture upload", "after picture sent")


@pytest.mark.kill
@pytest.mark.slow
def test_killed_at_each_step_every_picture_comes_once(platform, machine):
    visitor = Visitor(machine, platform)
    for step in STEPS:
        machine.boot(RVM_MACHINE_FAIL_POINT=f"{step}:1")
        with pytest.raises(AgentDied):
            visitor.recover_and_visit(times=8)  # a picture is sent while people go on
        machine.agent.gone()
    machine.boot()
    visitor.recover()
    told = machine.told()
    named = {item: body.picture.sha256 for item, body in told.decided.items() if body.picture is not None}
    kept = until(lambda: (seen := kept_by(platform, machine)).keys() >= named.keys() and seen, lambda: named)
    assert kept == named
    assert machine.agent.stop() == 0


def kept_by(platform, machine):
    """Hashes of what the platform keeps of a machine, by item."""
    objects = platform.container.resolve(Objects)
    place = f"deposits/{platform.organisation}/{machine.id}/"
    kept = {}
    for each in objects.list(Bucket.IMAGES, place):
        with objects.get(each.name) as body:
            kept[each.name.key.removeprefix(place)] = hashlib.sha256(body.read(1 << 20)).hexdigest()
    return kept
