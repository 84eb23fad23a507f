"""A month of UTC, by which rows are kept and go: the month in which they came."""

from __future__ import annotations

import datetime
import re

from attrs import field, frozen

DAY = 86_400 * 1_000_000
"""Microseconds."""
_MONTHS = 12
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_NAME = re.compile(r"(\d{4})_(\d{2})")


class NoMonth(ValueError):
    """This names no month."""


def _is_month(_: object, __: object, number: int) -> None:
    if not 1 <= number <= _MONTHS:
        raise NoMonth(f"a month is 1 to 12, not {number}")


@frozen(order=True)
class Month:
    """A month. Raises NoMonth when it is none."""

    year: int
    number: int = field(validator=_is_month)
    """1 to 12."""

    @classmethod
    def of(cls, at: int) -> Month:
        """Return the month of a moment, microseconds UTC."""
        day = datetime.date.fromordinal(at // DAY + _EPOCH)
        return cls(day.year, day.month)

    @classmethod
    def named(cls, name: str) -> Month:
        """Return the month of a name, `2026_11`. Raises NoMonth."""
        found = _NAME.fullmatch(name)
        if found is None:
            raise NoMonth(f"{name!r} names no month")
        return cls(int(found[1]), int(found[2]))

    @property
    def name(self) -> str:
        """Its name in the names of tables, `2026_11`: sorted as the months are."""
        return f"{self.year:04}_{self.number:02}"

    @property
    def begin(self) -> int:
        """Its first moment, microseconds UTC."""
        return (datetime.date(self.year, self.number, 1).toordinal() - _EPOCH) * DAY

    @property
    def end(self) -> int:
        """The first moment after it."""
        return self.later(1).begin

    def later(self, months: int) -> Month:
        """Return the month so many months later (earlier when negative)."""
        year, number = divmod(self.year * _MONTHS + self.number - 1 + months, _MONTHS)
        return Month(year, number + 1)
