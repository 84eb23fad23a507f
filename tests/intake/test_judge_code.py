"""Every code gets its verdict from the machine alone, by real signatures."""

import hashlib

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.machine.judge_code import judge_code
from application.ports.uplink import TrustedKeys
from domain.deposits.scanning import CLOCKS_DIFFER, CodeVerdict
from domain.deposits.token import Claims, to_sign, to_text
from tests.intake.samples import MACHINE, NOW, ORGANISATION

SECOND = 1_000_000
SLACK = CLOCKS_DIFFER // SECOND


def key(name):
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


OURS, STRANGER = key("ours"), key("stranger")
TRUST = TrustedKeys(ORGANISATION, {OURS.key_id: OURS.public_key})
CLAIMS = Claims(
    key_id=OURS.key_id, organisation=ORGANISATION, person="00000000-0000-4000-8000-000000000001",
    session="00000000-0000-4000-8000-000000000002", expires=NOW // SECOND + 100, lives=300,
)  # fmt: skip
OTHER_MACHINE = "00000000-0000-4000-8000-000000000009"


def text(claims=CLAIMS, signer=OURS):
    return to_text(claims, signer.sign(to_sign(claims)))


def judged(code, *, trust=TRUST, now=NOW):
    return judge_code(code, trust=trust, verifier=Ed25519Verifier(), machine=MACHINE, now=now)


def test_a_good_code_is_ok():
    assert judged(text()) is CodeVerdict.OK
    assert judged(text(evolve(CLAIMS, machine=MACHINE))) is CodeVerdict.OK


@pytest.mark.parametrize("code", ["", "https://example.org", "A" * 10_000, text()[:-4], text() + "00", "ümlaut"])
def test_what_is_no_token_is_malformed(code):
    assert judged(code) is CodeVerdict.MALFORMED


def test_a_key_nobody_told_of_is_unknown():
    assert judged(text(evolve(CLAIMS, key_id=STRANGER.key_id), STRANGER)) is CodeVerdict.UNKNOWN_KEY


def test_another_key_under_our_name_is_a_bad_signature():
    assert judged(text(CLAIMS, STRANGER)) is CodeVerdict.BAD_SIGNATURE


def test_claims_that_were_changed_after_signing_are_a_bad_signature():
    later = evolve(CLAIMS, expires=CLAIMS.expires + 1)
    assert judged(to_text(later, OURS.sign(to_sign(CLAIMS)))) is CodeVerdict.BAD_SIGNATURE


def test_another_organisations_code_is_refused():
    assert judged(text(evolve(CLAIMS, organisation="f" * 16))) is CodeVerdict.OTHER_ORGANISATION


def test_a_code_for_another_machine_is_refused():
    assert judged(text(evolve(CLAIMS, machine=OTHER_MACHINE))) is CodeVerdict.OTHER_MACHINE


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(-201 - SLACK, "not_yet_valid"), (-200 - SLACK, "ok"), (99, "ok"), (100, "expired"), (10**6, "expired")],
)
def test_a_code_lives_from_issue_to_expiry_and_clocks_may_differ_a_little(seconds, verdict):
    assert judged(text(), now=NOW + seconds * SECOND) is CodeVerdict(verdict)


def test_without_trusted_time_the_signature_alone_counts():
    assert judged(text(evolve(CLAIMS, expires=1_000)), now=None) is CodeVerdict.OK


def test_a_machine_that_was_never_told_its_keys_does_not_judge():
    assert judged(text(), trust=None) is CodeVerdict.NOT_CHECKED
