"""Uplinks with a mistake each: the contract suite must find it."""

from application.ports.uplink import ClaimAnswer
from domain.deposits.journal import place_of, read
from simulators.uplink import SimulatedUplink


class Losing(SimulatedUplink):
    """Says of the last entry of a batch that it is held, and has not sent it."""

    def send(self, boot, sending, entries, waiting):
        answer = super().send(boot, sending, entries[:-1], waiting)
        return place_of(read(entries[-1])) if answer is not None else answer


class Doubling(SimulatedUplink):
    """Reports every sample twice, as if it were two."""

    def report(self, boot, sending, samples, waiting):
        answer = super().report(boot, sending, samples, waiting)
        self._platform.record(self._machine).samples.extend(samples)
        return answer


class NotAtomic(SimulatedUplink):
    """Looks whether a session is free, and then takes it: whoever else does so between has it too."""

    def claim(self, token):
        answer = super().claim(token)
        return ClaimAnswer(confirmed=True, why="ok") if answer.why == "claimed_elsewhere" else answer


BROKEN = (Losing, Doubling, NotAtomic)
