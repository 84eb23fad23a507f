"""A report as exact bytes, signed by the machine.

    {"at":...,"clean":...,"compared_with":...,...,"signature":...,...,"v":1}

It is canonical JSON as entries are (ADR 0003) and a line feed. What is signed are these bytes without the signature. A
report has one form only: whoever changes a byte, and be it white space or the case of a digit, has something that is no
report.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from domain.body.frame_quality import TILES_ACROSS, TILES_DOWN, Figures
from domain.commissioning.lines import Bound, Line, Unit, Verdict, Why
from domain.commissioning.report import (
    About,
    BadSignature,
    MalformedReport,
    Report,
    ReportKind,
    Signs,
    UnknownKey,
    Verifies,
)
from domain.deposits.journal import MalformedEntry, encode

SCHEMA = 1
LONGEST = 131_072
"""Bytes; a report of a machine with two bins has about 10,000."""
MOST_LINES = 200
LONGEST_TEXT = 300
LARGEST = 2**53

_NAMES = frozenset(
    {
        "v", "kind", "machine", "at", "trusted", "installer", "hardware_map", "firmware", "software", "model",
        "lines", "verdict", "clean", "compared_with", "key", "signature",
    }
)  # fmt: skip
_FORMS: Mapping[str, re.Pattern[str]] = {
    "machine": re.compile(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?"),
    "hardware_map": re.compile(r"([0-9a-f]{64})?"),
    "compared_with": re.compile(r"([0-9a-f]{64})?"),
    "firmware": re.compile(r"([0-9]+(\.[0-9]+){2})?"),
    "key": re.compile(r"[0-9a-f]{64}"),
    "signature": re.compile(r"[0-9a-f]{128}"),
}
_LINE = frozenset({"name", "unit", "verdict", "why", "value", "low", "high", "least", "most", "said", "was"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[^\x00-\x1f\x7f]{1,60})?")
_FIGURES = ("brightness", "contrast", "sharpness", "dark", "burnt", "focus", "noise")
_HEX = re.compile(r"[0-9a-f]{64}")
_LOOKS = re.compile(r"[0-9a-f]{16}")

BRIGHTEST = 255
E = TypeVar("E", bound=enum.Enum)


def signed(report: Report, signer: Signs) -> bytes:
    """Return a report as it is kept and handed on, in ASCII with a line feed at the end. Raises MalformedReport."""
    parts = {**_parts(report), "key": signer.public_key.hex()}
    try:
        signature = signer.sign(encode(parts)).hex()
        raw = encode({**parts, "signature": signature}) + b"\n"
    except MalformedEntry as odd:
        raise MalformedReport(str(odd)) from odd
    read(raw)
    return raw


def verified(raw: bytes, verifier: Verifies, key: bytes | None = None) -> Report:
    """Return a report that is whole and signed by the key that it names: by `key`, if one is given.

    Raises MalformedReport, UnknownKey, BadSignature, in this order of what is looked at.
    """
    report = read(raw)
    if key is not None and key.hex() != report.key:
        raise UnknownKey(f"it is signed by the key {report.key}, and not by {key.hex()}")
    parts = json.loads(raw)
    signature = bytes.fromhex(parts.pop("signature"))
    if not verifier.verify(bytes.fromhex(report.key), encode(parts), signature):
        raise BadSignature("the signature is not this key's over this report: something was changed")
    return report


def read(raw: bytes) -> Report:
    """Read a report, without a look at its signature. Raises MalformedReport."""
    parts = _parse(raw)
    lines = tuple(_line(number, line) for number, line in enumerate(_list(parts, "lines", MOST_LINES)))
    about = About(*(_text(parts, name) for name in ("machine", "hardware_map", "firmware", "software", "model")))
    report = Report(
        _word(ReportKind, parts, "kind"), about, _whole(parts, "at"), _flag(parts, "trusted"), lines,
        _text(parts, "installer"), _clean(parts["clean"]), _text(parts, "compared_with"), _text(parts, "key"),
    )  # fmt: skip
    _text(parts, "signature")
    if _text(parts, "verdict") != report.verdict.value:
        raise MalformedReport(
            f"verdict: its lines come to {report.verdict.value}, and it says {parts['verdict']!r:.60}"
        )
    return report


# ------------------------------------------------------------------ writing


def _parts(report: Report) -> dict[str, Any]:
    about, clean = report.about, report.clean
    return {
        "v": SCHEMA, "kind": report.kind.value, "machine": about.machine, "hardware_map": about.hardware_map,
        "firmware": about.firmware, "software": about.software, "model": about.model, "at": report.at,
        "trusted": report.trusted, "installer": report.installer, "compared_with": report.compared_with,
        "verdict": report.verdict.value, "lines": [_line_parts(line) for line in report.lines],
        "clean": None if clean is None else {
            **{name: getattr(clean, name) for name in _FIGURES},
            "fingerprint": clean.fingerprint, "looks": clean.looks, "tiles": list(clean.tiles),
        },
    }  # fmt: skip


def _line_parts(line: Line) -> dict[str, Any]:
    bound = line.bound
    return {
        "name": line.name, "unit": line.unit.value, "verdict": line.verdict.value, "why": line.why.value,
        "value": line.value, "low": bound.low, "high": bound.high, "least": bound.least, "most": bound.most,
        "said": _short(line.said), "was": line.was,
    }  # fmt: skip


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:LONGEST_TEXT]


# ------------------------------------------------------------------ reading


def _parse(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST:
        raise MalformedReport(f"a report has at most {LONGEST} bytes, this one has {len(raw)}")
    try:
        parts = json.loads(raw.decode("ascii"))
    except (ValueError, RecursionError) as odd:
        raise MalformedReport(f"no JSON in ASCII: {odd}") from odd
    if not isinstance(parts, dict) or parts.keys() != _NAMES:
        odd_names = sorted(set(parts) ^ _NAMES) if isinstance(parts, dict) else ["all of it"]
        raise MalformedReport(f"fields missing or unknown: {', '.join(odd_names)!r:.120}")
    if type(parts["v"]) is not int or parts["v"] != SCHEMA:
        raise MalformedReport(f"v: schema {parts['v']!r:.60} is not known here; {SCHEMA} is")
    try:
        only = encode(parts) + b"\n"
    except MalformedEntry as odd:
        raise MalformedReport(str(odd)) from odd
    if only != raw:
        raise MalformedReport("not canonical: the same content has another encoding")
    return parts


def _line(number: int, parts: Any) -> Line:
    where = f"lines[{number}]"
    if not isinstance(parts, dict) or parts.keys() != _LINE:
        raise MalformedReport(f"{where}: fields missing or unknown")
    name = _text(parts, "name", where)
    if not _NAME.fullmatch(name):
        raise MalformedReport(f"{where}.name: {name!r:.60} is no line's name")
    try:
        bound = Bound(*(_number(parts, side, where) for side in ("low", "high", "least", "most")))
    except MalformedReport:
        raise
    except ValueError as odd:
        raise MalformedReport(f"{where}: {odd}") from odd
    return Line(
        name, _word(Unit, parts, "unit", where), _word(Verdict, parts, "verdict", where),
        _word(Why, parts, "why", where), _number(parts, "value", where), bound, _text(parts, "said", where),
        _number(parts, "was", where),
    )  # fmt: skip


def _clean(parts: Any) -> Figures | None:
    if parts is None:
        return None
    if not isinstance(parts, dict) or parts.keys() != {*_FIGURES, "fingerprint", "looks", "tiles"}:
        raise MalformedReport("clean: fields missing or unknown")
    for name, form in (("fingerprint", _HEX), ("looks", _LOOKS)):
        if not form.fullmatch(_text(parts, name, "clean")):
            raise MalformedReport(f"clean.{name}: it has not the form {form.pattern}")
    tiles = _list(parts, "tiles", TILES_ACROSS * TILES_DOWN, "clean")
    if any(type(tile) is not int or not 0 <= tile <= BRIGHTEST for tile in tiles):
        raise MalformedReport("clean.tiles: brightness is 0 to 255")
    numbers = {name: _whole(parts, name, "clean") for name in _FIGURES}
    return Figures(fingerprint=parts["fingerprint"], looks=parts["looks"], tiles=tuple(tiles), **numbers)


def _text(parts: Mapping[str, Any], name: str, where: str = "") -> str:
    text = parts[name]
    if not isinstance(text, str) or len(text) > LONGEST_TEXT or not text.isprintable():
        raise MalformedReport(f"{_at(where, name)}: a text of at most {LONGEST_TEXT} characters that can be seen")
    form = None if where else _FORMS.get(name)
    if form is not None and not form.fullmatch(text):
        raise MalformedReport(f"{name}: {text!r:.60} has not the form {form.pattern}")
    return text


def _number(parts: Mapping[str, Any], name: str, where: str = "") -> int | None:
    value = parts[name]
    if value is not None and (type(value) is not int or abs(value) > LARGEST):
        raise MalformedReport(f"{_at(where, name)}: a whole number or null, not {value!r:.60}")
    return value


def _whole(parts: Mapping[str, Any], name: str, where: str = "") -> int:
    value = _number(parts, name, where)
    if value is None or value < 0:
        raise MalformedReport(f"{_at(where, name)}: a whole number from 0, not {value!r:.60}")
    return value


def _flag(parts: Mapping[str, Any], name: str) -> bool:
    value = parts[name]
    if not isinstance(value, bool):
        raise MalformedReport(f"{name}: true or false, not {value!r:.60}")
    return value


def _list(parts: Mapping[str, Any], name: str, most: int, where: str = "") -> list[Any]:
    value = parts[name]
    if not isinstance(value, list) or len(value) > most:
        raise MalformedReport(f"{_at(where, name)}: a list of at most {most}")
    return value


def _word(kind: type[E], parts: Mapping[str, Any], name: str, where: str = "") -> E:
    try:
        return kind(parts[name])
    except ValueError as odd:
        raise MalformedReport(f"{_at(where, name)}: {parts[name]!r:.60} is not known here") from odd


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
