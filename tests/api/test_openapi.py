"""The description is current and complete, and every endpoint states who may call it."""

from pathlib import Path

import pytest

from entrypoints.api.access import Access, access_of
from entrypoints.api.app import description, endpoints

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"

TABLE = {
    "POST /api/v1/accounts": "anyone",
    "POST /api/v1/sign-in": "anyone",
    "POST /api/v1/sign-in/refresh": "anyone",
    "POST /api/v1/sign-out": "person",
    "POST /api/v1/sessions": "person",
    "GET /api/v1/sessions/{session_id}": "person",
    "POST /api/v1/sessions/{session_id}/withdraw": "person",
    "GET /api/v1/sessions/{session_id}/qr.svg": "person",
    "GET /api/v1/sessions/{session_id}/qr.png": "person",
    "GET /api/v1/balance": "person",
    "GET /api/v1/deposits": "person",
    "GET /api/v1/statement": "person",
    "POST /api/v1/machines/{machine_id}/entries": "machine",
    "GET /api/v1/machines/{machine_id}/cursor": "machine",
    "POST /api/v1/machines/{machine_id}/claims": "machine",
    "GET /api/v1/machines/{machine_id}/configuration": "machine",
    "POST /api/v1/machines/{machine_id}/telemetry": "machine",
    "POST /api/v1/machines/{machine_id}/deliveries": "machine",
    "POST /api/v1/machines/{machine_id}/commands/{command_id}/reports": "machine",
    "GET /api/v1/machines/{machine_id}": "operator",
    "GET /api/v1/machines/{machine_id}/telemetry": "operator",
    "GET /api/v1/machines/{machine_id}/telemetry/hours": "operator",
    "POST /api/v1/machines/{machine_id}/commands": "operator",
    "GET /api/v1/machines/{machine_id}/commands": "operator",
    "POST /api/v1/machines/{machine_id}/revoke": "operator",
    "GET /api/v1/alerts": "operator",
    "GET /api/v1/tickets": "operator",
    "POST /api/v1/tickets/{ticket_id}/take": "operator",
    "POST /api/v1/tickets/{ticket_id}/resolve": "operator",
    "GET /api/v1/availability": "operator",
    "POST /api/v1/claim-codes": "operator",
    "GET /api/v1/claim-codes": "operator",
    "POST /api/v1/claim-codes/{code_id}/withdraw": "operator",
    "POST /api/v1/provisions": "anyone",
    "POST /api/v1/renewals": "anyone",
    "GET /api/v1/machines": "operator",
    "POST /api/v1/machines": "operator",
    "POST /api/v1/price-lists": "operator",
    "GET /api/v1/alarms": "operator",
    "GET /api/v1/jobs/dead": "operator",
    "POST /api/v1/jobs/{job_id}/replay": "operator",
    "POST /api/v1/machines/{machine_id}/items/{item_id}/picture": "machine",
    "POST /api/v1/machines/{machine_id}/items/{item_id}/picture/sent": "machine",
    "GET /api/v1/machines/{machine_id}/items/{item_id}/picture": "person",
    "POST /api/v1/objects/{bucket}/{key}": "anyone",
    "GET /api/v1/objects/{bucket}/{key}": "anyone",
    "GET /health/live": "anyone",
    "GET /health/ready": "anyone",
    "GET /metrics": "anyone",
}
"""Who may call what. A new endpoint is a new line here, or the test below fails."""

NAMES = {f"{method} {route.path_format}": route for route in endpoints() for method in route.methods}


def test_every_endpoint_states_who_may_call_it_and_the_table_says_so_too():
    stated = {name: [access.value for access in access_of(route)] for name, route in NAMES.items()}
    assert stated == {name: [access] for name, access in TABLE.items()}


CALLERS = ("nobody", "person", "operator", "machine", "another machine")
LET_IN = {
    Access.ANYONE: set(CALLERS),
    Access.PERSON: {"person", "operator"},
    Access.OPERATOR: {"operator"},
    Access.MACHINE: {"machine"},
}


@pytest.fixture(scope="module")
def callers(platform):
    machine = platform.machine()
    return machine.id, {
        "nobody": platform.client(),
        "person": platform.person().http,
        "operator": platform.operator().http,
        "machine": machine.http,
        "another machine": platform.machine().http,
    }


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("caller", CALLERS)
def test_nobody_else_gets_in(callers, name, caller):
    machine_id, clients = callers
    method, _, path = name.partition(" ")
    ids = dict.fromkeys(
        ("session_id", "ticket_id", "code_id", "command_id", "item_id", "job_id"),
        "00000000-0000-7000-8000-000000000000",
    )
    # One machine stays as it is for all of these tests.
    whose = ids["code_id"] if path.endswith("/revoke") else machine_id
    path = path.format(machine_id=whose, bucket="images", key="a", **ids)
    answered = clients[caller].request(method, path, content=b"" if method == "GET" else b"{}")
    refused = answered.status_code in (401, 403) and answered.json()["type"].rsplit("/", 1)[1] in (
        "not-signed-in", "not-allowed", "unknown-machine-key", "another-machine",
    )  # fmt: skip
    assert refused != (caller in LET_IN[Access(TABLE[name])]), f"{caller}: {answered.status_code} {answered.text[:200]}"
    if refused:
        assert answered.status_code == (403 if _known(caller, TABLE[name]) else 401)


def _known(caller, access):
    """Whether the endpoint can tell who this is, though it does not let them in."""
    return (access, caller) in {("operator", "person"), ("machine", "another machine")}


def test_the_file_is_current():
    assert FILE.read_text(encoding="utf-8") == description(), "run: rvm platform openapi --write docs/openapi.json"


def test_everything_is_described_and_every_error_is_a_problem(platform):
    document = platform.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["description"], where
            assert operation["x-access"], where
            for status, response in operation["responses"].items():
                if status == "default" or int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], f"{where} {status}"
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for name, shape in document["components"]["schemas"].items():
        assert shape.get("description") or "enum" in shape, name


def test_the_bodies_that_come_in_have_examples(platform):
    document = platform.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                properties = document["components"]["schemas"][schema]["properties"]
                assert any(_has_example(each, document) for each in properties.values()), f"{method} {path}"


def _has_example(schema, document):
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    inside = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    return "examples" in schema or any(_has_example(each, document) for each in inside)
