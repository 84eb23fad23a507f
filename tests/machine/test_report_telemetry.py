"""A machine that reports itself: at rest too, in order, without waiting for anybody."""

import pytest

from adapters.signing.ed25519 import Ed25519Signer
from application.machine.report_telemetry import MOST_KEPT, Look, ReportTelemetry, seen
from application.ports.journal import JournalError
from domain.deposits.acceptance import Policy
from domain.deposits.intake.state import Configuration, Health, HealthState, Intake
from domain.fleet.telemetry import INTERVAL, LONGEST_WORD
from simulators.clock import SeededRandom, VirtualClock
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from tests.machine.steps import Steps

ORGANISATION = "00000000-0000-4000-8000-000000000001"
BOOT = "00000000-0000-4000-8000-000000000002"
HOUR = 3600 * 1_000_000


class World:
    def __init__(self, folder):
        self.steps = Steps()
        self.platform = SimulatedPlatform(
            Ed25519Signer.from_file(folder / "key.pem"), ORGANISATION, lambda: self.steps.time
        )
        self.uplink = SimulatedUplink(self.platform, "m1")
        self.look = Look(serving=True, measures={"bin_level": 3})
        self.left = 5
        self.commanded = 0
        self.report = ReportTelemetry(
            self.uplink, self.steps, VirtualClock(lambda: self.steps.time, wall_at_zero=0), SeededRandom(1), BOOT,
            lambda: self.look, self._left, self._command,
        )  # fmt: skip

    def _left(self):
        if isinstance(self.left, Exception):
            raise self.left
        return self.left

    def _command(self):
        self.commanded += 1

    @property
    def record(self):
        return self.platform.record("m1")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_a_machine_at_rest_is_heard_of_every_half_minute(world):
    world.report.start()
    world.steps.run(20 * INTERVAL)
    assert 21 <= world.record.reports <= 24
    assert [sample.seq for sample in world.record.samples] == list(range(world.record.reports))
    longest = max(b.mono - a.mono for a, b in zip(world.record.samples, world.record.samples[1:], strict=False))
    assert longest <= INTERVAL
    assert (world.record.waiting, world.report.waiting) == (5, 0)
    assert world.record.samples[0].measures == {"bin_level": 3}


def test_what_happened_off_line_is_reported_afterwards_in_order(world):
    world.uplink.reachable = False
    world.report.start()
    world.steps.run(30 * INTERVAL)
    waited = world.report.waiting
    assert (world.record.reports, waited > 29) == (0, True)
    world.uplink.reachable = True
    world.steps.run(32 * INTERVAL)
    assert world.report.waiting == 0
    assert [sample.seq for sample in world.record.samples] == list(range(len(world.record.samples)))


def test_a_lost_answer_doubles_nothing(world):
    world.uplink.lost_answers = 3
    world.report.start()
    world.steps.run(10 * INTERVAL)
    assert [sample.seq for sample in world.record.samples] == list(range(len(world.record.samples)))
    assert world.report.waiting == 0


def test_days_off_line_are_kept_coarsely_and_bounded(world):
    world.uplink.reachable = False
    world.report.start()
    world.steps.run(72 * HOUR)
    assert world.report.waiting <= MOST_KEPT
    world.uplink.reachable = True
    world.steps.run(73 * HOUR)
    times = [sample.mono for sample in world.record.samples]
    assert times == sorted(times)
    assert times[0] < HOUR, "its beginning is still there"
    assert world.report.waiting == 0


def test_commands_that_wait_are_told(world):
    world.record.commands = 2
    world.report.start()
    world.steps.run(0)
    assert world.commanded == 1


def test_refusals_and_a_journal_that_cannot_be_read_stop_nothing(world):
    world.platform.revoked.add("m1")
    world.left = JournalError("gone")
    world.report.start()
    world.steps.run(3 * INTERVAL)
    world.platform.revoked.clear()
    world.steps.run(5 * INTERVAL)
    assert world.record.reports == 0
    world.left = 0
    world.steps.run(7 * INTERVAL)
    assert world.report.waiting == 0
    assert world.record.samples[0].seq == 0


@pytest.mark.parametrize(
    ("state", "serving"),
    [
        (HealthState.IN_SERVICE, True), (HealthState.OUT, False), (HealthState.DRAINING, False),
        (HealthState.STARTING, None), (HealthState.RECOVERING, None), (HealthState.OFF, None),
    ],
)  # fmt: skip
def test_what_the_intake_knows_of_itself(state, serving):
    configuration = Configuration("s" * 200, "model\n1", Policy(threshold=1, disagreement=1))
    intake = Intake(configuration, health=Health(state, faults=frozenset({"motor", "Odd Name!"})))
    look = seen(intake)
    assert (look.serving, look.faults) == (serving, ("motor", "unnamed"))
    assert look.words == {"software": "s" * LONGEST_WORD, "model": "model1"}
