"""Reading the platform's answers, and writing samples. What is not of the agreed form raises a plain error:
KeyError, TypeError or ValueError.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from application.ports.pictures import Ticket
from application.ports.uplink import ClaimAnswer, Configuration, Gap, TrustedKeys
from domain.deposits.journal import Cursor
from domain.fleet.telemetry import Sample
from domain.points.price_list import SignedPriceList

KEY_BYTES = 32
_TAG = re.compile(r"[0-9a-f]{16}")


def cursor_of(place: Mapping[str, Any] | None) -> Cursor | None:
    """Read a place in the journal."""
    if place is None:
        return None
    epoch, seq, hash_ = place["epoch"], place["seq"], place["hash"]
    if not (isinstance(epoch, str) and isinstance(hash_, str)) or type(seq) is not int:
        raise TypeError(f"no place in a journal: {place}")
    return Cursor(epoch, seq, hash_)


def gap_of(problem: Mapping[str, Any]) -> Gap:
    """Read the problem document of a gap."""
    return Gap(cursor_of(problem["held"]))


def claim_of(answer: Mapping[str, Any]) -> ClaimAnswer:
    """Read the answer to a claim."""
    confirmed, why = answer["confirmed"], answer["why"]
    if not isinstance(confirmed, bool) or not isinstance(why, str):
        raise TypeError("no answer to a claim")
    return ClaimAnswer(confirmed, why)


def configuration_of(answer: Mapping[str, Any], *, late_by: int) -> Configuration:
    """Read a configuration; its time was told `late_by` microseconds ago."""
    keys = {key_id: _raw(key) for key_id, key in answer["keys"].items()}
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise ValueError(f"an Ed25519 public key has {KEY_BYTES} bytes")
    prices, time = answer["price_list"], answer["time"]
    if type(time) is not int or time < 0:
        raise TypeError("time is microseconds UTC")
    organisation = answer["organisation"]
    if not _TAG.fullmatch(organisation):
        raise ValueError(f"an organisation is named by 16 hexadecimal digits, not {organisation[:40]!r}")
    return Configuration(
        trust=TrustedKeys(organisation=organisation, keys=keys),
        prices=None
        if prices is None
        else SignedPriceList(_raw(prices["raw"]), str(prices["key_id"]), _raw(prices["signature"])),
        time=time + late_by,
    )


def commands_of(answer: Mapping[str, Any]) -> int:
    """Read the answer to a report: how many commands wait."""
    commands = answer["commands"]
    if type(commands) is not int or commands < 0:
        raise TypeError("no answer to a report")
    return commands


def ticket_of(answer: Mapping[str, Any]) -> Ticket | None:
    """Read the answer to the offer of a picture: a ticket, or None."""
    upload = answer["upload"]
    if upload is None:
        return None
    url, fields = upload["url"], dict(upload["fields"])
    if not all(isinstance(text, str) for text in (url, *fields, *fields.values())):
        raise TypeError("no ticket")
    return Ticket(url, fields)


def written(sample: Sample) -> dict[str, Any]:
    """Write a sample as the platform reads it."""
    return {
        "boot": sample.boot,
        "seq": sample.seq,
        "mono": sample.mono,
        "wall": sample.wall,
        "trusted": sample.trusted,
        "measures": dict(sample.measures),
        "serving": sample.serving,
        "faults": list(sample.faults),
        "words": dict(sample.words),
    }


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
