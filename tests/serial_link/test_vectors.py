"""Adapter and simulated device read docs/protocols/esp32.md the same way, and share no code."""

import ast
import itertools

import pytest

from adapters.serial_link import cobs, frame, messages
from adapters.serial_link.frame import BadFrame, Frame, FrameReader, Kind
from adapters.serial_link.link import Answered, Connected, Failed, Link, LinkState
from simulators.firmware import wire
from simulators.firmware.device import Device
from simulators.physics.body import Body
from tests.serial_link.vectors import ROOT, VECTORS, converse

FRAMES = {one["name"]: one for one in VECTORS["frames"]}
conversations = pytest.mark.parametrize("conversation", VECTORS["conversations"], ids=lambda one: one["name"])


@pytest.mark.parametrize("one", VECTORS["cobs"], ids=lambda one: one["plain"][:20])
def test_stuffing(one):
    plain, stuffed = bytes.fromhex(one["plain"]), bytes.fromhex(one["stuffed"])
    assert cobs.stuff(plain) == stuffed
    assert cobs.unstuff(stuffed) == plain


@pytest.mark.parametrize("one", VECTORS["crc"], ids=lambda one: one["bytes"][:20])
def test_the_devices_checksum(one):
    assert f"{wire.checksum(bytes.fromhex(one['bytes'])):08x}" == one["crc"]


@pytest.mark.parametrize("one", VECTORS["frames"], ids=lambda one: one["name"])
def test_frames_of_the_adapter(one):
    made = Frame(Kind(one["kind"]), one["session"], one["sequence"], bytes.fromhex(one["payload"]))
    line = bytes.fromhex(one["line"])
    assert frame.on_the_line(made) == line
    assert FrameReader().feed(line) == [made]


@pytest.mark.parametrize("one", VECTORS["frames"], ids=lambda one: one["name"])
def test_frames_of_the_device(one):
    line = bytes.fromhex(one["line"])
    (body,) = wire.Receiver().take(line)
    assert wire.wrap(body) == line
    assert body[7:].hex() == one["payload"]


@pytest.mark.parametrize("one", VECTORS["noise"], ids=lambda one: one["why"])
def test_noise_is_no_frame_to_either(one):
    line = bytes.fromhex(one["line"])
    assert FrameReader().feed(line) == []
    assert list(wire.Receiver().take(line)) == []


def test_noise_between_two_zeros_is_named():
    with pytest.raises(BadFrame):
        frame.frame_of(bytes.fromhex(VECTORS["noise"][1]["line"])[1:-1])


@pytest.mark.parametrize("one", VECTORS["streams"], ids=lambda one: one["why"])
@pytest.mark.parametrize("portion", [1, 7, 1_000])
def test_both_find_frames_in_noise_however_they_arrive(one, portion):
    line, bodies = bytes.fromhex(one["line"]), [bytes.fromhex(body) for body in one["bodies"]]
    portions = [line[at : at + portion] for at in range(0, len(line), portion)]
    reader, receiver = FrameReader(), wire.Receiver()
    found = [one for part in portions for one in reader.feed(part)]
    assert [frame.HEADER.pack(one.kind, one.session, one.sequence) + one.payload for one in found] == bodies
    assert [body for part in portions for body in receiver.take(part)] == bodies


COMMANDS = {
    "halt": messages.Halt(),
    "run in at 80 per cent until passed": messages.Run(messages.Direction.IN, 80, 4_000, messages.Until.PASSED_IN),
    "motion": messages.AskMotion(),
    "counters": messages.AskCounters(),
    "barriers": messages.AskBarriers(),
    "level": messages.AskLevel(),
    "climate": messages.AskClimate(),
    "led": messages.Light(0, 255, 16, 500),
    "update begins": messages.BeginUpdate(15, bytes.fromhex(FRAMES["update begins"]["means"]["sha256"])),
    "update data": messages.UpdateData(0, b"print('hello')\n"),
    "update committed": messages.CommitUpdate(),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_of_the_adapter(name):
    command = COMMANDS[name]
    assert (bytes((command.number,)) + command.packed()).hex() == FRAMES[name]["payload"]


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("motion answered: passed", messages.AskMotion()),
        ("counters answered", messages.AskCounters()),
        ("barriers answered: a hand in the opening", messages.AskBarriers()),
        ("level answered", messages.AskLevel()),
        ("climate answered: below zero", messages.AskClimate()),
    ],
)
def test_answers_to_the_adapter(name, command):
    answer = command.answer(bytes.fromhex(FRAMES[name]["payload"])[2:])
    assert {key: getattr(answer, key) for key in FRAMES[name]["means"]} == FRAMES[name]["means"]


def test_the_welcome_to_the_adapter():
    welcome = messages.Welcome.of(bytes.fromhex(FRAMES["welcome"]["payload"]))
    told = {key: getattr(welcome, key) for key in FRAMES["welcome"]["means"]}
    assert {**told, "firmware": list(told["firmware"])} == FRAMES["welcome"]["means"]


class Simulated:
    def __init__(self):
        self.device = Device(Body(1))
        self.now_us = 0
        self.receive = self.device.receive
        self.boot = self.device.boot

    def wait_ms(self, ms):
        self.now_us += ms * 1_000
        self.device.advance(self.now_us)

    def duty(self):
        return round(100 * self.device.body.motor.duty)

    def starts(self):
        return len(self.device.body.motor.starts)

    def image(self):
        return self.device.image


@conversations
def test_the_device_holds_the_conversation(conversation):
    converse(Simulated(), conversation["steps"])


class Raw(messages.Command):
    """A command given by its bytes."""

    def __init__(self, payload):
        self.number, self._arguments = payload[0], payload[1:]

    def packed(self):
        return self._arguments

    def answer(self, data):
        return data


@conversations
def test_the_host_holds_the_conversation(conversation):
    """Where a line is the link's next, it sends exactly that; an answer that comes again is not heard again."""
    nonces = []
    link, played = Link(nonces.pop), 0
    for step in (step for step in conversation["steps"] if "host" in step):
        (said,) = FrameReader().feed(bytes.fromhex(step["host"]))
        answer = bytes.fromhex(step["device"])
        if said.kind is Kind.HELLO and said.payload[4:] == b"\x01\x01" and link.state is not LinkState.READY:
            nonces.append(int.from_bytes(said.payload[:4], "little"))
            assert link.connect(0).hex() == step["host"]
            assert [type(event) for event in link.receive(answer)] == [Connected]
        elif link.state is LinkState.READY and said.kind is Kind.COMMAND and said.sequence == link.sequence + 1:
            if frame.frame_of(answer[1:-1]).session != link._session:
                continue
            assert link.ask(Raw(said.payload), 0).hex() == step["host"]
            (event,) = link.receive(answer)
            status = frame.frame_of(answer[1:-1]).payload[1]
            assert isinstance(event, Answered if status == 0 else Failed)
        else:
            assert link.receive(answer) == []
            continue
        assert link.receive(answer) == []
        played += 1
    assert played > 0 or conversation["name"].startswith("no common version")


def test_the_three_readings_share_no_code():
    mine = {"adapters/serial_link": "adapters.serial_link", "simulators/firmware": "simulators.firmware"}
    for (folder, _), (_, other) in itertools.permutations(mine.items(), 2):
        for path in (ROOT / folder).glob("*.py"):
            names = [
                name.module or ""
                for name in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(name, ast.ImportFrom)
            ]
            assert [name for name in names if name.startswith(other)] == []
