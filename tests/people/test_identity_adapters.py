"""Password hashes, access tokens and refresh tokens: what they say, and what they refuse."""

import base64
import json
import os
import threading
import uuid

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from adapters.identity.refresh_tokens import HmacRefreshTokens
from adapters.identity.seal import AesSeal
from adapters.identity.secret import UnfitSecret, kept_secret, key_for
from application.ports.identity import AccessRefused, Caller, SealBroken
from domain.people.refresh import RefreshUnknown
from domain.people.role import Role

QUICK = Argon2Cost(memory_kib=64, passes=1, lanes=1)
KEY = bytes(range(32))
NOW = 1_800_000_000_000_000
CALLER = Caller(str(uuid.uuid4()), str(uuid.uuid4()), Role.USER, str(uuid.uuid4()), NOW + 900_000_000)


def test_a_password_fits_its_own_hash_only():
    passwords = Argon2Passwords(QUICK)
    hashed = passwords.hash("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert passwords.verify(hashed, "correct horse")
    assert not passwords.verify(hashed, "correct horsf")
    assert not passwords.verify("no hash at all", "correct horse")
    assert passwords.hash("correct horse") != hashed


def test_a_hash_of_another_cost_still_fits_and_is_outdated():
    passwords = Argon2Passwords(QUICK)
    old = Argon2Passwords(Argon2Cost(memory_kib=32, passes=1, lanes=1)).hash("correct horse")
    assert passwords.verify(old, "correct horse")
    assert passwords.outdated(old)
    assert not passwords.outdated(passwords.hash("correct horse"))


def test_the_usual_cost_is_rfc_9106s_second_recommendation():
    assert Argon2Passwords().decoy().startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_decoy_is_as_dear_as_a_hash_and_fits_nothing():
    passwords = Argon2Passwords(QUICK)
    assert not passwords.outdated(passwords.decoy())
    assert not passwords.verify(passwords.decoy(), "")


def test_an_access_token_speaks_for_its_caller_until_it_expires():
    tokens = JwtAccessTokens(KEY)
    token = tokens.write(CALLER)
    assert tokens.read(token, CALLER.expires_at - 1) == CALLER
    with pytest.raises(AccessRefused, match="expired"):
        tokens.read(token, CALLER.expires_at)


def forged(**changes):
    claims = {
        "aud": "myrvm", "sub": CALLER.person, "org": CALLER.organisation, "role": "operator",
        "family": CALLER.family, "exp": CALLER.expires_at // 1_000_000,
    }  # fmt: skip
    claims.update(changes)
    return {name: value for name, value in claims.items() if value is not None}


@pytest.mark.parametrize(
    "token",
    [
        "", "a.b.c", "x" * 5000, "\ud800",
        jwt.encode(forged(), b"another key of thirty-two bytes!", algorithm="HS256", headers={"typ": "at+jwt"}),
        jwt.encode(forged(), KEY, algorithm="HS256"),
        jwt.encode(forged(), None, algorithm="none", headers={"typ": "at+jwt"}),
        jwt.encode(forged(), KEY * 2, algorithm="HS512", headers={"typ": "at+jwt"}),
        jwt.encode(forged(aud="other"), KEY, algorithm="HS256", headers={"typ": "at+jwt"}),
        jwt.encode(forged(role="god"), KEY, algorithm="HS256", headers={"typ": "at+jwt"}),
        jwt.encode(forged(exp=None), KEY, algorithm="HS256", headers={"typ": "at+jwt"}),
        jwt.encode(forged(family=None), KEY, algorithm="HS256", headers={"typ": "at+jwt"}),
    ],
    ids=["empty", "dots", "long", "surrogate", "key", "typ", "none", "hs512", "aud", "role", "exp", "family"],
)  # fmt: skip
def test_what_we_did_not_sign_gives_no_access(token):
    with pytest.raises(AccessRefused):
        JwtAccessTokens(KEY).read(token, NOW)


def test_a_changed_claim_gives_no_access():
    head, claims, signature = JwtAccessTokens(KEY).write(CALLER).split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    told["role"] = "operator"
    other = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    with pytest.raises(AccessRefused):
        JwtAccessTokens(KEY).read(f"{head}.{other}.{signature}", NOW)


@given(st.uuids(), st.integers(0, 2**32 - 1))
def test_a_refresh_token_names_family_and_generation_in_one_text(family, generation):
    tokens = HmacRefreshTokens(KEY)
    text = tokens.write(str(family), generation)
    assert tokens.read(text) == (str(family), generation)
    assert tokens.write(str(family), generation) == text
    with pytest.raises(RefreshUnknown):
        HmacRefreshTokens(bytes(32)).read(text)


@given(st.data())
@settings(max_examples=60)
def test_a_refresh_token_with_one_character_changed_is_unknown(data):
    tokens = HmacRefreshTokens(KEY)
    text = tokens.write(CALLER.family, 7)
    at = data.draw(st.integers(0, 69))  # the last ones hold bits that base64 does not use
    other = data.draw(st.sampled_from("ABCxyz0189-_").filter(lambda c: c != text[at]))
    with pytest.raises(RefreshUnknown):
        tokens.read(text[:at] + other + text[at + 1 :])


@pytest.mark.parametrize("text", ["", "A" * 72, "é" * 72, "A" * 71 + "\n", "\ud800" * 72, "A" * 10_000])
def test_what_is_no_refresh_token_is_unknown(text):
    with pytest.raises(RefreshUnknown):
        HmacRefreshTokens(KEY).read(text)


def test_the_secret_is_made_once_for_all_workers_and_for_its_owner_only(tmp_path):
    file = tmp_path / "keys" / "identity-secret"
    found = []
    workers = [threading.Thread(target=lambda: found.append(kept_secret(file))) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["identity-secret"]


def test_a_secret_that_was_cut_short_is_refused(tmp_path):
    file = tmp_path / "identity-secret"
    file.write_bytes(os.urandom(31))
    with pytest.raises(UnfitSecret, match="31 bytes"):
        kept_secret(file)


def test_each_purpose_has_its_own_key():
    keys = {key_for(purpose, KEY) for purpose in ("access", "refresh", "answers")} | {KEY}
    assert len(keys) == 4


def test_what_is_sealed_opens_in_its_own_place_only():
    sealed = AesSeal(KEY).sealed(b"an API key", b"here")
    assert b"API" not in sealed
    assert AesSeal(KEY).opened(sealed, b"here") == b"an API key"
    for key, bytes_, place in (
        (KEY, sealed, b"there"),
        (bytes(32), sealed, b"here"),
        (KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"here"),
        (KEY, b"", b"here"),
    ):
        with pytest.raises(SealBroken):
            AesSeal(key).opened(bytes_, place)
