"""A scheduler in the hand of a test."""

from __future__ import annotations

import heapq
import itertools


class Steps:
    """A scheduler whose answers come in any order, twice, late or never, as the test says."""

    def __init__(self):
        self.time = 0
        self.timers = []
        self.answers = []
        self.numbers = itertools.count()

    def after(self, delay_us, call):
        heapq.heappush(self.timers, (self.time + delay_us, next(self.numbers), call))

    def aside(self, work, done, *, cost):
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  # what the port says: done gets what it raised
            result = error
        self.answers.append(lambda: done(result))

    def soon(self, call):
        call()

    def answer(self, at, *, twice=False):
        if self.answers:
            call = self.answers[at % len(self.answers)]
            if not twice:
                self.answers.remove(call)
            call()

    def lose(self, at):
        if self.answers:
            del self.answers[at % len(self.answers)]

    def fire(self):
        if self.timers:
            self.time, _, call = heapq.heappop(self.timers)
            call()

    def run(self, until_us):
        """Let everything happen in the usual order until then."""
        while self.answers or (self.timers and self.timers[0][0] <= until_us):
            self.answer(0) if self.answers else self.fire()
