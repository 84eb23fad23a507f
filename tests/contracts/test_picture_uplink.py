"""The contract of the way pictures take: over HTTP against the platform on a folder and on S3, and its simulator."""

import hashlib
import sys
import uuid
from contextlib import contextmanager

import pytest
from attrs import evolve

from adapters.clock.system import SystemClock
from adapters.uplink.http import HttpUplink
from adapters.uplink.pictures import HttpPictureUplink
from application.machine.entry_writer import EntryWriter
from application.platform.register_machine import RegisterMachine
from application.ports.objects import NoSuchObject, Objects
from application.ports.pictures import PictureNotTaken, PictureUnwanted
from application.ports.repositories import Organisation
from application.ports.uplink import Refused, Unreachable
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Booted, Counters, ItemDecided, Opener, Picture, VisitOpened
from domain.objects.name import Bucket, ObjectName
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from simulators.clock import SeededIds
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.pictures import SimulatedPictureUplink
from simulators.uplink import MachineRecord
from tests.api.conftest import quick_settings
from tests.contracts.broken_pictures import BROKEN_UPLINKS
from tests.contracts.refusing import broken_in_one_way, cases_of, refusing
from tests.journal.story import SEEN
from tests.objects.world import noise

CONTRACT, ADAPTERS = "PictureUplink", "far"
PICTURE, OTHER = b"\xff\xd8\xff" + noise(40_000, "a bottle"), b"\xff\xd8\xff" + noise(40_000, "another")
JPEG = "image/jpeg"


class Machine:
    """What a machine has journalled, and its way to bring pictures."""

    def __init__(self, id, uplink, take):
        self.id, self.uplink, self._take = id, uplink, take
        clock = SystemClock(trusted=True)
        ids = SeededIds(lambda: clock.now().wall, uuid.UUID(id).int)
        self._writer = EntryWriter(SimulatedJournal(SimulatedDisk()), clock, ids, machine=id, boot=ids.next())
        self._boot = self._written(Booted("test", "test-1")).epoch

    def decide(self, picture=PICTURE, *, told=True):
        """Journal an item that looks like this, and tell the platform."""
        visit = self._written(VisitOpened(by=Opener.GUEST, token=None, claimed=False, price_list=None))
        seen = Picture(hashlib.sha256(picture).hexdigest(), "0" * 16) if picture else None
        refused = Decision(accepted=False, reason=Reason.TWO_ITEMS)
        item = self._writer.write(ItemDecided(visit.id, refused, SEEN, seen, None, Counters(0, 0)))
        if told:
            self._take(self._boot, item)
        return item.id

    def _written(self, body):
        entry = self._writer.write(body)
        self._take(entry.epoch, entry)
        return entry


class Served:
    """The platform that ships, served; settings alone choose where its objects are."""

    def __init__(self, data, **changes):
        self.container = build_platform(quick_settings(data, **changes))
        self._serving = serving(self.container, create_app(self.container))
        self.url = self._serving.__enter__()
        self.ways = []

    def machine(self):
        made = self.container.resolve(RegisterMachine)(self.container.resolve(Organisation).id, "Machine")
        entries = HttpUplink(self.url, made.machine.id, made.api_key)
        self.ways += [entries, way := HttpPictureUplink(self.url, made.machine.id, made.api_key)]

        def take(boot, entry):
            entries.send(boot, SystemClock(trusted=True).now(), [entry.raw], 0)

        return Machine(made.machine.id, way, take)

    def stranger(self, machine):
        self.ways.append(way := HttpPictureUplink(self.url, machine.id, "rvm_" + "A" * 43))
        return way

    def kept(self, machine, item):
        house = self.container.resolve(Organisation).id
        try:
            with self.container.resolve(Objects).get(
                ObjectName(Bucket.IMAGES, f"deposits/{house}/{machine.id}/{item}")
            ) as body:
                return body.read(1 << 20)
        except NoSuchObject:
            return None

    def close(self):
        for way in self.ways:
            way.close()
        self._serving.__exit__(None, None, None)
        close_platform(self.container)


class Simulated:
    """The simulator."""

    kind = SimulatedPictureUplink

    def machine(self):
        record = MachineRecord()
        return Machine(str(uuid.uuid4()), self.kind(record), lambda _, entry: record.take(entry.raw))

    def stranger(self, machine):
        way = self.kind(machine.uplink.record)
        way.known = False
        return way

    def kept(self, machine, item):
        return machine.uplink.kept.get(item)

    def close(self):
        pass


@pytest.fixture(scope="module", params=["folder", pytest.param("s3", marks=pytest.mark.xdist_group("s3")), "simulated"])
def far(request, tmp_path_factory):
    """The other end."""
    changes = {}
    if request.param == "s3":
        server = request.getfixturevalue("s3_server")
        changes = {
            "s3_url": server.url, "s3_access_key": server.access_key, "s3_secret_key": server.secret_key,
            "s3_prefix": "machines",
        }  # fmt: skip
    end = Simulated() if request.param == "simulated" else Served(tmp_path_factory.mktemp(request.param), **changes)
    yield end
    end.close()


def bring(machine, item, picture=PICTURE):
    """Bring a picture in all its steps."""
    ticket = machine.uplink.offer(item, len(picture), JPEG)
    machine.uplink.upload(ticket, picture)
    machine.uplink.sent(item)


def test_a_picture_that_was_brought_is_kept_whole(far):
    machine = far.machine()
    item = machine.decide()
    bring(machine, item)
    assert far.kept(machine, item) == PICTURE


def test_what_is_kept_is_not_wanted_again(far):
    machine = far.machine()
    item = machine.decide()
    bring(machine, item)
    assert machine.uplink.offer(item, len(PICTURE), JPEG) is None
    machine.uplink.sent(item)
    assert far.kept(machine, item) == PICTURE


def test_bringing_again_what_was_not_said_to_be_there_is_harmless(far):
    machine = far.machine()
    item = machine.decide()
    machine.uplink.upload(machine.uplink.offer(item, len(PICTURE), JPEG), PICTURE)
    bring(machine, item)
    assert far.kept(machine, item) == PICTURE


def test_nothing_is_kept_before_it_was_said_to_be_there(far):
    machine = far.machine()
    item = machine.decide()
    machine.uplink.upload(machine.uplink.offer(item, len(PICTURE), JPEG), PICTURE)
    assert far.kept(machine, item) is None


def test_saying_so_without_bringing_is_not_taken(far):
    machine = far.machine()
    item = machine.decide()
    with pytest.raises(PictureNotTaken):
        machine.uplink.sent(item)
    assert far.kept(machine, item) is None


def test_another_picture_than_the_journal_says_is_not_taken_and_the_right_one_is(far):
    machine = far.machine()
    item = machine.decide()
    other = OTHER[: len(PICTURE)]
    with pytest.raises(PictureNotTaken):
        bring(machine, item, other)
    assert far.kept(machine, item) is None
    bring(machine, item)
    assert far.kept(machine, item) == PICTURE


def test_an_item_that_is_not_recorded_gets_no_ticket_yet(far):
    machine = far.machine()
    item = machine.decide(told=False)
    with pytest.raises(PictureNotTaken):
        machine.uplink.offer(item, len(PICTURE), JPEG)


def test_an_item_without_a_picture_gets_no_ticket(far):
    machine = far.machine()
    item = machine.decide(None)
    with pytest.raises(PictureNotTaken):
        machine.uplink.offer(item, len(PICTURE), JPEG)


def test_what_the_platform_does_not_take_is_unwanted(far):
    machine = far.machine()
    item = machine.decide()
    for size, kind in (((8 << 20) + 1, JPEG), (len(PICTURE), "text/html")):
        with pytest.raises(PictureUnwanted):
            machine.uplink.offer(item, size, kind)


def test_a_ticket_is_for_its_size(far):
    machine = far.machine()
    item = machine.decide()
    ticket = machine.uplink.offer(item, len(PICTURE), JPEG)
    for wrong in (PICTURE[:-1], PICTURE + b"!"):
        with pytest.raises(PictureNotTaken):
            machine.uplink.upload(ticket, wrong)


def test_a_machine_with_a_wrong_key_is_refused(far):
    machine = far.machine()
    item = machine.decide()
    with pytest.raises(Refused) as refused:
        far.stranger(machine).offer(item, len(PICTURE), JPEG)
    assert not isinstance(refused.value, (PictureNotTaken, PictureUnwanted)), "it is not the picture's fault"


# ------------------------------------------------------------------ over HTTP alone


def test_what_does_not_answer_is_unreachable():
    nobody = HttpPictureUplink("http://127.0.0.1:9", str(uuid.uuid4()), "rvm_x")
    with pytest.raises(Unreachable):
        nobody.offer("item", 10, JPEG)
    nobody.close()


def test_a_ticket_to_nowhere_is_unreachable(tmp_path):
    far = Served(tmp_path)
    machine = far.machine()
    ticket = machine.uplink.offer(machine.decide(), len(PICTURE), JPEG)
    for nowhere in ("http://127.0.0.1:9/", "http://[::bad/", "gopher://x/"):
        with pytest.raises(Unreachable):
            machine.uplink.upload(evolve(ticket, url=nowhere), PICTURE)
    far.close()


# ------------------------------------------------------------------ broken ones


@pytest.mark.parametrize("kind", BROKEN_UPLINKS)
def test_a_broken_uplink_is_refused(kind, told):
    cases = cases_of(sys.modules[__name__], ("far",))
    assert refusing(cases, ends(SimulatedPictureUplink)) == []
    against = refusing(cases, ends(kind))
    told("PictureUplink", kind.__name__, len(cases), len(against))
    broken_in_one_way(cases, against)


def ends(kind):
    @contextmanager
    def one(_):
        far = Simulated()
        far.kind = kind
        yield [far]

    return one
