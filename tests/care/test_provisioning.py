"""Claim codes and the proofs of machines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fleet.claim_code import (
    ALPHABET,
    CHANCE_BYTES,
    CodeOver,
    MalformedCode,
    State,
    UnfitLife,
    code_hash,
    issue,
    seen,
    use,
    withdraw,
    write,
)  # fmt: skip
from domain.fleet.machine import InvalidName
from domain.fleet.profile import FRESH, Profile, Revoked, StaleProof, UnfitSite, prove
from domain.fleet.telemetry import SECONDS

CODES = st.binary(min_size=CHANCE_BYTES, max_size=CHANCE_BYTES).map(write)
KEY, OTHER = b"k" * 32, b"o" * 32


def new(life=3600):
    return issue("c1", "o", "h" * 64, "Hall", "Gambir", "olga", 0, life)


@given(CODES)
def test_a_code_is_read_however_it_is_typed(code):
    assert code_hash(code) == code_hash(code.lower().replace("-", " "))
    assert code_hash(code) == code_hash(code.replace("1", "l").replace("0", "O").replace("-", ""))


@given(CODES, st.data())
def test_one_wrong_sign_and_two_that_changed_places_are_found(code, data):
    signs = list(code.replace("-", ""))
    place = data.draw(st.integers(0, len(signs) - 1))
    wrong = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != signs[place]]))
    with pytest.raises(MalformedCode):
        code_hash("".join([*signs[:place], wrong, *signs[place + 1 :]]))
    at = data.draw(st.integers(0, len(signs) - 2))
    if signs[at] != signs[at + 1]:
        signs[at], signs[at + 1] = signs[at + 1], signs[at]
        with pytest.raises(MalformedCode):
            code_hash("".join(signs))


@given(CODES, CODES)
def test_codes_have_hashes_of_their_own(one, other):
    assert (code_hash(one) == code_hash(other)) == (one == other)


@pytest.mark.parametrize("text", ["", "A", "U" * 17, "7KQ2MX-0D9TPA-VB5R1-", "é" * 17])
def test_what_is_no_code(text):
    with pytest.raises(MalformedCode):
        code_hash(text)


def test_it_is_used_once_and_by_the_same_key_again():
    used = use(new(), "m1", KEY, 5)
    assert use(used, "m2", KEY, 6) is used
    with pytest.raises(CodeOver):
        use(used, "m2", OTHER, 6)
    with pytest.raises(CodeOver):
        use(used, "m2", KEY, 3600 * SECONDS)
    with pytest.raises(CodeOver):
        withdraw(used, 6)


def test_it_expires_and_can_be_withdrawn():
    assert seen(new(), 3600 * SECONDS) is State.EXPIRED
    with pytest.raises(CodeOver):
        use(new(), "m1", KEY, 3600 * SECONDS)
    gone = withdraw(new(), 3)
    assert withdraw(gone, 4) is gone
    with pytest.raises(CodeOver):
        use(gone, "m1", KEY, 5)


def test_names_and_lives_are_refused_at_once():
    with pytest.raises(UnfitLife):
        new(life=59)
    with pytest.raises(InvalidName):
        issue("c1", "o", "h", " ", "", "olga", 0)
    with pytest.raises(UnfitSite):
        Profile("m1", "o", "x" * 121)


def test_a_proof_is_fresh_and_counts_once():
    profile = Profile("m1", "o", public_key=KEY)
    now = 10 * FRESH
    proven = prove(profile, now - 5, now)
    for moment in (now - 5, now - 6, now - FRESH - 1, now + FRESH + 1):
        with pytest.raises(StaleProof):
            prove(proven, moment, now)
    assert prove(proven, now - 4, now).proven_at == now - 4
    with pytest.raises(Revoked):
        prove(Profile("m1", "o", public_key=KEY, revoked_at=1), now, now)
