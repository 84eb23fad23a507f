"""A pin factory of our own: gpiozero's devices on the header of a Jetson, through NVIDIA's Jetson.GPIO.

What the library (2.1.13) does, and what is made of it here:
- it takes no pull and warns of one: a wire has its resistor outside (docs/hardware.md), and `pull` only remembers what
  a device expects to find;
- an output without a first level begins HIGH: here it begins LOW;
- PWM is the hardware's, on the pins that have it;
- watching a channel's edges closes its line for good: it cannot be read any more, and to watch it again, or to set it
  up again, closes that descriptor a second time, which may be another file's by then. So a pin is watched once and for
  ever, both edges, and which of them count, and bounce, are seen to here;
- the callback is told neither level nor time: the level of a watched pin is the one before, turned around. An edge
  that the library misses turns it for good, so where a level matters, no edges are watched (see `ItemSensor`);
- `cleanup` closes the descriptor that a chip's channels share once for each of them: pins are given back by the end of
  the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import MethodType
from typing import Any
from weakref import WeakMethod, ref

from gpiozero import BoardInfo, Factory, Pin, PinInfo
from gpiozero.exc import (
    PinFixedPull,
    PinInvalidBounce,
    PinInvalidEdges,
    PinInvalidFunction,
    PinInvalidPin,
    PinInvalidPull,
    PinInvalidState,
    PinPWMFixedValue,
    PinPWMUnsupported,
    PinSetInput,
)

from adapters.gpio.jetson_header import orin_nano
from adapters.gpio.jetson_library import jetson_gpio

EDGES = ("none", "rising", "falling", "both")
COUNT = frozenset({(1, "rising"), (1, "both"), (0, "falling"), (0, "both")})
"""Levels after an edge that counts, and the setting by which it does."""


class JetsonFactory(Factory):
    """Pins by BCM number. Ticks are seconds of a clock that never goes back."""

    def __init__(self, library: Any = None) -> None:
        """`library` is the module Jetson.GPIO, or one that behaves like it. Raises PartUnreachable, by its name."""
        super().__init__()
        self.library = jetson_gpio() if library is None else library
        self.library.setwarnings(False)
        self.library.setmode(self.library.BCM)
        self._board = orin_nano()
        self._pins: dict[PinInfo, JetsonPin] = {}
        self._lock = threading.Lock()

    def pin(self, name: Any) -> JetsonPin:
        """Return the pin of that name, always the same. Raises PinInvalidPin."""
        with self._lock:
            for _, info in self._board.find_pin(name):
                if info not in self._pins:
                    self._pins[info] = JetsonPin(self, info)
                return self._pins[info]
        raise PinInvalidPin(f"{name} is no pin of this header")

    def close(self) -> None:
        """Watch nothing any more, and stop PWM. Outputs keep their level; the end of the process gives pins back."""
        for pin in self._pins.values():
            pin.close()
            pin.let_go()

    def ticks(self) -> float:
        """Return the time now."""
        return time.monotonic()

    def ticks_diff(self, later: float, earlier: float) -> float:
        """Return the time between two ticks, seconds."""
        return later - earlier

    def _get_board_info(self) -> BoardInfo:
        return self._board


class JetsonPin(Pin):
    """One pin. It is untouched until a device gives it a function."""

    def __init__(self, factory: JetsonFactory, info: PinInfo) -> None:
        """`info` is from the factory's board."""
        super().__init__()
        self._factory = factory
        self._gpio = factory.library
        self._info = info
        self._channel = int(info.name[4:])
        self._function = "input"
        self._is_set_up = False
        self._pull = "floating"
        self._pwm: Any = None
        self._frequency: float | None = None
        self._duty = 0.0
        self._bounce_s: float | None = None
        self._edges = "both"
        self._watcher: Callable[[], Any] | None = None
        self._is_watched = False
        self._level = 0
        self._told_at: float | None = None

    def __repr__(self) -> str:
        """Return its name."""
        return str(self._info.name)

    def close(self) -> None:
        """Watch nothing any more, and stop PWM."""
        self.when_changed = None
        self.frequency = None

    def let_go(self) -> None:
        """End the library's watching; this pin is of no use afterwards."""
        if self._is_watched:
            self._gpio.remove_event_detect(self._channel)

    def output_with_state(self, state: float) -> None:
        """Make it an output that begins with that level."""
        self._set_up_output(state)

    def input_with_pull(self, pull: str) -> None:
        """Make it an input, with that resistor outside."""
        self.function = "input"
        self.pull = pull

    # ------------------------------------------------------------ what gpiozero's properties call

    def _get_info(self) -> PinInfo:
        return self._info

    def _get_function(self) -> str:
        return self._function

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f"a pin of a Jetson is input or output, not {value!r}")
        if value == "output":
            self._set_up_output(False)
        elif self._function != "input" or not self._is_set_up:
            self.close()
            self._gpio.setup(self._channel, self._gpio.IN)
            self._function, self._is_set_up = "input", True

    def _set_up_output(self, state: float) -> None:
        if self._is_watched:
            raise PinInvalidFunction(f"{self!r} was an input whose edges were watched, and stays one")
        self.close()
        level = self._gpio.HIGH if state else self._gpio.LOW
        if self._function == "output" and self._is_set_up:
            self._gpio.output(self._channel, level)
        else:
            self._gpio.setup(self._channel, self._gpio.OUT, initial=level)
        self._function, self._is_set_up = "output", True

    def _get_state(self) -> float:
        if self._pwm is not None:
            return self._duty
        if self._is_watched:
            return self._level
        if not self._is_set_up:
            self.function = "input"
        return int(self._gpio.input(self._channel))

    def _set_state(self, value: float) -> None:
        if self._function == "input":
            raise PinSetInput(f"{self!r} is an input")
        if not 0 <= value <= 1:
            raise PinInvalidState(f"{value!r} is no state of {self!r}")
        if self._pwm is not None:
            self._duty = float(value)
            self._pwm.ChangeDutyCycle(100 * self._duty)
        else:
            self._gpio.output(self._channel, self._gpio.HIGH if value else self._gpio.LOW)

    def _get_pull(self) -> str:
        return self._pull

    def _set_pull(self, value: str) -> None:
        if self._function != "input":
            raise PinFixedPull(f"{self!r} is an output")
        if value not in ("floating", "up", "down"):
            raise PinInvalidPull(f"{value!r} is no pull of {self!r}")
        self._pull = value

    def _get_frequency(self) -> float | None:
        return self._frequency

    def _set_frequency(self, value: float | None) -> None:
        if not value:
            self._end_pwm()
        elif self._pwm is not None:
            self._pwm.ChangeFrequency(value)
            self._frequency = value
        else:
            self._begin_pwm(value)

    def _begin_pwm(self, frequency: float) -> None:
        if "pwm" not in self._info.interfaces:
            raise PinPWMUnsupported(f"{self!r} has no PWM")
        if self._function != "output":
            raise PinPWMFixedValue(f"{self!r} is an input")
        try:
            pwm = self._gpio.PWM(self._channel, frequency)
        except ValueError as odd:  # this board's device tree does not offer it
            raise PinPWMUnsupported(f"{self!r}: {odd}") from odd
        pwm.start(0)
        self._pwm, self._frequency, self._duty = pwm, frequency, 0.0

    def _end_pwm(self) -> None:
        if self._pwm is not None:
            self._pwm.stop()
            # A PWM channel holds no line and no chip, so this closes nothing that another has.
            self._gpio.cleanup(self._channel)
            self._pwm = self._frequency = None
            self._gpio.setup(self._channel, self._gpio.OUT, initial=self._gpio.LOW)

    # ------------------------------------------------------------ edges

    def _get_bounce(self) -> float | None:
        return self._bounce_s

    def _set_bounce(self, value: float | None) -> None:
        if value is not None and value < 0:
            raise PinInvalidBounce("a bounce is 0 seconds or more")
        self._bounce_s = value or None

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        if value not in EDGES:
            raise PinInvalidEdges(f"{value!r} is none of {', '.join(EDGES)}")
        self._edges = value

    def _get_when_changed(self) -> Any:
        return None if self._watcher is None else self._watcher()

    def _set_when_changed(self, value: Any) -> None:
        if value is None:
            self._watcher = None
            return
        if self._function != "input":
            raise PinInvalidFunction(f"{self!r} is an output: it has no edges to watch")
        # A device holds its pin; the pin must not hold the device.
        self._watcher = WeakMethod(value) if isinstance(value, MethodType) else ref(value)
        if not self._is_watched:
            self._level = int(self.state)
            self._is_watched = True
            self._gpio.add_event_detect(self._channel, self._gpio.BOTH, callback=self._edge)

    def _edge(self, channel: int) -> None:
        ticks = self._factory.ticks()
        self._level = 1 - self._level
        if (self._level, self._edges) not in COUNT:
            return
        last, bounce_s = self._told_at, self._bounce_s
        if bounce_s and last is not None and self._factory.ticks_diff(ticks, last) < bounce_s:
            return
        watcher = self.when_changed
        if watcher is not None:
            self._told_at = ticks
            watcher(ticks, self._level)
