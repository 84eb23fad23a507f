"""`rvm machine agent`: the software of a machine, from start to SIGTERM or SIGKILL (settings: RVM_MACHINE_*).

Exit status: 0 after SIGTERM; 75 when the intake asked for a restart (whoever supervises starts it again); 74 when the
journal cannot be opened; 2 for settings that make no sense.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import punq

from adapters.scheduling.real_time import RealTimeScheduler
from adapters.serial_link.firmware import BadFirmware
from adapters.signing.ed25519 import UnreadableKey
from application.machine.add_up import AddUp
from application.machine.commission import Commission
from application.machine.compact import Compact
from application.machine.keep_configuration import KeepConfiguration
from application.machine.light_up import LightUp
from application.machine.maintain import Maintain
from application.machine.repeat_self_test import RepeatSelfTest
from application.machine.report_telemetry import ReportTelemetry
from application.machine.send_pictures import SendPictures
from application.machine.synchronise import Synchronise
from application.machine.take_in import TakeIn
from application.machine.update_firmware import UpdateFirmware
from application.machine.watch_for_codes import WatchForCodes
from application.machine.watch_the_body import WatchTheBody
from application.ports.hardware import HardwareError, NoticeSource
from application.ports.journal import Journal, JournalError
from application.ports.screen import ScreenName, View
from domain.deposits.intake.effects import Effect
from domain.deposits.intake.events import Event, FaultSeen
from domain.deposits.intake.state import HealthState, Intake, Part, VisitState
from entrypoints.machine.container import build_machine
from entrypoints.machine.fail_points import Noting, fail_point
from entrypoints.machine.firmware import shipped
from entrypoints.machine.hardware import Hardware, open_hardware
from entrypoints.machine.kiosk.pictures import Pictures
from entrypoints.machine.kiosk.screen import KioskScreen
from entrypoints.machine.kiosk.serving import KioskServer
from entrypoints.machine.kiosk.site import kiosk_site
from entrypoints.settings import MachineSettings

RESTART_WANTED = 75
NO_JOURNAL = 74
MISUSE = 2
POLL_US = 20_000

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_log = logging.getLogger("myrvm.machine")


class Agent:
    """One life of a machine's software."""

    def __init__(self, settings: MachineSettings, hardware: Hardware | None = None) -> None:
        """Put it together, on the hardware that is given or the settings name.

        Raises JournalError, ModelNotLoaded, ValueError.
        """
        self._settings = settings
        self._status = 0
        self._stopping = False
        self._print = threading.Lock()
        point = fail_point(settings.fail_point)
        self._parts: punq.Container = build_machine(
            settings,
            restart=self._restart,
            fail_point=Noting(point, lambda name: self._tell(point=name)) if settings.events else point,
            observer=self._observe,
            hardware=hardware,
        )
        self.hardware: Hardware = self._part(Hardware)
        for part, why in self.hardware.missing.items():
            _log.error("%s is missing: %s", part, why)
        self._scheduler: RealTimeScheduler = self._part(RealTimeScheduler)
        self._take_in: TakeIn = self._part(TakeIn)
        self._kiosk = self._kiosk_server()

    def live(self) -> int:
        """Run until stopped; return the exit status."""
        if threading.current_thread() is threading.main_thread():
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, lambda *_: self.stop())
        self._mend_firmware()
        self._tell(boot=self._take_in.boot)
        if self._kiosk is not None:
            self._tell(kiosk=self._kiosk.start())
        self._take_in.start()
        self._part(AddUp).start()
        self._part(KeepConfiguration).start()
        self._part(NoticeSource).listen(self._take_in.notice)
        self._part(NoticeSource).listen(self._part(WatchTheBody).notice)
        self._part(WatchTheBody).start()
        self._part(Synchronise).start()
        self._part(SendPictures).start()
        self._part(WatchForCodes).start()
        self._part(Maintain).start()
        self._part(Commission).start()
        self._part(RepeatSelfTest).start()
        self._part(ReportTelemetry).start()
        if self.hardware.fitted.compactor is not None:
            self._part(Compact).start()
        try:
            self._scheduler.run()
        finally:
            if self._kiosk is not None:
                self._kiosk.stop()
            self._part(Journal).close()
            self.hardware.close()
        return self._status

    def _mend_firmware(self) -> None:
        """Replace firmware that speaks another version: nothing could be done with it. What is usable stays."""
        if self.hardware.firmware is None:
            return
        try:
            UpdateFirmware(self.hardware.firmware, time.sleep)(shipped(), only_if_unusable=True)
        except (HardwareError, BadFirmware) as odd:
            _log.error("firmware: %s", odd)

    def stop(self) -> None:
        """Finish what was begun, then end; asked again, end now. Safe from any thread."""
        self._scheduler.soon(self._stop)

    def _part(self, kind: type) -> Any:
        return self._parts.resolve(kind)

    def _kiosk_server(self) -> KioskServer | None:
        if not self._settings.kiosk:
            return None
        return KioskServer(kiosk_site(self._part(KioskScreen), self._part(Pictures)), self._settings.kiosk)

    def _restart(self, why: str) -> None:
        _log.error("restart: %s", why)
        self._status = RESTART_WANTED
        self._scheduler.stop()

    def _stop(self) -> None:
        """Finish what was begun, for as long as there is time."""
        if self._stopping:
            self._scheduler.stop()
            return
        self._stopping = True
        _log.info("stopping")
        self._take_in.post(FaultSeen(Part.STOPPED.value))
        self._scheduler.after(round(self._settings.drain_seconds * 1_000_000), self._scheduler.stop)
        self._wait_for_the_drain()

    def _wait_for_the_drain(self) -> None:
        state = self._take_in.state
        drained = state.health.state in (HealthState.OUT, HealthState.OFF) and state.visit.state is VisitState.IDLE
        if drained and not self._part(Journal).unsent():
            self._scheduler.stop()
        else:
            self._scheduler.after(POLL_US, self._wait_for_the_drain)

    def _observe(self, event: Event, state: Intake, wanted: tuple[Effect, ...]) -> None:
        if self._settings.events:
            self._tell(
                step=type(event).__name__,
                visit=state.visit.state.value,
                item=state.item.state.value,
                health=state.health.state.value,
            )

    def _tell(self, **what: Any) -> None:
        if self._settings.events:
            with self._print:
                sys.stdout.write(json.dumps(what) + "\n")
                sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the machine; settings alone choose."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = MachineSettings()
    try:
        if not _UUID.fullmatch(settings.id):
            raise ValueError(f"RVM_MACHINE_ID is a UUID in its usual form, not {settings.id!r}")
        return Agent(settings).live()
    except JournalError as broken:
        _log.critical("the journal cannot be opened: %s", broken)
        _show_out_of_service(settings)
        return NO_JOURNAL
    except (ValueError, UnreadableKey) as odd:
        _log.critical("%s", odd)
        return MISUSE


def _show_out_of_service(settings: MachineSettings) -> None:
    """Say it to the person too: without a journal nothing is taken in."""
    hardware = open_hardware(settings)
    view = View(ScreenName.OUT_OF_SERVICE, parts=(Part.JOURNAL.value,))
    lights = () if hardware.fitted.light is None else (LightUp(hardware.fitted.light),)
    try:
        hardware.chute.halt()
        for screen in (*hardware.screens, *lights):
            screen.show(view)
    except HardwareError:
        _log.warning("nobody can see it either")
    finally:
        hardware.close()


if __name__ == "__main__":
    sys.exit(main())
