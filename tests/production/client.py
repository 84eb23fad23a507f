"""Twenty machines in a process of their own, each with one request in flight, and a log of what was acknowledged.

    python -m tests.production.client SPEC.json

A machine writes a deposit (decided, settled), sends it until the platform says that it holds it, and only then writes
one line to the log, synced: whatever stands there was promised. Ends in good order when its standard input closes, with
all that it wrote acknowledged, and says what it saw.
"""

import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path

import httpx

from adapters.clock.system import SystemClock
from tests.api.callers import Machine

PAUSE = 0.05
"""Seconds until a machine that was not answered, or not well, tries the other worker."""
NEXT = 0.1
"""Seconds between two deposits of a machine: the relays keep up, and the test ends soon after the last kill."""


class Here:
    """As much of a platform as a machine that writes its journal needs."""

    clock = SystemClock(trusted=True)


class Client:
    """All machines."""

    def __init__(self, spec):
        self.spec = spec
        self.saw = Counter()
        self.over = threading.Event()
        self._log = os.open(spec["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._writing = threading.Lock()

    def run(self):
        threads = [
            threading.Thread(target=self._machine, args=(number, each))
            for number, each in enumerate(self.spec["machines"])
        ]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        self.over.set()
        for thread in threads:
            thread.join()
        print(json.dumps(self.saw))

    def _machine(self, number, told):
        machine = Machine(Here, told["id"], told["key"], None)
        turn, entries = number, [machine.boot(), machine.open(told["token"])]
        with httpx.Client(headers={"Authorization": f"Bearer {told['key']}"}, timeout=15) as http:
            while True:
                turn = self._sent(http, machine, entries, turn)
                if self.over.wait(NEXT):
                    return
                item = machine.decide(machine.entries[1])
                entries = [item, machine.settle(item)]

    def _sent(self, http, machine, entries, turn):
        """Send entries until they are held; returns at whose turn that was."""
        while True:
            url = self.spec["urls"][turn % len(self.spec["urls"])]
            try:
                answered = http.post(f"{url}/api/v1/machines/{machine.id}/entries", json=machine.batch(entries))
                told = str(answered.status_code)
            except httpx.HTTPError as broken:
                told = type(broken).__name__
            self.saw[told] += 1
            if told == "200":
                self._acknowledged(entries[-1])
                return turn
            turn += 1
            self.over.wait(PAUSE)

    def _acknowledged(self, entry):
        if entry.kind.value == "item_settled":
            with self._writing:
                os.write(self._log, f"{entry.machine} {entry.id}\n".encode())
                os.fsync(self._log)


if __name__ == "__main__":
    Client(json.loads(Path(sys.argv[1]).read_text())).run()
