"""The door to the bins: a leaf that a hand pulls, a bolt that holds it, and a contact that tells whether it is shut."""

from __future__ import annotations

from attrs import define

from simulators.physics.contact import Contact


@define
class Door:
    """A door. `bolt_drawn` follows the coil."""

    contact: Contact
    bolt_drawn: bool = False
    is_open: bool = False
    forced: bool = False
    """The bolt is broken: it holds nothing."""

    def pull(self) -> bool:
        """Pull at the leaf; return whether it opened."""
        self.is_open = self.is_open or self.bolt_drawn or self.forced
        return self.is_open

    def push(self) -> None:
        """Push it shut; the bolt snaps in."""
        self.is_open = False

    def seen_open(self, at_us: int) -> bool:
        """Read the contact's wire."""
        return self.contact.read(self.is_open, at_us)
