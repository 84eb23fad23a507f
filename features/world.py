"""The world that scenarios play in: the production platform with its API, machines and people, all in virtual time.

The platform is put together by the production container on embedded parts; machines run the real software on simulated
hardware and reach the platform through the real uplink, whose network can be cut. No step waits for a real second.
"""

import random
import uuid
from contextlib import contextmanager

import httpx
import simpy
from attrs import define, evolve
from starlette.testclient import TestClient

from adapters.signing.ed25519 import Ed25519Verifier
from adapters.uplink.http import HttpUplink
from adapters.uplink.pictures import HttpPictureUplink
from application.platform.deliver_commands import ExpireCommands
from application.platform.sign_up import SignUp
from application.platform.watch_fleet import WatchFleet
from application.ports.clock import Clock, Reading
from application.ports.hardware import Button
from application.ports.screen import ScreenName
from domain.deposits.bodies import Outcome
from domain.deposits.recognition import Box, Mask, Material
from domain.people.role import Role
from entrypoints.api.app import create_app
from entrypoints.api.times import rfc3339
from entrypoints.container import build_platform, close_platform
from entrypoints.relay import Relay
from entrypoints.settings import PlatformSettings
from simulators.chute import Place
from simulators.scheduling import PlugPulled
from simulators.vision import plainly
from simulators.world.machine import WALL_AT_ZERO, SimulatedMachine
from simulators.world.things import Things

SECOND = 1_000_000
STEP = SECOND // 5
SIGNED_IN = 600 * SECOND
"""How long an operator goes on with one access token."""
SERVING = {ScreenName.WELCOME, ScreenName.THANKS}
PASSWORD = "three green bottles"


class WorldClock:
    """The platform's clock: virtual time, never wrong."""

    def __init__(self, env):
        self._env = env

    def now(self):
        now = round(self._env.now)
        return Reading(wall=WALL_AT_ZERO + now, mono=now, trusted=True)


class Wire(httpx.BaseTransport):
    """One machine's network to the platform."""

    def __init__(self, platform):
        self._platform = platform
        self.cut = False
        self.lost_answers = 0

    def handle_request(self, request):
        if self.cut:
            raise httpx.ConnectError("the network is cut", request=request)
        answer = self._platform.request(
            request.method, request.url.raw_path.decode(), headers=request.headers, content=request.read()
        )
        if self.lost_answers and request.url.path.endswith("/entries"):
            self.lost_answers -= 1
            raise httpx.ReadError("the answer got lost", request=request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content, request=request)


class Fuse:
    """Cuts a machine's power at a named place of its cycle."""

    def __init__(self):
        self.at = None
        self.machine = None

    def reached(self, name):
        if name == self.at:
            self.at = None
            self.machine.cut_power()
            raise PlugPulled


@define(eq=False)
class Somebody:
    """A person with an account, a phone, and perhaps a code."""

    name: str
    headers: dict
    session: dict | None = None
    first: str | None = None
    """The code before that."""

    @property
    def code(self):
        return self.session["token"]


@define(eq=False)
class Corner:
    """A machine at its place, and what a scenario can do to it."""

    machine: SimulatedMachine
    wire: Wire
    fuse: Fuse
    api_key: str


class World:
    def __init__(self, folder):
        self.env = simpy.Environment()
        self.things = Things(random.Random(1))
        self.data = folder
        self.container = build_platform(
            PlatformSettings(
                data=folder, password_memory_kib=64, password_passes=1, password_lanes=1, _env_file=None,
                database_url="",
            )
        )  # fmt: skip
        self.container.register(Clock, instance=WorldClock(self.env))
        self.platform = TestClient(create_app(self.container))
        self.people = {}
        self.corners = []
        self.reporting = False
        self.someone = None
        self.bottle = None
        self._operator = None
        self._signed_in_at = 0
        self._versions = 0

    def close(self):
        self.platform.close()
        close_platform(self.container)

    # ------------------------------------------------------------ time

    def run(self, seconds):
        self.env.run(until=self.env.now + seconds * SECOND)

    def until(self, ready, within=60):
        """Let time pass until something is so."""
        end = self.env.now + within * SECOND
        while not ready():
            assert self.env.now < end, f"not so within {within} seconds of virtual time"
            self.env.run(until=self.env.now + STEP)

    def settle(self, within=120):
        """Let time pass until no machine has anything to tell that it could tell."""

        def quiet():
            return all(
                corner.wire.cut or corner.machine.life is None or not corner.machine.synchronise.journal.unsent()
                for corner in self.corners
            )

        self.until(quiet, within)

    # ------------------------------------------------------------ the platform

    @property
    def operator(self):
        if self._operator is None:
            self.container.resolve(SignUp)("operator@example.org", PASSWORD, role=Role.OPERATOR)
        if self._operator is None or self.env.now - self._signed_in_at > SIGNED_IN:
            self._operator, self._signed_in_at = self._signed_in("operator@example.org"), self.env.now
        return self._operator

    def ask(self, path, headers):
        answer = self.platform.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def order(self, path, headers, body=None):
        answer = self.platform.post(path, headers={**headers, "Idempotency-Key": str(uuid.uuid4())}, json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def price(self, **points):
        """A price list that is in force from now on."""
        self._versions += 1
        self.order(
            "/api/v1/price-lists", self.operator,
            {
                "version": f"list-{self._versions}", "points": points,
                "valid_from": self.timestamp(0 if self._versions > 1 else -86_400),
                "valid_until": self.timestamp(10**8),
            },
        )  # fmt: skip

    def timestamp_seconds(self):
        return (WALL_AT_ZERO + round(self.env.now)) // SECOND

    def timestamp(self, seconds):
        return rfc3339(WALL_AT_ZERO + round(self.env.now) + seconds * SECOND)

    def alarms(self):
        return [alarm["kind"] for alarm in self.ask("/api/v1/alarms", self.operator)["alarms"]]

    def balance(self, person):
        self.settle()
        return self.ask("/api/v1/balance", person.headers)["points"]

    def watched(self, minutes):
        """Let minutes pass while the platform watches over its machines."""
        for _ in range(minutes):
            self.run(60)
            self.container.resolve(WatchFleet)()
            self.container.resolve(ExpireCommands)()

    def tickets(self):
        return self.ask("/api/v1/tickets", self.operator)["tickets"]

    # ------------------------------------------------------------ people

    def person(self, name):
        if name not in self.people:
            address = f"{name.lower()}@example.org"
            self.platform.post("/api/v1/accounts", json={"email": address, "password": PASSWORD}).raise_for_status()
            self.people[name] = Somebody(name, self._signed_in(address))
        self.someone = self.people[name]
        return self.someone

    def _signed_in(self, address):
        told = self.platform.post("/api/v1/sign-in", json={"email": address, "password": PASSWORD})
        return {"Authorization": f"Bearer {told.json()['access_token']}"}

    def get_code(self, person):
        person.session = self.order("/api/v1/sessions", person.headers)
        return person.session

    @contextmanager
    def following(self, person):
        """The person's phone, following their session."""
        with self.platform.websocket_connect(f"/api/v1/sessions/{person.session['session_id']}/live") as phone:
            phone.send_json({"access_token": person.headers["Authorization"].removeprefix("Bearer ")})
            yield phone

    def relay(self):
        self.container.resolve(Relay).once()

    # ------------------------------------------------------------ machines

    def corner(self, number=0, *, clock_skew=0):
        """A machine, switched on and ready; made when it is first asked for."""
        while len(self.corners) <= number:
            self._set_up(clock_skew)
        return self.corners[number]

    def _set_up(self, clock_skew):
        told = self.order("/api/v1/machines", self.operator, {"name": f"Machine {len(self.corners) + 1}"})
        wire, fuse = Wire(self.platform), Fuse()
        uplink = HttpUplink("http://testserver", told["machine_id"], told["api_key"], transport=wire)
        pictures = HttpPictureUplink("http://testserver", told["machine_id"], told["api_key"], transport=wire)
        machine = SimulatedMachine(
            self.env, told["machine_id"], self.things, uplink, Ed25519Verifier(), seed=len(self.corners) + 1,
            fail_points=fuse, clock_skew=clock_skew, telemetry=self.reporting,
            pictures=pictures,
        )  # fmt: skip
        fuse.machine = machine
        corner = Corner(machine, wire, fuse, told["api_key"])
        self.corners.append(corner)
        machine.plug_in()
        self.until(lambda: machine.view is not None and machine.view.screen is ScreenName.WELCOME)
        self.run(5)

    def hold(self, code, corner):
        """Hold a code before the camera until the machine has made up its mind."""
        machine = corner.machine
        self.until(lambda: machine.view.screen in SERVING)
        machine.held_up = code
        self.until(lambda: machine.view.screen in {ScreenName.INSERT, ScreenName.CODE_REFUSED})
        machine.held_up = None

    def make(self, what):
        """A thing that people bring, by its name in the scenarios."""
        if what == "a bottle hard to make out":
            thing = self.things.make(Material.GLASS)
            self.things.recorded[thing.picture] = plainly(Material.GLASS, Box(120, 80, 420, 400), 520_000)
            return thing
        if what == "a mirrored bottle":  # it looks like one and covers nothing
            thing = self.things.make(Material.GLASS)
            self.things.recorded[thing.picture] = evolve(self.things.recorded[thing.picture], mask=Mask(0))
            return thing
        return self.things.make(MATERIALS[what])

    def insert(self, corner, *things):
        """Insert things, one after the other unless they go in together; returns when the machine has decided."""
        machine = corner.machine
        self.until(lambda: machine.view.screen is ScreenName.INSERT and not machine.chute.row)
        for thing in things:
            machine.chute.insert(thing)
        self.until(lambda: machine.view is None or machine.view.screen in {ScreenName.REFUSED, ScreenName.TAKE_BACK}
                   or things[0].place is Place.BIN)  # fmt: skip
        if things[0].place is Place.BIN:
            self.until(lambda: machine.view is None or machine.view.screen is ScreenName.INSERT)

    def take(self, corner):
        """Take back what the machine gives back."""
        chute = corner.machine.chute
        self.until(lambda: not chute.turning and corner.machine.view.items[0].outcome is Outcome.RETURNED)
        while chute.row:
            chute.take()
        self.until(lambda: corner.machine.view.screen is ScreenName.INSERT)

    def deposit(self, person, things, corner, *, code=None):
        """A whole visit, from the code to done."""
        self.hold(code or self.get_code(person)["token"], corner)
        assert corner.machine.view.screen is ScreenName.INSERT, corner.machine.view
        for thing in things:
            self.insert(corner, thing)
        corner.machine.press(Button.DONE)
        self.until(lambda: corner.machine.view.screen in SERVING)


MATERIALS = {
    "glass bottle": Material.GLASS, "a glass bottle": Material.GLASS, "a can": Material.METAL,
    "a plastic bottle": Material.PLASTIC, "paper": Material.PAPER, "cardboard": Material.CARDBOARD,
}  # fmt: skip
