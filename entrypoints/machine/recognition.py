"""Who recognises on a machine, and what its telemetry tells of it."""

from __future__ import annotations

import time

from application.machine.recognise_or_ask import RecogniseOrAsk
from application.machine.report_telemetry import Look
from application.ports.clock import Clock
from application.ports.vision import NoRemote, RemoteRecogniser
from domain.fleet.command import Mode
from entrypoints.eyes import Eyes
from entrypoints.settings import MachineSettings
from simulators.remote import SimulatedRemote


def who_recognises(settings: MachineSettings, eyes: Eyes, clock: Clock) -> RecogniseOrAsk:
    """Return the machine's own eyes, and whoever may be asked beside them. Raises ValueError."""
    return RecogniseOrAsk(
        here=eyes.recognise,
        elsewhere=_remote(settings, eyes),
        policy=eyes.policy,
        clock=clock,
        mode=Mode(settings.ai_mode),
        budget=settings.remote_budget_ms * 1_000,
    )


def with_eyes(look: Look, eyes: Eyes, recognise: RecogniseOrAsk) -> Look:
    """Add to a look what the machine sees with, and how often it asked elsewhere."""
    return look.and_also(recognise.counted(), {"detector": eyes.detector, "mode": recognise.mode.value})


def _remote(settings: MachineSettings, eyes: Eyes) -> RemoteRecogniser:
    """Return who is asked elsewhere. Raises ValueError: a simulated answer would pay for a real bottle."""
    if not settings.remote:
        return NoRemote()
    if settings.hardware != "rig" and not settings.hardware.startswith("simulated"):
        raise ValueError("a simulated remote recogniser (RVM_MACHINE_REMOTE) is for simulated hardware alone")
    return SimulatedRemote(eyes.recognise, time.sleep, model="simulated")
