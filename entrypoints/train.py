"""`rvm train`: the default model from a folder of photographs, in one command.

Needs the extra `training`. Everything is drawn from the seed; what is interrupted goes on where it stopped when the
same command is given again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from adapters.training.memory import keep_freed_memory
from adapters.training.pictures import NoPictures, UnreadablePicture
from adapters.training.workshop import FolderWorkshop
from adapters.vision.pictures import read_picture
from application.compute.train_model import Made, train_model
from application.ports.training import Seen, TrainingFailed
from domain.deposits.acceptance import decide
from domain.deposits.recognition import PPM
from domain.learning.split import SplitError
from domain.learning.training import Plan
from entrypoints.eyes import open_eyes

REFUSED = 2


def train(
    data: Path,
    out: Path,
    seed: int = 0,
    *,
    epochs_classifier: int | None = None,
    epochs_detector: int | None = None,
    splits: Path | None = None,
    calibration: int | None = None,
    validation: int | None = None,
    composites: int | None = None,
    version: str | None = None,
    threads: int = 2,
) -> int:
    """Make a model and return the exit status: 0 made; 2 refused, the reason is on standard error.

    Args:
        data: a folder of folders named by material.
        out: gets model/ (what a machine loads), card/, splits.json and work/ (kept results, to go on from).
        seed: the same seed on the same photographs gives the same model.
        epochs_classifier: passes over the photographs; None for the default model's.
        epochs_detector: passes over the made-up scenes; None for the default model's.
        splits: a division to use; one that tears photographs of one object apart is refused.
        calibration: how many photographs choose the thresholds, where no division is given.
        validation: how many judge.
        composites: of each kind, for the detector's proofs.
        version: the model's name.
        threads: for PyTorch.
    """
    asked: dict[str, Any] = {
        "epochs_classifier": epochs_classifier, "epochs_detector": epochs_detector, "calibration": calibration,
        "validation": validation, "composites": composites, "version": version,
    }  # fmt: skip
    try:
        keep_freed_memory()
        plan = Plan(seed=seed, **{name: value for name, value in asked.items() if value is not None})
        workshop = FolderWorkshop(data, out, eyes_of, splits=Path(splits) if splits else None, threads=threads)
        with Bars().shown() as bars:
            made = train_model(plan, workshop, bars)
    except (SplitError, TrainingFailed, NoPictures, UnreadablePicture, ValueError) as refused:
        print(f"rvm train: {refused}", file=sys.stderr)
        return REFUSED
    _tell(made, out)
    return 0


def eyes_of(model: Path) -> Callable[[Path], Seen]:
    """The machine's own eyes and rules with the model in a folder."""
    eyes = open_eyes(model)

    def look(path: Path) -> Seen:
        recognition = eyes.recognise(read_picture(path))
        decision, box = decide(recognition, eyes.policy), recognition.box
        return Seen(
            label=recognition.label.value if recognition.label else None,
            confidence=recognition.confidence / PPM,
            accepted=decision.accepted,
            reason=decision.reason.value,
            box=(box.x0, box.y0, box.x1, box.y1) if box else None,
        )

    return look


class Bars:
    """A progress bar for each stage, on standard error: standard output holds the result alone.

    Where nobody looks (a log file, a pipe) a line says it instead, at every twentieth of a stage.
    """

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._console = Console(stderr=True)
        self._progress = Progress(*columns, TextColumn("{task.fields[note]}"), console=self._console)
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, int] = {}

    @contextmanager
    def shown(self) -> Iterator[Bars]:
        """Show them inside a `with`."""
        if not self._console.is_terminal:
            yield self
            return
        with self._progress:
            yield self

    def __call__(self, stage: str, done: int, total: int, note: str = "") -> None:
        """See application.ports.training.Progress."""
        if not self._console.is_terminal:
            self._line(stage, done, total, note)
            return
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total, note=note)
        self._progress.update(self._tasks[stage], completed=done, total=total, note=note)

    def _line(self, stage: str, done: int, total: int, note: str) -> None:
        twentieth = 20 * done // max(total, 1)
        if twentieth > self._told.get(stage, -1):
            self._told[stage] = twentieth
            print(f"{stage}: {done} of {total} {note}".rstrip(), file=sys.stderr, flush=True)


def _tell(made: Made, out: Path) -> None:
    console = Console()
    console.print(f"six classes  {made.judgement.six_class}")
    console.print(f"decisions    {made.judgement.decision}")
    for name, share in made.proofs.items():
        console.print(f"{name:<32} {share:.3f}")
    console.print(f"model: {out / 'model'}   card: {out / 'card' / 'README.md'}", soft_wrap=True)
