"""`rvm verify-report`: is this the report that the machine signed, to the last byte?

Exit status: 0 for one that is whole; 1 for one that is not, with what is wrong: its form, the key, the signature; 2
when the file or the key cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from adapters.signing.ed25519 import Ed25519Verifier, key_id_of
from domain.commissioning.lines import Line, Verdict
from domain.commissioning.report import BadSignature, MalformedReport, Report, UnknownKey
from domain.commissioning.report_text import LONGEST, verified

TRUE, FALSE, MISUSE = 0, 1, 2
_KEY = re.compile(r"[0-9a-f]{64}")


class NoKey(ValueError):
    """This is no public key."""


def run(file: Path, key: str | None, *, say: Callable[[str], None] = print) -> int:
    """Verify a file; `key` is the machine's public key in hexadecimal digits, or a file that holds it."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(LONGEST + 1)
        known = None if key is None else key_of(key)
    except (OSError, NoKey) as odd:
        say(str(odd))
        return MISUSE
    try:
        report = verified(raw, Ed25519Verifier(), known)
    except MalformedReport as odd:
        say(f"{file}: not a report as a machine writes it: {odd}")
    except UnknownKey as odd:
        say(f"{file}: unknown key: {odd}")
    except BadSignature as odd:
        say(f"{file}: bad signature: {odd}")
    else:
        for line in told(report, known is not None):
            say(line)
        return TRUE
    return FALSE


def key_of(text: str) -> bytes:
    """Return a public key. Raises NoKey, OSError."""
    written = text.strip().lower()
    if not _KEY.fullmatch(written):
        try:
            written = Path(text).read_text(encoding="ascii").strip().lower()
        except (OSError, UnicodeDecodeError) as odd:
            raise NoKey(f"{text[:80]!r} is neither 64 hexadecimal digits nor a file that holds them") from odd
    if not _KEY.fullmatch(written):
        raise NoKey(f"{text[:80]}: a public key has 64 hexadecimal digits")
    return bytes.fromhex(written)


def told(report: Report, known: bool) -> list[str]:
    """Return what a reader wants to know of a report that is whole."""
    when = datetime.fromtimestamp(report.at // 1_000_000, tz=timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    clock = "" if report.trusted else " (by a clock that nobody had set)"
    key_id = key_id_of(bytes.fromhex(report.key))
    whose = "which is the key that was given" if known else "which the report names itself: --key tells whose it is"
    who = f", by {report.installer}" if report.installer else ""
    about = report.about
    wrong = [line for line in report.lines if line.verdict is not Verdict.PASS]
    return [
        f"{report.kind.value.replace('_', '-')} of machine {about.machine or '(without an id)'}, {when}{clock}{who}",
        f"signed by key {key_id}, {whose}",
        f"map {about.hardware_map[:12] or '-'}, firmware {about.firmware or '-'}, {about.software}, {about.model}",
        f"{report.verdict.value}: {len(report.lines)} lines, {len(wrong)} of them not as they should be",
        *(f"  {said(line)}" for line in wrong),
    ]


def said(line: Line) -> str:
    """Say one line in a line."""
    number = "" if line.value is None else f" {line.value} {line.unit.value}"
    was = "" if line.was is None else f" (was {line.was})"
    more = f": {line.said}" if line.said else ""
    return f"{line.verdict.value:<10} {line.name}{number}{was}, {line.why.value.replace('_', ' ')}{more}"
