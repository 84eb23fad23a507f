"""What the tests of whole machines are made of: a platform that serves, a rig and an agent as processes, hands."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import segno

from adapters.journal.reading import entries
from application.platform.open_session import OpenSession
from application.platform.publish_price_list import PublishPriceList
from application.platform.read_care import ReadMachine
from application.platform.register_machine import RegisterMachine
from application.ports.repositories import Organisation
from application.ports.unit_of_work import UnitOfWorkFactory
from domain.deposits.bodies import ItemDecided, ItemSettled, Outcome, VisitClosed, VisitOpened, body_of
from domain.deposits.journal import Kind
from domain.deposits.recognition import Material
from domain.points.ledger import person_account
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from entrypoints.settings import PlatformSettings
from simulators.rig.person import Person

PATIENCE_S = 45.0
"""For anything that should happen soon; a loaded computer needs some of it."""
MOTION_S = 0.15
TEN_YEARS = 3_652 * 86_400_000_000


def until(true, what="", within=PATIENCE_S):
    """Poll until `true()` is true, and return that."""
    deadline = time.monotonic() + within
    while not (result := true()):
        assert time.monotonic() < deadline, f"not within {within} s: {what() if callable(what) else what}"
        time.sleep(0.01)
    return result


def picture(number: int) -> bytes:
    """A picture that differs from every other, as a person's bottle does."""
    pixels = np.full((160, 120, 3), 200, np.uint8)
    cv2.rectangle(pixels, (40, 30), (80, 130), (number % 251, number // 251 % 251, 90), -1)
    return cv2.imencode(".png", pixels)[1].tobytes()


def code_png(text: str) -> bytes:
    """The QR code that a phone shows."""
    png = io.BytesIO()
    segno.make(text, error="m", micro=False).save(png, kind="png", scale=6, border=4)
    return png.getvalue()


class PlatformKit:
    """A platform with prices, on a real socket in this process."""

    def __init__(self, data: Path) -> None:
        self.stack = contextlib.ExitStack()
        settings = PlatformSettings(
            data=data, port=0, password_memory_kib=64, password_passes=1, password_lanes=1, _env_file=None
        )
        self.container = build_platform(settings)
        self.stack.callback(close_platform, self.container)
        self.organisation = self.container.resolve(Organisation).id
        now = time.time_ns() // 1_000
        self.container.resolve(PublishPriceList)(
            self.organisation, "test-1", dict.fromkeys(Material, 50), now - TEN_YEARS, now + TEN_YEARS
        )
        self.url = self.stack.enter_context(serving(self.container))

    def machine(self, name="Machine"):
        registered = self.container.resolve(RegisterMachine)(self.organisation, name)
        return registered.machine.id, registered.api_key

    def code(self, person: str | None = None) -> str:
        """The text of a fresh session's QR code."""
        return self.container.resolve(OpenSession)(self.organisation, person or str(uuid.uuid4())).token

    def balance(self, person: str) -> int:
        with self.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
            return work.ledger.balance(person_account(self.organisation, person))

    def held(self, machine):
        with self.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
            return work.record.cursor(machine)

    def told(self, machine: str) -> dict[str, int]:
        """The measures of the newest sample."""
        _, _, newest = self.container.resolve(ReadMachine)(self.organisation, machine)
        return {} if newest is None else dict(newest.sample.measures)

    def close(self) -> None:
        self.stack.close()


class RigProcess:
    """The rig as a process."""

    def __init__(self, folder: Path, motion_s: float = MOTION_S) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "entrypoints.machine.rig", "--file", str(folder / "rig.json")),
                *("--port", "0", "--motion-seconds", str(motion_s)),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = json.loads(self.process.stdout.readline())["rig"]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()


class AgentProcess:
    """One life of an agent, and what it told of itself."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "entrypoints.machine.agent"],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": "1", **settings},
            )
        self.state: dict[str, str] = {}
        self.points: Counter[str] = Counter()
        self.steps: list[dict[str, str]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                continue  # cut short by a kill
            if "point" in told:
                self.points[told["point"]] += 1
            elif "step" in told:
                self.state = told
                self.steps.append(told)

    def last(self, count: int) -> list[dict[str, str]]:
        """The last steps it told of."""
        return self.steps[-count:]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> dict[str, str]:
        """The power is gone. Returns the state that was told last."""
        self.process.send_signal(signal.SIGKILL)
        return self.gone()

    def gone(self) -> dict[str, str]:
        self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self.process.stdout.close()
        return self.state

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.gone()
        return self.process.returncode


class MachineKit:
    """A machine: rig, person, and agents one after the other."""

    def __init__(self, folder: Path, *, id: str, api_key: str, url: str, motion_s: float = MOTION_S) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.id = id
        self.rig = RigProcess(folder, motion_s)
        self.person = Person(("127.0.0.1", self.rig.port))
        self.recorded: dict[str, object] = {}
        self.settings = {
            "RVM_MACHINE_ID": id,
            "RVM_MACHINE_API_KEY": api_key,
            "RVM_MACHINE_PLATFORM_URL": url,
            "RVM_MACHINE_DATA": str(folder),
            "RVM_MACHINE_RIG": f"127.0.0.1:{self.rig.port}",
            "RVM_MACHINE_KIOSK": "",
            "RVM_MACHINE_VISION": "recorded",
            "RVM_MACHINE_EVENTS": "true",
            "RVM_MACHINE_WATCH_MS": "50",
        }
        self.agent: AgentProcess | None = None
        self.number = 0
        self._dark_since = 0

    @property
    def lit(self) -> bool:
        """Whether what the screen shows is this life's: what a dead agent left there means nothing."""
        return self.person.state()["views"] > self._dark_since

    def know(self, data: bytes, material="glass", confidence=970_000, *, nothing=False) -> bytes:
        """Have the recorded eyes know a picture from the next start on."""
        said = None if nothing else {"material": material, "box": [40, 30, 80, 130], "confidence": confidence}
        self.recorded[hashlib.sha256(data).hexdigest()] = said
        return data

    def boot(self, **settings: str) -> AgentProcess:
        (self.folder / "recorded.json").write_text(json.dumps(self.recorded))
        self._dark_since = self.person.state()["views"]
        self.agent = AgentProcess({**self.settings, **settings}, self.folder / "agent.log")
        return self.agent

    def screen(self) -> str:
        state = self.person.state()
        return state["view"]["screen"] if state["views"] > self._dark_since else "dark"

    def shows(self, *screens: str, within=PATIENCE_S) -> None:
        until(lambda: self.screen() in screens, lambda: f"{screens}; it shows {self.person.state()['view']}", within)

    def scan(self, text: str) -> None:
        """Hold a code before the camera until the machine lets one in."""
        self.person.show_code(code_png(text))
        self.shows("insert")
        self.person.hide_code()

    def insert(self, data: bytes) -> str:
        """Push a thing in and return its tag."""
        self.number += 1
        tag = f"item {self.number}"
        self.person.insert(data, tag)
        return tag

    def where(self) -> dict[str, str]:
        return {item["tag"]: item["where"] for item in self.person.state()["items"]}

    def told(self):
        return Told(self.folder / "journal.db")

    def close(self) -> None:
        if self.agent is not None and self.agent.alive:
            self.agent.kill()
        self.person.close()
        self.rig.close()


class Told:
    """What a journal says, read from outside."""

    def __init__(self, path: Path) -> None:
        self.entries = list(entries(path))
        self.decided: dict[str, ItemDecided] = {}
        self.settled: dict[str, Outcome] = {}
        self.opened: dict[str, VisitOpened] = {}
        self.closed: dict[str, VisitClosed] = {}
        for entry in self.entries:
            body = body_of(entry)
            if isinstance(body, ItemDecided):
                self.decided[entry.id] = body
            elif isinstance(body, ItemSettled):
                assert body.item not in self.settled, "settled twice"
                self.settled[body.item] = body.outcome
            elif isinstance(body, VisitOpened):
                self.opened[entry.id] = body
            elif isinstance(body, VisitClosed):
                self.closed[body.visit] = body

    @property
    def boots(self) -> int:
        return sum(entry.kind is Kind.BOOTED for entry in self.entries)

    def outcome_of(self, sha256: str) -> list[Outcome | None]:
        """What became of the item with this picture, once for each time it was decided on."""
        return [
            self.settled.get(item)
            for item, body in self.decided.items()
            if body.picture is not None and body.picture.sha256 == sha256
        ]

    def paid(self) -> int:
        return sum(
            self.decided[item].decision.accepted and outcome is not Outcome.RETURNED
            for item, outcome in self.settled.items()
        )
