"""The whole machine in virtual time: a picture is on the disk before the entry that names it, and delays nothing."""

import hashlib
import random

import pytest
import simpy

from application.ports.hardware import Button
from application.ports.screen import ScreenName
from domain.deposits.bodies import ItemDecided, body_of
from domain.deposits.journal import read
from domain.deposits.recognition import Material
from simulators.pictures import SimulatedPictureDisk, SimulatedPictureUplink
from simulators.scheduling import PlugPulled
from simulators.seal import SimulatedSigner, SimulatedVerifier
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from simulators.world.machine import WALL_AT_ZERO, SimulatedMachine
from simulators.world.things import Things

SECOND = 1_000_000
ID = "00000000-0000-4000-8000-000000000001"
PLACES = [f"{when} {what}" for what in ("capture", "recognise", "journal item_decided", "move in")
          for when in ("before", "after")]  # fmt: skip


class World:
    def __init__(self, **changes):
        self.env = simpy.Environment()
        self.things = Things(random.Random(3))
        platform = SimulatedPlatform(SimulatedSigner(), ID, lambda: WALL_AT_ZERO + round(self.env.now))
        self.way = SimulatedPictureUplink(platform.record(ID))
        self.cut_at = None
        self.machine = SimulatedMachine(
            self.env, ID, self.things, SimulatedUplink(platform, ID), SimulatedVerifier(), seed=5, fail_points=self,
            pictures=self.way, **changes,
        )  # fmt: skip
        self.machine.plug_in()
        self.run(10)

    def reached(self, name):
        if name == self.cut_at:
            self.cut_at = None
            self.machine.cut_power()
            raise PlugPulled

    def run(self, seconds):
        self.env.run(until=self.env.now + seconds * SECOND)

    def bring(self, *materials):
        """A guest brings things, for as long as there is power."""
        machine = self.machine
        if machine.view is None or machine.view.screen is not ScreenName.INSERT:
            machine.press(Button.GUEST)
            self.run(2)
        for material in materials:
            if machine.view is not None:
                machine.chute.insert(self.things.make(material))
                self.run(6)

    @property
    def named(self):
        """Hashes that the journal names."""
        bodies = [body_of(read(raw)) for raw in self.machine.disk.entries]
        return [body.picture.sha256 for body in bodies if isinstance(body, ItemDecided)]


def test_what_a_person_brings_reaches_the_platform_as_a_picture():
    world = World()
    world.bring(Material.GLASS, Material.METAL, Material.PLASTIC)
    world.run(120)
    sent = [hashlib.sha256(picture).hexdigest() for picture in world.way.kept.values()]
    assert sent == world.named
    assert len(sent) == 3


@pytest.mark.parametrize("place", PLACES)
def test_no_entry_names_a_picture_that_a_power_cut_took(place):
    world = World()
    world.bring(Material.GLASS)
    world.cut_at = place
    world.bring(Material.METAL, Material.METAL)
    assert world.cut_at is None, "the plug was pulled there"
    assert set(world.named) <= set(world.machine.picture_disk.pictures)
    world.machine.restart()
    world.run(300)
    kept = {hashlib.sha256(picture).hexdigest() for picture in world.way.kept.values()}
    assert kept == set(world.named)


def test_a_full_picture_disk_keeps_no_item_waiting_and_a_deposit_takes_no_longer():
    took = []
    for room in (None, 0):
        world = World(picture_disk=SimulatedPictureDisk(room=room))
        world.machine.press(Button.GUEST)
        world.run(2)
        began = world.env.now
        world.machine.chute.insert(world.things.make(Material.GLASS))
        while not world.machine.view.items or world.machine.view.items[-1].outcome is None:
            world.env.run(until=world.env.now + 10_000)
        took.append(world.env.now - began)
        world.run(60)
        assert len(world.way.kept) == (room is None)
    bare = World()
    bare.machine.pictures = None
    bare.machine.restart()
    bare.run(60)
    bare.machine.press(Button.GUEST)
    bare.run(2)
    began = bare.env.now
    bare.machine.chute.insert(bare.things.make(Material.GLASS))
    while not bare.machine.view.items or bare.machine.view.items[-1].outcome is None:
        bare.env.run(until=bare.env.now + 10_000)
    assert took == [bare.env.now - began] * 2
