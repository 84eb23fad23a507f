"""The fleet in virtual time: real rules, real runners, real platform; every thing accounted for."""

import logging

import pytest

from application.ports.fail_points import NoFailPoints
from domain.deposits.recognition import Box, Material
from entrypoints.simulate import Seen, opened, run, simulate
from simulators.chute import Place, SimulatedChute
from simulators.seal import SimulatedSigner, SimulatedVerifier
from simulators.vision import plainly
from simulators.world.fleet import Fleet
from simulators.world.invariants import broken_promises
from simulators.world.platform import WorldPlatform
from tests.intake.test_power_cut import story

SEEDS = [11, 12, 13]


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_all_troubles_every_thing_is_accounted_for(seed):
    print(f"seed {seed}")
    report = run(seed, 2, 0.4)
    assert report.wrong == (), "\n".join([*report.timeline, *report.wrong])
    assert report.counts["stored, credited"] > 5
    assert sum(number for name, number in report.counts.items() if name.startswith("trouble")) > 5


def test_on_a_calm_day_over_the_real_database_nobody_gives_up():
    report = run(14, 1, 0.4, store="sqlite", calm=True)
    assert report.wrong == (), "\n".join([*report.timeline, *report.wrong])
    assert report.counts["gave up"] == 0
    assert report.counts["boots"] == 1
    assert report.counts["unknown, credited"] == 0


def test_the_same_seed_gives_the_same_run():
    first, second, other = run(15, 1, 0.2), run(15, 1, 0.2), run(16, 1, 0.2)
    assert first == second
    assert first.timeline != other.timeline


def test_people_bring_what_a_model_said_of_photographs():
    paper = plainly(Material.PAPER, Box(10, 10, 200, 300))
    report = run(19, 1, 0.3, calm=True, seen=Seen(samples=(paper,)))
    assert report.wrong == ()
    assert report.counts["returned, nothing_due"] > 5
    assert report.counts["stored, credited"] == 0


def test_a_folder_without_photographs_is_said_in_words(tmp_path, capsys):
    assert simulate(1, 1, 0.1, pictures=tmp_path) == 2
    assert "no photograph" in capsys.readouterr().out


def test_a_machine_that_keeps_what_it_should_give_back_is_found_out(monkeypatch, capsys):
    """An accounting that finds nothing wrong is worth something only if it can."""

    def keeps_it(self):
        self.turning = False
        thing = self.row.pop(0)
        thing.place = Place.BIN
        self.bin.append(thing)
        self.passed_out += 1
        self._tell()

    monkeypatch.setattr(SimulatedChute, "give_back", keeps_it)
    assert simulate(17, 1, 0.2, store="memory", calm=True) == 1
    told = capsys.readouterr().out
    assert "is in place `bin` and was stored 0 times by the journal" in told
    assert "rvm simulate --seed 17" in told


def test_a_payment_for_nothing_is_found_out():
    machine, things, *_ = story(NoFailPoints())
    stolen = things.made[0]
    machine.chute.bin.remove(stolen)
    stolen.place = Place.PERSON
    assert broken_promises(machine.disk.entries, things.made) == [
        f"{stolen.tag} is in place `person` and was stored 1 times by the journal"
    ]


def test_a_journal_that_lost_an_entry_is_found_out():
    machine, things, *_ = story(NoFailPoints())
    entries = machine.disk.entries
    for lost in range(len(entries) - 1):
        assert broken_promises(entries[:lost] + entries[lost + 1 :], things.made) != [], f"entry {lost}"


def test_a_platform_that_records_twice_is_found_out():
    honest = WorldPlatform.record

    def twice(self, batch):
        answer = honest(self, batch)
        self.judged += self.judged[-1:]
        return answer

    with opened("memory") as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(WorldPlatform, "record", twice)
        fleet = Fleet(18, 1, store, SimulatedSigner(), SimulatedVerifier())
        report = fleet.run(0.1)
    assert any("was recorded 2 times" in wrong for wrong in report.wrong)
