"""The reference firmware's core under CPython: the same vectors, the same link, the same noise."""

from random import Random

import pytest
from rvm_firmware import frames, slots
from rvm_firmware.slots import Slots

from adapters.serial_link.errors import DeviceReset
from adapters.serial_link.firmware import bundle
from adapters.serial_link.link import Answered, Connected, LinkState
from adapters.serial_link.messages import (
    AskClimate,
    AskCounters,
    AskLevel,
    AskMotion,
    Direction,
    MotionState,
    Run,
    Until,
)
from domain.deposits.bodies import Counters
from simulators.firmware.noise import NoisyLine
from tests.firmware.rig import Microcontroller
from tests.serial_link.joined import Joined
from tests.serial_link.vectors import ROOT, VECTORS, converse


@pytest.mark.parametrize("one", VECTORS["crc"], ids=lambda one: one["bytes"][:20])
def test_the_checksum(one):
    assert f"{frames.crc32(bytes.fromhex(one['bytes'])):08x}" == one["crc"]


@pytest.mark.parametrize("one", VECTORS["cobs"], ids=lambda one: one["plain"][:20])
def test_stuffing(one):
    assert frames.stuff(bytes.fromhex(one["plain"])).hex() == one["stuffed"]
    assert frames.unstuff(bytes.fromhex(one["stuffed"])).hex() == one["plain"]


@pytest.mark.parametrize("one", VECTORS["frames"], ids=lambda one: one["name"])
def test_frames(one):
    (body,) = frames.Receiver().take(bytes.fromhex(one["line"]))
    assert body[7:].hex() == one["payload"]
    assert frames.wrap(body).hex() == one["line"]


@pytest.mark.parametrize("one", VECTORS["noise"], ids=lambda one: one["why"])
def test_noise_is_no_frame(one):
    assert frames.Receiver().take(bytes.fromhex(one["line"])) == []


@pytest.mark.parametrize("one", VECTORS["streams"], ids=lambda one: one["why"])
def test_frames_in_noise(one):
    assert [body.hex() for body in frames.Receiver().take(bytes.fromhex(one["line"]))] == one["bodies"]


@pytest.mark.parametrize("conversation", VECTORS["conversations"], ids=lambda one: one["name"])
def test_conversations(conversation):
    converse(Microcontroller(), conversation["steps"])


@pytest.fixture
def joined():
    return Joined(1, device=Microcontroller(1))


def run(joined, direction, until, limit_ms=4_000):
    assert isinstance(joined.ask(Run(direction, 80, limit_ms, until)), Answered)
    while (motion := joined.ask(AskMotion()).answer).state is MotionState.RUNNING:
        joined.pass_time(20_000)
    return motion


def test_items_move_and_are_counted(joined):
    joined.connect()
    joined.device.body.belt.put("bottle")
    assert run(joined, Direction.IN, Until.PASSED_IN).state is MotionState.PASSED
    joined.device.body.belt.put("can")
    assert run(joined, Direction.OUT, Until.PASSED_OUT).state is MotionState.PASSED
    assert joined.ask(AskCounters()).answer == Counters(1, 1)
    assert run(joined, Direction.IN, Until.PASSED_IN, 700).state is MotionState.TIME_OVER
    joined.device.body.motor.jammed = True
    assert run(joined, Direction.IN, Until.TIME).state is MotionState.STALLED


def test_readings(joined):
    joined.connect()
    joined.pass_time(5_000)
    assert joined.ask(AskLevel()).answer.echo_us > 4_000
    assert joined.ask(AskClimate()).answer.celsius == pytest.approx(27, abs=1)


def test_a_reset_is_named_and_counters_last(joined):
    joined.connect()
    joined.device.body.belt.put("bottle")
    run(joined, Direction.IN, Until.PASSED_IN)
    joined.device.boot()
    assert isinstance(joined.ask(AskCounters()).error, DeviceReset)
    assert isinstance(joined.connect(), Connected)
    assert joined.ask(AskCounters()).answer == Counters(1, 0)


def test_noise_begins_no_motion_that_was_not_asked_for():
    chance = Random(8)
    joined = Joined(8, device=Microcontroller(8), here=NoisyLine.rough(8), back=NoisyLine.rough(9))
    asked = answered = 0
    for _ in range(300):
        if joined.link.state is not LinkState.READY:
            joined.connect()
            continue
        asked += 1
        answered += isinstance(joined.ask(Run(chance.choice(list(Direction)), 50, 1, Until.TIME)), Answered)
        joined.pass_time(20_000)
    assert answered <= joined.device.starts() <= asked
    assert answered > 200


CORE = [("rvm_firmware/__init__.py", b"VERSION = (1, 1, 0)\n"), ("main.py", b"print(1)\n")]


@pytest.fixture
def store(tmp_path):
    return Slots(str(tmp_path))


def load(store, image):
    store.begin()
    for at in range(0, len(image), 7):
        store.append(image[at : at + 7])
    return store.commit()


def test_new_firmware_is_tried_and_kept_once_it_was_greeted(store, tmp_path):
    assert store.choose() == "a"
    assert load(store, slots.pack(CORE))
    assert (tmp_path / "b" / "rvm_firmware" / "__init__.py").read_bytes() == CORE[0][1]
    assert store.choose() == "b"
    assert store.on_trial()
    store.trust()
    assert not store.on_trial()
    assert [store.choose(), store.choose()] == ["b", "b"]


def test_new_firmware_that_nobody_greets_gives_way(store):
    load(store, slots.pack(CORE))
    assert [store.choose() for _ in range(4)] == ["b", "a", "a", "a"]
    load(store, slots.pack(CORE))
    assert store.choose() == "b"


@pytest.mark.parametrize(
    "image",
    [b"print('hello')", b"rvm1\nmain.py 99\nshort", b"rvm1\n../boot.py 1\nx", b"rvm1\n/boot.py 1\nx", b"rvm1\nx\n"],
)
def test_what_is_no_bundle_is_not_tried(store, image, tmp_path):
    assert not load(store, image)
    assert store.choose() == "a"
    assert not (tmp_path / "boot.py").exists()


def test_the_machines_bundle_is_one_that_the_device_unpacks(store, tmp_path):
    folder = ROOT / "deploy" / "firmware"
    assert load(store, bundle(folder).data)
    for name in ("rvm_esp32.py", "rvm_firmware/__init__.py", "rvm_firmware/device.py"):
        assert (tmp_path / "b" / name).read_bytes() == (folder / name).read_bytes()
