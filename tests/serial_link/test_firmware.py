"""The microcontroller's firmware, updated from the machine: a handshake that is refused, an update, and it works."""

from threading import Event

import pytest
from attrs import define, field
from typer.testing import CliRunner

from adapters.serial_link.firmware import BadFirmware, SerialFirmware, bundle
from adapters.serial_link.line import SerialLine
from adapters.serial_link.messages import AskCounters
from application.machine.update_firmware import TRIES, FirmwareNotTaken, Updated, UpdateFirmware
from application.ports.firmware import FirmwareImage
from application.ports.hardware import PartUnreachable, WrongFirmware
from domain.deposits.bodies import Counters
from entrypoints import cli
from entrypoints.machine.firmware import FOLDERS, shipped
from simulators.firmware.device import Device
from simulators.firmware.pty import FirmwareOnPty
from simulators.physics.body import Body

NEWER = FirmwareImage((1, 1, 0), b"rvm1\n")


def passed(seconds):
    Event().wait(seconds)


def test_a_refused_handshake_then_an_update_and_it_works():
    with FirmwareOnPty(Device(Body(1), version=2), speed=4) as on_pty:
        line = SerialLine(on_pty.path)
        firmware = SerialFirmware(line)
        with pytest.raises(WrongFirmware, match="update it"):
            line.ask(AskCounters())
        # The device starts anew in its own time, which runs four times as fast as ours.
        assert UpdateFirmware(firmware, lambda seconds: passed(seconds / 4))(shipped()) is Updated.UPDATED
        assert firmware.version() == shipped().version
        assert line.ask(AskCounters()) == Counters(0, 0)
        assert on_pty.touch(lambda one: one.image) == shipped().data
        assert UpdateFirmware(firmware, lambda _: None)(shipped()) is Updated.CURRENT
        line.close()


@define
class Scripted:
    """A microcontroller that answers as it is told, the last answer for ever."""

    answers: list
    sent: list = field(factory=list)

    def version(self):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def replace(self, image):
        self.sent.append(image)


SILENT = PartUnreachable("it starts")


def update(answers, **more):
    device, pauses = Scripted(answers), []
    return UpdateFirmware(device, pauses.append)(NEWER, **more), device.sent, len(pauses)


def test_what_runs_already_is_not_sent_again():
    assert update([(1, 1, 0)]) == (Updated.CURRENT, [], 0)


def test_a_usable_version_is_left_alone_when_that_is_asked_for():
    assert update([(1, 0, 0)], only_if_unusable=True) == (Updated.USABLE, [], 0)
    assert update([(1, 0, 0), (1, 1, 0)]) == (Updated.UPDATED, [NEWER], 1)
    assert update([WrongFirmware("old"), (1, 1, 0)], only_if_unusable=True) == (Updated.UPDATED, [NEWER], 1)


def test_a_device_may_take_its_time_to_start():
    assert update([(1, 0, 0), SILENT, SILENT, (1, 1, 0)]) == (Updated.UPDATED, [NEWER], 3)


@pytest.mark.parametrize("after", [(1, 0, 0), SILENT])
def test_a_device_that_does_not_run_it_is_named_within_a_bound(after):
    device, pauses = Scripted([(1, 0, 0), after]), []
    with pytest.raises(FirmwareNotTaken, match=r"1\.1\.0 was sent and does not run"):
        UpdateFirmware(device, pauses.append)(NEWER)
    assert len(pauses) == TRIES


def test_a_folder_without_firmware_is_named(tmp_path):
    with pytest.raises(BadFirmware, match="rvm_firmware"):
        bundle(tmp_path)
    (tmp_path / "rvm_firmware").mkdir()
    (tmp_path / "rvm_esp32.py").write_text("live = print\n")
    (tmp_path / "rvm_firmware" / "__init__.py").write_text("\n")
    with pytest.raises(BadFirmware, match="VERSION"):
        bundle(tmp_path)


def test_the_command_looks_and_updates(tmp_path):
    run = CliRunner()
    looked = run.invoke(cli.app, ["machine", "firmware", "--check", "--map", "simulated"])
    assert (looked.exit_code, looked.output) == (0, "it runs 1.0.0; this release has 1.0.0\n")
    assert run.invoke(cli.app, ["machine", "firmware", "--map", "simulated:header"]).exit_code == 2
    nobody = run.invoke(cli.app, ["machine", "firmware"])
    assert nobody.exit_code == 1
    assert "/dev/ttyTHS1" in nobody.output


def test_the_firmware_ships():
    assert FOLDERS[0].name == "firmware_files"
    assert shipped().data.startswith(b"rvm1\n")
