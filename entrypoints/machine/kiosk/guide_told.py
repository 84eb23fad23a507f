"""A commissioning as the page gets it."""

from __future__ import annotations

from typing import Any

from application.ports.guide_panel import Guided
from domain.commissioning.guide import ANSWERED, Reason
from domain.commissioning.lines import Line, Verdict


def guide_told(guided: Guided) -> dict[str, Any]:
    """Say it in JSON's words."""
    guide = guided.guide
    return {
        "phase": guide.phase.value,
        "task": guide.step.task.value,
        "part": guide.step.part,
        "asks": guide.step.task in ANSWERED,
        "number": min(guide.at + 1, len(guide.steps)),
        "of": len(guide.steps),
        "installer": guide.installer,
        "live": guided.live,
        "unit": guided.unit.value if guided.unit else None,
        "lines": [_line_told(line) for line in guide.latest],
        "counts": {verdict.value: sum(line.verdict is verdict for line in guide.lines) for verdict in Verdict},
        "odd": [_line_told(line) for line in guide.lines if line.verdict is not Verdict.PASS],
        "verdict": guided.verdict.value if guided.verdict else None,
        "key_id": guided.key_id,
        "failed": guided.failed,
        "reasons": [reason.value for reason in Reason],
    }


def _line_told(line: Line) -> dict[str, Any]:
    kind, _, part = line.name.partition(".")
    bound = line.bound
    return {
        "kind": kind,
        "part": part,
        "verdict": line.verdict.value,
        "why": line.why.value,
        "value": line.value,
        "unit": line.unit.value,
        "low": bound.low if bound.low is not None else bound.least,
        "high": bound.high if bound.high is not None else bound.most,
        "said": line.said,
    }
