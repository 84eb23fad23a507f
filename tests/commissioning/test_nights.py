"""The self-test that repeats itself: at night, while nobody is there, once, and whole or not at all."""

import pytest

from adapters.clock.zone import SystemZone
from adapters.journal.keepsake import Keepsake
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.machine.repeat_self_test import RepeatSelfTest
from application.machine.report_telemetry import seen
from application.machine.self_test.reports import Reports
from application.machine.self_test.test_itself import TestItself
from application.ports.hardware import Button
from application.ports.screen import ScreenName
from domain.commissioning.lines import Why
from domain.commissioning.report import ReportKind
from domain.deposits.intake.state import HealthState, VisitState
from domain.fleet.alert import BY_NAME, Alert, Change, read
from simulators.clock import VirtualClock
from simulators.world.bodied import WALL_AT_ZERO
from tests.body.machines import suspicions
from tests.commissioning.machines import Site
from tests.commissioning.test_report import REPORT

LOOK_S = 2
"""From one look at the clock to the next."""
PATIENCE_S = 60
HOUR_US = 3_600_000_000
ZONE = SystemZone("Asia/Jakarta")
AFTERNOON = ZONE.local(WALL_AT_ZERO).minute // 60
"""The hour of that place at which these worlds begin."""


class Nights:
    """A machine with its nights; `later` moves its wall clock."""

    def __init__(self, site, hour):
        self.site, self.hour, self.later, self.tests, self.warned = site, hour, 0, 0, []
        self.begin()

    def begin(self):
        site = self.site
        machine = site.machine
        clock = VirtualClock(lambda: machine.now + self.later, wall_at_zero=WALL_AT_ZERO)
        test_itself = TestItself(site.tested(), site.reports, site.facts)

        def test(reserved):
            self.tests += 1
            return test_itself(reserved)

        self.runner = RepeatSelfTest(
            machine.life, machine.powered(), clock, ZONE, self.hour, test,
            last=lambda: site.reports.kept(ReportKind.SELF_TEST), changed=self.warned.append,
            interval=LOOK_S * 1_000_000,
        )  # fmt: skip
        self.runner.start()

    def run(self, seconds=5):
        self.site.machine.pause(seconds)

    @property
    def health(self):
        return self.site.machine.life.state.health


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_it_is_done_in_the_quiet_hour_and_once_a_night(site):
    nights = Nights(site, AFTERNOON + 1)
    nights.run()
    assert nights.tests == 0, "not yet"
    nights.later = HOUR_US
    nights.run()
    assert nights.tests == 1
    nights.run()
    assert nights.tests == 1, "once"
    nights.later += 24 * HOUR_US
    nights.run()
    assert nights.tests == 2, "and the next night again"
    assert site.reports.kept(ReportKind.SELF_TEST) is not None


def test_a_restart_in_the_same_night_does_not_repeat_it(site):
    nights = Nights(site, AFTERNOON)
    nights.run()
    nights.begin()
    nights.run()
    assert nights.tests == 1


def test_who_switches_it_off_has_none(site):
    nights = Nights(site, None)
    nights.run()
    assert nights.tests == 0


def test_while_somebody_is_served_it_waits(site):
    machine = site.machine
    assert machine.come()
    nights = Nights(site, AFTERNOON)
    nights.run()
    assert (nights.tests, len(machine.body.motor.starts)) == (0, 0)
    assert machine.life.state.visit.state is VisitState.OPEN
    machine.press(Button.DONE)
    assert machine.until(lambda: nights.tests == 1, PATIENCE_S), "once the visit is over"


def test_nobody_can_begin_while_it_tests_and_it_serves_again_afterwards(site):
    machine, said = site.machine, set()
    machine.when(lambda: machine.body.motor.duty, lambda: said.add(machine.screen.shown.screen))
    nights = Nights(site, AFTERNOON)
    assert machine.until(lambda: nights.tests == 1, PATIENCE_S)
    assert machine.until(lambda: nights.health.state is HealthState.IN_SERVICE, PATIENCE_S)
    assert said == {ScreenName.OUT_OF_SERVICE}
    assert machine.screen.shown.screen is ScreenName.WELCOME
    assert machine.come(), "and people may come"
    assert (suspicions(machine), machine.found) == ([], set()), "and nobody takes the trial for a theft, or a fault"


def test_what_has_drifted_is_told_and_raises_an_alert(site):
    site.commission()
    nights = Nights(site, AFTERNOON)
    nights.run()
    assert nights.runner.told(seen(site.machine.life.state)).measures["self_test_warned"] == 0
    site.machine.body.motor.worn = True
    nights.later = 24 * HOUR_US
    nights.run()
    assert {line.name: line.why for line in nights.runner.warnings} == dict.fromkeys(
        ("motor_in", "motor_out"), Why.DRIFTED
    )
    assert {line.name for line in nights.warned[-1]} == {"motor_in", "motor_out"}
    told = nights.runner.told(seen(site.machine.life.state))
    assert (told.measures["self_test_warned"], told.measures["self_test_failed"]) == (2, 0)
    assert told.words["self_test"] == "motor_out, motor_in"
    rule = BY_NAME["self_test_warned"]
    assert rule.opens_ticket
    assert read(rule, Alert("machine", rule.name), 2, at=1).change is Change.RAISED


def test_a_report_survives_and_is_told_in_the_next_life(site):
    site.machine.body.motor.open_winding = True
    nights = Nights(site, AFTERNOON)
    nights.run()
    nights.begin()
    nights.run(1)
    assert [line.name for line in nights.runner.warnings] == ["motor_out"]


def test_power_lost_in_the_middle_leaves_no_half_report(site):
    machine = site.machine
    nights = Nights(site, AFTERNOON)
    machine.when(lambda: machine.body.motor.duty, machine.restart, after_s=0.1)
    assert machine.until(lambda: machine.lives == 2 and machine.serving, PATIENCE_S)
    assert site.reports.kept(ReportKind.SELF_TEST) is None
    assert machine.body.motor.at_rest
    nights.begin()
    nights.run()
    assert nights.tests == 2, "it is done again that night"
    assert site.reports.kept(ReportKind.SELF_TEST) is not None


def test_a_disk_that_does_not_take_it_is_no_reason_not_to_serve(site):
    nights = Nights(site, AFTERNOON)
    site.nightly.cut = True
    nights.run(10)
    assert nights.tests == 1, "and it is not tried again and again"
    assert nights.health.state is HealthState.IN_SERVICE


def test_a_report_that_was_changed_or_torn_is_none(tmp_path, caplog):
    signer = Ed25519Signer.from_file(tmp_path / "machine.key")
    reports = Reports(signer, Ed25519Verifier(), Keepsake(tmp_path / "c.json"), Keepsake(tmp_path / "s.json"))
    kept = reports.keep(REPORT)
    assert reports.kept(ReportKind.COMMISSIONING).sha256 == kept.sha256
    (tmp_path / "c.json.new").write_bytes(kept.raw[:100])
    assert reports.kept(ReportKind.COMMISSIONING) is not None, "what was being written counts for nothing"
    for torn in (b"", kept.raw[:-1], kept.raw.replace(b"168", b"169")):
        (tmp_path / "c.json").write_bytes(torn)
        assert reports.kept(ReportKind.COMMISSIONING) is None
    assert "of no use" in caplog.text
    other = Ed25519Signer.from_file(tmp_path / "other.key")
    (tmp_path / "c.json").write_bytes(kept.raw)
    stranger = Reports(other, Ed25519Verifier(), reports.commissioning, reports.self_test)
    assert stranger.kept(ReportKind.COMMISSIONING) is None
