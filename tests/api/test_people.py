"""Accounts over HTTP: every refusal by its name, and sign-ins that tell a lost reply from a theft."""

import base64
import json

import pytest
from attrs import evolve

from application.platform.sign_in import SignIn, WrongCredentials
from tests.api.callers import PASSWORD

TYPE = "https://myrvm.org/problems/"


def problem(response):
    """The end of a problem's type."""
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert document["type"].startswith(TYPE)
    return document["type"].removeprefix(TYPE)


def sign_up(platform, **changes):
    body = {"email": "ana@example.org", "password": PASSWORD, **changes}
    return platform.client().post("/api/v1/accounts", json=body)


@pytest.mark.parametrize(
    ("changes", "status", "name"),
    [
        ({"email": "no address"}, 422, "invalid-email"),
        ({"email": "x'); DROP TABLE people;--@example.org"}, 422, "invalid-email"),
        ({"email": "<script>alert(1)</script>@example.org"}, 422, "invalid-email"),
        ({"email": "a\u0000b@example.org"}, 422, "invalid-email"),
        ({"email": "x" * 5000}, 422, "unfit-request"),
        ({"email": 7}, 422, "unfit-request"),
        ({"email": None}, 422, "unfit-request"),
        ({"password": "short"}, 422, "unfit-password"),
        ({"password": "aaaaaaaaaa"}, 422, "unfit-password"),
        ({"password": "ana@example.org"}, 422, "unfit-password"),
        ({"password": "x" * 300}, 422, "unfit-password"),
        ({"language": "xx"}, 422, "unfit-request"),
        ({"role": "operator"}, 422, "unfit-request"),
    ],
)
def test_what_is_wrong_with_a_sign_up_has_a_name(platform, changes, status, name):
    refused = sign_up(platform, **changes)
    assert (refused.status_code, problem(refused)) == (status, name)
    assert str(changes.get("password", PASSWORD)) not in refused.text


def test_an_address_belongs_to_one_account_however_it_is_written(platform):
    assert sign_up(platform, email="Bo@Example.ORG").status_code == 201
    taken = sign_up(platform, email=" bo@example.org ")
    assert (taken.status_code, problem(taken)) == (409, "email-taken")
    signed_in = platform.client().post("/api/v1/sign-in", json={"email": "BO@EXAMPLE.org", "password": PASSWORD})
    assert signed_in.status_code == 200


def test_an_address_that_looks_like_code_is_only_text(platform):
    email = "o'neil--drop=table@example.org"
    assert sign_up(platform, email=email).status_code == 201
    assert platform.client().post("/api/v1/sign-in", json={"email": email, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "' OR 1=1 --"])
def test_a_wrong_address_and_a_wrong_password_are_answered_alike(platform, person, email):
    unknown = platform.client().post("/api/v1/sign-in", json={"email": email, "password": PASSWORD})
    wrong = platform.client().post("/api/v1/sign-in", json={"email": person.email, "password": "wrong password"})
    assert (unknown.status_code, problem(unknown)) == (401, "sign-in-refused")
    assert unknown.json() == wrong.json()
    assert unknown.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer a.b.c", "Bearer " + "x" * 5000])
def test_what_is_no_access_token_gives_no_access(platform, header):
    refused = platform.client(Authorization=header).get("/api/v1/balance")
    assert (refused.status_code, problem(refused)) == (401, "not-signed-in")


def test_an_access_token_changed_to_say_operator_gives_no_access(platform, person):
    head, claims, signature = person.access_token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert told["role"] == "user"
    other = base64.urlsafe_b64encode(json.dumps({**told, "role": "operator"}).encode()).decode().rstrip("=")
    refused = platform.client(Authorization=f"Bearer {head}.{other}.{signature}").get("/api/v1/machines")
    assert (refused.status_code, problem(refused)) == (401, "not-signed-in")


def test_an_access_token_holds_no_address(person):
    claims = json.loads(base64.urlsafe_b64decode(person.access_token.split(".")[1] + "=="))
    assert person.email not in json.dumps(claims)
    assert claims["sub"] == person.id


def test_an_access_token_ends_after_a_quarter_of_an_hour(platform, person):
    with platform.clock.ahead(15 * 60 - 5):
        assert person.get("/api/v1/balance").status_code == 200
    with platform.clock.ahead(15 * 60 + 1):
        assert problem(person.get("/api/v1/balance")) == "not-signed-in"


def refresh(platform, token):
    return platform.client().post("/api/v1/sign-in/refresh", json={"refresh_token": token})


def test_a_refresh_token_rotates(platform, person):
    first = refresh(platform, person.refresh_token).json()
    second = refresh(platform, first["refresh_token"]).json()
    assert len({person.refresh_token, first["refresh_token"], second["refresh_token"]}) == 3
    renewed = platform.client(Authorization=f"Bearer {second['access_token']}")
    assert renewed.get("/api/v1/balance").status_code == 200


def test_a_lost_reply_is_no_theft(platform, person):
    lost = refresh(platform, person.refresh_token).json()
    with platform.clock.ahead(20):
        again = refresh(platform, person.refresh_token).json()
        assert again["refresh_token"] == lost["refresh_token"]
        assert refresh(platform, again["refresh_token"]).status_code == 200


def test_a_stolen_token_ends_the_sign_in_for_thief_and_owner(platform, person):
    stolen = person.refresh_token
    mine = refresh(platform, stolen).json()["refresh_token"]
    with platform.clock.ahead(60):
        theft = refresh(platform, stolen)
        assert (theft.status_code, problem(theft)) == (401, "reused-refresh-token")
        assert problem(refresh(platform, mine)) == "ended-sign-in"
        assert problem(refresh(platform, stolen)) == "ended-sign-in"


def test_a_token_two_rotations_old_is_a_theft_at_once(platform, person):
    first = refresh(platform, person.refresh_token).json()["refresh_token"]
    refresh(platform, first)
    assert problem(refresh(platform, person.refresh_token)) == "reused-refresh-token"


def test_whoever_stays_away_too_long_signs_in_again(platform, person):
    with platform.clock.ahead(31 * 86_400):
        assert problem(refresh(platform, person.refresh_token)) == "expired-refresh-token"


@pytest.mark.parametrize("token", ["", "x", "A" * 72, "é" * 20])
def test_what_is_no_refresh_token_has_a_name(platform, token):
    assert problem(refresh(platform, token)) == "unknown-refresh-token"


def test_signing_out_ends_this_sign_in_and_no_other(platform, person):
    body = {"email": person.email, "password": PASSWORD}
    other = platform.client().post("/api/v1/sign-in", json=body).json()["refresh_token"]
    assert person.post("/api/v1/sign-out").status_code == 204
    assert person.post("/api/v1/sign-out").status_code == 204
    assert problem(refresh(platform, person.refresh_token)) == "ended-sign-in"
    assert refresh(platform, other).status_code == 200


def test_passwords_are_kept_as_argon2id_only(platform, person):
    kept = b"".join(file.read_bytes() for file in platform.data.iterdir() if file.name.startswith("platform.db"))
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert person.refresh_token.encode() not in kept


class Counting:
    """A hasher that counts what is asked of it."""

    def __init__(self, hasher):
        self._hasher = hasher
        self.asked = []

    def __getattr__(self, name):
        self.asked.append(name)
        return getattr(self._hasher, name)


def test_an_unknown_address_costs_one_verification_like_a_wrong_password(platform, person):
    real = platform.container.resolve(SignIn)
    costs = {}
    for address in (person.email, "nobody@example.org", "no address"):
        counting = Counting(real.passwords)
        with pytest.raises(WrongCredentials):
            evolve(real, passwords=counting)(address, "wrong password")
        costs[address] = sorted(set(counting.asked) - {"decoy"})
    assert set(map(tuple, costs.values())) == {("verify",)}
