"""A configuration as bytes, for keeping: a machine that boots off line works by the last one it was told."""

from __future__ import annotations

import base64
import json
from typing import Any

from application.ports.uplink import TrustedKeys
from domain.points.price_list import SignedPriceList

SCHEMA = 1


class MalformedConfiguration(ValueError):
    """These bytes are no kept configuration; the message names what is wrong with them."""


def write(trust: TrustedKeys, prices: SignedPriceList | None) -> bytes:
    """Write a configuration down. Its time is not kept: it would be a lie by the time it is read."""
    kept = {
        "v": SCHEMA,
        "organisation": trust.organisation,
        "keys": {key_id: _text(key) for key_id, key in trust.keys.items()},
        "price_list": None
        if prices is None
        else {"raw": _text(prices.raw), "key_id": prices.key_id, "signature": _text(prices.signature)},
    }
    return json.dumps(kept, sort_keys=True, indent=1).encode("ascii")


def read(content: bytes) -> tuple[TrustedKeys, SignedPriceList | None]:
    """Read a configuration back. Raises MalformedConfiguration."""
    try:
        kept: dict[str, Any] = json.loads(content)
        if kept["v"] != SCHEMA:
            raise MalformedConfiguration(f"schema {kept['v']!r} is not known here")
        keys = {str(key_id): base64.b64decode(key, validate=True) for key_id, key in kept["keys"].items()}
        listed = kept["price_list"]
        prices = None
        if listed is not None:
            raw, signature = (base64.b64decode(listed[name], validate=True) for name in ("raw", "signature"))
            prices = SignedPriceList(raw, str(listed["key_id"]), signature)
        return TrustedKeys(str(kept["organisation"]), keys), prices
    except MalformedConfiguration:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as odd:
        raise MalformedConfiguration(f"no kept configuration: {type(odd).__name__}: {odd}") from odd


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
