"""A camera that gives frames and nothing else, a belt before it, and the rules that look: no intake, no motor.

Beside the frames the rules are told what the item sensor and the barrier at the opening say, as in a machine.
"""

import random

from adapters.vision.figures import figures
from application.ports.hardware import CameraFailed
from domain.body.findings import Finding
from domain.body.watch import BodyWatch
from simulators.bench.scene import WIDE, Scene, Trouble
from simulators.physics.body import Body
from tests.body.machines import frame

A_PICTURE = 500_000
"""From one picture to the next, microseconds."""
BARRIER = 40_000


class Film:
    """Somebody brings things, shows a phone, reaches in and goes; the light of the hall changes with the hours."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.belt = Body(seed).belt
        self.scene = Scene(self.belt, random.Random(seed + 1), frame, flicker=0.03, bolted=True)
        self.watch = BodyWatch()
        self.at = 0
        self.pictures = 0
        self.alarms = []
        """Each finding as it came up, with the number of the picture."""
        self._day = self.chance.uniform(600, 3_600)

    @property
    def found(self):
        return {finding for _, finding in self.alarms}

    def picture(self, *, of_an_item=False):
        """Take one."""
        before = self.watch.findings
        self.scene.light = 1 + 0.15 * ((self.at / 1e6 / self._day) % 2 - 1)
        for late in (0, BARRIER):
            self.watch = self.watch.opening(self.belt.hand, self.at + late, going_out=False)
        present = self.belt.occupied
        self.watch = self.watch.presence(present, self.at)
        try:
            seen = figures(self.scene.capture())
            self.watch = self.watch.picture(seen, self.at)
            if of_an_item:
                self.watch = self.watch.item(seen, self.at)
        except CameraFailed:
            self.watch = self.watch.no_picture(self.at)
        self.pictures += 1
        self.at += A_PICTURE
        self.alarms += [(self.pictures, finding) for finding in self.watch.findings - before - {Finding.HAND}]

    def nothing(self, seconds):
        """Nobody is there."""
        for _ in range(max(1, round(seconds * 1e6 / A_PICTURE))):
            self.picture()

    def item(self):
        """Somebody puts an item in; it is looked at, and gone."""
        self.belt.hand = True
        self.nothing(self.chance.uniform(0.3, 1))
        self.belt.put(f"item {self.pictures}").at_um = self.chance.gauss(0, 4_000)
        self.nothing(0.3)
        self.belt.hand = False
        self.picture(of_an_item=True)
        self.nothing(self.chance.uniform(0.5, 1.5))
        self.belt.items.clear()

    def phone(self):
        """Somebody holds a phone before the camera, near or far."""
        self.scene.phone = self.chance.randrange(50, WIDE)
        self.nothing(self.chance.uniform(1, 6))
        self.scene.phone = 0

    def glitch(self):
        """One picture is lost, or taken as the lamp goes out."""
        self.scene.trouble = self.chance.choice([Trouble.UNPLUGGED, Trouble.BLACK, Trouble.DIM])
        self.picture()
        self.scene.trouble = Trouble.NONE

    def life(self, pictures):
        """Live until so many pictures were taken."""
        ends = self.pictures + pictures
        while self.pictures < ends:
            what = self.chance.random()
            if what < 0.6:
                self.item()
            elif what < 0.75:
                self.phone()
            elif what < 0.8:
                self.glitch()
            else:
                self.nothing(self.chance.uniform(1, 20))
