"""The people of the demo: they sign up, get a QR, hold it before the camera, insert photographs, and go.

Each is a thread that acts like a person: looks at the screen, waits their turn, takes back what is refused, gives up
when nothing happens, and comes again. Everything they do goes through the platform's API or the machine's rig.
"""

import contextlib
import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence

import httpx

from entrypoints.demo.events import EventLog
from entrypoints.demo.machine import DemoMachine, Sight
from entrypoints.demo.pictures import Album, Supply
from simulators.rig.line import LineDown, Refusal

LOOK_S = 0.12
TURN_S = 20.0
SCREEN_S = 15.0
ITEM_S = 25.0
AFTER_POWER_S = 20.0
MOST_ITEMS = 5
DARK = {None, "starting", "recovering"}
FREE = {"welcome", "thanks"}
"""Screens before which a code may be held."""


class Person(threading.Thread):
    """One person, with a favourite machine."""

    def __init__(
        self,
        name: str,
        *,
        platform: str,
        machines: Sequence[DemoMachine],
        supply: Supply,
        album: Album,
        events: EventLog,
        seed: int,
        doors: threading.Event,
        leaving: threading.Event,
    ) -> None:
        """`machines` has the favourite first; `doors` lets people in, `leaving` asks them to finish and go home."""
        super().__init__(name=name, daemon=True)
        self._platform = platform
        self._machines = machines
        self._supply = supply
        self._album = album
        self._events = events
        self._doors = doors
        self._leaving = leaving
        self._chance = random.Random(f"person {name} {seed}")  # noqa: S311 (chance from a seed is the point)
        self._access = ""

    def run(self) -> None:
        """Sign up, then come again and again until asked to leave."""
        with httpx.Client(base_url=self._platform, timeout=30) as phone:
            self._phone = phone
            self._sign_up()
            self._doors.wait()
            while not self._leaving.is_set():
                far = len(self._machines) > 1 and self._chance.random() < 0.15
                machine = self._chance.choice(self._machines[1:]) if far else self._machines[0]
                try:
                    self._come(machine)
                except (httpx.HTTPError, Refusal, LineDown) as trouble:
                    self._events.write("person_trouble", person=self.name, why=f"{type(trouble).__name__}: {trouble}")
                self._leaving.wait(self._chance.uniform(0.5, 2.0))

    # ------------------------------------------------------------ with the phone

    def _sign_up(self) -> None:
        address = f"{self.name.lower()}-{uuid.uuid4().hex[:8]}@setor.example"
        secret = {"email": address, "password": uuid.uuid4().hex}
        self._phone.post("/api/v1/accounts", json={**secret, "language": "id"}).raise_for_status()
        signed_in = self._phone.post("/api/v1/sign-in", json=secret).raise_for_status().json()
        self._phone.headers["Authorization"] = f"Bearer {signed_in['access_token']}"

    def _get_code(self) -> bytes:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        session = self._phone.post("/api/v1/sessions", headers=headers).raise_for_status().json()
        return self._phone.get(session["qr"]["png"]).raise_for_status().content

    # ------------------------------------------------------------ before the machine

    def _come(self, machine: DemoMachine) -> None:
        if not machine.place.enter(self.name, TURN_S):
            return
        try:
            free = self._wait(machine, lambda sight: sight.screen in FREE, SCREEN_S)
            if free is None or self._leaving.is_set():
                return
            if self._be_let_in(machine):
                self._deposit(machine)
        finally:
            machine.person.hide_code()
            self._take_what_lies_there(machine)
            machine.place.leave(self.name)

    def _be_let_in(self, machine: DemoMachine) -> bool:
        if self._chance.random() < 0.08:
            machine.person.press("guest")
        else:
            machine.person.show_code(self._get_code())
        seen = self._wait(machine, lambda sight: sight.screen in {"insert", "code_refused", None}, SCREEN_S)
        machine.person.hide_code()
        if seen is None or seen.screen != "insert":
            return False
        self._events.write("visit", machine=machine.name, id=machine.id, person=self.name, visit=seen.visit)
        return True

    def _deposit(self, machine: DemoMachine) -> None:
        for _ in range(self._chance.randint(2, MOST_ITEMS)):
            self._leaving.wait(self._chance.uniform(0.2, 0.8))
            ready = self._wait(machine, lambda sight: sight.screen != "accepted" and not sight.present, ITEM_S)
            if self._leaving.is_set() or machine.place.in_haste or ready is None or ready.screen != "insert":
                break
            self._insert_one(machine)
        sight = machine.look()
        if sight.screen == "insert":
            machine.person.press("done")
            self._wait(machine, lambda seen: seen.screen in {"thanks", "welcome", None}, SCREEN_S)

    def _insert_one(self, machine: DemoMachine) -> None:
        picture = self._supply.next().read_bytes()
        self._album.keep(picture)
        tag = f"{self.name}-{uuid.uuid4().hex[:8]}"
        machine.person.insert(picture, tag)
        end = time.monotonic() + ITEM_S
        while time.monotonic() < end:
            sight = machine.look()
            if not sight.lies_inside(tag):
                return
            if sight.given_back:
                self._leaving.wait(self._chance.uniform(0.3, 0.8))  # they read why
                _take(machine)
            if sight.screen in DARK:
                self._stand_by(machine, tag)
                return
            time.sleep(LOOK_S)

    def _stand_by(self, machine: DemoMachine, tag: str) -> None:
        """The power is gone: wait until the machine is back and says what becomes of the item."""
        back = self._wait(
            machine,
            lambda sight: not sight.lies_inside(tag) or (sight.screen not in DARK and not sight.motor_turns),
            AFTER_POWER_S,
        )
        if back is not None and back.given_back:
            _take(machine)

    def _take_what_lies_there(self, machine: DemoMachine) -> None:
        sight = machine.look()
        if sight.given_back:
            _take(machine)

    def _wait(self, machine: DemoMachine, ready: Callable[[Sight], bool], patience: float) -> Sight | None:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            sight = machine.look()
            if ready(sight):
                return sight
            if sight.given_back:
                _take(machine)
            time.sleep(LOOK_S)
        return None


def _take(machine: DemoMachine) -> None:
    """Take back what can be reached; the flap may have closed since one looked."""
    with contextlib.suppress(Refusal):
        machine.person.take()
