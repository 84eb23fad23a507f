"""What one machine of the demo is made of below its software: which process, how an agent finds it, and its person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from simulators.rig.person import Person as RigPerson

MOTION_S = "0.7"
"""That the rig's motor takes to move an item."""


class PersonBefore(Protocol):
    """Somebody before one machine. Every call raises Refusal when the hardware does not let them, or LineDown."""

    def show_code(self, png: bytes) -> None:
        """Hold a phone with this code before the camera."""

    def hide_code(self) -> None:
        """Put the phone away."""

    def insert(self, picture: bytes, tag: str) -> object:
        """Put in an item that looks like this picture; `tag` is its name."""

    def take(self) -> str:
        """Take back what lies within reach; return its tag."""

    def press(self, button: str) -> None:
        """Press `done` or `guest`."""

    def state(self) -> dict[str, Any]:
        """Look at everything: counters, items, present, motor, code, view (the screen), views."""

    def unplug(self) -> None:
        """Take the hardware's power, too; the software has lost it."""

    def plug_in(self) -> None:
        """Give it back."""

    def close(self) -> None:
        """Step away."""


@frozen
class Hull:
    """One kind of hardware. `part` is what events and the process's first line call it."""

    part: str
    module: str
    arguments: Callable[[Path], list[str]]
    """From the machine's folder."""
    settings: Mapping[str, str]
    """Of the agent."""
    person: Callable[[tuple[str, int], Mapping[str, str]], PersonBefore]
    """From the process's address and the agent's settings."""


RIG = Hull(
    part="rig",
    module="entrypoints.machine.rig",
    arguments=lambda folder: ["--port", "0", "--file", str(folder / "rig.json"), "--motion-seconds", MOTION_S],
    settings={"RVM_MACHINE_KIOSK": ""},
    person=lambda address, _: RigPerson(address),
)
