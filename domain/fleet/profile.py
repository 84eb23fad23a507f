"""What the platform knows of a machine beside its name: where it stands, the key it made, its mode, its care.

The key pair was made on the machine; whoever holds it renews the API key. Each proof names its moment and counts once:
one that was overheard opens nothing.
"""

from __future__ import annotations

from attrs import evolve, field, frozen

from domain.deposits.journal import encode
from domain.fleet.command import Mode

SECONDS = 1_000_000
FRESH = 300 * SECONDS
"""How far the moment of a proof may be from the platform's time: no new machine's clock is right to the second."""
PUBLIC_KEY_BYTES = 32
LONGEST_SITE = 120


class StaleProof(Exception):
    """The proof's moment is too far off, or not after the last one."""


class Revoked(Exception):
    """The machine was revoked: only a new claim code makes it one of ours again."""


class UnfitSite(ValueError):
    """A site cannot have this name."""


def _is_site(_: object, __: object, site: str) -> None:
    if len(site) > LONGEST_SITE or (site and not site.isprintable()):
        raise UnfitSite(f"a site's name has at most {LONGEST_SITE} characters that can be seen")


@frozen
class Profile:
    """One machine's. Times are microseconds UTC."""

    machine: str
    organisation: str
    site: str = field(default="", validator=_is_site)
    mode: Mode = Mode.LOCAL
    public_key: bytes | None = None
    """Raw Ed25519; None for a machine that was registered by hand."""
    proven_at: int = 0
    """The moment that its last proof named."""
    maintained_at: int | None = None
    """When a person last resolved a ticket of it."""
    revoked_at: int | None = None


def to_sign(purpose: str, subject: str, public_key: bytes, moment: int) -> bytes:
    """Return what a machine signs to prove that it holds the key. `subject` is the code's hash, or its own id."""
    return encode(
        {"v": 1, "purpose": f"myrvm {purpose}", "subject": subject, "public_key": public_key.hex(), "moment": moment}
    )


def prove(profile: Profile, moment: int, now: int) -> Profile:
    """Note a proof whose signature was verified. Raises Revoked, StaleProof."""
    if profile.revoked_at is not None:
        raise Revoked(f"machine {profile.machine} was revoked")
    if abs(now - moment) > FRESH:
        raise StaleProof("the proof's moment is too far from the platform's time")
    if moment <= profile.proven_at:
        raise StaleProof("a proof counts once, and this moment is not after the last one")
    return evolve(profile, proven_at=moment)
