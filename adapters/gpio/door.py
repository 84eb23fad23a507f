"""The port Door: a solenoid draws the bolt, and a contact, where there is one, tells whether the door is shut."""

from __future__ import annotations

from gpiozero import InputDevice
from gpiozero.exc import GPIOZeroError

from adapters.gpio.coil import Coil
from application.ports.hardware import NotFitted, PartUnreachable


class BoltedDoor:
    """A door. The contact joins its pin with ground while the door is shut, so a broken wire reads as open."""

    def __init__(self, bolt: Coil, *, contact: int | None, factory: object) -> None:
        """`contact` is a BCM number. Raises PartUnreachable."""
        self._bolt = bolt
        try:
            self._contact = None if contact is None else InputDevice(contact, pull_up=True, pin_factory=factory)
        except GPIOZeroError as odd:
            bolt.close()
            raise PartUnreachable(f"door contact on pin {contact}: {odd}") from odd

    def unlock(self) -> None:
        """Draw the bolt; it falls back by itself. Raises PartUnreachable."""
        self._bolt.on()

    def lock(self) -> None:
        """Let the bolt fall now. Raises PartUnreachable."""
        self._bolt.off()

    def is_open(self) -> bool:
        """Tell whether the door stands open. Raises NotFitted, PartUnreachable."""
        if self._contact is None:
            raise NotFitted("the door has no contact")
        if self._contact.closed:
            raise PartUnreachable("the door's contact is closed")
        return not self._contact.value

    def close(self) -> None:
        """Let the bolt fall, and the pins go."""
        self._bolt.close()
        if self._contact is not None:
            self._contact.close()
