"""One whole intake, runner and all, in a process where every third-party package but attrs is blocked."""

import subprocess
import sys

from tests.house.test_purity import blocked_script

STORY = """
import random
from collections import deque

from application.machine.recognise import Recognise
from application.machine.take_in import Body, TakeIn
from application.ports.hardware import Button, ButtonPressed
from domain.deposits.acceptance import Policy
from domain.deposits.bodies import body_of
from domain.deposits.intake.events import QrRead
from domain.deposits.intake.state import Configuration
from domain.deposits.journal import read
from domain.deposits.recognition import Box, Counting, Material
from domain.deposits.session import organisation_tag
from domain.points.price_list import PriceList
from simulators.chute import SimulatedChute, Thing
from simulators.clock import SeededIds, VirtualClock
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.screen import SimulatedScreen
from simulators.seal import SimulatedSigner, SimulatedVerifier
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from simulators.vision import SimulatedCamera, SimulatedFrame, SimulatedVision, plainly

NOW, MACHINE = 1_800_000_000_000_000, "00000000-0000-4000-8000-000000000001"
ORGANISATION = "00000000-0000-4000-8000-0000000000aa"


class Queue:
    'The shortest scheduler there is: everything at once, in order; timers never come due.'

    def __init__(self):
        self.calls = deque()

    def after(self, delay_us, call):
        pass

    def soon(self, call):
        self.calls.append(call)

    def aside(self, work, done, *, cost):
        def run():
            try:
                result = work()
            except Exception as raised:
                result = raised
            done(result)

        self.calls.append(run)

    def run(self):
        while self.calls:
            self.calls.popleft()()


platform = SimulatedPlatform(SimulatedSigner(), ORGANISATION, lambda: NOW)
uplink = SimulatedUplink(platform, MACHINE)
clock = VirtualClock(lambda: 5, wall_at_zero=NOW, trusted=True)
queue, chute, disk, screen = Queue(), SimulatedChute(), SimulatedDisk(), SimulatedScreen()
vision = SimulatedVision({letter * 64: plainly(material, Box(1, 1, 50, 90))
                          for letter, material in (("a", Material.GLASS), ("b", Material.PAPER))})
life = TakeIn(
    Body(scheduler=queue, chute=chute, screen=screen, journal=SimulatedJournal(disk), verifier=SimulatedVerifier(),
         camera=SimulatedCamera(lambda: SimulatedFrame(64, 96, chute.row[0].picture, "0" * 16)), uplink=uplink,
         recognise=Recognise(vision, vision, vision, Counting(second_item=500_000, same_item=600_000), "m+0"),
         clock=clock, ids=SeededIds(lambda: 5, 1), trust=lambda: uplink.configuration().trust, restart=print),
    Configuration("pure", "m+0", Policy(threshold=800_000, disagreement=900_000)), machine=MACHINE)
life.prices(PriceList("p1", organisation_tag(ORGANISATION), 0, 2 * NOW, {Material.GLASS: 30}))
life.start()
chute.listen(life.notice)
queue.run()
life.post(QrRead(platform.issue("00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003")))
queue.run()
for letter in "ab":
    chute.insert(Thing(letter, letter * 64))
    queue.run()
chute.take()
queue.run()
life.notice(ButtonPressed(Button.DONE))
queue.run()
print(screen.shown.screen.value, screen.shown.paid, screen.shown.returned, screen.shown.points)
print(*(read(raw).kind.value for raw in disk.entries))
"""


def test_one_whole_intake_runs_where_only_attrs_is_there():
    ran = subprocess.run(
        [sys.executable, "-c", blocked_script([], STORY)], capture_output=True, text=True, check=False, cwd="/"
    )
    assert ran.returncode == 0, ran.stderr
    _, screen, entries = ran.stdout.splitlines()
    assert screen == "thanks 1 1 30"
    assert entries.split() == [
        "booted", "visit_opened", "item_decided", "item_settled", "item_decided", "item_settled", "visit_closed",
    ]  # fmt: skip
