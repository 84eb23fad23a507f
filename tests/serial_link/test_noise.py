"""On a bad line no motor moves without exactly one accepted command. RVM_TEST_NOISY_FRAMES says how many frames."""

import os
from collections import Counter
from random import Random

import pytest

from adapters.serial_link.link import Answered, LinkState
from adapters.serial_link.messages import AskCounters, AskMotion, Direction, Halt, Light, Run, Until
from simulators.firmware.noise import NoisyLine
from tests.serial_link.joined import Joined

FRAMES = int(os.environ.get("RVM_TEST_NOISY_FRAMES", "4000"))
SEED = int(os.environ.get("RVM_TEST_SEED", "20"))


class Story:
    """A host that asks this and that over a rough line, and a device that is reset now and then."""

    def __init__(self, seed, part):
        self.chance = Random(seed)
        self.joined = Joined(seed, here=NoisyLine.rough(seed, part), back=NoisyLine.rough(seed + 1, part))
        self.asked = Counter()
        self.confirmed = Counter()
        self.failures = Counter()
        self.begun = 0
        self.last = None

    def command(self):
        if self.chance.random() < 0.4:
            # The power goes round 1 to 100 per cent, so that each start of the motor tells which command began it.
            number = sum(self.asked.values())
            return Run(self.chance.choice(list(Direction)), 1 + number % 100, 1 + number % 30, Until.TIME)
        return self.chance.choice([Halt(), AskMotion(), AskCounters(), Light(1, 2, 3)])

    def turn(self):
        joined = self.joined
        if self.chance.random() < 0.02:
            joined.device.boot()
        if self.chance.random() < 0.05:
            joined.send(self.chance.randbytes(self.chance.randrange(1, 90)) + b"\0")
        if joined.sent and self.chance.random() < 0.1:
            joined.send(self.chance.choice(joined.sent))  # some buffer on the way gives away an old frame
        if joined.link.state is not LinkState.READY:
            event = joined.connect()
        else:
            command = self.command()
            if isinstance(command, Run):
                duty = command.duty_percent if command.direction is Direction.IN else -command.duty_percent
                self.asked[duty] += 1
                self.last = duty
            event = joined.ask(command)
            if isinstance(command, Run) and isinstance(event, Answered):
                self.confirmed[duty] += 1
        if not isinstance(event, Answered) and hasattr(event, "error"):
            self.failures[type(event.error).__name__] += 1
        joined.pass_time(self.chance.randrange(0, 60_000))
        self.look_at_the_motor()

    def look_at_the_motor(self):
        """What began since the last look is at most one motion: the last that was asked for, once."""
        starts = self.joined.device.body.motor.starts
        for start in starts[self.begun :]:
            assert round(100 * start.duty) == self.last, f"seed {SEED}: nobody asked for {start}"
            self.last = None
        self.begun = len(starts)


@pytest.mark.parametrize("part", [0.01, 0.03])
def test_no_motor_moves_without_exactly_one_accepted_command(part):
    story = Story(SEED, part)
    while story.joined.frames < FRAMES // 2:
        story.turn()
    device = story.joined.device
    starts = Counter(round(100 * start.duty) for start in device.body.motor.starts)
    spoilt = device._receiver.rejected + story.joined.link.dropped
    print(
        f"seed {SEED}, {part:.0%} of bytes: {story.joined.frames} frames, {spoilt} or more spoilt, "
        f"{sum(story.asked.values())} motions asked for, {sum(story.confirmed.values())} confirmed, "
        f"{sum(starts.values())} begun; {dict(story.failures)}"
    )
    assert len(device.accepted) == len(set(device.accepted)) == sum(starts.values())
    assert starts <= story.asked, "the motor turned without being asked to, or twice"
    assert story.confirmed <= starts, "a motion was confirmed and did not begin"
    assert sum(story.confirmed.values()) > FRAMES // 100
    assert story.joined.link.resent > FRAMES // 100


def test_at_one_per_cent_the_line_is_still_of_use():
    """Of a thousand questions at 1 % of bytes at most two go unanswered, though every seventh frame is spoilt."""
    story = Story(SEED + 5, 0.01)
    joined = story.joined
    joined.connect()
    failed = 0
    for _ in range(1_000):
        failed += not isinstance(joined.ask(AskCounters()) if joined.link.state is LinkState.READY else None, Answered)
        if joined.link.state is LinkState.CLOSED:
            joined.connect()
    assert failed <= 2
    assert joined.link.resent > 100


def test_pure_noise_moves_nothing():
    chance = Random(SEED)
    joined = Joined(SEED)
    joined.connect()
    for _ in range(FRAMES // 20):
        joined.device.receive(chance.randbytes(200))
    assert joined.device.body.motor.starts == []
    assert joined.device._receiver.rejected > FRAMES // 40
