"""`rvm recognise PATH...`: what is in pictures, and whether a machine would take it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.markup import escape

from adapters.vision.annotate import annotated, encoded
from adapters.vision.pictures import SUFFIXES, read_picture
from application.ports.vision import BrokenPicture, ModelNotLoaded, VisionError
from domain.deposits.acceptance import Decision, decide
from domain.deposits.recognition import PPM, Recognition
from entrypoints.counted import counted
from entrypoints.eyes import Eyes, open_eyes, with_detector

LEAF, CLAY = (10, 107, 69), (168, 64, 28)
"""Accepted and refused, as in assets/tokens.css (red, green, blue)."""
MODEL_MISSING = 2
PHOTOGRAPHS = SUFFIXES | {".heic", ".heif", ".avif"}
"""What is looked at in folders: also what phones write and nothing here can read, so that it is not passed over."""


@frozen
class Found:
    """A path to look at. `below` is where its annotated picture goes under --save; `error`: it is none to look at."""

    path: Path
    below: Path
    error: str | None = None


@frozen
class Seen:
    """What was seen in one picture, and how long it took from the file to the decision, milliseconds."""

    found: Found
    recognition: Recognition
    decision: Decision
    ms: float


@frozen
class Failed:
    """Why nothing is said of a path."""

    found: Found
    error: str


def recognise(
    paths: list[Path], *, as_json: bool = False, save: Path | None = None, detector: str | None = None
) -> int:
    """Look at pictures and folders of pictures, print what is seen, and return the exit status.

    0: all were read. 1: some were not, the others went on. 2: the model cannot be loaded.
    """
    try:
        eyes = open_eyes(settings=with_detector(detector))
    except ModelNotLoaded as missing:
        print(f"rvm recognise: {missing}", file=sys.stderr)
        return MODEL_MISSING
    report = _Json() if as_json else _Lines(eyes.model, eyes.detector)
    failed = False
    try:
        for found in list(gather(paths)):
            answer = look(eyes, found)
            if save is not None and isinstance(answer, Seen):
                answer = _saved(answer, save)
            failed |= isinstance(answer, Failed)
            report.tell(answer)
        report.end()
    except BrokenPipeError:  # `| head` has seen enough; nothing may complain when the interpreter flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if failed else 0


def gather(paths: list[Path]) -> Iterator[Found]:
    """Find the files: each path that is given, and in folders, in sorted order, whatever is named like a picture."""
    for path in paths:
        if not path.is_dir():
            yield Found(path, Path(path.name))
            continue
        unread: list[OSError] = []
        below = [Path(folder, name) for folder, _, names in os.walk(path, onerror=unread.append) for name in names]
        files = sorted(file for file in below if file.suffix.lower() in PHOTOGRAPHS)
        for file in files:
            yield Found(file, Path(path.resolve().name) / file.relative_to(path))
        for closed in unread:
            yield Found(Path(closed.filename), Path(), f"the folder cannot be read: {closed.strerror}")
        if not files and not unread:
            yield Found(path, Path(), "there is no picture in this folder")


def look(eyes: Eyes, found: Found) -> Seen | Failed:
    """Read a picture, recognise what is in it, and decide."""
    if found.error is not None:
        return Failed(found, found.error)
    start = time.perf_counter()
    try:
        recognition = eyes.recognise(read_picture(found.path))
    except VisionError as broken:
        return Failed(found, str(broken))
    decision = decide(recognition, eyes.policy)
    return Seen(found, recognition, decision, (time.perf_counter() - start) * 1000)


def plain(answer: Seen | Failed) -> dict[str, Any]:
    """Return the JSON object of one path."""
    if isinstance(answer, Failed):
        return {"path": str(answer.found.path), "error": answer.error}
    seen, box = answer.recognition, answer.recognition.box
    return {
        "path": str(answer.found.path),
        "decision": "accept" if answer.decision.accepted else "reject",
        "reason": answer.decision.reason.value,
        "label": seen.label.value if seen.label else None,
        "confidence": seen.confidence / PPM,
        "box": [box.x0, box.y0, box.x1, box.y1] if box else None,
        "model": seen.model,
        "ms": round(answer.ms, 2),
    }


def _words(seen: Seen) -> tuple[str, str]:
    """Return what it is (`glass 97.1 %`, `nothing`) and what becomes of it."""
    label = seen.recognition.label
    what = f"{label.value} {seen.recognition.confidence / PPM:.1%}".replace("%", " %") if label else "nothing"
    return what, f"{'accept' if seen.decision.accepted else 'reject'}: {seen.decision.reason.value}"


def _saved(seen: Seen, folder: Path) -> Seen | Failed:
    """Write the annotated picture. Nothing that is there is overwritten: it may be the photograph itself."""
    below = seen.found.below
    suffix = below.suffix if below.suffix.lower() in {".jpg", ".jpeg", ".png"} else ".png"
    try:
        frame = read_picture(seen.found.path, detail=None)
        colour = LEAF if seen.decision.accepted else CLAY
        data = encoded(annotated(frame, seen.recognition.box, ", ".join(_words(seen)), colour), suffix)
        target = folder / below.with_suffix(suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(target, data)
    except (OSError, BrokenPicture) as broken:
        return Failed(seen.found, f"the annotated picture cannot be written: {broken}")
    return seen


def _write_beside(target: Path, data: bytes) -> None:
    """Write a new file: `name.jpg`, or the first free of `name-2.jpg`, `name-3.jpg`..."""
    number = 1
    while True:
        path = target if number == 1 else target.with_stem(f"{target.stem}-{number}")
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            number += 1
        else:
            return


class _Json:
    """One object a line, as soon as it is known."""

    def tell(self, answer: Seen | Failed) -> None:
        print(json.dumps(plain(answer)), flush=True)

    def end(self) -> None:
        """Nothing is added: every line is a picture's."""


class _Lines:
    """A line for people for each picture; what could not be read goes to standard error."""

    def __init__(self, model: str, detector: str) -> None:
        self._out, self._err = (
            Console(soft_wrap=True, highlight=False),
            Console(stderr=True, soft_wrap=True, highlight=False),
        )
        self._model, self._detector = model, detector
        self._times: list[float] = []
        self._accepted = self._failed = 0

    def tell(self, answer: Seen | Failed) -> None:
        path = escape(_printable(str(answer.found.path)))
        if isinstance(answer, Failed):
            self._failed += 1
            self._err.print(f"[bold]{path}[/]: {escape(_printable(answer.error))}")
            return
        self._times.append(answer.ms)
        self._accepted += answer.decision.accepted
        what, becomes = _words(answer)
        colour = "green" if answer.decision.accepted else "yellow"
        self._out.print(f"[{colour}]{becomes:<23}[/] {what:<17} [dim]{answer.ms:6.1f} ms[/]  {path}")

    def end(self) -> None:
        if self._times:
            middle = sorted(self._times)[len(self._times) // 2]
            refused = len(self._times) - self._accepted
            self._out.print(
                f"[bold]{counted(len(self._times), 'picture')}[/]: {self._accepted} accepted, {refused} refused, "
                f"{self._failed} not read; {middle:.1f} ms each (median); model {escape(self._model)}, "
                f"detector: {escape(_printable(self._detector))}"
            )


def _printable(text: str) -> str:
    """Show what a terminal cannot: control characters, and bytes of a file name that are no text."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
