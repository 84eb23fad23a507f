"""Clocks, ids, chance, signatures, eyes, readers and beats with a mistake each: the three that would hurt there."""

import threading
from contextlib import contextmanager, suppress

from attrs import evolve

from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.clock.system import SystemClock
from adapters.jobs.pacemaker import ThreadPacemaker
from adapters.signing.ed25519 import Ed25519Verifier
from application.ports.vision import InferenceFailed
from domain.deposits.recognition import PPM, Box, Classification, Material
from simulators.vision import SimulatedCodeReader


class GoesBack(SystemClock):
    """Goes back a little every hundredth look."""

    looks = 0

    def now(self):
        self.looks += 1
        reading = super().now()
        return evolve(reading, mono=max(0, reading.mono - 50_000)) if self.looks % 100 == 0 else reading


class Stands(SystemClock):
    """Stands still."""

    first = None

    def now(self):
        self.first = self.first or super().now()
        return evolve(super().now(), mono=self.first.mono)


class TellsMilliseconds(SystemClock):
    """Tells thousandths of a second for millionths."""

    def now(self):
        reading = super().now()
        return evolve(reading, wall=reading.wall // 1_000)


class RepeatsIds(Uuid7Source):
    """Gives every thousandth id twice."""

    count, last = 0, ""

    def next(self):
        self.count += 1
        self.last = self.last if self.count % 1_000 == 0 else super().next()
        return self.last


class GoesBackInIds(Uuid7Source):
    """Gives ids in pairs the wrong way round."""

    kept = None

    def next(self):
        if self.kept is not None:
            told, self.kept = self.kept, None
            return told
        self.kept = super().next()
        return super().next()


class Capitals(Uuid7Source):
    """Writes ids in capital letters, where others compare their text."""

    def next(self):
        return super().next().upper()


class ReachesOne(SystemRandom):
    """Draws one as well."""

    count = 0

    def fraction(self):
        self.count += 1
        return 1.0 if self.count % 500 == 0 else super().fraction()


class RepeatsTokens(SystemRandom):
    """Draws only a handful of secrets."""

    count = 0

    def token(self, size):
        self.count += 1
        return bytes([self.count % 9]) * size


class ShortTokens(SystemRandom):
    """Draws secrets that are a byte too short."""

    def token(self, size):
        return super().token(size - 1)


class AcceptsAny(Ed25519Verifier):
    """Takes whatever has the size of a signature."""

    def verify(self, public_key, message, signature):
        return len(public_key) == 32 and len(signature) == 64


class AnotherKey(Ed25519Verifier):
    """Takes the signature of whoever was right first, whatever the key."""

    known = None

    def verify(self, public_key, message, signature):
        if super().verify(public_key, message, signature):
            self.known = self.known or public_key
            return True
        return self.known is not None and super().verify(self.known, message, signature)


class IgnoresTheLastByte(Ed25519Verifier):
    """Looks at all of a signature but its last byte."""

    def verify(self, public_key, message, signature):
        return any(super(IgnoresTheLastByte, self).verify(public_key, message, signature[:-1] + bytes([last]))
                   for last in range(256))  # fmt: skip


class Eye:
    """A detector, classifier or segmenter that does what the one behind it does, but for one thing."""

    def __init__(self, eye):
        self.eye = eye

    def __getattr__(self, name):
        return getattr(self.eye, name)


class ShiftsBoxes(Eye):
    """Finds each item thirty pixels to the right."""

    def detect(self, frame):
        return tuple(
            evolve(one, box=Box(one.box.x0 + 30, one.box.y0, one.box.x1 + 30, one.box.y1))
            for one in self.eye.detect(frame)
        )


class DropsItems(Eye):
    """Finds the first item only."""

    def detect(self, frame):
        return self.eye.detect(frame)[:1]


class DoublesItems(Eye):
    """Finds each item twice."""

    def detect(self, frame):
        return tuple(one for one in self.eye.detect(frame) for _ in range(2))


class MoreThanAll(Eye):
    """Gives parts that are more than the whole."""

    def classify(self, frame, box):
        named = self.eye.classify(frame, box)
        return evolve(named, probabilities={material: part + 1 for material, part in named.probabilities.items()})


class ForgetsAMaterial(Eye):
    """Knows of one material less."""

    def classify(self, frame, box):
        parts = dict(self.eye.classify(frame, box).probabilities)
        least = min(parts, key=parts.get)
        left = parts.pop(least)
        parts[max(parts, key=parts.get)] += left
        return evolve(self.eye.classify(frame, box), probabilities=parts)


class NamesWhatItCannotSee(Eye):
    """Names any material where it cannot look."""

    def classify(self, frame, box):
        try:
            return self.eye.classify(frame, box)
        except InferenceFailed:
            others = list(Material)
            return Classification({material: PPM // len(others) for material in others})


class HalfTheMask(Eye):
    """Counts half of the pixels."""

    def segment(self, frame, box):
        mask = self.eye.segment(frame, box)
        return evolve(mask, area=mask.area // 2)


class MoreThanTheBox(Eye):
    """Counts what lies beside the box as well."""

    def segment(self, frame, box):
        mask = self.eye.segment(frame, box)
        return evolve(mask, area=box.area + 1)


class BareNumber(Eye):
    """Gives a number for a mask."""

    def segment(self, frame, box):
        return self.eye.segment(frame, box).area


class LosesCodes(SimulatedCodeReader):
    """Reads the first code only."""

    def read(self, frame):
        return super().read(frame)[:1]


class DoublesCodes(SimulatedCodeReader):
    """Reads each code twice."""

    def read(self, frame):
        return tuple(text for text in super().read(frame) for _ in range(2))


class CutsCodes(SimulatedCodeReader):
    """Reads the beginning of a long code."""

    def read(self, frame):
        return tuple(text[:100] for text in super().read(frame))


class NeverBeats(ThreadPacemaker):
    """Loses: does not beat."""

    @contextmanager
    def during(self, pause, beat):
        yield


class BeatsOn(ThreadPacemaker):
    """Doubles: goes on when it is over."""

    @contextmanager
    def during(self, pause, beat):
        over = threading.Event()

        def on():
            for _ in range(400):
                over.wait(pause / 1_000_000)
                with suppress(RuntimeError):
                    beat()

        threading.Thread(target=on, daemon=True).start()
        yield


class DiesOfAnError(ThreadPacemaker):
    """Not whole: one beat that fails is the last."""

    @contextmanager
    def during(self, pause, beat):
        failed = threading.Event()

        def once():
            if failed.is_set():
                return
            try:
                beat()
            except Exception:  # noqa: BLE001 - that is its mistake
                failed.set()

        with super().during(pause, once):
            yield


CLOCKS = (GoesBack, Stands, TellsMilliseconds)
IDS = (RepeatsIds, GoesBackInIds, Capitals)
CHANCE = (ReachesOne, RepeatsTokens, ShortTokens)
VERIFIERS = (AcceptsAny, AnotherKey, IgnoresTheLastByte)
DETECTORS = (ShiftsBoxes, DropsItems, DoublesItems)
CLASSIFIERS = (MoreThanAll, ForgetsAMaterial, NamesWhatItCannotSee)
SEGMENTERS = (HalfTheMask, MoreThanTheBox, BareNumber)
READERS = (LosesCodes, DoublesCodes, CutsCodes)
PACEMAKERS = (NeverBeats, BeatsOn, DiesOfAnError)
