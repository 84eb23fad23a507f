"""Light up: the light at the opening says in one colour what the screen says in words. It is a screen among screens."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from attrs import define

from application.ports.hardware import HardwareError, Light, Signal
from application.ports.screen import ScreenName, View

_log = logging.getLogger(__name__)

SAID: Mapping[ScreenName, Signal] = {
    ScreenName.STARTING: Signal.DARK,
    ScreenName.RECOVERING: Signal.WORKING,
    ScreenName.WELCOME: Signal.READY,
    ScreenName.CHECKING_CODE: Signal.WORKING,
    ScreenName.CODE_REFUSED: Signal.READY,
    ScreenName.OPENING: Signal.WORKING,
    ScreenName.INSERT: Signal.READY,
    ScreenName.RECOGNISING: Signal.WORKING,
    ScreenName.ACCEPTED: Signal.TAKEN,
    ScreenName.REFUSED: Signal.RETURNED,
    ScreenName.TAKE_BACK: Signal.RETURNED,
    ScreenName.HAND_IN_CHUTE: Signal.RETURNED,
    ScreenName.CLEARING: Signal.WORKING,
    ScreenName.PULLED_BACK: Signal.RETURNED,
    ScreenName.FINISHING: Signal.WORKING,
    ScreenName.THANKS: Signal.READY,
    ScreenName.OUT_OF_SERVICE: Signal.OUT_OF_SERVICE,
    ScreenName.MAINTENANCE: Signal.OUT_OF_SERVICE,
}
"""Every screen has its signal; one that gets none here is seen by a test."""


@define
class LightUp:
    """The port Screen on a light. A light that fails is no reason for a machine not to go on: the screen is there."""

    light: Light
    _said: Signal | None = None

    def show(self, view: View) -> None:
        """Say what this view's screen says, if that is not what the light says already."""
        signal = SAID.get(view.screen, Signal.WORKING)
        if signal is self._said:
            return
        try:
            self.light.show(signal)
        except HardwareError as broken:
            _log.warning("the light does not say %s: %s", signal.value, broken)
            self._said = None
        else:
            self._said = signal
