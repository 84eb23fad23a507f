"""Before contracts are checked: does each part answer at all? What does not is missing, and is asked nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from application.ports.hardware import Camera, Chute, Fitted, HardwareError, NoReading, NotFitted, Signal


def unanswered(chute: Chute, fitted: Fitted, camera: Camera | None = None) -> dict[str, str]:
    """Ask every part something that moves nothing; return those that do not answer, and why."""
    missing: dict[str, str] = {}
    for part, question in _questions(chute, fitted, camera):
        try:
            question()
        except (NoReading, NotFitted):
            continue  # it is there; what it says is for its contract to judge
        except HardwareError as why:
            missing.setdefault(part, str(why))
    return missing


def _questions(chute: Chute, fitted: Fitted, camera: Camera | None) -> Iterator[tuple[str, Callable[[], object]]]:
    if camera is not None:
        yield "camera", camera.capture
    yield "chute", chute.counters
    yield "chute", chute.present
    if fitted.motions is not None:
        yield "chute", fitted.motions.last_motion
    if fitted.opening is not None:
        yield "opening", fitted.opening.dark
    for one in fitted.bins:
        yield f"bin {one.name}", one.level.distance_mm
    if fitted.climate is not None:
        yield "climate", fitted.climate.climate
    if (light := fitted.light) is not None:
        yield "light", lambda: light.show(Signal.DARK)
    if fitted.door is not None:
        yield "door", fitted.door.lock
        yield "door", fitted.door.is_open
    if (diverter := fitted.diverter) is not None:
        yield "diverter", lambda: diverter.point(fitted.bins[0].name)
    if fitted.compactor is not None:
        yield "compactor", fitted.compactor.halt
