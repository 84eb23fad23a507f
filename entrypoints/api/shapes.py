"""Shapes that several rooms use: what comes in is exact, ids look the same everywhere."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
ID = Annotated[str, Field(pattern=_UUID, examples=["018f4e2a-7c1b-7d40-8a53-0d6c8e2f9b11"])]
"""A UUID in its usual form."""
Moment = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", examples=["2026-05-01T12:00:00.000000Z"])
]
"""RFC 3339, UTC."""


def _integer(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Integral = BeforeValidator(_integer)
"""After a StrictInt and its bounds: takes 2.0 for 2, for JSON knows numbers only. Text and booleans are none."""


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


def _written(value: object) -> object:
    """Let through what is written as a moment: a number would be taken for seconds since 1970."""
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("a moment is written as RFC 3339 has it, like 2026-05-01T00:00:00Z")
    return value


GivenMoment = Annotated[AwareDatetime, BeforeValidator(_written)]
"""RFC 3339, in any time zone."""


class Shape(BaseModel):
    """A body that comes in: a member that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid")


After = Annotated[str | None, Field(pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the page before.")]
Limit = Annotated[int, Field(ge=1, le=100, description="The most to return.")]


def next_after(numbers: list[int], limit: int) -> str | None:
    """Return what names the next page, or None when this one was not full."""
    return str(numbers[-1]) if len(numbers) == limit else None
