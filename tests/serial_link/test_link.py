"""The link without I/O: what it sends, what it believes, and when it gives up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.serial_link import cobs
from adapters.serial_link.errors import DeviceReset, LineSilent, MalformedAnswer, OutOfStep, Refused, VersionMismatch
from adapters.serial_link.frame import Frame, FrameReader, Kind, on_the_line
from adapters.serial_link.link import PATIENCE_US, TRIES, Answered, Connected, Failed, Link, LinkState, NotNow
from adapters.serial_link.messages import (
    AskClimate,
    AskCounters,
    AskLevel,
    AskMotion,
    Direction,
    Halt,
    Light,
    MotionState,
    Part,
    Run,
    Until,
)
from domain.deposits.bodies import Counters
from simulators.firmware import wire
from simulators.firmware.device import Device
from simulators.physics.body import Body
from tests.serial_link.joined import Joined

RUN_IN = Run(Direction.IN, 80, 4_000, Until.PASSED_IN)
frames = st.builds(
    Frame, st.sampled_from(Kind), st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1), st.binary(max_size=64)
)


@pytest.mark.property
@given(st.binary(max_size=600))
def test_stuffed_bytes_hold_no_zero_and_come_back(plain):
    stuffed = cobs.stuff(plain)
    assert 0 not in stuffed
    assert cobs.unstuff(stuffed) == plain


@pytest.mark.property
@given(st.binary(max_size=80))
def test_no_bytes_break_the_reader(noise):
    reader, receiver = FrameReader(), wire.Receiver()
    whole = Frame(Kind.COMMAND, 1, 1, b"\x10")
    assert reader.feed(noise + on_the_line(whole))[-1] == whole
    assert list(receiver.take(noise + on_the_line(whole)))[-1] == wire_body(whole)


@pytest.mark.property
@given(frames)
def test_what_one_side_sends_the_other_reads(one):
    (body,) = wire.Receiver().take(on_the_line(one))
    assert body == wire_body(one)
    assert FrameReader().feed(wire.wrap(body)) == [one]


@pytest.mark.property
@given(frames, st.data())
def test_one_spoilt_byte_spoils_the_frame(one, data):
    line = bytearray(on_the_line(one))
    place = data.draw(st.integers(1, len(line) - 2))
    line[place] ^= data.draw(st.integers(1, 255))
    assert FrameReader().feed(bytes(line)) == []
    assert list(wire.Receiver().take(bytes(line))) == []


@pytest.mark.property
@given(st.lists(frames, max_size=5), st.data())
def test_frames_come_out_alike_however_the_bytes_are_cut(sent, data):
    stream = b"".join(map(on_the_line, sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = FrameReader()
    parts = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [one for part in parts for one in reader.feed(part)] == sent


def wire_body(one):
    return bytes((one.kind,)) + one.session.to_bytes(4, "little") + one.sequence.to_bytes(2, "little") + one.payload


def test_a_greeting_tells_what_is_there():
    welcome = Joined(1).connect().welcome
    assert welcome.firmware == (1, 0, 0)
    assert Part.MOTOR in welcome.parts
    assert welcome.watchdog_ms == 1_000


def test_every_command_has_its_answer():
    joined = Joined(2)
    joined.connect()
    joined.pass_time(50_000)
    assert joined.ask(Halt()).answer is None
    assert joined.ask(AskCounters()).answer == Counters(0, 0)
    assert joined.ask(AskMotion()).answer.state is MotionState.NONE
    assert joined.ask(AskLevel()).answer.echo_us == pytest.approx(2 * 800 / 0.3477, abs=60)
    assert joined.ask(AskClimate()).answer.celsius == pytest.approx(27, abs=1)
    assert joined.ask(Light(1, 2, 3, 400)).answer is None
    assert joined.device.light == (1, 2, 3, 400)


def test_a_question_is_sent_again_and_again_byte_for_byte_then_the_link_is_closed():
    link = Link(lambda: 5)
    first = link.connect(0)
    sent = []
    for turn in range(1, TRIES):
        assert link.tick(turn * PATIENCE_US - 1) == (b"", [])
        sent.append(link.tick(turn * PATIENCE_US)[0])
    assert sent == [first] * (TRIES - 1)
    line, (failed,) = link.tick(TRIES * PATIENCE_US)
    assert line == b""
    assert isinstance(failed.error, LineSilent)
    assert link.state is LinkState.CLOSED
    assert link.due is None


def test_a_motion_begins_once_though_every_answer_but_the_last_is_lost():
    joined = Joined(3)
    joined.connect()
    joined.back.dropped = 1.0
    joined.send(joined.link.ask(RUN_IN, joined.now))
    while joined.link.resent < 5:
        assert joined.pass_time(1_000) == []
    joined.back.dropped = 0.0
    assert isinstance(joined.settle(), Answered)
    assert len(joined.device.body.motor.starts) == len(joined.device.accepted) == 1


def test_a_reset_in_the_middle_of_a_command_is_named_and_moves_nothing_again():
    joined = Joined(4)
    joined.connect()
    joined.ask(RUN_IN)
    joined.pass_time(50_000)
    joined.device.boot()
    failed = joined.ask(AskMotion())
    assert isinstance(failed.error, DeviceReset)
    with pytest.raises(NotNow):
        joined.ask(AskMotion())
    assert isinstance(joined.connect(), Connected)
    assert joined.ask(AskMotion()).answer.state is MotionState.NONE
    assert len(joined.device.body.motor.starts) == 1
    assert joined.device.body.motor.duty == 0


def test_a_reset_between_a_command_and_its_answer_leaves_it_undone_twice():
    joined = Joined(5)
    joined.connect()
    joined.back.dropped = 1.0
    joined.send(joined.link.ask(RUN_IN, joined.now))
    joined.pass_time(10_000)
    joined.device.boot()
    joined.back.dropped = 0.0
    assert isinstance(joined.settle().error, DeviceReset)
    assert len(joined.device.body.motor.starts) == 1


@pytest.mark.parametrize("version", [0, 2, 200])
def test_another_version_is_named_and_can_be_updated(version):
    joined = Joined(6, device=Device(Body(6), version=version))
    failed = joined.connect()
    assert isinstance(failed.error, VersionMismatch)
    assert "1.0.0" in str(failed.error)
    joined.send(joined.link.connect(joined.now, for_update=True))
    assert joined.settle().welcome.protocol == 0
    assert isinstance(joined.ask(RUN_IN).error, Refused)
    assert joined.device.body.motor.starts == []


def test_an_answer_of_another_session_or_number_is_not_heard():
    device, link = Device(Body(1)), Link(lambda: 5)
    link.receive(device.receive(link.connect(0)))
    link.ask(Halt(), 0)
    session = link._session
    for odd in (Frame(Kind.ANSWER, session + 1, 1, b"\x10\0"), Frame(Kind.ANSWER, session, 2, b"\x10\0")):
        assert link.receive(on_the_line(odd)) == []
    assert link.receive(on_the_line(Frame(Kind.ANSWER, session, 1, b"\x10\0"))) == [Answered(1, None)]


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", MalformedAnswer),
        (b"\x12\0", MalformedAnswer),
        (b"\x10\0\0", MalformedAnswer),
        (b"\x10\x01", DeviceReset),
        (b"\x10\x02", OutOfStep),
        (b"\x10\x05", Refused),
        (b"\x10\xee", Refused),
    ],
)
def test_what_an_answer_may_be_is_named(payload, error):
    device, link = Device(Body(1)), Link(lambda: 5)
    link.receive(device.receive(link.connect(0)))
    link.ask(Halt(), 0)
    (event,) = link.receive(on_the_line(Frame(Kind.ANSWER, link._session, 1, payload)))
    assert isinstance(event, Failed)
    assert type(event.error) is error
    assert link.state is (LinkState.READY if error is Refused else LinkState.CLOSED)


def test_sequence_numbers_go_round_and_zero_is_none():
    joined = Joined(7)
    joined.connect()
    joined.link._sequence = joined.device._last = 0xFFFF - 1
    joined.device._kept = b"-"
    for expected in (0xFFFF, 1, 2):
        assert joined.ask(Halt()) == Answered(expected, None)


@pytest.mark.parametrize(
    "odd",
    [
        lambda: Run(Direction.IN, 0, 1, Until.TIME),
        lambda: Run(Direction.IN, 101, 1, Until.TIME),
        lambda: Run(Direction.IN, 1, 10_001, Until.TIME),
        lambda: Run(1, 1, 1, Until.TIME),
        lambda: Light(256, 0, 0),
    ],
)
def test_what_the_protocol_has_no_bytes_for_cannot_be_asked(odd):
    with pytest.raises((ValueError, TypeError)):
        odd()
