"""The use cases of care on one store, and machines that report."""

import itertools

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.platform.deliver_commands import DeliverCommands, ExpireCommands, NoteCommand
from application.platform.forget_telemetry import ForgetTelemetry
from application.platform.issue_claim_code import IssueClaimCode, WithdrawClaimCode
from application.platform.provision_machine import Proof, ProvisionMachine, RenewKey, RevokeMachine
from application.platform.read_availability import ReadAvailability
from application.platform.read_care import ReadAlerts, ReadMachine, ReadTelemetry, ReadTickets
from application.platform.recognise_machine import RecogniseMachine
from application.platform.send_command import SendCommand
from application.platform.take_telemetry import TakeTelemetry, TelemetryBatch
from application.platform.tend_tickets import ResolveTicket, TakeTicket
from application.platform.watch_fleet import WatchFleet
from application.ports.clock import Reading
from domain.fleet.claim_code import code_hash
from domain.fleet.profile import to_sign
from domain.fleet.telemetry import Sample
from tests.platform.world import SECOND, Platform

BOOT = "00000000-0000-7000-8000-0000000000b1"


class CareWorld:
    def __init__(self, store):
        self.platform = Platform(store)
        self.store, self.clock, ids = store, self.platform.clock, self.platform.ids
        self.house = self.platform.organisation
        self.take_telemetry = TakeTelemetry(store, self.clock, ids)
        self.watch = WatchFleet(store, self.clock, ids)
        self.send_command = SendCommand(store, self.clock, ids)
        self.deliver = DeliverCommands(store, self.clock, self.platform.signer)
        self.note = NoteCommand(store, self.clock)
        self.expire = ExpireCommands(store, self.clock)
        self.issue_code = IssueClaimCode(store, self.clock, ids, ids)
        self.withdraw_code = WithdrawClaimCode(store, self.clock)
        self.provision = ProvisionMachine(store, self.clock, ids, ids, Ed25519Verifier())
        self.renew = RenewKey(store, self.clock, ids, Ed25519Verifier())
        self.revoke = RevokeMachine(store, self.clock, ids)
        self.recognise = RecogniseMachine(store)
        self.take_ticket = TakeTicket(store, self.clock)
        self.resolve_ticket = ResolveTicket(store, self.clock)
        self.forget = ForgetTelemetry(store, self.clock, 90)
        self.availability = ReadAvailability(store, self.clock)
        self.telemetry = ReadTelemetry(store)
        self.read_machine = ReadMachine(store)
        self._numbers = itertools.count()

    def machine(self, name="Hall"):
        return self.platform.machine(name).machine

    def sample(self, seq=None, *, ago=0, serving=None, faults=(), boot=BOOT, **measures):
        """A sample that the machine took `ago` microseconds before now."""
        mono = self.clock.now().mono - ago
        number = next(self._numbers) if seq is None else seq
        return Sample(boot, number, mono + 10**12, 0, False, measures, serving, faults)

    def report(self, machine, *samples, waiting=0):
        now = self.clock.now()
        sending = Reading(wall=0, mono=now.mono + 10**12, trusted=False)
        return self.take_telemetry(TelemetryBatch(machine, BOOT, sending, samples, waiting))

    def reports(self, machine, minutes, *, every=30, **more):
        """Report again and again for so many minutes."""
        for _ in range(minutes * 60 // every):
            self.clock.advance(every * SECOND)
            self.report(machine, self.sample(**more))

    def alerts(self):
        return {(alert.machine, alert.rule) for alert in ReadAlerts(self.store)(self.house)}

    def tickets(self, **which):
        return [ticket for _, ticket in ReadTickets(self.store)(self.house, **which)]

    def told(self, type):
        with self.store(read_only=True) as work:
            return [event.data for event in work.outbox.unpublished(999) if event.type == type]

    def proof(self, key, purpose, subject, moment=None):
        signer = Ed25519Signer(key)
        moment = self.clock.wall if moment is None else moment
        return Proof(signer.public_key, moment, signer.sign(to_sign(purpose, subject, signer.public_key, moment)))

    def shown(self, key, text, moment=None):
        """What a machine shows with a claim code."""
        return self.proof(key, "provision", code_hash(text), moment)
