"""A stand-in for the library Jetson.GPIO on an Orin Nano: it refuses, warns and goes wrong as version 2.1.13 does.

Written from the library's README ("Complete library API") and its observed behaviour: modes, channels, warnings, levels
that outputs begin with, lines and chips as file descriptors, edge detection, PWM. What a wire does is `drive`n; what
the library would sleep is only counted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import warnings
from collections.abc import Callable, Iterable

from simulators.bench.jetson_board import HEADER, PWM_CHANNELS, Channel, Descriptors, GPIOError


class JetsonGpio:
    """What `import Jetson.GPIO as GPIO` gives."""

    VERSION = "2.1.13"
    BOARD, BCM, TEGRA_SOC, CVM = 10, 11, 1000, 1001
    PUD_OFF, PUD_DOWN, PUD_UP = 20, 21, 22
    LOW, HIGH = 0, 1
    RISING, FALLING, BOTH = 31, 32, 33
    UNKNOWN, OUT, IN, HARD_PWM = -1, 0, 1, 43

    def __init__(self, now_ms: Callable[[], float] = lambda: 0.0, with_pwm: Iterable[int] = PWM_CHANNELS) -> None:
        """`with_pwm` are the channels whose PWM this board's device tree offers."""
        self.files = Descriptors()
        self.slept_s = 0.0
        self.wires: dict[int, Channel] = {number: Channel(number) for number in HEADER}
        self.outputs: list[tuple[int, float]] = []
        """What outputs were set to, in order: channel, and level or duty."""
        self._now_ms = now_ms
        self._with_pwm = frozenset(with_pwm)
        self._mode: int | None = None
        self._warns = True
        self._chip_fd: int | None = None

    # ------------------------------------------------------------ the wires

    def drive(self, channel: int, level: int) -> None:
        """Have the world put a level on a wire; edges that are watched are told."""
        one = self.wires[channel]
        if one.wire == level:
            return
        one.wire = level
        if one.watched and one.edge in (self.BOTH, self.RISING if level else self.FALLING):
            now = self._now_ms()
            if one.bounce_ms is None or now - one.last_ms > one.bounce_ms or not one.last_ms:
                one.last_ms, one.occurred = now, True
                for callback in list(one.callbacks):
                    callback()

    # ------------------------------------------------------------ the library

    def setwarnings(self, state: object) -> None:
        """Warn from now on, or not."""
        self._warns = bool(state)

    def setmode(self, mode: int) -> None:
        """Number channels that way. Raises ValueError."""
        if self._mode and mode != self._mode:
            raise ValueError("A different mode has already been set!")
        if mode not in (self.BOARD, self.BCM, self.TEGRA_SOC, self.CVM):
            raise ValueError("An invalid mode was passed to setmode()!")
        if mode != self.BCM:
            raise NotImplementedError("this stand-in knows BCM numbers only")
        self._mode = mode

    def getmode(self) -> int | None:
        """Return how channels are numbered."""
        return self._mode

    def setup(self, channels: int, direction: int, pull_up_down: int | None = None, initial: int | None = None) -> None:
        """Make a channel an input or an output. Raises RuntimeError, ValueError, GPIOError."""
        one = self._channel(channels)
        if direction not in (self.OUT, self.IN):
            raise ValueError("An invalid direction was passed to setup()")
        if direction == self.OUT and pull_up_down not in (None, self.PUD_OFF):
            raise ValueError("pull_up_down parameter is not valid for outputs")
        if pull_up_down is not None:
            warnings.warn("Jetson.GPIO ignores setup()'s pull_up_down parameter", stacklevel=2)
        if one.configured is not None:
            self._clean(one)
        if direction == self.IN and initial is not None:
            raise ValueError("initial parameter is not valid for inputs")
        if self._chip_fd is None:
            self._chip_fd = self.files.open("chip")
        one.chip_fd = self._chip_fd
        one.line_fd = self.files.open(f"line {one.number}")
        one.configured = direction
        if direction == self.OUT:
            self._put(one, self.HIGH if initial is None else initial)

    def input(self, channel: int) -> int:
        """Read a channel. Raises RuntimeError, ValueError, GPIOError."""
        one = self._channel(channel)
        if one.configured not in (self.IN, self.OUT):
            raise RuntimeError("You must setup() the GPIO channel first")
        self._hold_line(one, "Getting line value")
        return one.wire

    def output(self, channel: int, value: int) -> None:
        """Set a channel. Raises RuntimeError, ValueError, GPIOError."""
        one = self._channel(channel)
        if one.configured != self.OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        self._hold_line(one, "Setting line value")
        self._put(one, 1 if value else 0)

    def gpio_function(self, channel: int) -> int:
        """Return what a channel is used as."""
        configured = self._channel(channel).configured
        return self.UNKNOWN if configured is None else configured

    def cleanup(self, channel: int | None = None) -> None:
        """Give back a channel, or all. Raises GPIOError where a line is closed twice."""
        if self._mode is None:
            if self._warns:
                warnings.warn("No channels have been set up yet - nothing to clean up!", RuntimeWarning, stacklevel=2)
            return
        if channel is not None:
            one = self._channel(channel)
            if one.configured is not None:
                self._clean(one)
            return
        for one in self.wires.values():
            if one.configured is not None:
                self._clean(one)
        self._mode = None

    # ------------------------------------------------------------ edges

    def add_event_detect(
        self,
        channel: int,
        edge: int,
        callback: Callable[[int], None] | None = None,
        bouncetime: int | None = None,
        polltime: float = 0.2,
    ) -> None:
        """Watch edges; the channel can no longer be read. Raises TypeError, RuntimeError, ValueError, GPIOError."""
        one = self._channel(channel)
        if callback is not None and not callable(callback):
            raise TypeError("Callback Parameter must be callable")
        self._must_be_input(one)
        if edge not in (self.RISING, self.FALLING, self.BOTH):
            raise ValueError("The edge must be set to RISING, FALLING, or BOTH")
        if bouncetime is not None and type(bouncetime) is not int:
            raise TypeError("bouncetime must be an integer")
        if bouncetime is not None and bouncetime < 0:
            raise ValueError("bouncetime must be an integer greater than 0")
        self._close_line(one)
        if one.watched:
            warnings.warn("Warning: event is already added, ignore new added event", RuntimeWarning, stacklevel=2)
        else:
            self.files.open(f"events {one.number}")
            one.watched, one.edge, one.bounce_ms = True, edge, bouncetime
        if callback is not None:
            one.callbacks.append(lambda: callback(channel))
        self.slept_s += 1.0

    def add_event_callback(self, channel: int, callback: Callable[[int], None]) -> None:
        """Tell somebody else of the same edges. Raises TypeError, RuntimeError."""
        one = self._channel(channel)
        if not callable(callback):
            raise TypeError("Parameter must be callable")
        self._must_be_input(one)
        if not one.watched:
            raise RuntimeError("Add event detection using add_event_detect first before adding a callback")
        one.callbacks.append(lambda: callback(channel))
        self.slept_s += 1.0

    def event_detected(self, channel: int) -> bool:
        """Tell whether an edge came since this was last asked. Raises RuntimeError."""
        one = self._channel(channel)
        self._must_be_input(one)
        came, one.occurred = one.occurred, False
        return came

    def remove_event_detect(self, channel: int, timeout: float = 0.5) -> None:
        """Watch no longer. The channel's line stays closed."""
        one = self._channel(channel)
        if one.watched:
            self.slept_s += timeout
            one.watched = False
            one.callbacks.clear()

    def PWM(self, channel: int, frequency_hz: float) -> Pwm:  # noqa: N802 (the library's name)
        """Begin hardware PWM. Raises ValueError."""
        return Pwm(self, self._channel(channel), frequency_hz, offered=channel in self._with_pwm)

    # ------------------------------------------------------------ inside

    def _channel(self, number: int) -> Channel:
        if self._mode is None:
            raise RuntimeError("Please set pin numbering mode using GPIO.setmode(GPIO.BOARD), GPIO.setmode(GPIO.BCM)")
        if number not in self.wires:
            raise ValueError(f"Channel {number} is invalid")
        return self.wires[number]

    def _must_be_input(self, one: Channel) -> None:
        if one.configured != self.IN:
            raise RuntimeError("You must setup() the GPIO channel as an input first")

    def _hold_line(self, one: Channel, doing: str) -> None:
        if one.line_fd is None or self.files.owners.get(one.line_fd) != f"line {one.number}":
            raise GPIOError(errno.EBADF, f"{doing}: {os.strerror(errno.EBADF)}")

    def _put(self, one: Channel, level: float) -> None:
        one.wire = int(level)
        self.outputs.append((one.number, level))

    def _close_line(self, one: Channel) -> None:
        if one.line_fd is not None:
            try:
                self.files.close(one.line_fd, f"line {one.number}")
            except OSError as odd:
                raise GPIOError(odd.errno, f"Closing existing GPIO line: {odd.strerror}") from odd

    def _clean(self, one: Channel) -> None:
        if one.configured != self.HARD_PWM:
            self.remove_event_detect(one.number)
        one.configured = None
        if one.chip_fd is not None:
            with contextlib.suppress(OSError):
                self.files.close(one.chip_fd, "chip")
            one.chip_fd = self._chip_fd = None
        self._close_line(one)
        one.line_fd = None


class Pwm:
    """Hardware PWM on one channel."""

    def __init__(self, library: JetsonGpio, channel: Channel, frequency_hz: float, *, offered: bool) -> None:
        """Take the channel from what it was. Raises ValueError."""
        if not offered:
            raise ValueError(f"Channel {channel.number} is not a PWM")
        if channel.configured == library.HARD_PWM:
            raise ValueError("Can't create duplicate PWM objects")
        if channel.configured is not None:
            library.cleanup(channel.number)
        self._library, self._channel = library, channel
        self.frequency_hz, self.duty_percent, self.started = frequency_hz, 0.0, False
        channel.configured = library.HARD_PWM

    def start(self, duty_cycle_percent: float) -> None:
        """Begin. Raises ValueError."""
        self.started = True
        self.ChangeDutyCycle(duty_cycle_percent)

    def ChangeFrequency(self, frequency_hz: float) -> None:  # noqa: N802 (the library's name)
        """Change the frequency. Raises ValueError."""
        self.frequency_hz = frequency_hz
        self.ChangeDutyCycle(self.duty_percent)

    def ChangeDutyCycle(self, duty_cycle_percent: float) -> None:  # noqa: N802 (the library's name)
        """Change the duty. Raises ValueError."""
        if not 0.0 <= duty_cycle_percent <= 100.0:
            raise ValueError
        self.duty_percent = duty_cycle_percent
        self._library.outputs.append((self._channel.number, duty_cycle_percent / 100 if self.started else 0.0))

    def stop(self) -> None:
        """Stop; the channel stays PWM until it is cleaned up."""
        if self.started:
            self.started = False
            self._library.outputs.append((self._channel.number, 0.0))
