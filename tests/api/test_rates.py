"""Who asks too often is told so, by name, and when to come back; nobody else notices."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.platform.limit_rate import LimitRate, TooMany
from application.ports.rate_limits import RateLimitsAway
from domain.traffic.rate_limit import SECONDS, Rate, UnfitRate, rule
from entrypoints.api.access import Access, access_of
from entrypoints.api.app import endpoints
from entrypoints.api.rates import allowance, network, rate
from tests.api.callers import PASSWORD
from tests.api.test_people import problem
from tests.parts.workers import worker
from tests.platform.world import TestClock

RATES = {
    "rate_sign_in": "3/300", "rate_sign_in_network": "8/300", "rate_sign_up": "6/300", "rate_session": "4/300",
    "rate_machine": "5/300", "rate_refresh": "4/300", "rate_provision": "3/300", "proxies": "127.0.0.1",
}  # fmt: skip
_houses = iter(range(1, 250))


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A platform that lets little through, behind a proxy that says who calls."""
    with worker(tmp_path_factory.mktemp("strict"), **RATES) as platform:
        yield platform


@pytest.fixture
def house(strict):
    """A client with a network address of its own."""
    return strict.client(**{"X-Forwarded-For": f"203.0.113.{next(_houses)}"})


def told_to_wait(answered, seconds):
    assert (answered.status_code, problem(answered)) == (429, "too-many-requests")
    assert seconds - 5 <= int(answered.headers["retry-after"]) <= seconds
    assert answered.json()["retry_after"] == int(answered.headers["retry-after"])


def address():
    return f"{uuid.uuid4().hex}@example.org"


def test_a_password_is_not_guessed_often_and_its_owner_elsewhere_gets_in(strict, house):
    ana = {"email": address(), "password": PASSWORD}
    assert house.post("/api/v1/accounts", json=ana).status_code == 201
    guesses = [house.post("/api/v1/sign-in", json={**ana, "password": f"guess {n}"}) for n in range(3)]
    assert [problem(guess) for guess in guesses] == ["sign-in-refused"] * 3
    told_to_wait(house.post("/api/v1/sign-in", json={**ana, "email": ana["email"].upper()}), 100)
    elsewhere = strict.client(**{"X-Forwarded-For": "198.51.100.7"})
    assert elsewhere.post("/api/v1/sign-in", json=ana).status_code == 200


def test_many_addresses_are_not_tried_from_one_network(house):
    tries = [house.post("/api/v1/sign-in", json={"email": address(), "password": "xxxxxxxx"}) for _ in range(9)]
    assert [one.status_code for one in tries[:8]] == [401] * 8
    told_to_wait(tries[8], 38)


def test_accounts_are_not_opened_in_a_row(house):
    made = [house.post("/api/v1/accounts", json={"email": address(), "password": PASSWORD}) for _ in range(7)]
    assert [one.status_code for one in made[:6]] == [201] * 6
    told_to_wait(made[6], 50)


def test_refresh_tokens_are_not_tried_in_a_row(house):
    tries = [house.post("/api/v1/sign-in/refresh", json={"refresh_token": "x" * 43}) for _ in range(5)]
    assert [one.status_code for one in tries[:4]] == [401] * 4
    told_to_wait(tries[4], 75)


def test_claim_codes_are_not_guessed_and_keys_not_renewed_in_a_row(house):
    proof = {"moment": 1, "signature": "A" * 86 + "=="}
    guess = {"code": "guess", "public_key": "A" * 43 + "=", **proof}
    renewal = {"machine_id": "00000000-0000-7000-8000-000000000000", **proof}
    tries = [house.post("/api/v1/provisions", json=guess) for _ in range(2)]
    tries += [house.post("/api/v1/renewals", json=renewal) for _ in range(2)]
    assert [problem(one) for one in tries[:3]] == ["malformed-claim-code"] * 2 + ["unknown-machine"]
    told_to_wait(tries[3], 100)


@pytest.mark.parametrize("route", [route for route in endpoints() if Access.MACHINE in access_of(route)], ids=str)
def test_whatever_a_machine_may_call_is_held_to_its_rate(route):
    assert allowance in {each.call for each in route.dependant.dependencies}


def test_a_person_opens_only_so_many_sessions_and_others_are_not_held_up(strict):
    busy, other = strict.person(), strict.person()
    opened = [busy.post("/api/v1/sessions") for _ in range(5)]
    assert [one.status_code for one in opened[:4]] == [201] * 4
    told_to_wait(opened[4], 75)
    assert other.post("/api/v1/sessions").status_code == 201


def test_a_machine_gone_mad_is_held_back_and_counted(strict):
    machine, other = strict.machine(), strict.machine()
    before = strict.metric("rvm_rate_limited_total", rate="machine")
    asked = [machine.http.get(f"/api/v1/machines/{machine.id}/cursor") for _ in range(3)]
    asked += [machine.send([]), machine.http.get(f"/api/v1/machines/{machine.id}/configuration")]
    assert [one.status_code for one in asked] == [200] * 5
    told_to_wait(machine.http.post(f"/api/v1/machines/{machine.id}/claims", json={"token": "x"}), 60)
    assert strict.metric("rvm_rate_limited_total", rate="machine") == before + 1
    assert other.http.get(f"/api/v1/machines/{other.id}/cursor").status_code == 200


def test_who_calls_is_believed_from_a_known_proxy_only(platform):
    limits = platform.container.resolve(LimitRate)
    seen = []
    real, limits.shared = limits.shared, Watching(seen)
    try:
        asks = {"email": "x@example.org", "password": "xxxxxxxx"}
        platform.client(**{"X-Forwarded-For": "203.0.113.9"}).post("/api/v1/sign-in", json=asks)
        platform.client().post("/api/v1/sign-in", json=asks)
    finally:
        limits.shared = real
    assert seen[0] == seen[2]
    assert seen[1] == seen[3]


class Watching:
    def __init__(self, seen):
        self.seen = seen

    def take(self, rate, caller):
        self.seen.append((rate.name, caller))
        return 0


# ------------------------------------------------------------------- the rule


def test_without_the_shared_count_each_process_counts_for_itself_and_asks_again_later():
    class Away:
        asked = 0

        def take(self, rate, caller):
            self.asked += 1
            raise RateLimitsAway("away")

    clock, shared, seen = TestClock(), Away(), []
    limit, two = LimitRate(shared, Watching(seen), clock), Rate("two", 2, 10 * SECONDS)
    for _ in range(5):
        limit(two, "ana@example.org")
    assert (shared.asked, len(seen)) == (1, 5)
    clock.advance(1 * SECONDS)
    limit(two, "ana@example.org")
    assert shared.asked == 2
    assert "ana" not in str(seen), "what is kept names nobody"


def test_no_limit_asks_nobody():
    LimitRate(None, None, TestClock())(Rate("none", 0, 1), "ana")


def test_whoever_comes_too_often_is_told_how_long_to_wait():
    class Full:
        def take(self, rate, caller):
            return 7

    with pytest.raises(TooMany) as told:
        LimitRate(Full(), Full(), TestClock())(Rate("two", 2, 10 * SECONDS), "ana")
    assert told.value.wait == 7


@given(
    burst=st.integers(1, 50), period=st.integers(50, 10**9),
    steps=st.lists(st.integers(0, 10**8), min_size=1, max_size=200),
)  # fmt: skip
@pytest.mark.property
def test_never_more_than_a_burst_and_what_has_become_due(burst, period, steps):
    """In any stretch of time no more come through than a burst and one for each interval; a wait is exactly enough."""
    rate, now, due, through = Rate("any", burst, period), 0, None, []
    for step in steps:
        now += step
        ruling = rule(rate, due, now)
        if ruling.wait:
            assert rule(rate, due, now + ruling.wait - 1).wait == 1
            assert rule(rate, due, now + ruling.wait).wait == 0
        else:
            through.append(now)
        due = ruling.due
    for start in range(0, len(through), 7):
        for end in range(start, len(through), 5):
            assert end - start + 1 <= burst + (through[end] - through[start]) // rate.interval


@pytest.mark.parametrize(("burst", "period"), [(-1, 10), (2, 1), (1, 0)])
def test_a_rate_that_is_none_is_refused(burst, period):
    with pytest.raises(UnfitRate):
        Rate("none", burst, period)


@pytest.mark.parametrize(
    ("host", "stands_for"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_network_stands_for_one_caller(host, stands_for):
    assert network(host) == stands_for


def test_a_rate_is_read_as_the_settings_have_it():
    assert rate("x", "10/300") == Rate("x", 10, 300 * SECONDS)
    assert not rate("x", "0/1").limited
