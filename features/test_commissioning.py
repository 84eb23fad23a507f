"""A machine's commissioning and its nights, on physical models in virtual time."""

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from adapters.signing.ed25519 import Ed25519Verifier
from application.machine.report_telemetry import seen
from domain.commissioning.guide import Reason, Task
from domain.commissioning.lines import Verdict, Why
from domain.commissioning.report import BadSignature, MalformedReport, ReportKind, UnknownKey
from domain.commissioning.report_text import verified
from domain.commissioning.safety import Danger
from domain.deposits.intake.state import HealthState
from domain.fleet.alert import BY_NAME, Alert, Change, read
from simulators.bench.scene import Trouble
from tests.commissioning.machines import Site, failed
from tests.commissioning.test_nights import AFTERNOON, HOUR_US, Nights

scenarios("commissioning.feature")

FAULTS = {
    ("motor", "wired backwards"): lambda machine: setattr(machine.body.motor, "reversed_wiring", True),
    ("camera", "out of focus"): lambda machine: setattr(machine.scene, "trouble", Trouble.DIRTY),
    ("bin", "deeper than known"): lambda machine: setattr(machine.body.echo, "depth_mm", 900.0),
}
LINES = {
    "the way of an item": {"item_way"},
    "the bottle's focus": {"item_focus"},
    "the bins' depths": {"bin_empty.all", "bin_full.all"},
}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@given(parsers.parse("a machine whose {part} is {fault}"))
def faulty(site, part, fault):
    FAULTS[part, fault](site.machine)


@given("Budi has commissioned the machine", target_fixture="report")
@when("Budi commissions the machine", target_fixture="report")
def commissions(site):
    return site.commission(installer="Budi")


@then("the machine is ready")
def ready(report):
    assert report.verdict is Verdict.PASS


@then("the report in his name is signed by the machine")
def signed(site, report):
    raw = site.installed.content
    assert verified(raw, Ed25519Verifier(), site.signer.public_key).installer == report.installer == "Budi"


@then(parsers.parse("the machine is not ready, because of {line}"))
def not_ready(report, line):
    assert (report.verdict, failed(report)) == (Verdict.FAIL, LINES[line])


@when("somebody changes one sign of the report", target_fixture="changed")
def changes(site):
    raw = site.installed.content
    return [raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :] for place in range(0, len(raw), 7)]


@then("nobody takes it for the machine's")
def refused(site, changed):
    for raw in changed:
        with pytest.raises((MalformedReport, UnknownKey, BadSignature)):
            verified(raw, Ed25519Verifier(), site.signer.public_key)


@when("Budi commissions the machine without a board at hand", target_fixture="report")
def without_board(site):
    return site.commission(installer="Budi", without={Task.BIN_FULL: Reason.NOTHING_AT_HAND})


@then("the machine is ready with remarks, and the report says that the full bin was not measured and why")
def remarks(report):
    (left,) = [line for line in report.lines if line.verdict is not Verdict.PASS]
    assert (report.verdict, left.name, left.why, left.said) == (
        Verdict.WARN, "bin_full.all", Why.PASSED_OVER, "nothing_at_hand",
    )  # fmt: skip


@when("the machine tests itself while a hand is in the chute", target_fixture="report")
def hand_in(site):
    site.machine.body.belt.hand = True
    site.machine.pause(0.2)
    return site.test()


@then("nothing has moved, and the report says why")
def nothing_moved(site, report):
    assert (site.machine.body.motor.starts, site.machine.body.press.strokes) == ([], 0)
    assert {line.said for line in report.lines if line.why is Why.UNSAFE} == {Danger.HAND.value}


@given("its motor wears out")
def wears_out(site):
    site.machine.body.motor.worn = True


@when("a night passes", target_fixture="nights")
def night(site):
    nights = Nights(site, AFTERNOON + 1)
    nights.run()
    nights.later = HOUR_US
    nights.run()
    nights.run(30)
    return nights


@then("the machine has tested itself once, and serves again")
def once(site, nights):
    assert (nights.tests, nights.health.state) == (1, HealthState.IN_SERVICE)
    assert site.reports.kept(ReportKind.SELF_TEST).report.verdict is Verdict.PASS


@then("a technician is warned of the motor, and the machine serves")
def warned(site, nights):
    assert {line.name for line in nights.warned[-1]} == {"motor_in", "motor_out"}
    told = nights.runner.told(seen(site.machine.life.state))
    rule = BY_NAME["self_test_warned"]
    assert read(rule, Alert("machine", rule.name), told.measures["self_test_warned"], at=1).change is Change.RAISED
    assert (rule.opens_ticket, rule.cause, told.serving) == (True, None, True)
