"""The physical models: inertia, currents, jams, echoes, bounce; the same seed gives the same edges."""

import ast
from pathlib import Path
from random import Random

import pytest

from simulators.physics.belt import EDGE_UM, IN_BEAM_UM, Belt, Lies
from simulators.physics.body import Body
from simulators.physics.contact import Contact
from simulators.physics.echo import EchoSensor, sound_mm_per_us
from simulators.physics.motor import DcMotor
from simulators.physics.stepper import Stepper

PHYSICS = Path(__file__).parents[2] / "simulators" / "physics"


def turned(motor, milliseconds):
    return sum(motor.advance(1_000) for _ in range(milliseconds))


def test_a_motor_follows_late_and_coasts():
    motor = DcMotor()
    motor.drive(1.0, 0)
    assert motor.current_ma == pytest.approx(motor.stall_ma)
    turned(motor, 60)
    assert motor.speed == pytest.approx(0.632, abs=0.01)
    turned(motor, 600)
    assert motor.current_ma == pytest.approx(motor.free_ma, rel=0.05)
    motor.drive(0.0, 0)
    assert turned(motor, 1_000) > 0
    assert motor.at_rest


def test_a_jam_draws_current_and_moves_nothing_a_broken_wire_draws_none():
    jammed, broken = DcMotor(jammed=True), DcMotor(open_winding=True)
    for motor in (jammed, broken):
        motor.drive(0.8, 0)
        assert turned(motor, 500) == 0
    assert jammed.current_ma > 2_000
    assert broken.current_ma == 0


def test_reversed_wires_turn_the_other_way():
    motor = DcMotor(reversed_wiring=True)
    motor.drive(0.5, 0)
    assert turned(motor, 500) < 0


def test_starts_are_written_down_and_a_change_of_power_is_none():
    motor = DcMotor()
    for at, duty in enumerate((0.5, 0.8, 0.0, 0.0, -0.3)):
        motor.drive(duty, at)
    assert [(start.at_us, start.duty) for start in motor.starts] == [(0, 0.5), (4, -0.3)]


def test_a_stepper_loses_steps_that_come_too_fast_or_against_a_jam():
    stepper = Stepper()
    assert [stepper.pulse(at) for at in (0, 1_000, 1_100)] == [100, 100, 0]
    stepper.jammed = True
    assert stepper.pulse(5_000) == 0
    assert (stepper.pulses, stepper.lost) == (4, 2)


def test_an_item_falls_when_it_has_left_the_beam_and_what_fell_does_not_come_back():
    belt = Belt()
    item = belt.put("bottle")
    belt.move(IN_BEAM_UM)
    assert belt.dark(IN_BEAM_UM)
    belt.move(EDGE_UM)
    assert not belt.dark(IN_BEAM_UM)
    belt.move(-10 * EDGE_UM)
    assert item.lies is Lies.BIN
    assert belt.take() is None


def test_a_hand_takes_from_the_opening_first():
    belt = Belt()
    first = belt.put("first")
    belt.move(-10 * EDGE_UM)
    belt.put("second")
    assert belt.take() is first
    assert belt.take().tag == "second"
    assert not belt.occupied


def test_an_echo_takes_as_long_as_sound_there_and_back():
    sensor = EchoSensor(Random(1), fill_mm=300, lost=0)
    echoes = [sensor.ping(20.0) for _ in range(500)]
    assert sum(echoes) / 500 == pytest.approx(2 * 500 / 0.34342, abs=2)
    assert 8 < (sum((echo - sum(echoes) / 500) ** 2 for echo in echoes) / 500) ** 0.5 < 16
    assert sound_mm_per_us(35) > sound_mm_per_us(0)


def test_echoes_get_lost_and_a_full_or_dead_one_has_none():
    sensor = EchoSensor(Random(2), lost=0.1)
    assert 60 < sum(sensor.ping() is None for _ in range(1_000)) < 140
    sensor.fill_mm = 790
    assert sensor.ping() is None
    sensor.fill_mm, sensor.dead = 0, True
    assert sensor.ping() is None


def test_a_contact_chatters_then_tells_the_truth_unless_it_is_stuck():
    contact = Contact(Random(3), bounce_us=20_000)
    assert {contact.read(True, at) for at in range(0, 20_000, 1_000)} == {True, False}
    assert all(contact.read(True, at) for at in range(20_000, 60_000, 1_000))
    contact.stuck = False
    assert not contact.read(True, 70_000)


def test_glitches_are_as_rare_as_they_are_said_to_be():
    contact = Contact(Random(4), glitches_per_s=10)
    lies = sum(contact.read(False, at * 1_000) for at in range(20_000))
    assert 140 < lies < 260


def edges(seed):
    body = Body(seed)
    body.belt.put("bottle")
    body.motor.drive(0.8, 0)
    told = []
    for _ in range(800):
        body.step()
        told.append((body.in_beam_dark(), body.item_seen(), body.echo.ping()))
    return told


def test_the_same_seed_gives_the_same_edges_and_another_others():
    assert edges(5) == edges(5)
    assert edges(5) != edges(6)


def test_the_models_know_neither_the_clock_nor_any_chance_of_their_own():
    for path in PHYSICS.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in (a.name for a in node.names)
        }
        names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not names & {"time", "datetime", "os", "threading", "secrets", "random.random"}
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func).startswith("random.")]
        assert calls == []
