"""What a self-test is put together from: the machine's key, its reports, and its parts by their ports."""

from __future__ import annotations

import time
from pathlib import Path

from adapters.clock.zone import SystemZone
from adapters.journal.disk_probe import FileDiskProbe
from adapters.journal.keepsake import Keepsake
from adapters.serial_link.firmware import BadFirmware
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.vision.figures import figures
from application.machine.self_test.reports import Reports
from application.machine.self_test.test_itself import Facts
from application.machine.self_test.tested import HaltOnHand, Tested
from application.ports.clock import Clock
from application.ports.firmware import Version
from application.ports.hardware import Camera
from application.ports.journal import Journal
from application.ports.uplink import Uplink
from entrypoints.eyes import Eyes
from entrypoints.machine.firmware import shipped
from entrypoints.machine.hardware import BODY, RIG, SIMULATED, Hardware
from entrypoints.settings import MachineSettings

KEY_FILE = "machine.key"
COMMISSIONING_FILE, SELF_TEST_FILE = "commissioning.json", "self-test.json"


def reports_of(folder: Path) -> Reports:
    """Return a machine's reports; its key is made where there is none yet. Raises UnreadableKey."""
    folder.mkdir(parents=True, exist_ok=True)
    return Reports(
        Ed25519Signer.from_file(folder / KEY_FILE),
        Ed25519Verifier(),
        Keepsake(folder / COMMISSIONING_FILE),
        Keepsake(folder / SELF_TEST_FILE),
    )


def facts_of(settings: MachineSettings, hardware: Hardware, software: str, model: str) -> Facts:
    """Return what is known of a machine before it is tested."""
    return Facts(settings.id, hardware.map_sha256, software, model)


def machine_tested(
    hardware: Hardware, camera: Camera, eyes: Eyes, *, journal: Journal, uplink: Uplink, clock: Clock, folder: Path,
    halting: HaltOnHand,
) -> Tested:  # fmt: skip
    """Return a machine as a self-test sees it."""
    return Tested(
        camera, figures, eyes.recognise, hardware.chute, hardware.fitted, hardware.firmware, _shipped(hardware),
        journal, FileDiskProbe(folder), uplink, clock, time.sleep, halting,
    )  # fmt: skip


def quiet_hour(settings: MachineSettings) -> int | None:
    """Return from when on a machine tests itself by night; None: never, as where nothing is real."""
    real = settings.hardware.partition(":")[0] not in (RIG, BODY, SIMULATED)
    return settings.self_test_hour if real and settings.self_test_hour >= 0 else None


def zone_of(settings: MachineSettings) -> SystemZone:
    """Return the machine's time zone. Raises NoSuchZone."""
    return SystemZone(settings.time_zone)


def _shipped(hardware: Hardware) -> Version | None:
    try:
        return None if hardware.firmware is None else shipped().version
    except BadFirmware:
        return None
