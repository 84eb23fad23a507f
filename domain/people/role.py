"""What somebody may do. Every endpoint names the roles that may call it."""

from __future__ import annotations

import enum


class Role(str, enum.Enum):
    """A person's role in an organisation."""

    USER = "user"
    """Brings bottles and gets points."""
    OPERATOR = "operator"
    """Runs machines: provisions them, sets prices, sees the whole fleet."""


class NotAllowed(PermissionError):
    """The caller is known but has not the role this takes; the message names the role."""


def require(held: Role, needed: Role) -> None:
    """Check that a person's role is the one needed. Raises NotAllowed.

    What belongs to a person (a QR, a balance) takes no role: whoever is signed in has their own.
    """
    if held is not needed:
        raise NotAllowed(f"this takes the role {needed.value}, not {held.value}")
