"""Everything of a platform is destroyed in the midst of work: from a backup and its machines nothing is missing."""

import time

import pytest
from attrs import define

from adapters.clock.system import SystemClock
from adapters.uplink.http import HttpUplink
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName
from entrypoints.container import objects_of
from entrypoints.prove import proof_of
from entrypoints.settings import PlatformSettings
from tests.backup.places import PASSWORD, Caller, ServedSite, Site, signed_up, until
from tests.backup.street import StreetMachine

MACHINES = 4
"""The last of them is at rest when it happens: it has nothing to send, and yet must notice."""
PICTURES = 20
POINTS = 10
LATE = "late@example.org"
PRICES = {
    "version": "p1", "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2099-01-01T00:00:00Z",
    "points": {"glass": POINTS},
}  # fmt: skip


@define
class Fleet:
    machines: list
    people: list

    @property
    def acknowledged(self):
        return sum(machine.acknowledged for machine in self.machines)

    def grown_by(self, entries):
        """Wait until each busy machine was told of so many more entries."""
        before = {machine.id: machine.acknowledged for machine in self.machines}
        for machine in self.machines:
            if machine.busy:
                until(lambda it=machine: it.acknowledged >= before[it.id] + entries, "recording")


def opened(site, folder):
    """A platform that works, with machines that are busy."""
    site.run("create-operator", "--email", "operator@example.org", "--password", PASSWORD)
    site.start()
    operator = Caller(site.url, "operator@example.org")
    operator.post("/price-lists", PRICES)
    machines, people = [], []
    for number in range(MACHINES):
        told = operator.post("/machines", {"name": f"Machine {number}"})
        people.append(signed_up(site.url, f"person-{number}@example.org"))
        uplink = HttpUplink(site.url, told["machine_id"], told["api_key"])
        own = folder / "machines" / told["machine_id"]
        machines.append(StreetMachine(told["machine_id"], own, uplink, people[-1].post("/sessions")["token"]))
        machines[-1].switch_on()
    for number in range(PICTURES):
        name, body = picture(number)
        objects_at(site).put(name, Content.of(body, "image/jpeg"), body)
    return Fleet(machines, people)


def objects_at(site):
    given = {name.lower(): value for name, value in site.settings().items()}
    settings = PlatformSettings(data=site.data, _env_file=None, **given)
    return objects_of(settings, bytes(32), SystemClock(trusted=True))[0]


def picture(number):
    return ObjectName(Bucket.IMAGES, f"test/{number}"), f"picture {number}".encode() * 1_000


@pytest.mark.slow
@pytest.mark.kill
@pytest.mark.timeout(600)  # servers and processes start, twice, on a machine that may be busy
@pytest.mark.parametrize("kind", [Site, ServedSite], ids=["embedded", "postgresql-s3"])
def test_a_platform_that_was_destroyed_comes_back_and_machines_bring_the_rest(tmp_path, kind):
    with kind(tmp_path / "site") as site:
        fleet = opened(site, tmp_path)
        fleet.grown_by(25)
        backed_up_under_load(site, fleet, tmp_path / "backup")
        taken = time.monotonic()

        signed_up(site.url, LATE)
        fleet.machines[0].token = fleet.people[0].post("/sessions")["token"]
        fleet.grown_by(25)
        fleet.machines[-1].rest()
        until(fleet.machines[-1].caught_up, "rest")

        acknowledged, newest = fleet.acknowledged, {it.id: it.journal.last() for it in fleet.machines}
        site.destroy()
        destroyed = time.monotonic()
        site.make_anew()
        anew = time.monotonic()
        site.run("restore", "--from", tmp_path / "backup")
        restored = time.monotonic()
        behind = proof_of(tmp_path, database_url=site.database_url)
        assert behind.findings == (), "machines are ahead, and nothing is wrong"
        lacked = acknowledged - behind.entries
        assert lacked > 0, "the restored platform has less than what was acknowledged"
        looked = time.monotonic()
        started = site.start()
        caught_up = until(lambda: all(it.caught_up(newest[it.id]) for it in fleet.machines), "catching up")
        print(
            f"RPO: the backup was {destroyed - taken:.1f} s old and lacked {lacked} of {acknowledged} acknowledged "
            "entries; machines sent them again: 0 lost\n"
            f"RTO: {time.monotonic() - destroyed - (looked - restored):.1f} s: new servers {anew - destroyed:.1f}, "
            f"restore {restored - anew:.1f}, start {started:.1f}, machines caught up {caught_up:.1f} (waits are "
            "a tenth of the street's)"
        )
        everything_is_there(site, fleet, tmp_path)


def backed_up_under_load(site, fleet, to):
    """The command is run while machines are recorded; what it took is true in itself."""
    before = fleet.acknowledged
    told = site.run("backup", "--to", to)
    meanwhile = fleet.acknowledged - before
    print(f"{told}; {meanwhile} entries were acknowledged meanwhile")
    assert meanwhile > 0
    assert proof_of(to).findings == ()


def everything_is_there(site, fleet, folder):
    """The platform goes on, and comes to what hands put into machines, to the last item."""
    fleet.grown_by(10)
    for machine in fleet.machines:
        machine.rest()
    until(lambda: all(it.caught_up() for it in fleet.machines), "the end")
    for machine, person in zip(fleet.machines, fleet.people, strict=True):
        assert person.get("/balance")["points"] == POINTS * len(machine.in_bin), "people are still signed in"
        machine.switch_off()
    for number in range(PICTURES):
        name, body = picture(number)
        with objects_at(site).get(name) as kept:
            assert kept.read(len(body)) == body
    proof = proof_of(folder, database_url=site.database_url, complete=True)
    assert proof.findings == ()
    assert proof.items == proof.credited == sum(len(machine.in_bin) for machine in fleet.machines)
    print(f"{proof.entries} entries, {proof.items} items, {proof.points} points: as the machines counted")
    assert Caller(site.url, LATE).refused, "who signed up after the backup does so again"
    signed_up(site.url, LATE)
    site.stop()
