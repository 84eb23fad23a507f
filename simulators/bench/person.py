"""The person's side of a simulated machine: what hands can do to it, and what a bystander sees.

    person = Person(stage)
    person.put(photograph)          # an item that looks like that, into the opening
    person.show_code(png)           # a phone before the camera
    person.plant("camera unplugged")

Nothing here tells the machine what happened: hands move things, and sensors feel it.
"""

from __future__ import annotations

from typing import Any

from simulators.bench.eye import sha256
from simulators.bench.hands import String
from simulators.bench.mischief import FAULTS
from simulators.bench.stage import Stage
from simulators.physics.belt import Lies


class PersonError(Exception):
    """The machine, as a thing, does not let a person do this."""


class NothingToTake(PersonError):
    """Nothing lies within reach."""


class NothingToPull(PersonError):
    """No bin holds anything that could hang on a string."""


class DuplicateTag(PersonError):
    """There is an item of that name already."""


class NoSuchThing(PersonError):
    """The machine has no bin, or knows no fault, of that name."""


class Person:
    """Somebody before one machine, or at its back with a key. Safe from any thread."""

    def __init__(self, stage: Stage) -> None:
        """Step up to it."""
        self._stage = stage
        self.planted: list[str] = []
        """Faults that were planted and not mended."""

    # ------------------------------------------------------------ in front of it

    def put(self, picture: bytes, tag: str | None = None) -> str:
        """Put an item that looks like this picture into the opening; return its tag. Raises DuplicateTag."""

        def deed(stage: Stage) -> str:
            items = stage.body.belt.items
            name = f"item {len(items) + 1}" if tag is None else tag
            if any(item.tag == name for item in items):
                raise DuplicateTag(f"there is an item {name} already")
            stage.eye.pictures[name] = picture
            stage.body.belt.put(name)
            return name

        return self._stage.touch(deed)

    def take(self) -> str:
        """Take an item back: at the opening, else on the belt; return its tag. Raises NothingToTake."""
        item = self._stage.touch(lambda stage: stage.body.belt.take())
        if item is None:
            raise NothingToTake("nothing lies within reach")
        return item.tag

    def reach_in(self) -> None:
        """Put a hand into the chute, and leave it there."""
        self._stage.touch(lambda stage: setattr(stage.body.belt, "hand", True))

    def draw_back(self) -> None:
        """Draw the hand back."""
        self._stage.touch(lambda stage: setattr(stage.body.belt, "hand", False))

    def pull_the_string(self) -> str:
        """Pull out of its bin what fell in last, by its string; return its tag. Raises NothingToPull."""

        def deed(stage: Stage) -> str:
            item = next((one for one in reversed(stage.body.belt.items) if one.lies is Lies.BIN), None)
            if item is None:
                raise NothingToPull("no bin holds anything")
            string = String(stage.body, item)
            string.pull()
            stage.strings[:] = [one for one in stage.strings if one.pulling] + [string]
            return item.tag

        return self._stage.touch(deed)

    def show_code(self, picture: bytes, *, dim: float = 1.0) -> None:
        """Hold a phone with this code before the camera; `dim` 0..1 is how bright it is. Raises BrokenCode."""
        self._stage.touch(lambda stage: stage.eye.hold(picture, dim=dim))

    def hide_code(self) -> None:
        """Put the phone away."""
        self._stage.touch(lambda stage: setattr(stage.eye, "code", None))

    # ------------------------------------------------------------ behind it

    def open_door(self) -> bool:
        """Pull at the door; return whether it opened (it does not while the bolt holds)."""
        return self._stage.touch(lambda stage: stage.body.door.pull())

    def shut_door(self) -> None:
        """Push the door shut."""
        self._stage.touch(lambda stage: stage.body.door.push())

    def fill(self, permille: int, bin_name: str | None = None) -> None:
        """Fill a bin (the first, if none is named) up to that part of its depth. Raises NoSuchThing."""
        self._bin(bin_name, lambda one: one.fill(permille))

    def empty(self, bin_name: str | None = None) -> None:
        """Carry away what lies in a bin (the first, if none is named). Raises NoSuchThing."""
        self._bin(bin_name, lambda one: one.empty())

    # ------------------------------------------------------------ mischief

    @property
    def faults(self) -> tuple[str, ...]:
        """What can be planted."""
        return tuple(FAULTS)

    def plant(self, fault: str) -> None:
        """Plant a fault. Raises NoSuchThing."""
        self._stage.touch(self._fault(fault).plant)
        self.planted = [*{*self.planted, fault}]

    def mend(self, fault: str) -> None:
        """Mend it. Raises NoSuchThing."""
        self._stage.touch(self._fault(fault).mend)
        self.planted = [one for one in self.planted if one != fault]

    def reset_microcontroller(self) -> None:
        """Press the reset button of the ESP32: what was going on ends."""
        self._stage.touch(lambda stage: stage.device.boot())

    # ------------------------------------------------------------ looking

    @property
    def time_us(self) -> int:
        """The machine's time, microseconds: it stands still while this computer is too busy for it."""
        return self._stage.touch(lambda stage: stage.body.now_us)

    def state(self) -> dict[str, Any]:
        """Look at everything there is, as plain values; nothing of it is what the machine thinks."""
        return self._stage.touch(_seen)

    def _bin(self, name: str | None, deed: Any) -> None:
        def found(stage: Stage) -> None:
            try:
                deed(stage.body.bins[0] if name is None else stage.body.bin(name))
            except KeyError:
                raise NoSuchThing(f"there is no bin {name!r}") from None

        self._stage.touch(found)

    @staticmethod
    def _fault(name: str) -> Any:
        try:
            return FAULTS[name]
        except KeyError:
            raise NoSuchThing(f"{name!r} is none of: {', '.join(FAULTS)}") from None


def _seen(stage: Stage) -> dict[str, Any]:
    body = stage.body
    pictures = stage.eye.pictures
    return {
        "items": [
            {
                "tag": item.tag,
                "lies": item.lies.value,
                "bin": next((one.name for one in body.bins if item.tag in one.tags), None),
                "picture": sha256(pictures[item.tag]) if item.tag in pictures else None,
            }
            for item in body.belt.items
        ],
        "within_reach": any(item.lies in (Lies.OPENING, Lies.BELT) for item in body.belt.items),
        "hand": body.belt.hand,
        "motor": round(body.motor.speed, 2),
        "light": list(stage.glow) if stage.plug is not None else [255 * stage.wires.lamp] * 3 + [0],
        "door": {"open": body.door.is_open, "bolt_drawn": body.door.bolt_drawn},
        "bins": [
            {"name": one.name, "permille": round(1_000 * one.echo.fill_mm / one.echo.depth_mm)} for one in body.bins
        ],
        "diverter": body.bins[min(body.flap.leads_to(body.now_us), len(body.bins) - 1)].name,
        "strokes": body.press.strokes,
        "camera": stage.eye.state.value,
        "code": stage.eye.code is not None,
        "microcontroller": None if stage.plug is None else stage.plug.is_in,
    }
