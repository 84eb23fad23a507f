"""What is written down: one object a line, with the ids it is about, and nothing secret in any of it."""

import io
import json
import logging
import re
import uuid

import pytest
import structlog

from application.platform.read_balance import ReadBalance
from application.ports.clock import Clock
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.logs import HIDDEN, logger, scrubbed, tell_by
from entrypoints.platform import serving
from tests.api.callers import PASSWORD, Platform
from tests.api.conformity import Conformity
from tests.api.conftest import quick_settings
from tests.objects.world import until


class Told(io.StringIO):
    """What was written, line by line."""

    def lines(self):
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def about(self, event):
        return [line for line in self.lines() if line["event"] == event]

    def answered(self, **what):
        """The line that tells of an answer, which may have come before it."""
        found = []

        def there():
            found[:] = [line for line in self.about("answered") if what.items() <= line.items()]
            return found

        until(there)
        return found[-1]


@pytest.fixture
def told():
    """This process tells in JSON at its loudest, for one test."""
    root = logging.getLogger()
    before, level, configured = list(root.handlers), root.level, structlog.get_config()
    stream = Told()
    tell_by("json", "debug", stream)
    yield stream
    root.handlers[:], root.level = before, level
    structlog.configure(**configured)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    data = tmp_path_factory.mktemp("platform")
    container = build_platform(quick_settings(data))
    app = create_app(container)
    with serving(container, app) as url:
        platform = Platform(
            url=url, data=data, container=container, app=app, clock=container.resolve(Clock),
            conformity=Conformity(app),
        )  # fmt: skip
        platform.publish_prices()
        yield platform
    close_platform(container)


def test_nothing_secret_is_written_down_whatever_is_asked(platform, told):
    person, machine = platform.person(), platform.machine()
    token = person.session()["token"]
    machine.visit(token)
    machine.send()
    machine.http.post(f"/api/v1/machines/{machine.id}/claims", json={"token": token})
    person.post("/api/v1/sign-in/refresh", json={"refresh_token": person.refresh_token})
    anybody = platform.client()
    anybody.post("/api/v1/accounts", json={"email": person.email, "password": PASSWORD})
    anybody.post("/api/v1/sign-in", json={"email": person.email, "password": "not " + PASSWORD})
    anybody.post("/api/v1/sign-in", json={"email": f"{person.email} ", "password": 7})
    anybody.get(f"/api/v1/balance?access_token={person.access_token}&email={person.email}")
    anybody.get(f"/{person.email}/{machine.api_key}")

    def broken(*_):
        raise RuntimeError(
            f"no balance of {person.email}: token={token!r} {machine.api_key} Bearer {person.access_token}"
        )

    platform.app.state.parts._made[ReadBalance] = broken
    assert person.get("/api/v1/balance").status_code == 500
    written = told.getvalue()
    secrets = {
        "email": person.email, "password": PASSWORD, "api key": machine.api_key, "access token": person.access_token,
        "refresh token": person.refresh_token, "session token": token,
    }  # fmt: skip
    assert [name for name, secret in secrets.items() if secret in written] == []
    assert told.answered(route="/api/v1/balance", status=500)["level"] == "error"
    assert len(told.about("answered")) >= 12
    assert "no balance of" in written, "what broke is told, without what is secret in it"


def test_lines_carry_the_ids_they_are_about(platform, told):
    person, machine = platform.person(), platform.machine()
    session = person.session()
    _, (item,) = machine.visit(session["token"])
    answered = machine.http.post(
        f"/api/v1/machines/{machine.id}/entries", json=machine.batch(machine.entries),
        headers={"X-Request-Id": "batch-of-the-morning"},
    )  # fmt: skip
    assert answered.headers["x-request-id"] == "batch-of-the-morning"
    (judged,) = told.about("deposit_judged")
    assert (judged["machine"], judged["deposit"], judged["session"], judged["request"], judged["verdict"]) == (
        machine.id, item.id, session["session_id"], "batch-of-the-morning", "credited",
    )  # fmt: skip
    person.get(f"/api/v1/sessions/{session['session_id']}")
    told.answered(route="/api/v1/sessions/{session_id}", session=session["session_id"], status=200)
    told.answered(request="batch-of-the-morning", route="/api/v1/machines/{machine_id}/entries", machine=machine.id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", judged["at"])


@pytest.mark.parametrize("given", [None, "", "short", "x" * 65, "with space 123", "line\u2028end12345"])
def test_a_request_without_a_fit_name_gets_one(platform, told, given):
    headers = {} if given is None else {"X-Request-Id": given.encode()}
    named = platform.client().get("/health/live", headers=headers).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", named)
    assert told.answered(request=named)["route"] == "/health/live"


def test_names_do_not_leak_from_one_request_to_the_next(platform, told):
    machine = platform.machine()
    machine.http.get(f"/api/v1/machines/{machine.id}/cursor")
    platform.client().get("/health/live")
    cursor = told.answered(machine=machine.id)
    live = told.answered(route="/health/live")
    assert "machine" not in live
    assert cursor["request"] != live["request"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ana.b+c@mail.example.org wrote", f"{HIDDEN} wrote"),
        ("rvm_" + "x" * 43, HIDDEN),
        ("Authorization: Bearer abc.def-123", f"Authorization: {HIDDEN}"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", HIDDEN),
        ("postgresql://rvm:pass@db:5432/rvm", f"postgresql{HIDDEN}db:5432/rvm"),
        ("GET /x?expires=1&signature=abcdef", f"GET /x?expires=1&{HIDDEN}"),
        (
            {"password": "x", "deep": {"api_key": "y", "n": 3}},
            {"password": HIDDEN, "deep": {"api_key": HIDDEN, "n": 3}},
        ),
        ([b"a@b.cd", None, 1.5, True], [f"b'{HIDDEN}'", None, 1.5, True]),
        ("a machine took 3 items @ 5 points", "a machine took 3 items @ 5 points"),
    ],
)
def test_what_looks_secret_is_hidden(value, shown):
    assert scrubbed(value) == shown


def test_lines_of_other_libraries_go_the_same_way(told):
    logging.getLogger("somebody.else").warning("mail to %s failed", "ana@example.org")
    (line,) = told.lines()
    assert (line["event"], line["logger"], line["level"]) == (f"mail to {HIDDEN} failed", "somebody.else", "warning")


def test_a_terminal_gets_lines_for_people(told):
    stream = io.StringIO()
    tell_by("terminal", "info", stream)
    log = logger("test")
    log.info("objects_expired", removed=3, request=str(uuid.UUID(int=1)))
    log.debug("not_told")
    assert re.search(r"\[info +\] objects_expired +.*removed=3", stream.getvalue())
    assert "not_told" not in stream.getvalue()
