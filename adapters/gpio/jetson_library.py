"""Jetson.GPIO, imported when it is needed: it looks at the board when it is imported, and stops where there is none."""

from __future__ import annotations

from typing import Any

from application.ports.hardware import PartUnreachable


class JetsonGpioMissing(PartUnreachable):
    """The library is not installed."""


class JetsonGpioUnusable(PartUnreachable):
    """The library is there and cannot work: this is no Jetson, or this user may not use its pins."""


def jetson_gpio() -> Any:
    """Return the module. Raises JetsonGpioMissing, JetsonGpioUnusable."""
    try:
        import Jetson.GPIO as library  # noqa: PLC0415, N811 (where it is imported it looks at the board)
    except ImportError as missing:
        raise JetsonGpioMissing(
            f"the library Jetson.GPIO is not installed ({missing}): pip install 'myrvm[jetson]'"
        ) from missing
    except Exception as odd:  # the library raises bare Exception where it knows no board, RuntimeError without rights
        raise JetsonGpioUnusable(f"Jetson.GPIO does not work here: {odd}") from odd
    return library
