"""The configuration that a machine works by: signed, kept for a boot off line, and the source of its time."""

from __future__ import annotations

import pytest
from attrs import evolve

from adapters.journal.keepsake import LARGEST, Keepsake
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.machine import configuration_text
from application.machine.configuration_text import MalformedConfiguration
from application.machine.keep_configuration import FIRST_RETRY, INTERVAL, KeepConfiguration
from application.ports.uplink import Refused, TrustedKeys
from domain.deposits.recognition import Material
from domain.points.price_list import PriceList, SignedPriceList
from simulators.clock import SeededRandom, VirtualClock
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from tests.machine.steps import Steps

ORGANISATION = "00000000-0000-4000-8000-000000000001"
DAY = 86_400_000_000
WALL = 1_800_000_000_000_000


class World:
    def __init__(self, folder):
        self.folder = folder
        self.steps = Steps()
        self.signer = Ed25519Signer.from_file(folder / "key.pem")
        self.platform = SimulatedPlatform(self.signer, ORGANISATION, lambda: WALL + self.steps.time)
        self.uplink = SimulatedUplink(self.platform, ORGANISATION)
        self.told = []
        self.boot()

    def boot(self):
        self.clock = VirtualClock(lambda: self.steps.time, wall_at_zero=WALL, skew_us=-3 * DAY)
        self.told.clear()
        self.keeper = KeepConfiguration(
            uplink=self.uplink,
            scheduler=self.steps,
            clock=self.clock,
            chance=SeededRandom(1),
            verifier=Ed25519Verifier(),
            keepsake=Keepsake(self.folder / "kept.json"),
            prices_changed=self.told.append,
        )

    def publish(self, version="one", organisation=None):
        tag = organisation or self.uplink.configuration().trust.organisation
        prices = PriceList(version, tag, WALL - DAY, WALL + DAY, {Material.GLASS: 60})
        self.platform.publish(prices)
        return prices


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_keys_prices_and_time_come_from_the_platform(world):
    prices = world.publish()
    assert world.keeper.trust() is None
    world.keeper.start()
    world.steps.run(0)
    assert world.keeper.trust().keys == {world.signer.key_id: world.signer.public_key}
    assert world.told == [prices]
    assert world.clock.now().trusted
    assert world.clock.now().wall == WALL


def test_a_boot_off_line_works_by_what_was_kept_and_trusts_no_clock(world):
    prices = world.publish()
    world.keeper.start()
    world.steps.run(0)
    world.boot()
    world.uplink.reachable = False
    world.keeper.start()
    world.steps.run(DAY // 24)
    assert world.keeper.trust().keys == {world.signer.key_id: world.signer.public_key}
    assert world.told == [prices]
    assert not world.clock.now().trusted


def test_it_is_asked_again_and_again_and_changes_are_told_once(world):
    first = world.publish("one")
    world.keeper.start()
    world.steps.run(5 * INTERVAL)
    second = world.publish("two")
    world.steps.run(10 * INTERVAL)
    world.platform.prices = None
    world.steps.run(15 * INTERVAL)
    assert world.told == [first, second, None]


def test_a_machine_that_has_heard_nothing_yet_asks_soon(world):
    world.uplink.reachable = False
    world.keeper.start()
    world.steps.run(5 * FIRST_RETRY)
    world.uplink.reachable = True
    world.steps.run(6 * FIRST_RETRY)
    assert world.keeper.trust() is not None


def test_a_refusal_changes_nothing_and_it_asks_on(world):
    world.publish()
    world.keeper.start()
    world.steps.run(0)
    trust, configuration = world.keeper.trust(), world.uplink.configuration
    world.uplink.configuration = refusing
    world.steps.run(3 * INTERVAL)
    assert world.keeper.trust() == trust
    world.uplink.configuration = configuration
    world.publish("two")
    world.steps.run(6 * INTERVAL)
    assert world.told[-1].version == "two"


def refusing():
    raise Refused("no")


def test_prices_that_nobody_known_signed_are_none(world):
    world.publish()
    signed = world.platform.prices
    for bad in (
        evolve(signed, signature=bytes(64)),
        evolve(signed, key_id="00000000"),
        evolve(signed, raw=signed.raw.replace(b"60", b"99")),
    ):
        world.boot()
        (world.folder / "kept.json").unlink(missing_ok=True)
        world.platform.prices = bad
        world.keeper.start()
        world.steps.run(world.steps.time)
        assert world.told == []
        assert world.keeper.trust() is not None
        world.steps.timers.clear()


def test_prices_of_another_organisation_and_signed_nonsense_are_none(world):
    world.publish(organisation="f" * 16)
    world.keeper.start()
    world.steps.run(0)
    raw = b'{"points": "many"}'
    world.platform.prices = SignedPriceList(raw, world.signer.key_id, world.signer.sign(raw))
    world.steps.run(2 * INTERVAL)
    assert world.told == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"v": 2}', b'{"v": 1, "keys": {"a": "%"}}'])
def test_kept_nonsense_is_named_and_passed_over(world, content):
    with pytest.raises(MalformedConfiguration):
        configuration_text.read(content)
    (world.folder / "kept.json").write_bytes(content)
    world.publish()
    world.keeper.start()
    world.steps.run(0)
    assert world.told
    assert world.keeper.trust() is not None


def test_what_is_written_is_read_back():
    trust = TrustedKeys("a" * 16, {"12345678": bytes(range(32))})
    prices = SignedPriceList(b"raw", "12345678", bytes(64))
    assert configuration_text.read(configuration_text.write(trust, prices)) == (trust, prices)
    assert configuration_text.read(configuration_text.write(trust, None)) == (trust, None)


def test_a_keepsake_is_the_old_one_or_the_new_one(tmp_path, monkeypatch):
    keepsake = Keepsake(tmp_path / "deep" / "kept")
    assert keepsake.kept() is None
    keepsake.keep(b"old")
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="no space"):
            keepsake.keep(b"new")
    assert keepsake.kept() == b"old"
    keepsake.keep(b"new")
    assert Keepsake(tmp_path / "deep" / "kept").kept() == b"new"


def full(_):
    raise OSError("no space left")


def test_a_file_that_is_not_ours_is_not_read(tmp_path):
    (tmp_path / "kept").write_bytes(bytes(LARGEST + 1))
    assert Keepsake(tmp_path / "kept").kept() is None
