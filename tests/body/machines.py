"""Machines with bodies for the tests: the adapters that ship look at the pixels."""

from __future__ import annotations

import os

from adapters.vision.figures import figures
from adapters.vision.frame import PictureFrame
from domain.deposits import bodies
from simulators.world.bodied import BodiedMachine

SEEDS = int(os.environ.get("RVM_TEST_BODY_SEEDS", "2"))
"""Seeds that each fault is planted with. At length: 100."""
POWER_STRIDE = int(os.environ.get("RVM_TEST_POWER_STRIDE", "9"))
"""From one place where the plug is pulled to the next. At length: 1."""
GOOD_ITEMS = int(os.environ.get("RVM_TEST_GOOD_ITEMS", "120"))
"""Good items that nothing may be found wrong with. At length: 10,000."""


def frame(pixels, digest):
    return PictureFrame(pixels, pixels.shape[1], pixels.shape[0], digest)


def machine(seed, **how):
    made = BodiedMachine(seed, frame, figures, **how)
    made.plug_in()
    make_noisy(made)
    return made


def make_noisy(made):
    """As things are in a hall: wires that glitch, echoes that scatter, a lamp that flickers."""
    for contact in (made.body.in_beam, made.body.out_beam, made.body.item_sensor, made.body.door.contact):
        contact.glitches_per_s = 0.5
    for one in made.body.bins:
        one.echo.lost, one.echo.noise_us = 0.05, 40.0
    made.scene.flicker = 0.03


def settled(made):
    return [body.outcome for body in made.entries() if isinstance(body, bodies.ItemSettled)]


def decided(made):
    return [body.decision for body in made.entries() if isinstance(body, bodies.ItemDecided)]


def closings(made):
    return [body.why for body in made.entries() if isinstance(body, bodies.VisitClosed)]


def suspicions(made):
    return [body for body in made.entries() if isinstance(body, bodies.SuspicionRaised)]
