"""How the light looks that says something: what a technician is asked. docs/hardware.md has the same table."""

from __future__ import annotations

from collections.abc import Mapping

from application.ports.hardware import Signal

COLOURED: Mapping[Signal, str] = {
    Signal.DARK: "dark",
    Signal.READY: "green, steady",
    Signal.WORKING: "blue, blinking slowly",
    Signal.TAKEN: "green, flickering",
    Signal.RETURNED: "amber, blinking",
    Signal.OUT_OF_SERVICE: "red, steady",
}
SINGLE: Mapping[Signal, str] = {
    Signal.DARK: "dark",
    Signal.READY: "steady",
    Signal.WORKING: "blinking slowly",
    Signal.TAKEN: "flickering",
    Signal.RETURNED: "blinking",
    Signal.OUT_OF_SERVICE: "flashing once a second",
}
