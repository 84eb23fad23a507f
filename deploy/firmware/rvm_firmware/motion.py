"""The motor: begins on command, ends by itself, and what passes its sensors is counted."""

NONE, RUNNING, PASSED, TIME_OVER, STALLED, HALTED, WATCHDOG = range(7)
IN, OUT = 1, 2
STALL_MA = 1500
STALL_MS = 120
BLIND_MS = 150
STEADY_MS = 5


class Sensor:
    """A light barrier: an item is through when it was dark and is light again, each for five milliseconds."""

    def __init__(self):
        self.dark = False
        self._since = None

    def through(self, dark, now):
        """Take a reading; tell whether an item has just passed."""
        if dark == self.dark:
            self._since = None
        elif self._since is None:
            self._since = now
        elif now - self._since >= STEADY_MS:
            self.dark, self._since = dark, None
            return not dark
        return False


class Motion:
    """The last motion, and the one that is going on. `parts` are the pins, `lasting` is flash."""

    def __init__(self, parts, lasting):
        self.parts = parts
        self.lasting = lasting
        self.sequence = 0
        self.state = NONE
        self.elapsed = 0
        self.peak = 0
        self._began = 0
        self._direction = 0
        self._limit = 0
        self._until = 0
        self._strained_since = None
        self._sensors = {IN: Sensor(), OUT: Sensor()}
        parts.drive(0)

    def begin(self, now, sequence, direction, duty, limit, until):
        """Turn the motor; `duty` in per cent, `limit` in milliseconds."""
        self.sequence, self.state, self.elapsed, self.peak = sequence, RUNNING, 0, 0
        self._began, self._direction, self._limit, self._until = now, direction, limit, until
        self._strained_since = None
        self.parts.drive(duty if direction == IN else -duty)

    def end(self, state):
        """Stop the motor, whether it turns or not."""
        self.parts.drive(0)
        if self.state == RUNNING:
            self.state = state
        self._direction = 0

    def tick(self, now):
        """Look at sensors, current and time."""
        passed = self._count(now)
        if self.state != RUNNING:
            return
        self.elapsed = now - self._began
        current = self.parts.current_ma()
        self.peak = max(self.peak, min(current, 65535))
        if self._until and self._until in passed:
            self.end(PASSED)
        elif self._stalls(current, now):
            self.end(STALLED)
        elif self.elapsed >= self._limit:
            self.end(TIME_OVER)

    def _count(self, now):
        passed = []
        if self._sensors[IN].through(self.parts.in_dark(), now):
            passed.append(IN)
            if self._direction != OUT:
                self.lasting.count(1, 0)
        if self._sensors[OUT].through(self.parts.out_dark(), now):
            passed.append(OUT)
            self.lasting.count(0, 1)
        return passed

    def _stalls(self, current, now):
        if self.elapsed <= BLIND_MS or current <= STALL_MA:
            self._strained_since = None
            return False
        if self._strained_since is None:
            self._strained_since = now
        return now - self._strained_since >= STALL_MS
