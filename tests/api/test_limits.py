"""What comes in is bounded, and every error is a problem document that tells nothing it should not."""

import json
import logging
import socket
import tracemalloc

import httpx
import pytest

from application.platform.read_balance import ReadBalance
from entrypoints.settings import PlatformSettings
from tests.api.test_people import problem

MIB = 1 << 20


def stream(total, piece=MIB):
    """So many bytes, made as they are sent."""
    block = b" " * piece
    for _ in range(total // piece):
        yield block


def test_a_hundred_megabytes_announced_are_refused_before_they_come(platform):
    address = httpx.URL(platform.url)
    with socket.create_connection((address.host, address.port), timeout=20) as wire:
        wire.sendall(
            b"POST /api/v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 104857600\r\n\r\n"
        )
        answered = b""
        while piece := wire.recv(65_536):  # to the end: the platform closes, though nothing of the body came
            answered += piece
    assert answered.startswith(b"HTTP/1.1 413 ")
    assert b"body-too-large" in answered


@pytest.mark.parametrize("chunked", [False, True])
def test_a_hundred_megabytes_are_refused_and_never_held_in_memory(platform, machine, chunked):
    headers = {} if chunked else {"Content-Length": str(100 * MIB)}
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        refused = machine.http.post(
            f"/api/v1/machines/{machine.id}/entries", content=stream(100 * MIB),
            headers={"Content-Type": "application/json", **headers},
        )  # fmt: skip
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (refused.status_code, problem(refused)) == (413, "body-too-large")
    assert peak - before < 12 * MIB, f"{(peak - before) / MIB:.1f} MiB were held"
    assert machine.http.get(f"/api/v1/machines/{machine.id}/cursor").json() == {"cursor": None}


def test_a_body_of_just_a_mebibyte_is_read(platform):
    fits = json.dumps({"email": "x", "password": "y"}).encode()
    body = fits + b" " * (MIB - len(fits))
    sent = platform.client().post("/api/v1/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert problem(sent) == "sign-in-refused"
    more = platform.client().post("/api/v1/sign-in", content=body + b" ", headers={"Content-Type": "application/json"})
    assert problem(more) == "body-too-large"


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        (b"", 422, "unfit-request"),
        (b"{", 422, "unfit-request"),
        (b"[]", 422, "unfit-request"),
        (b"null", 422, "unfit-request"),
        (b'{"email": "a"}', 422, "unfit-request"),
        (b'{"email": "a@b.cd", "password": "x", "more": 1}', 422, "unfit-request"),
        (b'{"email": "\xff"}', 400, "malformed-request"),
        (b"[" * 200_000, 400, "malformed-request"),
        (b'{"email": ' + b"9" * 5_000 + b"}", 400, "malformed-request"),
        (b'{"email": "\\ud800@b.cd", "password": "xxxxxxxx"}', 422, "unfit-request"),
    ],
)
def test_a_body_that_is_none_is_a_problem_by_name(platform, body, status, name):
    refused = platform.client().post("/api/v1/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert (refused.status_code, problem(refused)) == (status, name)


def test_an_unfit_body_says_where_and_never_repeats_it(platform):
    secret = "my-secret-password"
    refused = platform.client().post("/api/v1/sign-in", json={"email": 1, "password": [secret]})
    assert [error["at"] for error in refused.json()["errors"]] == ["body/email", "body/password"]
    assert secret not in refused.text


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/api/v1/balance/", 404, "not-found"),
        ("GET", "/%00", 404, "not-found"),
        ("GET", "/..%2f..%2fetc/passwd", 404, "not-found"),
        ("DELETE", "/api/v1/balance", 405, "method-not-allowed"),
        ("TRACE", "/api/v1/balance", 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(platform, method, path, status, name):
    refused = platform.client().request(method, path)
    assert (refused.status_code, problem(refused)) == (status, name)
    if status == 405:
        assert refused.headers["allow"] == "GET"


@pytest.mark.parametrize("id", ["x", "1;DROP TABLE sessions", "00000000-0000-7000-8000-00000000000G", "a" * 3000])
def test_an_id_that_is_none_is_refused_by_its_form(person, id):
    assert problem(person.get(f"/api/v1/sessions/{id}")) == "unfit-request"


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "after=0", "after=-1", "after=1' OR 1=1"])
def test_a_page_that_is_none_is_refused(person, query):
    assert problem(person.get(f"/api/v1/deposits?{query}")) == "unfit-request"


def test_what_nobody_foresaw_tells_a_reference_and_nothing_else(platform, person, caplog):
    parts = platform.app.state.parts
    real = parts.get(ReadBalance)

    def breaks(organisation, who):
        raise ZeroDivisionError("secret detail of the inside")

    parts._made[ReadBalance] = breaks
    try:
        with caplog.at_level(logging.ERROR, "myrvm.api"):
            broken = person.get("/api/v1/balance")
    finally:
        parts._made[ReadBalance] = real
    assert (broken.status_code, problem(broken)) == (500, "unforeseen")
    assert "secret" not in broken.text
    assert "Zero" not in broken.text
    assert broken.headers["x-content-type-options"] == "nosniff"
    assert broken.json()["reference"] in caplog.text
    assert "secret detail of the inside" in caplog.text
    assert person.get("/api/v1/balance").status_code == 200


def test_every_answer_carries_safe_headers(platform, person):
    for answered in (person.get("/api/v1/balance"), platform.client().get("/nope"), platform.client().get("/metrics")):
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answered.headers["content-security-policy"]
        assert "server" not in answered.headers


def test_it_is_alive_and_ready_and_counts(platform):
    assert platform.client().get("/health/live").json() == {"status": "alive"}
    ready = platform.client().get("/health/ready").json()
    assert ready == {"status": "ready", "parts": {"store": "up", "relay": "up", "objects": "up"}, "degraded": []}
    before = platform.metric("rvm_problems_total", type="not-found")
    platform.client().get("/nope")
    assert platform.metric("rvm_problems_total", type="not-found") == before + 1
    assert platform.metric("rvm_outbox_waiting") >= 0
    platform.client().get("/api/v1/machines/018f0000-0000-7000-8000-000000000001/cursor")
    text = platform.client().get("/metrics").text
    assert 'method="GET",route="/api/v1/machines/{machine_id}/cursor",status="401"' in text
    assert 'method="GET",route="none",status="404"' in text
    assert "/nope" not in text, "a path from outside is no label"


def test_a_connection_that_says_nothing_holds_nobody_up(platform):
    address = httpx.URL(platform.url)
    silent = [socket.create_connection((address.host, address.port)) for _ in range(20)]
    try:
        for wire in silent:
            wire.sendall(b"POST /api/v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert platform.client().get("/health/ready").status_code == 200
    finally:
        for wire in silent:
            wire.close()


def test_it_listens_on_this_computer_only_by_default():
    assert PlatformSettings.model_fields["host"].default == "127.0.0.1"
