"""A link and a simulated device joined by a line, all in virtual time."""

from collections import deque
from random import Random

from adapters.serial_link.link import Link
from simulators.firmware.device import Device
from simulators.firmware.noise import NoisyLine
from simulators.physics.body import Body

BYTE_US = 87
"""Ten bits at 115,200 baud."""
POLL_US = 1_000


class Joined:
    """Bytes take their time in both directions, and may suffer on the way."""

    def __init__(self, seed, *, here=None, back=None, device=None):
        self.device = Device(Body(seed)) if device is None else device
        chance = Random(seed)
        self.link = Link(lambda: chance.getrandbits(32))
        self.here = here or NoisyLine(seed)
        self.back = back or NoisyLine(seed)
        self.now = self.device.body.now_us
        self.frames = 0
        self.sent = deque(maxlen=40)
        self._to_device, self._to_host = deque(), deque()

    def connect(self):
        self.send(self.link.connect(self.now))
        return self.settle()

    def ask(self, command):
        self.send(self.link.ask(command, self.now))
        return self.settle()

    def send(self, line):
        if line:
            self.frames += 1
            self.sent.append(line)
            self._to_device.append((self.now + BYTE_US * len(line), self.here.carry(line)))

    def settle(self):
        """Let time pass until an event comes."""
        while True:
            if events := self.pass_time(POLL_US):
                assert len(events) == 1
                return events[0]

    def pass_time(self, us):
        self.now += us
        self.device.advance(self.now)
        while self._to_device and self._to_device[0][0] <= self.now:
            if answer := self.device.receive(self._to_device.popleft()[1]):
                self.frames += 1
                self._to_host.append((self.now + BYTE_US * len(answer), self.back.carry(answer)))
        events = []
        while self._to_host and self._to_host[0][0] <= self.now:
            events += self.link.receive(self._to_host.popleft()[1])
        again, given_up = self.link.tick(self.now)
        self.send(again)
        return events + given_up
