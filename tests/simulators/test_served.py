"""A body as a process of its own: wires over a socket, power that can be pulled, books that last, refusals."""

import json
import socket
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from adapters.gpio.coil import Coil
from adapters.hardware_map.read import DEFAULT, HEADER, read_map
from adapters.vision.pictures import decode
from application.ports.hardware import CameraFailed, HardwareError, PartUnreachable
from entrypoints.contracts.contract import Broken, Machine
from entrypoints.contracts.simulated_hands import SimulatedHands
from entrypoints.contracts.suites import contracts_of
from entrypoints.machine.assemble import Ground, assemble
from entrypoints.machine.body import NotServed, checked, main
from simulators.bench.exposure import Lens
from simulators.bench.person import Person
from simulators.bench.stage import Stage
from simulators.rig.line import Line, LineDown, Refusal
from simulators.served.books import Books
from simulators.served.far_body import FarBody
from simulators.served.far_person import FarPerson
from simulators.served.server import BodyServer
from simulators.served.touch import Touch
from tests.machine.kit import until

MAP = read_map(DEFAULT)
DOOR = 27
PICTURE = cv2.imencode(".jpg", np.full((120, 90, 3), 120, np.uint8))[1].tobytes()


class Served:
    def __init__(self, folder, speed=1.0):
        self.folder = folder
        self.stage = Stage(1, MAP.numbers(), low=MAP.active_low(), serial=folder / "esp32", speed=speed)
        self.stage.eye.lens = Lens(1)
        self.books = Books(folder / "body.json")
        self.books.load(self.stage)
        self.server = BodyServer(Touch(self.stage, self.books), 0)
        self.address = ("127.0.0.1", self.server.port)

    @contextmanager
    def live(self):
        with self.stage:
            self.server.start()
            try:
                yield self
            finally:
                self.server.close()
                self.stage.touch(self.books.keep)


@pytest.fixture
def served(tmp_path):
    with Served(tmp_path).live() as made:
        yield made


@pytest.fixture
def body(served):
    made = FarBody(served.address, decode)
    yield made
    made.close()


@pytest.fixture
def person(served):
    made = FarPerson(served.address)
    yield made
    made.close()


@contextmanager
def assembled(body, folder):
    parts = assemble(MAP, Ground(pins=body.pins, data=folder, serial=body.serial()))
    try:
        yield parts
    finally:
        parts.close()


@pytest.mark.slow
def test_the_adapters_that_ship_keep_their_contracts_over_it(tmp_path):
    with Served(tmp_path, speed=3.0).live() as served:
        body = FarBody(served.address, decode)
        with assembled(body, tmp_path) as parts:
            assert parts.missing == {}
            hands = SimulatedHands(served.stage, Person(served.stage))
            machine = Machine(parts.chute, parts.fitted, hands, body)
            broken = []
            for contract in contracts_of(machine):
                try:
                    contract.check(machine)
                except (Broken, HardwareError) as why:
                    broken.append(f"{contract.part}: {contract.promise}: {why}")
            assert broken == []
        body.close()


def test_what_is_driven_stays_driven_when_the_computer_dies_and_falls_when_the_plug_is_pulled(served, person):
    first = FarBody(served.address, decode)
    bolt = Coil(DOOR, active_high=True, hold_s=600, factory=first.pins(), later=lambda *_: None)
    bolt.on()
    until(lambda: person.state()["door"]["bolt_drawn"])
    first.close()
    assert person.state()["door"]["bolt_drawn"]
    person.do("unplug")
    assert not person.state()["door"]["bolt_drawn"]
    assert not served.stage.plug.is_in
    second = FarBody(served.address, decode)
    with pytest.raises(CameraFailed, match="Unplugged"):
        second.capture()
    boots = served.stage.device.lasting.boots
    person.do("plug_in")
    assert served.stage.device.lasting.boots == boots + 1
    second.close()


def test_a_computer_that_starts_finds_its_outputs_off_whatever_another_left(served, body, person):
    first = FarBody(served.address, decode)
    bolt = Coil(DOOR, active_high=True, hold_s=600, factory=first.pins(), later=lambda *_: None)
    bolt.on()
    until(lambda: person.state()["door"]["bolt_drawn"])
    first.close()
    anew = Coil(DOOR, active_high=True, hold_s=600, factory=body.pins())
    until(lambda: not person.state()["door"]["bolt_drawn"])
    assert (anew.is_on, bolt.is_on) == (False, True)


def test_no_two_exposures_are_the_same_and_an_item_is_known_by_all_of_its_own(served, body, person):
    empty = {body.capture().sha256 for _ in range(3)}
    person.put(PICTURE, "bottle")
    made = [body.capture() for _ in range(3)]
    assert len({*empty, *(frame.sha256 for frame in made)}) == 6
    served.stage.touch(served.books.keep)
    (item,) = json.loads((served.folder / "body.json").read_text())["items"]
    assert item == {"tag": "bottle", "where": "intake", "pictures": [frame.sha256 for frame in made]}


def test_a_hand_is_seen_by_barrier_and_camera_and_a_string_by_the_counter(served, body, person):
    with assembled(body, served.folder) as parts:
        before = body.capture().pixels.mean()
        person.do("reach_in")
        until(parts.fitted.opening.dark)
        assert abs(body.capture().pixels.mean() - before) > 2
        person.put(PICTURE, "bottle")
        assert person.state()["hand"], "a hand that was there already stays"
        person.do("draw_back")
        until(lambda: not parts.fitted.opening.dark())
        parts.chute.take_in()
        went_in = parts.chute.counters().passed_in
        until(lambda: person.state()["motor"] == 0)
        assert person.pull_string() == "bottle"
        until(lambda: parts.chute.counters().passed_in == went_in + 1)
        until(lambda: person.state()["items"][0]["lies"] == "opening")


def test_counters_and_bins_outlive_the_process_and_what_lay_within_reach_was_taken(tmp_path):
    with Served(tmp_path).live() as served:
        body, person = FarBody(served.address, decode), FarPerson(served.address)
        with assembled(body, tmp_path) as parts:
            person.put(PICTURE, "in")
            parts.chute.take_in()
            counted = parts.chute.counters()
            person.put(PICTURE, "left")
        body.close()
        person.close()
    again = Served(tmp_path)
    assert {item.tag: item.lies.value for item in again.stage.body.belt.items} == {"in": "bin", "left": "taken"}
    lasting = again.stage.device.lasting
    assert (lasting.passed_in, lasting.passed_out >= counted.passed_out) == (counted.passed_in, True)
    assert again.stage.body.bins[0].tags == ["in"]
    again.server.close()


@pytest.mark.parametrize(
    ("command", "what", "refused"),
    [
        ("fly", {}, "MalformedCommand"),
        ("put", {"picture": "%", "tag": "a"}, "MalformedCommand"),
        ("put", {"picture": ""}, "MalformedCommand"),
        ("take", {}, "NothingToTake"),
        ("pull_string", {}, "NothingToPull"),
        ("plant", {"fault": "gremlins"}, "NoSuchThing"),
        ("fill", {"permille": "much"}, "MalformedCommand"),
        ("capture", {}, "MalformedCommand"),
    ],
)
def test_what_a_person_cannot_do_is_refused_by_its_name(served, command, what, refused):
    line = Line(served.address, "person")
    with pytest.raises(Refusal) as refusal:
        line.ask(command, **what)
    assert refusal.value.name == refused
    line.close()


def test_who_speaks_otherwise_is_let_go_and_the_body_stays(served, person):
    for said in (b"hello\n", b'{"side": "thief"}\n', b'{"side": "agent"}\nnonsense\n'):
        with socket.create_connection(served.address, 5) as stranger:
            stranger.sendall(said)
            stranger.settimeout(5)
            while stranger.recv(4_096):
                pass
    assert person.state()["power"]


def test_a_body_that_is_gone_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    gone = FarBody(address, decode)
    with pytest.raises(PartUnreachable, match="the simulated body"):
        gone.serial()
    gone.close()
    line = Line(address, "person", reach_s=0.1)
    with pytest.raises(LineDown):
        line.ask("state")
    line.close()


def test_a_map_whose_parts_do_not_reach_over_a_socket_is_refused_by_name(tmp_path, capsys):
    with pytest.raises(NotServed, match="a stepper's pulses"):
        checked(read_map(HEADER), "header.toml")
    assert main(["--map", str(HEADER), "--data", str(tmp_path)]) == 2
    assert "a stepper's pulses do not keep their time" in capsys.readouterr().err
    (tmp_path / "map.toml").write_text("schema = 1\n")
    assert main(["--map", str(tmp_path / "map.toml"), "--data", str(tmp_path)]) == 2
