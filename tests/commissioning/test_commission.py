"""The guide on the screen: inside a technician's visit, step by step, and its report at the end."""

import pytest
from attrs import evolve

from application.machine.commission import LOOK_US, PATIENCE_US, RENEW_US, Commission
from application.machine.self_test.follow_guide import FollowGuide
from application.ports.guide_panel import Begun, Deed, PassedOver, Pressed
from application.ports.hardware import Button, ButtonPressed
from domain.commissioning.guide import ANSWERED, Phase, Reason, Task
from domain.commissioning.lines import Unit, Verdict
from domain.commissioning.report import ReportKind
from domain.deposits.intake.events import TechnicianAdmitted
from domain.deposits.intake.state import VisitState
from tests.commissioning.machines import Site


class Panel:
    """What an installer sees and presses."""

    def __init__(self):
        self.shown, self.say = None, None

    def heed(self, listener):
        self.say = listener

    def lead(self, guided):
        self.shown = guided


class Shop:
    """A site with its guide on a panel, and a technician who was let in."""

    def __init__(self, folder, **how):
        self.site = site = Site(folder)
        # A visit of maintenance that ends sooner than it does.
        configuration = self.site.machine.life.state.configuration
        limits = evolve(configuration.limits, maintenance=MAINTENANCE_US)
        site.machine.life.state = evolve(site.machine.life.state, configuration=evolve(configuration, limits=limits))
        self.machine, self.panel, self.kept = site.machine, Panel(), []
        self.guide = Commission(
            self.machine.life, self.machine.powered(), self.panel,
            lambda: FollowGuide(site.tested(), site.reports, site.facts, self.at_work),
            key_id=site.signer.key_id, kept=self.kept.append, **how,
        )  # fmt: skip
        self.guide.start()
        self.machine.life.post(TechnicianAdmitted())
        assert self.machine.until(self.at_work, 5)

    def at_work(self):
        return self.machine.life.state.visit.state is VisitState.MAINTENANCE

    def open(self):
        self.guide.begin()
        self.say(Begun("Sari"))
        assert self.phase is Phase.WAITING
        return self

    def say(self, word):
        self.panel.say(word)
        self.machine.pause(0.1)

    def press(self, deed):
        self.say(Pressed(deed))

    def measure(self):
        self.press(Deed.MEASURE)
        assert self.machine.until(lambda: self.phase is Phase.MEASURED, 60)
        return {line.name: line for line in self.panel.shown.guide.latest}

    def go_to(self, task):
        while self.step.task is not task:
            self.say(PassedOver(Reason.LATER))

    @property
    def step(self):
        return self.panel.shown.guide.step

    @property
    def phase(self):
        return self.panel.shown.guide.phase


MAINTENANCE_US = RENEW_US + 5_000_000


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_a_machine_is_commissioned_on_its_screen(shop):
    shop.open()
    while shop.phase is not Phase.FINISHED:
        step = shop.step
        shop.site.do(step)
        if step.task in ANSWERED:
            shop.press(Deed.RIGHT)
        else:
            assert all(line.verdict is Verdict.PASS for line in shop.measure().values())
            shop.press(Deed.ON)
        shop.site.undo(step)
    assert shop.machine.until(lambda: shop.panel.shown.verdict is not None, 5)
    assert (shop.panel.shown.verdict, shop.panel.shown.key_id) == (Verdict.PASS, shop.site.signer.key_id)
    report = shop.site.reports.kept(ReportKind.COMMISSIONING).report
    assert (report.installer, [kept.report.installer for kept in shop.kept]) == ("Sari", ["Sari"])
    shop.press(Deed.LEAVE)
    assert shop.panel.shown is None


def test_a_step_shows_its_number_live_and_is_measured_again(shop):
    shop.open().go_to(Task.BIN_FULL)
    echo = shop.machine.body.echo
    for fill, seen in ((0, 800), (650, 150)):
        echo.fill_mm = fill
        shop.machine.pause(4 * LOOK_US / 1_000_000)
        assert shop.panel.shown.unit is Unit.MILLIMETRE
        assert abs(shop.panel.shown.live - seen) < 20
    echo.fill_mm = 500
    assert shop.measure()["bin_full.all"].verdict is Verdict.FAIL
    echo.fill_mm = 650
    assert shop.measure()["bin_full.all"].verdict is Verdict.PASS
    assert len(shop.panel.shown.guide.latest) == 1


def test_the_light_is_lit_for_eyes_to_look_at(shop):
    shop.open().go_to(Task.LIGHT)
    assert shop.machine.signal.value == "ready"
    shop.press(Deed.WRONG)
    assert shop.panel.shown.guide.lines[-1].verdict is Verdict.FAIL
    assert shop.machine.signal.value == "out_of_service"


def test_without_a_technician_nothing_is_begun_and_with_the_visit_it_ends(shop):
    shop.open()
    shop.machine.life.notice(ButtonPressed(Button.DONE))
    assert shop.machine.until(lambda: shop.panel.shown is None, 5)
    assert not shop.guide.open
    shop.guide.begin()
    shop.say(Begun("Sari"))
    assert shop.panel.shown is None
    assert shop.site.reports.kept(ReportKind.COMMISSIONING) is None


@pytest.mark.parametrize(("patience", "open"), [(PATIENCE_US, True), (0, False)])
def test_hands_that_press_nothing_have_time_but_not_for_ever(tmp_path, patience, open):
    shop = Shop(tmp_path, patience=patience).open()
    shop.machine.pause(MAINTENANCE_US / 1_000_000 + 5)
    assert shop.guide.open is open


def test_what_makes_no_sense_now_changes_nothing(shop):
    shop.guide.begin()
    for word in (Begun(""), Pressed(Deed.MEASURE), Pressed(Deed.ON), PassedOver(Reason.LATER)):
        shop.say(word)
        assert shop.phase is Phase.ASKING
    shop.say(Begun("Sari"))
    while_it_measures = []
    for deed in (Deed.LEAVE, Deed.MEASURE, Deed.RIGHT, Deed.ON):
        shop.machine.after(500_000, lambda deed=deed: shop.panel.say(Pressed(deed)))
    shop.machine.after(700_000, lambda: while_it_measures.append(shop.phase))
    shop.measure()
    assert while_it_measures == [Phase.MEASURING]


def test_nothing_turns_once_the_technician_has_left(shop):
    shop.open()
    shop.machine.after(500_000, lambda: shop.machine.life.notice(ButtonPressed(Button.DONE)))
    shop.press(Deed.MEASURE)
    assert shop.machine.until(lambda: shop.panel.shown is None, 60)
    assert shop.machine.body.motor.starts == []


def test_a_report_that_cannot_be_kept_is_said(shop):
    shop.site.installed.cut = True
    shop.open()
    while shop.phase is not Phase.FINISHED:
        shop.say(PassedOver(Reason.LATER))
    assert shop.machine.until(lambda: shop.panel.shown.failed, 5)
    assert (shop.panel.shown.verdict, shop.kept) == (None, [])
