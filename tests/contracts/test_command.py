"""`rvm contracts --hardware`: on a bare machine, on a simulated one, with a fault in it, and with a technician."""

import pytest
from typer.testing import CliRunner

from adapters.hardware_map.read import DEFAULT, map_of
from adapters.vision.pictures import decode
from application.ports.hardware import Signal
from entrypoints import cli
from entrypoints.contracts.command import BROKEN, KEPT, MISUSE, check, checked, run
from entrypoints.contracts.console_hands import ConsoleHands
from entrypoints.contracts.contract import Machine
from entrypoints.contracts.looks import COLOURED, SINGLE
from entrypoints.contracts.simulated_hands import SimulatedHands
from entrypoints.contracts.suites import contracts_of
from entrypoints.machine.simulated import simulated_machine
from simulators.bench.stage import StageCamera
from tests.contracts.test_body import TWO_BINS

EVERYTHING = DEFAULT.read_text("utf-8") + TWO_BINS


def told(map_name=None, **more):
    lines = []
    return run(map_name, say=lines.append, terminal=False, **more), lines


def test_on_a_bare_machine_it_fails_and_names_what_is_missing():
    status, lines = told()
    assert status == BROKEN
    missing = {line.split(":")[0].removeprefix("MISSING  ") for line in lines if line.startswith("MISSING")}
    assert missing == {"header", "item sensor", "chute", "bin all", "climate", "light", "door", "camera", "opening"}
    assert any("/dev/ttyTHS1" in line for line in lines)
    assert any("Jetson.GPIO" in line for line in lines)
    assert "MISSING  camera: camera /dev/video0: there is no such device" in lines
    assert lines[-1].startswith("0 contracts kept, 0 broken")


def test_on_a_simulated_machine_every_contract_is_kept():
    result = CliRunner().invoke(cli.app, ["contracts", "--hardware", "--map", "simulated"])
    assert result.exit_code == KEPT, result.output
    assert "17 contracts kept, 0 broken, 0 unasked; 0 parts missing" in result.output


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("climate sensor dead", "BROKEN   climate: "),
        ("microcontroller unplugged", "MISSING  chute: "),
        ("camera unplugged", "MISSING  camera: "),
    ],
)
def test_one_planted_fault_is_named_where_it_is(fault, line):
    status, lines = told("simulated", plant=fault)
    assert status == BROKEN
    assert any(one.startswith(line) for one in lines), lines
    broken = {one.split(":")[0].split()[1] for one in lines if one.startswith("BROKEN")}
    assert broken == ({"climate"} if fault.startswith("climate") else set())


def test_what_makes_no_sense_is_misuse(tmp_path):
    (tmp_path / "map.toml").write_text("schema = 1\n")
    assert told(str(tmp_path / "map.toml"))[0] == MISUSE
    assert told("simulated", plant="gremlins")[0] == MISUSE
    assert told(plant="motor jammed")[0] == MISUSE
    assert CliRunner().invoke(cli.app, ["contracts"]).exit_code == MISUSE


class Technician:
    """Does what a terminal asks, with a machine's hands, and answers what is seen."""

    def __init__(self, hands):
        self.hands = hands
        self.asked = []

    def __call__(self, question):
        self.asked.append(question)
        if "Put a bottle" in question:
            return self.hands.put_item()
        if "Take the item" in question:
            return self.hands.take_item()
        if "Hold your hand" in question:
            return self.hands.reach_in()
        if "Draw your hand" in question:
            return self.hands.draw_back()
        if "shut." in question:
            return self.hands.push_door()
        return "y" if self._sees(question) else "n"

    def _sees(self, question):
        if "Pull at the door" in question:
            return self.hands.pull_door()
        if "light" in question:
            look = question.split("Is it ")[1].split("?")[0]
            return any(self.hands.sees(signal) for signal in Signal if COLOURED[signal] == look)
        return self.hands.leads_to(question.split("bin ")[1].split("?")[0])


def test_a_technician_at_a_terminal_is_told_what_to_do_and_asked_what_is_seen(tmp_path):
    with simulated_machine(map_of(EVERYTHING), tmp_path, speed=6) as made:
        technician = Technician(SimulatedHands(made.stage, made.person))
        hands = ConsoleHands(COLOURED, technician)
        machine = Machine(made.parts.chute, made.parts.fitted, hands, StageCamera(made.stage, decode))
        outcomes = check(contracts_of(machine), machine, print)
    assert [one for one in outcomes if one.why] == []
    assert len(technician.asked) > 20


def test_an_answer_that_is_none_is_asked_for_again():
    answers = iter(["perhaps", "", "Yes"])
    assert ConsoleHands(SINGLE, lambda _: next(answers)).sees(Signal.READY)


def test_without_a_terminal_what_needs_hands_is_named_and_not_asked(tmp_path):
    lines = []
    with simulated_machine(map_of(DEFAULT.read_text("utf-8")), tmp_path, speed=6) as made:
        machine = Machine(made.parts.chute, made.parts.fitted, ConsoleHands(COLOURED), StageCamera(made.stage, decode))
        assert checked(machine, {}, lines.append, attended=False) == KEPT
    assert [line for line in lines if line.startswith("unasked")]
    assert "8 contracts kept, 0 broken, 9 unasked; 0 parts missing" in lines[-1]
