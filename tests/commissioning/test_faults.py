"""Faults planted in physical models: each fails its line and no other; what cannot be measured is not called wrong."""

import os

import pytest
from attrs import evolve

from domain.commissioning.guide import Task
from domain.commissioning.lines import Verdict, Why
from domain.commissioning.report import ReportKind
from domain.commissioning.safety import Danger
from domain.deposits.bins import Bin
from domain.deposits.recognition import Material
from simulators.bench.scene import Trouble
from tests.commissioning.machines import DeskFirmware, Site, failed, odd, warned

TWO_BINS = (Bin("all", frozenset({Material.GLASS, Material.PLASTIC})), Bin("cans", frozenset({Material.METAL})))


def put(part, **changes):
    """A plant that sets attributes of a part of the body (or of the site)."""

    def plant(site):
        at = site
        for name in part.split("."):
            at = getattr(at, name)
        for name, value in changes.items():
            setattr(at, name, value)

    return plant


def moved(site):
    return len(site.machine.body.motor.starts) + site.machine.body.press.strokes


SEEDS = int(os.environ.get("RVM_TEST_BODY_SEEDS", "1"))
"""Seeds that each fault is planted with. At length: 20."""


@pytest.fixture(params=range(1, SEEDS + 1))
def site(request, tmp_path):
    return Site(tmp_path, request.param)


# ------------------------------------------------------------------ by itself

ALONE = {
    "motor jammed": (put("machine.body.motor", jammed=True), "motor_out"),
    "motor dead": (put("machine.body.motor", open_winding=True), "motor_out"),
    "item sensor dark": (put("machine.body.item_sensor", stuck=True), "item_sensor_noise"),
    "opening dark": (put("machine.body.out_beam", stuck=True), "opening_noise"),
    "level sensor dead": (put("machine.body.echo", dead=True), "echo_lost.all"),
    "level sensor mad": (put("machine.body.echo", noise_us=1_500.0), "echo_spread.all"),
    "climate sensor dead": (put("machine.body.air", dead=True), "air_temperature"),
    "air of an oven": (put("machine.body.air", celsius=80.0), "air_temperature"),
    "air of a bath": (put("machine.body.air", humidity=100.0), "air_humidity"),
    "door open": (put("machine.body.door", is_open=True), "door_open"),
    "camera unplugged": (put("machine.scene", trouble=Trouble.UNPLUGGED), "camera"),
    "camera black": (put("machine.scene", trouble=Trouble.BLACK), "camera_brightness"),
    "microcontroller unplugged": (put("machine", reachable=False), "firmware"),
    "firmware of another version": (put("machine", old_firmware=True), "firmware"),
    "disk full": (put("disk", full=True), "disk_sync"),
    "disk worn out": (put("disk", takes_us=3_000_000), "disk_sync"),
    "key revoked": (lambda site: site.platform.revoked.add(site.facts.machine), "network"),
    "clock wrong": (put("platform", now_us=lambda: 0), "clock_offset"),
}


def test_a_sound_machine_passes(site):
    report = site.test()
    assert odd(report) == {}
    assert report.verdict is Verdict.PASS


@pytest.mark.parametrize("fault", ALONE)
def test_each_fault_fails_exactly_its_line(site, fault):
    plant, line = ALONE[fault]
    plant(site)
    site.machine.pause(0.2)
    assert failed(site.test()) == {line}


def test_what_hangs_on_a_silent_microcontroller_is_not_called_wrong(site):
    site.machine.reachable = False
    report = site.test()
    lines = {line.name: line for line in report.lines}
    assert [lines[name].why for name in ("opening_noise", "light")] == [Why.NEEDS] * 2
    assert lines["motor_out"].why is Why.UNSAFE
    assert moved(site) == 0


def test_off_line_and_older_firmware_are_worth_a_look_and_no_failure(site):
    site.uplink.reachable = False
    site.firmware = DeskFirmware(site.machine, (1, 1, 9))
    report = site.test()
    assert warned(report) == {"network", "firmware"}
    assert failed(report) == set()


# ------------------------------------------------------------------ nothing moves

DANGERS = {
    Danger.ITEM: lambda site: site.machine.body.belt.put("bottle"),
    Danger.HAND: put("machine.body.belt", hand=True),
    Danger.DOOR: put("machine.body.door", is_open=True),
    Danger.BLIND: put("machine", reachable=False),
    Danger.VISIT: lambda site: None,
}


@pytest.mark.parametrize("danger", Danger)
def test_nothing_moves_where_it_is_not_safe(site, danger):
    DANGERS[danger](site)
    site.machine.pause(0.2)
    report = site.test(reserved=(lambda: False) if danger is Danger.VISIT else None)
    assert moved(site) == 0
    assert {line.said for line in report.lines if line.why is Why.UNSAFE} == {danger.value}
    assert {line.name for line in report.lines if line.why is Why.UNSAFE} == {"motor_out", "motor_in", "compactor"}


def test_a_hand_that_reaches_in_while_it_turns_halts_it(site):
    body = site.machine.body
    site.machine.when(lambda: body.motor.duty, lambda: setattr(body.belt, "hand", True), after_s=0.05)
    site.machine.when(lambda: body.belt.hand, lambda: site.halting.hand(True), after_s=0.04)
    report = site.test()
    assert {line.name: line.why for line in report.lines}["motor_in"] is Why.NEEDS
    assert failed(report) == {"motor_out"}
    assert len(body.motor.starts) == 1
    assert body.motor.at_rest


# ------------------------------------------------------------------ with hands


def points_elsewhere(site):
    seen = site.machine.recognise
    site.machine.recognise = lambda frame: evolve(seen(frame), box=None)


BY_HAND = {
    "item sensor blind": (put("machine.body.item_sensor", stuck=False), "hand_seen"),
    "out-sensor blind": (put("machine.body.out_beam", stuck=False), "hand_at_opening"),
    "in-sensor blind": (put("machine.body.in_beam", stuck=False), "item_way"),
    "motor reversed": (put("machine.body.motor", reversed_wiring=True), "item_way"),
    "belt slips": (put("machine.body.belt", slips=True), "item_way"),
    "camera out of focus": (put("machine.scene", trouble=Trouble.DIRTY), "item_focus"),
    "camera frozen": (put("machine.scene", trouble=Trouble.FROZEN), "camera_changes"),
    "door contact stuck": (put("machine.body.door.contact", stuck=False), "door_opens"),
    "bin deeper than the map": (put("machine.body.echo", depth_mm=900.0), "bin_empty.all"),
    "camera points elsewhere": (points_elsewhere, "item_region"),
}


def test_a_sound_machine_is_commissioned(site):
    report = site.commission()
    assert odd(report) == {}
    assert (report.verdict, report.installer) == (Verdict.PASS, "Sari W")
    assert report.clean is not None


@pytest.mark.parametrize("fault", BY_HAND)
def test_each_bad_installation_fails_exactly_its_line(site, fault):
    plant, line = BY_HAND[fault]
    report = site.commission(plant)
    expected = {line} if fault != "bin deeper than the map" else {"bin_empty.all", "bin_full.all"}
    assert failed(report) == expected, odd(report)


def test_what_only_eyes_can_tell_is_asked(tmp_path):
    site = Site(tmp_path, bins=TWO_BINS, noisy=False)
    wrong = (Task.LIGHT, ""), (Task.DIVERTER, "cans")
    report = site.commission(eyes=lambda step: (step.task, step.part) not in wrong)
    assert failed(report) == {"light_seen", "diverter_seen.cans"}
    assert {"diverter_seen.all", "bin_full.all", "bin_full.cans", "diverter.cans"} <= {one.name for one in report.lines}


# ------------------------------------------------------------------ since the day of installation

WORN = {
    "motor": (put("machine.body.motor", worn=True), {"motor_in", "motor_out"}),
    "lamp": (put("machine.scene", light=0.6), {"camera_brightness"}),
    "lens": (put("machine.scene", trouble=Trouble.DIRTY), {"lens_contrast", "lens_focus"}),
    "level sensor": (put("machine.body.echo", noise_us=150.0), {"echo_spread.all"}),
    "disk": (put("disk", takes_us=95_000), {"disk_sync"}),
}


@pytest.mark.parametrize("what", WORN)
def test_what_has_drifted_since_the_installation_is_warned_of(site, what):
    site.commission()
    assert warned(site.test()) == set(), "the first night"
    plant, lines = WORN[what]
    plant(site)
    report = site.test()
    assert (warned(report), failed(report)) == (lines, set()), odd(report)
    assert all(line.was is not None for line in report.lines if line.why is Why.DRIFTED)
    assert report.compared_with == site.reports.kept(ReportKind.COMMISSIONING).sha256
