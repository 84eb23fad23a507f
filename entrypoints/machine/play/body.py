"""A machine with a simulated body: the adapters that ship on its wires, its serial line and its camera."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrypoints.demo.hull import Hull
from entrypoints.machine.play.glass import Glass
from simulators.served.far_person import FarPerson

PLACES = {"belt": "intake", "opening": "opening", "bin": "bin", "taken": "taken"}


class PersonAtABody:
    """Hands at the body, a finger and eyes at the glass. Every call raises Refusal or LineDown."""

    def __init__(self, address: tuple[str, int], kiosk: str) -> None:
        """Step up to it."""
        self.body = FarPerson(address)
        self.glass = Glass(kiosk)

    def show_code(self, png: bytes) -> None:
        """Hold a phone with this code before the camera."""
        self.body.show_code(png)

    def hide_code(self) -> None:
        """Put the phone away."""
        self.body.do("hide_code")

    def insert(self, picture: bytes, tag: str) -> None:
        """Put in an item that looks like this picture; returns when the hand is out."""
        self.body.put(picture, tag)

    def take(self) -> str:
        """Take back what lies within reach; return its tag."""
        return self.body.take()

    def press(self, button: str) -> None:
        """Touch a button on the glass."""
        self.glass.press(button)

    def state(self) -> dict[str, Any]:
        """Look at body and glass."""
        seen = self.body.state()
        view, views = self.glass.shown
        return {
            **seen,
            "items": [{**item, "where": PLACES[item["lies"]]} for item in seen["items"]],
            "present": seen["within_reach"],
            "motor": seen["turns"],
            "view": view,
            "views": views,
        }

    def unplug(self) -> None:
        """Take the body's power."""
        self.body.do("unplug")

    def plug_in(self) -> None:
        """Give it back."""
        self.body.do("plug_in")

    def close(self) -> None:
        """Step away."""
        self.glass.close()
        self.body.close()


def body_hull(seed: int) -> Hull:
    """Return what a machine with a body is made of."""

    def person(address: tuple[str, int], settings: Mapping[str, str]) -> PersonAtABody:
        return PersonAtABody(address, settings["RVM_MACHINE_KIOSK"])

    return Hull(
        part="body",
        module="entrypoints.machine.body",
        arguments=lambda folder: ["--port", "0", "--data", str(folder), "--seed", str(seed)],
        settings={"RVM_MACHINE_HARDWARE": "body"},
        person=person,
    )
