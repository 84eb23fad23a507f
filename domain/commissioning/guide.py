"""The guide through a commissioning: which steps an installer takes, where it stands, and what came of them.

asking, begin: waiting, measure: measuring, measured: on to the next step's waiting, or measure again; passed over: its
lines are not measured and say why. After the last step it is finished.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

from attrs import evolve, field, frozen

from domain.commissioning.kinds import kind_of
from domain.commissioning.lines import Line, Verdict, Why, judged, without

_INSTALLER = re.compile(r"[^\W\d_][\w .'-]{0,39}")


class NotNow(Exception):
    """That does not come next; nothing was changed."""


class NoInstaller(ValueError):
    """Somebody must answer for what is measured: a name of at most 40 letters."""


class Task(str, enum.Enum):
    """What the installer does in a step."""

    STILL = "still"
    """Takes everything out of the chute, shuts the door, and keeps away: the machine measures by itself."""
    LENS = "lens"
    """Wipes the lens, and leaves the chute empty."""
    HAND = "hand"
    """Holds a hand in the chute."""
    BOTTLE = "bottle"
    """Puts a bottle into the opening, and takes the hand out."""
    DOOR = "door"
    """Pulls the door open."""
    BIN_EMPTY = "bin_empty"
    """Empties a bin."""
    BIN_FULL = "bin_full"
    """Holds a board at the full mark of a bin."""
    LIGHT = "light"
    """Looks whether the light is green, and says so."""
    DIVERTER = "diverter"
    """Looks whether the flap leads to a bin, and says so."""


ANSWERED = frozenset({Task.LIGHT, Task.DIVERTER})
"""Tasks whose number is what the installer saw."""


class Reason(str, enum.Enum):
    """Why a step is passed over."""

    NOTHING_AT_HAND = "nothing_at_hand"
    """No bottle, no board, no cloth."""
    OUT_OF_REACH = "out_of_reach"
    LATER = "later"


class Phase(str, enum.Enum):
    """Where the guide stands."""

    ASKING = "asking"
    """For the installer's name."""
    WAITING = "waiting"
    """For the installer to do the task."""
    MEASURING = "measuring"
    MEASURED = "measured"
    FINISHED = "finished"


@frozen
class Step:
    """One step; `part` is the bin that it is about."""

    task: Task
    part: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are passed over with it, by name."""
        return tuple(f"{name}.{self.part}" if self.part else name for name in LINES[self.task])


LINES = {
    Task.STILL: (
        "firmware", "disk_sync", "journal", "network", "clock_offset", "item_sensor_noise", "motor_out", "motor_in",
    ),
    Task.LENS: ("camera", "camera_brightness", "camera_burnt", "camera_noise", "ground_focus"),
    Task.HAND: ("hand_seen",),
    Task.BOTTLE: ("item_seen", "camera_changes", "item_focus", "item_region", "item_way"),
    Task.DOOR: ("door_opens",),
    Task.BIN_EMPTY: ("bin_empty",),
    Task.BIN_FULL: ("bin_full",),
    Task.LIGHT: ("light_seen",),
    Task.DIVERTER: ("diverter_seen",),
}  # fmt: skip
"""Of each task, what every machine has of it."""


@frozen
class Has:
    """What a machine has beside camera and chute."""

    bins: tuple[str, ...] = ()
    door: bool = False
    light: bool = False
    diverter: bool = False


def steps(has: Has) -> tuple[Step, ...]:
    """Return the steps in the order in which they are taken: what needs the door shut comes first."""
    return (
        *(Step(task) for task in (Task.STILL, Task.LENS, Task.HAND, Task.BOTTLE)),
        *([Step(Task.LIGHT)] if has.light else []),
        *(Step(Task.DIVERTER, name) for name in has.bins if has.diverter),
        *([Step(Task.DOOR)] if has.door else []),
        *(Step(task, name) for name in has.bins for task in (Task.BIN_EMPTY, Task.BIN_FULL)),
    )


@frozen
class Guide:
    """A commissioning that goes on."""

    steps: tuple[Step, ...]
    phase: Phase = Phase.ASKING
    at: int = 0
    """The step, from 0."""
    installer: str = ""
    done: tuple[tuple[Line, ...], ...] = field(default=())
    """The lines of the steps that are behind."""
    latest: tuple[Line, ...] = ()
    """Those of the step that was measured last."""

    @property
    def step(self) -> Step:
        """The step that it stands at."""
        return self.steps[min(self.at, len(self.steps) - 1)]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All that was measured, or passed over, so far."""
        return tuple(line for lines in self.done for line in lines)

    def begin(self, installer: str) -> Guide:
        """Begin in somebody's name. Raises NotNow, NoInstaller."""
        self._only(Phase.ASKING)
        name = " ".join(installer.split())
        if not _INSTALLER.fullmatch(name):
            raise NoInstaller("an installer's name has 1 to 40 letters")
        return evolve(self, phase=Phase.WAITING, installer=name)

    def measure(self) -> Guide:
        """Measure this step, or measure it again. Raises NotNow."""
        self._only(Phase.WAITING, Phase.MEASURED)
        return evolve(self, phase=Phase.MEASURING)

    def measured(self, lines: Sequence[Line]) -> Guide:
        """Take what was measured. Raises NotNow."""
        self._only(Phase.MEASURING)
        return evolve(self, phase=Phase.MEASURED, latest=tuple(lines))

    def saw(self, *, right: bool) -> Guide:
        """Take what the installer saw, and go on. Raises NotNow."""
        self._only(Phase.WAITING)
        if self.step.task not in ANSWERED:
            raise NotNow("this step is measured")
        (name,) = self.step.lines
        return self._on((judged(name, kind_of(name), int(right), "as the installer saw it"),))

    def on(self) -> Guide:
        """Go on with what was measured. Raises NotNow."""
        self._only(Phase.MEASURED)
        return self._on(self.latest)

    def pass_over(self, reason: Reason) -> Guide:
        """Go on without: what was measured stays, where something was. Raises NotNow."""
        self._only(Phase.WAITING, Phase.MEASURED)
        known = {line.name for line in self.latest}
        left = [name for name in self.step.lines if name not in known]
        said = reason.value
        return self._on(
            (*self.latest, *(without(n, kind_of(n), Verdict.UNMEASURED, Why.PASSED_OVER, said) for n in left))
        )

    def _on(self, lines: tuple[Line, ...]) -> Guide:
        done, at = (*self.done, lines), self.at + 1
        phase = Phase.FINISHED if at == len(self.steps) else Phase.WAITING
        return evolve(self, phase=phase, at=at, done=done, latest=())

    def _only(self, *phases: Phase) -> None:
        if self.phase not in phases:
            raise NotNow(f"it is {self.phase.value}, not {' or '.join(phase.value for phase in phases)}")
