"""A machine's own word on a code, off line: one named verdict for everything that can be held before it."""

from __future__ import annotations

import uuid

import pytest
from attrs import evolve

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.machine.judge_code import judge_code
from application.ports.uplink import TrustedKeys
from domain.deposits.scanning import CLOCKS_DIFFER, CodeVerdict
from domain.deposits.token import SECONDS, Claims, to_sign, to_text

NOW = 1_800_000_000
MACHINE = str(uuid.UUID(int=11))
OURS, THEIRS = "a" * 16, "b" * 16


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Ed25519Signer.from_file(tmp_path_factory.mktemp("keys") / "key.pem")


@pytest.fixture
def claims(signer):
    return Claims(
        key_id=signer.key_id,
        organisation=OURS,
        person=str(uuid.UUID(int=1)),
        session=str(uuid.UUID(int=2)),
        expires=NOW + 240,
        lives=300,
    )


def judged(text, signer, now=NOW * SECONDS, trust="known"):
    known = TrustedKeys(OURS, {signer.key_id: signer.public_key}) if trust == "known" else trust
    return judge_code(text, trust=known, verifier=Ed25519Verifier(), machine=MACHINE, now=now)


def text_of(claims, signer):
    return to_text(claims, signer.sign(to_sign(claims)))


def test_a_sound_code_is_let_in(claims, signer):
    assert judged(text_of(claims, signer), signer) is CodeVerdict.OK


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"organisation": THEIRS}, CodeVerdict.OTHER_ORGANISATION),
        ({"machine": str(uuid.UUID(int=12))}, CodeVerdict.OTHER_MACHINE),
        ({"machine": MACHINE}, CodeVerdict.OK),
        ({"expires": NOW}, CodeVerdict.EXPIRED),
        ({"expires": NOW + 1}, CodeVerdict.OK),
        ({"expires": NOW + 400}, CodeVerdict.NOT_YET_VALID),
        ({"key_id": "00000000"}, CodeVerdict.UNKNOWN_KEY),
    ],
)
def test_claims_decide(claims, signer, change, verdict):
    assert judged(text_of(evolve(claims, **change), signer), signer) is verdict


def test_a_code_issued_this_moment_does_not_come_from_the_future_for_a_clock_that_lags_a_little(claims, signer):
    fresh = evolve(claims, expires=NOW + 300)
    text = text_of(fresh, signer)
    assert judged(text, signer, now=NOW * SECONDS - CLOCKS_DIFFER) is CodeVerdict.OK
    assert judged(text, signer, now=NOW * SECONDS - CLOCKS_DIFFER - 1) is CodeVerdict.NOT_YET_VALID


def test_without_trusted_time_the_signature_alone_counts(claims, signer):
    assert judged(text_of(evolve(claims, expires=NOW - 86_400 * 3), signer), signer, now=None) is CodeVerdict.OK


def test_another_keys_signature_is_refused(claims, signer, tmp_path):
    other = Ed25519Signer.from_file(tmp_path / "other.pem")
    assert judged(to_text(claims, other.sign(to_sign(claims))), signer) is CodeVerdict.BAD_SIGNATURE


def test_a_machine_that_was_never_told_keys_says_so(claims, signer):
    assert judged(text_of(claims, signer), signer, trust=None) is CodeVerdict.NOT_CHECKED


@pytest.mark.parametrize("text", ["", "https://example.org/", "A" * 176, "ü", "0" * 5_000, "'; DROP TABLE entries;--"])
def test_any_other_text_is_malformed(signer, text):
    assert judged(text, signer) is CodeVerdict.MALFORMED


def test_every_flipped_character_is_found_out(claims, signer):
    text = text_of(claims, signer)
    for at in range(0, len(text), 7):
        changed = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
        assert judged(changed, signer) is not CodeVerdict.OK
