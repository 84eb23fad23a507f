"""A view as plain values: what a screen at the other end of a line is told."""

from __future__ import annotations

from typing import Any

from application.ports.screen import ShownItem, View


def view_told(view: View) -> dict[str, Any]:
    """Say a view in JSON's words."""
    return {
        "screen": view.screen.value,
        "by": view.by.value if view.by else None,
        "visit": view.visit,
        "items": [_item_told(item) for item in view.items],
        "paid": view.paid,
        "returned": view.returned,
        "points": view.points,
        "code": view.code.value if view.code else None,
        "notes": [note.value for note in view.notes],
        "parts": list(view.parts),
    }


def _item_told(item: ShownItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "accepted": item.accepted,
        "reason": item.reason.value,
        "label": item.label.value if item.label else None,
        "confidence": item.confidence,
        "box": [item.box.x0, item.box.y0, item.box.x1, item.box.y1] if item.box else None,
        "picture": item.picture,
        "points": item.points,
        "outcome": item.outcome.value if item.outcome else None,
    }
