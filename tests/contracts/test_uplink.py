"""The contract of the uplink: over HTTP against the platform itself, and against its simulator."""

from __future__ import annotations

import json
import time
import uuid

import httpx
import pytest
from attrs import evolve

from adapters.clock.system import SystemClock
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.uplink import asking
from adapters.uplink.http import HttpUplink
from application.platform.open_session import OpenSession
from application.platform.send_command import SendCommand
from application.platform.withdraw_session import WithdrawSession
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.uplink import Gap, Refused, Unreachable
from domain.deposits.journal import place_of
from domain.deposits.recognition import Material
from domain.fleet.command import Kind
from domain.fleet.telemetry import Sample
from domain.points.price_list import PriceList, read
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from tests.journal.story import Story
from tests.machine.kit import TEN_YEARS, PlatformKit

CONTRACT, ADAPTERS = "Uplink", "platform"
SECOND = 1_000_000
BOOT = str(uuid.UUID(int=77))


class Real:
    """The platform, served."""

    def __init__(self, folder):
        self.kit = PlatformKit(folder)
        self._uplinks = []

    def machine(self):
        machine, key = self.kit.machine()
        return machine, self.uplink(machine, key)

    def uplink(self, id, key):
        self._uplinks.append(HttpUplink(self.kit.url, id, key))
        return self._uplinks[-1]

    def issue(self):
        opened = self.kit.container.resolve(OpenSession)(self.kit.organisation, str(uuid.uuid4()))
        return opened.token, opened.session

    def withdraw(self, session):
        self.kit.container.resolve(WithdrawSession)(session.person, session.id)

    def samples(self, machine):
        with self.kit.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
            held = work.care.telemetry.samples(machine, 0, 2**62, 99)
        return [(each.sample.seq, each.sample.measures) for each in held]

    def heard_of(self, machine):
        with self.kit.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
            return work.machines.get(machine).contacted_at is not None

    def command(self, machine):
        self.kit.container.resolve(SendCommand)(self.kit.organisation, machine, Kind.REBOOT, {}, str(uuid.uuid4()))

    def close(self):
        for uplink in self._uplinks:
            uplink.close()
        self.kit.close()


class Simulated:
    """The simulator."""

    def __init__(self, folder):
        signer = Ed25519Signer.from_file(folder / "key.pem")
        self.platform = SimulatedPlatform(signer, str(uuid.uuid4()), lambda: time.time_ns() // 1_000)
        now = time.time_ns() // 1_000
        tag = SimulatedUplink(self.platform, "").configuration().trust.organisation
        self.platform.publish(PriceList("test-1", tag, now - TEN_YEARS, now + TEN_YEARS, {Material.GLASS: 50}))

    def machine(self):
        machine = str(uuid.uuid4())
        return machine, SimulatedUplink(self.platform, machine)

    def issue(self):
        session, person = str(uuid.uuid4()), str(uuid.uuid4())
        token = self.platform.issue(session, person)
        return token, self.platform.sessions[session]

    def withdraw(self, session):
        self.platform.withdraw(session.id)

    def samples(self, machine):
        return [(sample.seq, sample.measures) for sample in self.platform.record(machine).samples]

    def heard_of(self, machine):
        return self.platform.record(machine).reports > 0

    def command(self, machine):
        self.platform.record(machine).commands += 1

    def close(self):
        pass


@pytest.fixture(scope="module", params=[Real, Simulated])
def platform(request, tmp_path_factory):
    one = request.param(tmp_path_factory.mktemp("platform"))
    yield one
    one.close()


@pytest.fixture
def uplink(platform):
    return platform.machine()[1]


def story_of(platform):
    machine, uplink = platform.machine()
    return Story(machine, first=uuid.UUID(machine).int % 10**9), uplink


def send(uplink, entries, waiting=0):
    return uplink.send(BOOT, SystemClock().now(), [entry.raw for entry in entries], waiting)


def test_a_platform_that_knows_nothing_holds_nothing(uplink):
    assert uplink.held() is None


def test_what_was_sent_is_held(platform):
    story, uplink = story_of(platform)
    sent = [story.booted(), *story.visit(2)]
    assert send(uplink, sent) == place_of(sent[-1])
    assert uplink.held() == place_of(sent[-1])


def test_the_same_again_changes_nothing(platform):
    story, uplink = story_of(platform)
    sent = [story.booted(), *story.visit(2)]
    send(uplink, sent)
    assert send(uplink, sent) == place_of(sent[-1])
    assert send(uplink, sent[:3]) in (place_of(sent[2]), place_of(sent[-1]))
    assert uplink.held() == place_of(sent[-1])


def test_a_gap_tells_what_is_held(platform):
    story, uplink = story_of(platform)
    sent = [story.booted(), *story.visit(2)]
    send(uplink, sent[:2])
    assert send(uplink, sent[3:]) == Gap(place_of(sent[1]))
    assert uplink.held() == place_of(sent[1])


def test_a_gap_before_anything_is_held(platform):
    story, uplink = story_of(platform)
    sent = [story.booted(), *story.visit(1)]
    assert send(uplink, sent[1:]) == Gap(None)


def test_a_batch_with_a_gap_in_it_is_held_up_to_there(platform):
    story, uplink = story_of(platform)
    sent = [story.booted(), *story.visit(2)]
    assert send(uplink, sent[:2] + sent[3:]) == Gap(place_of(sent[1]))


def test_the_newest_epoch_is_told(platform):
    story, uplink = story_of(platform)
    send(uplink, [story.booted(), *story.visit(1)])
    send(uplink, [story.booted()])
    assert uplink.held() == place_of(story.last)


def test_what_is_no_entry_does_not_stop_the_next(platform):
    story, uplink = story_of(platform)
    sent = [story.booted(), *story.visit(1)]
    uplink.send(BOOT, SystemClock().now(), [sent[0].raw, b"no entry at all", *(e.raw for e in sent[1:])], 0)
    assert uplink.held() == place_of(sent[-1])


def test_a_claim_repeated_by_the_same_machine_succeeds_and_another_machine_comes_too_late(platform):
    token, _ = platform.issue()
    (_, first), (_, second) = platform.machine(), platform.machine()
    assert first.claim(token).confirmed
    assert first.claim(token).confirmed
    late = second.claim(token)
    assert (late.confirmed, late.why) == (False, "claimed_elsewhere")


def test_a_withdrawn_session_and_a_text_that_is_none_are_not_confirmed(platform, uplink):
    token, session = platform.issue()
    platform.withdraw(session)
    assert (uplink.claim(token).confirmed, uplink.claim(token).why) == (False, "withdrawn")
    assert uplink.claim("NONSENSE").confirmed is False


def test_the_configuration_holds_keys_that_the_tokens_and_prices_are_signed_with(platform, uplink):
    configuration = uplink.configuration()
    prices = configuration.prices
    key = configuration.trust.keys[prices.key_id]
    assert Ed25519Verifier().verify(key, prices.raw, prices.signature)
    assert read(prices.raw).organisation == configuration.trust.organisation
    assert abs(configuration.time - time.time_ns() // 1_000) < 5_000_000


def samples_and_sending(count):
    """Samples a second apart, the oldest first, and the clock right after the newest."""
    begun = SystemClock().now()
    later = [evolve(begun, mono=begun.mono + each * SECOND, wall=begun.wall + each * SECOND) for each in range(count)]
    samples = [
        Sample(BOOT, seq, at.mono, at.wall, at.trusted, {"bin_level": seq}, True, ("motor",))
        for seq, at in enumerate(later)
    ]
    return samples, later[-1]


def test_samples_are_reported_once(platform):
    machine, uplink = platform.machine()
    samples, sending = samples_and_sending(3)
    for batch in (samples[:2], samples[:2], samples):
        assert uplink.report(BOOT, sending, batch, 0) == 0
    assert platform.samples(machine) == [(0, {"bin_level": 0}), (1, {"bin_level": 1}), (2, {"bin_level": 2})]


def test_a_heartbeat_is_a_report_without_a_sample(platform):
    machine, uplink = platform.machine()
    assert not platform.heard_of(machine)
    assert uplink.report(BOOT, SystemClock().now(), [], 0) == 0
    assert platform.heard_of(machine)
    assert platform.samples(machine) == []


def test_asking_for_the_cursor_is_no_sign_of_life_and_changes_nothing(platform):
    machine, uplink = platform.machine()
    uplink.held()
    assert not platform.heard_of(machine)


def test_a_report_tells_how_many_commands_wait(platform):
    machine, uplink = platform.machine()
    platform.command(machine)
    assert uplink.report(BOOT, SystemClock().now(), [], 0) == 1


# ------------------------------------------------------------------ HTTP alone


def answering(status, body=b"", headers=None):
    def answer(request):
        return httpx.Response(status, content=body, headers=headers)

    return HttpUplink("http://platform", BOOT, "key", transport=httpx.MockTransport(answer))


@pytest.mark.parametrize("status", [301, 408, 429, 500, 502, 503])
def test_what_time_may_mend_is_unreachable(status):
    with pytest.raises(Unreachable):
        answering(status, b"{}").held()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_what_time_does_not_mend_is_refused_and_named(status):
    problem = json.dumps({"type": "https://myrvm.org/problems/unknown-machine-key", "detail": "no such key"})
    with pytest.raises(Refused, match="unknown-machine-key: no such key"):
        answering(status, problem.encode()).held()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Log in to the hotel's network</html>", b"[]", b'{"cursor": 7}', b'{"cursor": {"epoch": 1}}', b"{}"],
)
def test_an_answer_that_is_not_the_platforms_is_no_answer(body):
    with pytest.raises(Unreachable):
        answering(200, body).held()


@pytest.mark.parametrize("body", [b"{}", b'{"commands": -1}', b'{"commands": true}', b'{"commands": "1"}', b"[]"])
def test_an_answer_to_a_report_that_is_none(body):
    samples, sending = samples_and_sending(1)
    with pytest.raises(Unreachable):
        answering(200, body).report(BOOT, sending, samples, 0)


def test_an_endless_answer_is_cut_off():
    with pytest.raises(Unreachable, match="bytes"):
        answering(200, b"[" * (asking.LONGEST_ANSWER + 1)).held()


def test_a_conflict_that_is_no_gap_is_refused():
    with pytest.raises(Refused):
        answering(409, b'{"type": "https://myrvm.org/problems/other"}').send(BOOT, SystemClock().now(), [], 0)


def test_nobody_listens():
    uplink = HttpUplink("http://127.0.0.1:9", BOOT, "key")
    began = time.monotonic()
    with pytest.raises(Unreachable):
        uplink.held()
    assert time.monotonic() - began < asking.CONNECT_S + 1


def test_a_wrong_key_and_another_machines_path_are_refused(tmp_path):
    real = Real(tmp_path)
    machine, key = real.kit.machine()
    other, _ = real.kit.machine()
    with pytest.raises(Refused, match="unknown-machine-key"):
        real.uplink(machine, "rvm_" + "A" * 43).held()
    with pytest.raises(Refused, match="another-machine"):
        real.uplink(other, key).held()
    real.close()
