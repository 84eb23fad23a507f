"""A DHT22 behind the kernel's files: units, spoilt answers, silence, and a driver that is not there."""

from pathlib import Path
from random import Random

import pytest

from adapters.iio.climate import KEPT_S, TRIES, IioClimate
from application.ports.hardware import NoReading, PartUnreachable
from domain.fleet.readings import Climate
from simulators.bench.iio import KernelAir
from simulators.physics.air import Air

FOLDER = Path("/sys/bus/iio/devices/iio:device0")


class World:
    def __init__(self):
        self.time = 0.0
        self.air = Air(Random(1))
        self.spoilt = []
        self.kernel = KernelAir(self.air, lambda: self.time, lambda: bool(self.spoilt) and self.spoilt.pop(0))
        self.sensor = IioClimate(FOLDER, read=self.kernel.read, now=lambda: self.time)


@pytest.fixture
def world():
    return World()


def test_what_the_kernel_says_is_told_in_our_units(tmp_path):
    (tmp_path / "in_temp_input").write_text("-4300\n", "ascii")
    (tmp_path / "in_humidityrelative_input").write_text("65400\n", "ascii")
    assert IioClimate(tmp_path).climate() == Climate(-4_300, 654)


def test_the_air_is_measured(world):
    told = world.sensor.climate()
    assert told.millicelsius == pytest.approx(27_000, abs=600)
    assert told.humidity_permille == pytest.approx(650, abs=20)


def test_a_spoilt_answer_is_asked_again(world):
    world.spoilt = [True] * (TRIES - 1)
    assert world.sensor.climate()


def test_what_is_spoilt_too_often_is_no_reading(world):
    world.spoilt = [True] * TRIES
    with pytest.raises(NoReading, match="Input/output error"):
        world.sensor.climate()
    assert world.sensor.climate()


def test_a_silent_sensor_tells_its_last_reading_for_a_while_and_then_none(world):
    before = world.sensor.climate()
    world.air.dead = True
    world.time = KEPT_S
    assert world.sensor.climate() == before
    world.time = KEPT_S + 0.1
    with pytest.raises(NoReading, match="timed out"):
        world.sensor.climate()


@pytest.mark.parametrize("text", ["", "warm", "999999"])
def test_what_is_no_air_is_no_reading(text):
    with pytest.raises(NoReading):
        IioClimate(FOLDER, read=lambda _: text).climate()


def test_a_driver_that_is_not_there_is_named():
    with pytest.raises(PartUnreachable, match="is the driver there"):
        IioClimate(Path("/nowhere/iio:device7")).climate()
