"""What no client of ours sends: heads without end, bytes that are no text, numbers that are none, JSON that says things
twice or never ends. Each is answered by name, tells nothing of the inside, and the next request is answered as ever.
"""

import json
import re
import socket
import tracemalloc

import httpx
import pytest

from entrypoints.api.limits import MOST_HEAD
from entrypoints.api.problems import MEDIA_TYPE
from tests.api.callers import PASSWORD
from tests.api.test_people import TYPE, problem

GET = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
INSIDE = ("Traceback", 'File "', "Error", "pydantic", "sqlalchemy")


def wired(platform, *pieces):
    """Send bytes as they are. Returns status, headers and body; the connection is read to its end, or to the body's."""
    address = httpx.URL(platform.url)
    with socket.create_connection((address.host, address.port), timeout=20) as wire:
        for piece in pieces:
            try:
                wire.sendall(piece)
            except OSError:  # it hung up meanwhile, as it may
                break
        answered = wire.makefile("rb")
        status = int(answered.readline().split()[1])
        lines = iter(lambda: answered.readline().decode().strip(), "")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return status, headers, answered.read(int(headers["content-length"])).decode()


def refused(answer):
    """The status, and the end of the problem's type."""
    status, headers, body = answer
    assert headers["content-type"] == MEDIA_TYPE
    assert headers["x-content-type-options"] == "nosniff"
    told = json.loads(body)
    assert told["status"] == status
    assert not [each for each in INSIDE if each in body]
    return status, told["type"].removeprefix(TYPE)


HEADS = {
    "one long header": (GET, b"X-A: " + b"a" * MOST_HEAD + b"\r\n\r\n"),
    "many headers": (GET, b"".join(b"X-%d: a\r\n" % number for number in range(20_000)) + b"\r\n"),
    "an endless header": (GET + b"X-A: ", *(b"a" * (1 << 16) for _ in range(400))),
    "endless headers": (GET, *(b"X-A: " + b"a" * 8_000 + b"\r\n" for _ in range(3_000))),
}


@pytest.mark.parametrize("pieces", HEADS.values(), ids=HEADS)
def test_a_head_without_end_is_not_kept(platform, pieces):
    counted = platform.metric("rvm_problems_total", type="head-too-large")
    assert refused(wired(platform, *pieces)) == (431, "head-too-large")
    assert platform.metric("rvm_problems_total", type="head-too-large") == counted + 1


def test_no_more_of_an_endless_head_than_a_chunk_stays_in_memory(platform):
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        assert refused(wired(platform, GET + b"X-A: ", *([b"a" * (1 << 20)] * 20)))[0] == 431
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 5 << 20


def test_a_large_head_is_answered(platform):
    status, _, body = wired(platform, GET, b"X-A: " + b"a" * (MOST_HEAD - 2_000) + b"\r\n\r\n")
    assert (status, json.loads(body)) == (200, {"status": "alive"})


def test_requests_on_one_connection_each_have_a_head_of_their_own(platform):
    with platform.client() as http:
        for _ in range(4):
            assert http.get("/health/live", headers={"X-A": "a" * 30_000}).status_code == 200
        large = json.dumps({"email": "x", "password": "y"}).encode() + b" " * 200_000
        for _ in range(2):
            sent = http.post("/api/v1/sign-in", content=large, headers={"Content-Type": "application/json"})
            assert problem(sent) == "sign-in-refused"


NO_HTTP = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "a method that is none": b"FOO /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
    "a version that is none": b"GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n",
    "a zero in a header": GET + b"X-A: a\x00b\r\n\r\n",
    "a path that is no ASCII": b"GET /api/v1/sessions/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path without end": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a negative length": POST + b"Content-Length: -2\r\n\r\n{}",
    "a length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length beyond all": POST + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "a chunk without a size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_a_problem_too(platform, sent):
    assert refused(wired(platform, sent)) == (400, "malformed-request")
    assert platform.client().get("/health/live").status_code == 200


@pytest.mark.parametrize(
    ("header", "value", "name"),
    [
        ("Authorization", b"Bearer \xff\xfe", "not-signed-in"),
        ("Authorization", b"\xff", "not-signed-in"),
        ("Authorization", b"Bearer " + b"a." * 20_000, "not-signed-in"),
    ],
)
def test_credentials_that_are_no_text(platform, header, value, name):
    assert problem(platform.client().get("/api/v1/balance", headers={header: value})) == name


@pytest.mark.parametrize("key", [b"\xff\xfe", b"caf\xc3\xa9", b"a" * 60_000])
def test_an_idempotency_key_that_is_no_text(person, key):
    refused = person.http.post("/api/v1/sessions", headers={"Idempotency-Key": key})
    assert (refused.status_code, problem(refused)) == (400, "idempotency-key-unfit")


@pytest.mark.parametrize("path", ["%ff%fe", "%00", "%0d%0aX-A:%20b", "%e2%80%ae", "..%2f..%2fhealth%2flive", "%2e%2e"])
def test_a_path_that_is_no_text(person, path):
    assert problem(person.get(f"/api/v1/sessions/{path}")) in {"unfit-request", "not-found"}
    assert problem(person.get(f"/api/v1/objects/images/{path}?expires=%ff&signature=%00")) in {
        "ticket-refused", "not-found",
    }  # fmt: skip


NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1", "-1e400", "1e18", "9" * 4_000, "0.5", "1e-9", '"1"', "true"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["waiting", "mono"])
def test_a_number_that_is_none_or_too_large(machine, number, field):
    text = re.sub(rf'"{field}": \d+', f'"{field}": {number}', json.dumps(machine.batch([machine.boot()])))
    assert number in text
    sent = machine.http.post(
        f"/api/v1/machines/{machine.id}/entries", content=text, headers={"Content-Type": "application/json"}
    )
    if number == "1e18":
        assert sent.status_code == 200, "large, and a whole number"
        return
    assert (sent.status_code, problem(sent)) == (422, "unfit-request")
    assert "NaN" not in sent.text
    assert machine.http.get(f"/api/v1/machines/{machine.id}/cursor").json() == {"cursor": None}


@pytest.mark.parametrize("query", ["limit=NaN", "limit=1e2", "limit=-1", "limit=" + "9" * 4_000, "after=" + "9" * 19])
def test_a_page_by_a_number_that_is_none(person, query):
    assert problem(person.get(f"/api/v1/deposits?{query}")) == "unfit-request"


def test_of_a_name_that_comes_twice_the_last_one_counts(platform, person):
    twice = [("email", "nobody@example.org"), ("password", "x"), ("email", person.email), ("password", PASSWORD)]
    body = "{" + ", ".join(f'"{name}": "{value}"' for name, value in twice) + "}"
    sent = platform.client().post("/api/v1/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert sent.json()["person_id"] == person.id


@pytest.mark.parametrize(
    "deep", ['{"a":' * 50_000, "[" * 100_000 + "]" * 100_000, '{"email":' + "[" * 900 + "]" * 900 + "}"]
)
def test_json_without_end(platform, deep):
    sent = platform.client().post("/api/v1/sign-in", content=deep, headers={"Content-Type": "application/json"})
    assert problem(sent) in {"malformed-request", "unfit-request"}


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""],
)
def test_a_body_of_another_kind(platform, kind):
    sent = platform.client().post("/api/v1/sign-in", content=b"<a/>", headers={"Content-Type": kind})
    assert (sent.status_code, problem(sent)) == (422, "unfit-request")
