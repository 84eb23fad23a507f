"""One section of the file: gives its fields by name and kind, and collects what is wrong instead of stopping at it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import field, frozen

from adapters.hardware_map.header import why_not

E = TypeVar("E", bound=enum.Enum)
_MISSING: Any = object()


@frozen
class Problem:
    """What is wrong: the part (and its field), and why."""

    part: str
    reason: str

    def __str__(self) -> str:
        """Name both."""
        return f"{self.part}: {self.reason}"


@frozen
class Section:
    """A section named `part`. A field that is wrong gives a harmless value, and a problem."""

    part: str
    fields: Mapping[str, Any]
    problems: list[Problem]
    _asked: set[str] = field(factory=set)

    def whole(self, key: str, low: int, high: int, default: int = _MISSING) -> int:
        """Take a whole number from `low` to `high`."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._wrong(key, value, "a whole number", low)
        if not low <= value <= high:
            return self._wrong(key, value, f"{low} to {high}", low)
        return value

    def maybe_whole(self, key: str, low: int, high: int) -> int | None:
        """Take a whole number from `low` to `high`, or None where there is no such field."""
        if self.has(key):
            return self.whole(key, low, high)
        self._asked.add(key)
        return None

    def wholes(self, key: str, count: int, low: int, high: int) -> tuple[int, ...] | None:
        """Take a list of so many whole numbers from `low` to `high`, or None where there is no such field."""
        value = self._take(key, None)
        if value is None:
            return None
        fits = isinstance(value, list) and len(value) == count
        if not fits or any(type(one) is not int or not low <= one <= high for one in value):
            return self._wrong(key, value, f"a list of {count} whole numbers, each {low} to {high}", None)
        return tuple(value)

    def yes(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._take(key, default)
        return value if isinstance(value, bool) else self._wrong(key, value, "true or false", default)

    def text(self, key: str, default: str = _MISSING) -> str:
        """Take some text."""
        value = self._take(key, default)
        return value if isinstance(value, str) and value.strip() else self._wrong(key, value, "a text", "")

    def choice(self, key: str, kind: type[E], default: E = _MISSING) -> E:
        """Take one of an enumeration's values."""
        value = self._take(key, default)
        try:
            return kind(value)
        except ValueError:
            first = next(iter(kind))
            return self._wrong(key, value, "one of " + ", ".join(repr(one.value) for one in kind), first)

    def choices(self, key: str, kind: type[E], default: frozenset[E]) -> frozenset[E]:
        """Take a list of an enumeration's values, at least one."""
        value = self._take(key, None)
        if value is None:
            return default
        known = {one.value: one for one in kind}
        if not isinstance(value, list) or not value or any(one not in known for one in value):
            return self._wrong(key, value, "a list of " + ", ".join(map(repr, known)), default)
        return frozenset(known[one] for one in value)

    def kind(self, *kinds: str) -> str:
        """Take the field `kind`, one of those."""
        value = self._take("kind", _MISSING)
        return (
            value if value in kinds else self._wrong("kind", value, f"one of {', '.join(map(repr, kinds))}", kinds[0])
        )

    def pin(self, key: str) -> int:
        """Take a pin of the header."""
        value = self._take(key, _MISSING)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._wrong(key, value, "a pin's BCM number", 0)
        if why := why_not(value):
            self.wrong(key, why)
        return value

    def has(self, key: str) -> bool:
        """Tell whether there is such a field."""
        return key in self.fields

    def wrong(self, key: str, reason: str) -> None:
        """Note that a field is wrong."""
        self.problems.append(Problem(f"{self.part}.{key}" if key else self.part, reason))

    def done(self) -> None:
        """Note each field that nobody asked for."""
        for key in sorted(set(self.fields) - self._asked):
            known = f"; it has {', '.join(sorted(self._asked))}" if self._asked else ""
            self.wrong(key, f"there is no such field{known}")

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self.fields.get(key, default)

    def _wrong(self, key: str, value: Any, wanted: str, instead: Any) -> Any:
        # What is missing and what is odd read differently, and are mended differently.
        self.wrong(key, f"is missing ({wanted})" if value is _MISSING else f"is {value!r}, not {wanted}")
        return instead
