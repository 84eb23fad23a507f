"""Measure what runs: the microcontroller's firmware, the disk under the journal, the network, the clock."""

from __future__ import annotations

from application.machine.self_test.tested import Sheet
from application.ports.firmware import dotted
from application.ports.hardware import HardwareError
from application.ports.journal import JournalError
from application.ports.uplink import Refused, UplinkError
from domain.commissioning.lines import Verdict

WRITES = 7
"""Durable writes whose middle one counts."""


def measure_running(sheet: Sheet) -> None:
    """Write down what runs."""
    _firmware(sheet)
    _disk(sheet)
    _network(sheet)


def firmware_version(sheet: Sheet) -> str:
    """Return what the microcontroller runs; empty where there is none, or where it does not say."""
    try:
        return "" if sheet.tested.firmware is None else dotted(sheet.tested.firmware.version())
    except HardwareError:
        return ""


def _firmware(sheet: Sheet) -> None:
    if sheet.tested.firmware is None:
        return
    try:
        runs = sheet.tested.firmware.version()
    except HardwareError as odd:
        sheet.silent("firmware", odd)
        sheet.firmware_is(answers=False)
        return
    sheet.firmware_is(answers=True)
    shipped = sheet.tested.shipped
    said = f"it runs {dotted(runs)}" + (f", this release has {dotted(shipped)}" if shipped else "")
    sheet.number("firmware", int(shipped is None or runs == shipped), said)


def _disk(sheet: Sheet) -> None:
    tested = sheet.tested
    try:
        took = sorted(tested.disk.sync_us() for _ in range(WRITES))
    except OSError as odd:
        sheet.silent("disk_sync", odd)
    else:
        sheet.number("disk_sync", took[WRITES // 2], f"the slowest of {WRITES} took {took[-1]} us")
    try:
        sheet.number("journal", tested.journal.unsent(), "entries that are not sent yet")
    except JournalError as odd:
        sheet.silent("journal", odd)


def _network(sheet: Sheet) -> None:
    """Ask the platform for what a machine works by: it takes the network, the right key, and tells the time."""
    tested = sheet.tested
    began = tested.clock.now()
    try:
        answer = tested.uplink.configuration()
    except UplinkError as odd:
        # Off line a machine works on; a platform that does not know it will never pay anybody.
        sheet.silent("network", odd, Verdict.FAIL if isinstance(odd, Refused) else Verdict.WARN)
        sheet.needs("clock_offset", "network")
        return
    ended = tested.clock.now()
    trip = (ended.mono - began.mono) // 1_000
    sheet.number("network", trip)
    # The answer's time is already that of its arrival (`application.ports.uplink.Configuration`).
    offset = began.wall + (ended.mono - began.mono) - answer.time
    sheet.number("clock_offset", round(offset / 1_000))
