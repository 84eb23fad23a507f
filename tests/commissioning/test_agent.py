"""The agent that ships, on simulated hardware: the self-test from its menu, and the guide on its screen."""

import pytest

from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from application.ports.guide_panel import Begun, Deed, Pressed
from application.ports.service_panel import Order, Ordered, PinEntered
from domain.commissioning.lines import Verdict
from domain.commissioning.report_text import read
from domain.deposits.intake.state import VisitState
from entrypoints.machine.kiosk.screen import KioskScreen
from entrypoints.machine.testing import quiet_hour
from entrypoints.settings import MachineSettings
from tests.machine.kit import until
from tests.machine.test_simulated_hardware import MAPS, Machine

PIN = "271828"


@pytest.mark.slow
def test_a_technician_tests_the_machine_and_is_led_through_its_commissioning(tmp_path, monkeypatch):
    cheap = Argon2Passwords(Argon2Cost(memory_kib=64, passes=1, lanes=1))
    monkeypatch.setenv("RVM_MACHINE_PIN_HASH", cheap.hash(PIN))
    machine = Machine(tmp_path / "machine", MAPS["esp32"])
    try:
        kiosk = machine.agent._part(KioskScreen)
        kiosk.say(PinEntered(PIN))
        until(lambda: machine.state.visit.state is VisitState.MAINTENANCE, kiosk.now)
        kiosk.say(Ordered(Order.SELF_TEST))
        until(lambda: kiosk.now()["service"]["done"] == "self_test", kiosk.now)
        report = read((tmp_path / "machine" / "self-test.json").read_bytes())
        assert [line.name for line in report.lines if line.verdict is Verdict.FAIL] == []
        assert len(report.about.hardware_map) == 64
        assert kiosk.now()["service"]["warnings"] == [
            line.name for line in report.lines if line.verdict is Verdict.WARN
        ], "nobody answers at the platform's address"

        kiosk.say(Ordered(Order.COMMISSION))
        until(lambda: kiosk.now()["guide"] is not None, kiosk.now)
        kiosk.say(Ordered(Order.MOTOR_IN))
        kiosk.guide(Begun("Sari"))
        kiosk.guide(Pressed(Deed.MEASURE))
        until(lambda: kiosk.now()["guide"]["phase"] == "measured", kiosk.now)
        measured = {line["kind"]: line["verdict"] for line in kiosk.now()["guide"]["lines"]}
        assert measured["motor_in"] == measured["motor_out"] == measured["echo_spread"] == "pass"
        assert kiosk.now()["service"]["doing"] is None, "what the menu offers is not done while the guide is open"
        kiosk.guide(Pressed(Deed.LEAVE))
        until(lambda: kiosk.now()["guide"] is None, kiosk.now)
    finally:
        assert machine.stop() == 0


@pytest.mark.parametrize(
    ("hardware", "hour", "expected"),
    [
        ("rig", 3, None), ("body", 3, None), ("simulated:header", 3, None), ("/etc/myrvm/hardware.toml", 3, 3),
        ("/etc/myrvm/hardware.toml", 0, 0), ("/etc/myrvm/hardware.toml", -1, None),
    ],
)  # fmt: skip
def test_only_a_real_machine_has_nights(hardware, hour, expected):
    assert quiet_hour(MachineSettings(hardware=hardware, self_test_hour=hour, _env_file=None)) == expected
