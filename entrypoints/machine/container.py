"""The machine put together: the one place where its ports meet adapters. Settings alone choose.

parts = build_machine(settings)
agent = parts.resolve(TakeIn)
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import punq

from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.clock.system import SystemClock
from adapters.codes.zxing import ZxingCodeReader
from adapters.identity.passwords import Argon2Passwords
from adapters.journal.apsw_journal import ApswJournal
from adapters.journal.keepsake import Keepsake as FileKeepsake
from adapters.pictures.folder import FolderPictures
from adapters.scheduling.real_time import RealTimeScheduler
from adapters.signing.ed25519 import Ed25519Verifier
from adapters.uplink.http import HttpUplink
from adapters.uplink.pictures import HttpPictureUplink
from adapters.vision.figures import figures
from application.machine.add_up import AddUp
from application.machine.commission import Commission
from application.machine.compact import Compact
from application.machine.count_refusals import CountRefusals
from application.machine.keep_configuration import KeepConfiguration
from application.machine.keep_pictures import KeepPictures
from application.machine.light_up import LightUp
from application.machine.maintain import Maintain, Workbench
from application.machine.recognise_or_ask import RecogniseOrAsk
from application.machine.repeat_self_test import RepeatSelfTest
from application.machine.report_telemetry import Look, ReportTelemetry, seen
from application.machine.self_test.follow_guide import FollowGuide
from application.machine.self_test.reports import Reports
from application.machine.self_test.test_itself import TestItself
from application.machine.self_test.tested import HaltOnHand
from application.machine.send_pictures import Album, SendPictures
from application.machine.synchronise import Synchronise
from application.machine.take_in import Body, Observer, TakeIn
from application.machine.watch_for_codes import WatchForCodes
from application.machine.watch_the_body import WatchTheBody
from application.machine.watched_camera import WatchedCamera
from application.ports.clock import Clock, IdSource, Random, SettableClock
from application.ports.code_reader import CodeReader
from application.ports.fail_points import FailPoint
from application.ports.hardware import Camera, Chute, Fitted, NoticeSource
from application.ports.journal import Journal
from application.ports.keepsake import Keepsake
from application.ports.pictures import PictureStore, PictureUplink
from application.ports.scheduler import Scheduler
from application.ports.screen import Screen
from application.ports.service_panel import ServicePanel
from application.ports.signing import SignatureVerifier
from application.ports.uplink import Uplink
from domain.body.findings import Finding
from domain.commissioning.report import ReportKind
from domain.deposits.bins import Bin
from domain.deposits.intake.state import Configuration, VisitState
from domain.deposits.journal import Entry
from domain.deposits.synchronisation.words import Synchronisation
from domain.pictures.retention import MIB
from entrypoints.eyes import Eyes, open_eyes
from entrypoints.machine.hardware import Hardware, open_hardware
from entrypoints.machine.joined import EveryScreen, EverySource
from entrypoints.machine.kiosk.pictures import Pictures
from entrypoints.machine.kiosk.screen import KioskScreen
from entrypoints.machine.kiosk.telling import TellKiosk
from entrypoints.machine.recognition import who_recognises, with_eyes
from entrypoints.machine.recorded import recorded_eyes
from entrypoints.machine.testing import facts_of, machine_tested, quiet_hour, reports_of, zone_of
from entrypoints.settings import MachineSettings

JOURNAL_FILE = "journal.db"
CONFIGURATION_FILE = "configuration.json"
PIN_FILE = "pin.tries"
RECORDED_FILE = "recorded.json"
PICTURES_FOLDER = "pictures"
PICTURES_MARK = "pictures.mark"


def build_machine(
    settings: MachineSettings,
    *,
    restart: Callable[[str], None],
    fail_point: FailPoint,
    observer: Observer = lambda *_: None,
    hardware: Hardware | None = None,
) -> punq.Container:
    """Put a machine together: open its journal, load its model, connect its hardware. Nothing runs yet.

    `hardware` takes the place of what the settings name; whoever lets the machine live closes it.

    `restart` ends this life, told why. Raises JournalError, ModelNotLoaded, ValueError.
    """
    container = punq.Container()
    _outside(container, settings, hardware)
    container.register(FailPoint, instance=fail_point)
    _inside(container, settings, restart, observer)
    return container


def software() -> str:
    """Name what runs, as `booted` entries have it."""
    try:
        return f"myrvm {version('myrvm')}"
    except PackageNotFoundError:
        return "myrvm (not installed)"


def _outside(container: punq.Container, settings: MachineSettings, hardware: Hardware | None) -> None:
    """Register the adapters, and the simulators that stand in for hardware."""
    settings.data.mkdir(parents=True, exist_ok=True)
    journal = ApswJournal(settings.data / JOURNAL_FILE)
    clock = SystemClock(skew_us=round(settings.clock_skew_seconds * 1_000_000))
    eyes = recorded_eyes(settings.data / RECORDED_FILE) if settings.vision == "recorded" else open_eyes()
    hardware = open_hardware(settings) if hardware is None else hardware
    light = () if hardware.fitted.light is None else (LightUp(hardware.fitted.light),)
    pictures = Pictures(hardware.camera)
    kiosk = KioskScreen(pictures)
    refusals = CountRefusals()
    kiosk.tell(model=eyes.model, software=software())
    instances: dict[Any, object] = {
        MachineSettings: settings,
        RealTimeScheduler: (scheduler := RealTimeScheduler()),
        Scheduler: scheduler,
        Clock: clock,
        SettableClock: clock,
        IdSource: Uuid7Source(),
        Random: SystemRandom(),
        Journal: journal,
        Keepsake: FileKeepsake(settings.data / CONFIGURATION_FILE),
        Uplink: HttpUplink(settings.platform_url, settings.id, settings.api_key.get_secret_value()),
        PictureStore: FolderPictures(settings.data / PICTURES_FOLDER),
        PictureUplink: HttpPictureUplink(settings.platform_url, settings.id, settings.api_key.get_secret_value()),
        SignatureVerifier: Ed25519Verifier(),
        Eyes: eyes,
        RecogniseOrAsk: who_recognises(settings, eyes, clock),
        CodeReader: ZxingCodeReader(),
        Camera: WatchedCamera(pictures, figures, lambda seen: container.resolve(WatchTheBody).pictured(seen)),
        Chute: hardware.chute,
        NoticeSource: EverySource((hardware.notices, kiosk)),
        Screen: EveryScreen((kiosk, *light, *hardware.screens, refusals)),
        CountRefusals: refusals,
        Hardware: hardware,
        Reports: reports_of(settings.data),
        Fitted: hardware.fitted,
        Pictures: pictures,
        KioskScreen: kiosk,
        ServicePanel: kiosk,
    }
    for port, adapter in instances.items():
        container.register(port, instance=adapter)


def _inside(
    container: punq.Container, settings: MachineSettings, restart: Callable[[str], None], observer: Observer
) -> None:
    """Register what runs. The runners tell each other what happened by small closures, so no one holds another."""

    def part(kind: type) -> Any:
        return container.resolve(kind)

    configuration = KeepConfiguration(
        uplink=part(Uplink),
        scheduler=part(Scheduler),
        clock=part(SettableClock),
        chance=part(Random),
        verifier=part(SignatureVerifier),
        keepsake=part(Keepsake),
        prices_changed=lambda prices: part(TakeIn).prices(prices),
        interval=round(settings.refresh_seconds * 1_000_000),
    )
    eyes: Eyes = part(Eyes)
    keep_pictures = KeepPictures(
        part(PictureStore), part(Scheduler), settings.pictures_mb * MIB, lambda: part(SendPictures).unsent()
    )
    body = Body(
        scheduler=part(Scheduler),
        camera=part(Camera),
        chute=part(Chute),
        screen=part(Screen),
        journal=part(Journal),
        verifier=part(SignatureVerifier),
        uplink=part(Uplink),
        recognise=part(RecogniseOrAsk),
        clock=part(Clock),
        ids=part(IdSource),
        trust=configuration.trust,
        restart=restart,
        fail_points=part(FailPoint),
        diverter=part(Fitted).diverter,
        pictures=keep_pictures,
    )

    def journalled(_: Entry) -> None:
        part(Synchronise).appended()
        part(AddUp).appended()
        part(SendPictures).appended()

    take_in = TakeIn(
        body,
        Configuration(software=software(), model=eyes.model, policy=eyes.policy, bins=_bins(part(Fitted))),
        machine=settings.id,
        journalled=journalled,
        observer=observer,
    )
    send_pictures = _sender(container, settings, keep_pictures, take_in.boot)
    told_kiosk = TellKiosk(part(KioskScreen), part(Scheduler), part(Journal))

    def synchronised(now: Synchronisation) -> None:
        told_kiosk.synchronised(now)
        send_pictures.synchronised(now)

    synchronise = Synchronise(
        journal=part(Journal),
        uplink=part(Uplink),
        scheduler=part(Scheduler),
        clock=part(Clock),
        chance=part(Random),
        boot=take_in.boot,
        changed=synchronised,
    )
    body_watch, repeat, commission, bench = _self_test(container, settings, take_in, restart)
    add_up = AddUp(part(Journal), part(Scheduler), lambda totals: part(KioskScreen).tell(totals=totals))
    maintain = Maintain(bench, take_in, part(ServicePanel))
    watch = WatchForCodes(take_in, part(Scheduler), part(Camera), part(CodeReader), interval=settings.watch_ms * 1_000)

    def look() -> Look:
        own = part(CountRefusals).told(body_watch.told(seen(take_in.state)))
        return send_pictures.told(with_eyes(repeat.told(own), eyes, part(RecogniseOrAsk)))

    report = ReportTelemetry(
        uplink=part(Uplink),
        scheduler=part(Scheduler),
        clock=part(Clock),
        chance=part(Random),
        boot=take_in.boot,
        look=look,
        left=part(Journal).unsent,
        interval=round(settings.telemetry_seconds * 1_000_000),
    )
    fitted: Fitted = part(Fitted)
    if fitted.compactor is not None:
        compact = Compact(
            fitted.compactor,
            lambda: body_watch.watch.level_of(fitted.bins[0].name),
            take_in,
            part(Scheduler),
            part(Clock),
        )
        container.register(Compact, instance=compact)
    runners = (
        configuration, take_in, synchronise, send_pictures, add_up, maintain, watch, body_watch, report, repeat,
        commission,
    )  # fmt: skip
    for runner in runners:
        container.register(type(runner), instance=runner)


def _sender(container: punq.Container, settings: MachineSettings, keep: KeepPictures, boot: str) -> SendPictures:
    """Make what sends the pictures that `keep` keeps."""

    def part(kind: type) -> Any:
        return container.resolve(kind)

    return SendPictures(
        Album(part(Journal), part(PictureStore), keep, FileKeepsake(settings.data / PICTURES_MARK)),
        part(PictureUplink),
        part(Scheduler),
        part(Clock),
        part(Random),
        boot=boot,
        daily=settings.pictures_mb_a_day * MIB,
        fail_points=part(FailPoint),
    )


def _self_test(
    container: punq.Container, settings: MachineSettings, take_in: TakeIn, restart: Callable[[str], None]
) -> tuple[WatchTheBody, RepeatSelfTest, Commission, Workbench]:
    """Make what tests the machine, by night and from the menu; a hand that the watch sees halts what it moves."""

    def part(kind: type) -> Any:
        return container.resolve(kind)

    scheduler, chute, reports, eyes = part(Scheduler), part(Chute), part(Reports), part(Eyes)
    halting = HaltOnHand(lambda: scheduler.aside(chute.halt, lambda _: None, cost="inspect"))
    installed = reports.kept(ReportKind.COMMISSIONING)
    body_watch = WatchTheBody(
        take_in, scheduler, chute, part(Fitted), part(Clock),
        changed=lambda found: halting.hand(Finding.HAND in found),
        clean=None if installed is None else installed.report.clean,
    )  # fmt: skip
    tested = machine_tested(
        part(Hardware), part(Camera), eyes, journal=part(Journal), uplink=part(Uplink), clock=part(Clock),
        folder=settings.data, halting=halting,
    )  # fmt: skip
    facts = facts_of(settings, part(Hardware), software(), eyes.model)
    test_itself = TestItself(tested, reports, facts)

    def at_work() -> bool:
        return take_in.state.visit.state is VisitState.MAINTENANCE

    repeat = RepeatSelfTest(
        take_in, scheduler, part(Clock), zone_of(settings), quiet_hour(settings), test_itself,
        last=lambda: reports.kept(ReportKind.SELF_TEST),
        changed=lambda lines: part(Maintain).warn(tuple(line.name for line in lines)),
    )  # fmt: skip
    commission = Commission(
        take_in, scheduler, part(KioskScreen), lambda: FollowGuide(tested, reports, facts, at_work),
        key_id=reports.signer.key_id,
    )  # fmt: skip
    bench = Workbench(
        scheduler=part(Scheduler),
        clock=part(Clock),
        chute=part(Chute),
        camera=part(Camera),
        door=part(Fitted).door,
        journal=part(Journal),
        keepsake=FileKeepsake(settings.data / PIN_FILE),
        hasher=Argon2Passwords(),
        pin_hash=settings.pin_hash.get_secret_value(),
        restart=restart,
        self_test=lambda: test_itself(at_work),
        tested=repeat.took,
        commission=commission,
    )
    return body_watch, repeat, commission, bench


def _bins(fitted: Fitted) -> tuple[Bin, ...]:
    """Return the bins that an item may be led to: none where there is no choice."""
    return tuple(Bin(one.name, one.takes) for one in fitted.bins) if fitted.diverter else ()
