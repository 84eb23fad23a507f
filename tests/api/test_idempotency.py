"""A request that is sent again is done once, answered alike, and never answered to somebody else."""

import threading
import uuid

import pytest

from application.platform.answer_once import AnswerOnce, KeyReused, Reply, StillInFlight
from application.platform.one_transaction import HalfDone, OneTransaction
from application.platform.open_session import OpenSession
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory
from entrypoints.api.use import Parts
from tests.api.test_people import problem


def test_the_same_request_again_gets_the_same_answer(person):
    first = person.post("/api/v1/sessions", key="a")
    again = person.post("/api/v1/sessions", key="a")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert person.post("/api/v1/sessions", key="b").json()["session_id"] != first.json()["session_id"]


def test_a_sign_up_again_is_no_second_account_and_no_error(platform):
    body = {"email": f"{uuid.uuid4().hex}@example.org", "password": "three green bottles"}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first = platform.client().post("/api/v1/accounts", json=body, headers=headers)
    again = platform.client().post("/api/v1/accounts", json=body, headers=headers)
    assert (first.status_code, again.content) == (201, first.content)


def test_another_body_under_the_same_key_is_refused(operator):
    assert operator.post("/api/v1/machines", key="k", json={"name": "One"}).status_code == 201
    refused = operator.post("/api/v1/machines", key="k", json={"name": "Two"})
    assert (refused.status_code, problem(refused)) == (422, "idempotency-key-reused")


def test_a_key_counts_for_its_caller_and_its_route_only(platform, person, operator):
    mine = person.post("/api/v1/sessions", key="shared").json()
    theirs = platform.person().post("/api/v1/sessions", key="shared").json()
    assert mine["session_id"] != theirs["session_id"]
    assert operator.post("/api/v1/sessions", key="both").status_code == 201
    assert operator.post("/api/v1/machines", key="both", json={"name": "Three"}).status_code == 201


def test_what_must_have_a_key_says_so(person):
    refused = person.http.post("/api/v1/sessions")
    assert (refused.status_code, problem(refused)) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\tkey"])
def test_what_is_no_key_says_so(person, key):
    refused = person.http.post("/api/v1/sessions", headers={"Idempotency-Key": key})
    assert (refused.status_code, problem(refused)) == (400, "idempotency-key-unfit")


def test_a_request_that_failed_leaves_its_key_free(operator):
    assert problem(operator.post("/api/v1/machines", key="f", json={"name": "   "})) == "invalid-name"
    assert operator.post("/api/v1/machines", key="f", json={"name": "Now with a name"}).status_code == 201


def test_an_api_key_can_be_answered_again_and_is_nowhere_to_be_read(platform, operator):
    first = operator.post("/api/v1/machines", key="s", json={"name": "Sealed"}).json()
    assert operator.post("/api/v1/machines", key="s", json={"name": "Sealed"}).json() == first
    for file in [each for each in platform.data.rglob("*") if each.is_file()]:
        assert first["api_key"].encode() not in file.read_bytes(), file.name


def test_while_the_first_is_in_flight_the_second_is_told_to_wait(platform, person):
    """Two real requests: the first is held inside its use case while the second comes."""
    parts: Parts = platform.app.state.parts
    real = parts.get(OpenSession)
    inside, go_on = threading.Event(), threading.Event()

    def held(organisation, who):
        inside.set()
        assert go_on.wait(20)
        return real(organisation, who)

    answers = {}
    parts._made[OpenSession] = held
    try:
        first = threading.Thread(target=lambda: answers.update(first=person.post("/api/v1/sessions", key="slow")))
        first.start()
        assert inside.wait(20)
        second = platform.client(Authorization=f"Bearer {person.access_token}").post(
            "/api/v1/sessions", headers={"Idempotency-Key": "slow"}
        )
    finally:
        go_on.set()
        first.join(20)
        parts._made[OpenSession] = real
    assert (second.status_code, problem(second)) == (409, "request-in-flight")
    assert answers["first"].status_code == 201
    assert person.post("/api/v1/sessions", key="slow").content == answers["first"].content


def test_many_at_once_do_it_once(platform):
    people = [platform.person() for _ in range(2)]
    answers = []

    def send(who):
        http = platform.client(Authorization=f"Bearer {who.access_token}")
        answers.append((who.id, http.post("/api/v1/sessions", headers={"Idempotency-Key": "once"})))

    threads = [threading.Thread(target=send, args=(who,)) for who in people * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    for who in people:
        mine = [answer for asker, answer in answers if asker == who.id]
        done = {answer.content for answer in mine if answer.status_code == 201}
        assert len(done) == 1
        assert {answer.status_code for answer in mine} <= {201, 409}


# ---------------------------------------------------------------- the rules underneath


@pytest.fixture
def once(platform):
    return platform.container.resolve(AnswerOnce)


def test_the_effect_and_its_answer_are_one_transaction(platform, once):
    """If the answer cannot be kept, the effect is undone with it."""
    transactions = platform.container.resolve(OneTransaction)
    scope, open_session = uuid.uuid4().hex, platform.container.resolve(OpenSession)
    person = platform.person()

    class Broken(Exception):
        pass

    class BrokenSeal:
        def sealed(self, plain, place):
            raise Broken

    made = []

    def effect():
        made.append(open_session(_organisation(platform), person.id).session.id)
        return Reply(201, b"{}")

    with pytest.raises(Broken):
        AnswerOnce("house", transactions, BrokenSeal(), platform.container.resolve(Clock))(scope, "k", b"", effect)
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        assert work.sessions.get(made[0]) is None
        assert work.answers.get(scope, "k") is None, "the key is free again"


def _organisation(platform):
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        return work.organisations.all()[0].id


def test_a_request_that_died_in_flight_gives_its_key_up_after_a_minute(platform, once):
    scope = uuid.uuid4().hex

    class Killed(BaseException):
        pass

    def die():
        raise Killed

    with pytest.raises(Killed):
        _dying(once)(scope, "k", b"", die)
    with pytest.raises(StillInFlight):
        once(scope, "k", b"", lambda: Reply(201, b"a"))
    with platform.clock.ahead(61):
        assert once(scope, "k", b"", lambda: Reply(201, b"a")).body == b"a"


def _dying(once):
    """The same, of a process that is killed: nothing of it runs any more once it died."""

    class Dying(AnswerOnce):
        def _free(self, mine):
            pass

    return Dying(once.organisation, once.transactions, once.seal, once.clock)


def test_who_was_too_slow_is_undone_when_another_has_the_key(platform, once):
    scope = uuid.uuid4().hex
    opened = []

    def slow():
        opened.append(platform.container.resolve(OpenSession)(_organisation(platform), person.id).session.id)
        return Reply(201, b"slow")

    def overtaken():
        with platform.clock.ahead(61):
            answer = {}
            other = threading.Thread(
                target=lambda: answer.update(r=once(scope, "k", b"", lambda: Reply(201, b"quick")))
            )
            other.start()
            other.join(20)
            assert answer["r"].body == b"quick"
        return slow()

    person = platform.person()
    with pytest.raises(StillInFlight):
        once(scope, "k", b"", overtaken)
    with platform.container.resolve(UnitOfWorkFactory)(read_only=True) as work:
        assert work.sessions.get(opened[0]) is None
    assert once(scope, "k", b"", slow).body == b"quick"


def test_an_answer_is_forgotten_after_a_day(platform, once):
    scope = uuid.uuid4().hex
    assert once(scope, "k", b"x", lambda: Reply(201, b"first")).again is False
    assert once(scope, "k", b"x", lambda: Reply(201, b"second")).body == b"first"
    with pytest.raises(KeyReused):
        once(scope, "k", b"y", lambda: Reply(201, b"second"))
    with platform.clock.ahead(86_401):
        assert once(scope, "k", b"y", lambda: Reply(201, b"second")).body == b"second"


def test_parts_of_one_transaction_are_all_committed_or_none(platform):
    transactions = platform.container.resolve(OneTransaction)
    session = platform.container.resolve(OpenSession)
    person = platform.person()
    with transactions.shared() as share:
        made = session(_organisation(platform), person.id).session.id
        with transactions() as work:
            work.sessions.get(made)
        with pytest.raises(HalfDone):
            assert share.done
    with transactions(read_only=True) as work:
        assert work.sessions.get(made) is None
