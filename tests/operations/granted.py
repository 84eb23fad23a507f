"""For each operation, a request that the platform has to grant now: once more each time it is asked for."""

import uuid
from urllib.parse import parse_qsl, urlsplit

from attrs import define, field

from tests.api.callers import PASSWORD
from tests.api.test_care import ALWAYS
from tests.api.test_jobs import dead_job
from tests.operations.street import PICTURE


@define
class Call:
    """One request, without who sends it."""

    path: dict = field(factory=dict)
    query: dict = field(factory=dict)
    body: object = None
    headers: dict = field(init=False)

    @headers.default
    def _a_key_of_its_own(self):
        return {"Idempotency-Key": str(uuid.uuid4())}

    def content(self):
        """The body, where there is one, as schemathesis takes it."""
        return {} if self.body is None else {"body": self.body}


def granted(street, operation):
    """Return a request of an operation (`POST /api/v1/sessions`) that succeeds. Raises KeyError for one not known."""
    return REQUESTS[operation](street)


def _new_account(street):
    return Call(body={"email": f"{uuid.uuid4().hex}@example.org", "password": PASSWORD, "language": "en"})


def _sign_in(street):
    return Call(body={"email": street.person.email, "password": PASSWORD})


def _refresh(street):
    return Call(body={"refresh_token": street.platform.person().refresh_token})


def _session(street):
    return Call(path={"session_id": street.person.session()["session_id"]})


def _entries(street):
    street.machine.visit(street.person.session()["token"])
    return Call(street.itself(), body=street.machine.batch(street.machine.entries[-90:]))


def _claim(street):
    return Call(street.itself(), body={"token": street.person.session()["token"]})


def _telemetry(street):
    now = street.platform.clock.now()
    clocks = {"mono": now.mono, "wall": now.wall, "trusted": True}
    sample = {"boot": street.machine.epoch, "seq": next(street.numbers), **clocks, "measures": {"bin_level": 420}}
    return Call(street.itself(), body={"boot": street.machine.epoch, "sending": clocks, "samples": [sample]})


def _report(street):
    return Call({**street.itself(), "command_id": street.command()}, body={"told": "accepted"})


def _offer(street):
    path = {**street.itself(), "item_id": street.brought()}
    return Call(path, body={"size": len(PICTURE), "media_type": "image/jpeg"})


def _picture_sent(street):
    item, upload = street.offered()
    form = {"data": upload["fields"], "files": {"file": ("p", PICTURE)}}
    street.platform.client().post(upload["url"], **form).raise_for_status()
    return Call({**street.itself(), "item_id": item})


def _picture(street):
    return Call({**street.itself(), "item_id": street.item})


def _upload(street):
    _, upload = street.offered()
    return Call(_object(upload["url"]), body={**upload["fields"], "file": PICTURE})


def _download(street):
    shown = street.person.get("/api/v1/machines/{machine_id}/items/{item_id}/picture".format(**_picture(street).path))
    url = urlsplit(shown.json()["url"])
    return Call(_object(url.path), dict(parse_qsl(url.query)))


def _object(path):
    bucket, _, key = path.removeprefix("/api/v1/objects/").partition("/")
    return {"bucket": bucket, "key": key}


def _price_list(street):
    span = {"valid_from": "2030-01-01T00:00:00Z", "valid_until": "2031-01-01T00:00:00Z"}
    return Call(body={"version": uuid.uuid4().hex, **span, "points": {"glass": 10}})


def _renewal(street):
    machine = street.provisioned()
    return Call(body={"machine_id": machine, **street.shown("renew", machine)})


REQUESTS = {
    "POST /api/v1/accounts": _new_account,
    "POST /api/v1/sign-in": _sign_in,
    "POST /api/v1/sign-in/refresh": _refresh,
    "POST /api/v1/sign-out": lambda street: Call(),
    "POST /api/v1/sessions": lambda street: Call(),
    "GET /api/v1/sessions/{session_id}": _session,
    "POST /api/v1/sessions/{session_id}/withdraw": _session,
    "GET /api/v1/sessions/{session_id}/qr.svg": _session,
    "GET /api/v1/sessions/{session_id}/qr.png": _session,
    "GET /api/v1/balance": lambda street: Call(),
    "GET /api/v1/deposits": lambda street: Call(query={"limit": 3}),
    "GET /api/v1/statement": lambda street: Call(query={"limit": 3, "after": "1000"}),
    "POST /api/v1/machines/{machine_id}/entries": _entries,
    "GET /api/v1/machines/{machine_id}/cursor": lambda street: Call(street.itself(), {"epoch": street.machine.epoch}),
    "POST /api/v1/machines/{machine_id}/claims": _claim,
    "GET /api/v1/machines/{machine_id}/configuration": lambda street: Call(street.itself()),
    "POST /api/v1/machines/{machine_id}/telemetry": _telemetry,
    "POST /api/v1/machines/{machine_id}/deliveries": lambda street: Call(street.itself()),
    "POST /api/v1/machines/{machine_id}/commands/{command_id}/reports": _report,
    "GET /api/v1/machines/{machine_id}": lambda street: Call(street.itself()),
    "GET /api/v1/machines/{machine_id}/telemetry": lambda street: Call(street.itself(), ALWAYS),
    "GET /api/v1/machines/{machine_id}/telemetry/hours": lambda street: Call(street.itself(), ALWAYS),
    "POST /api/v1/machines/{machine_id}/commands": lambda street: Call(
        {"machine_id": street.provisioned()}, body={"kind": "reboot"}
    ),
    "GET /api/v1/machines/{machine_id}/commands": lambda street: Call(street.itself()),
    "POST /api/v1/machines/{machine_id}/revoke": lambda street: Call({"machine_id": street.provisioned()}),
    "GET /api/v1/alerts": lambda street: Call(),
    "GET /api/v1/tickets": lambda street: Call(query={"state": "open"}),
    "POST /api/v1/tickets/{ticket_id}/take": lambda street: Call({"ticket_id": street.ticket()}),
    "POST /api/v1/tickets/{ticket_id}/resolve": lambda street: Call(
        {"ticket_id": street.ticket()}, body={"note": "emptied"}
    ),
    "GET /api/v1/availability": lambda street: Call(query=ALWAYS),
    "POST /api/v1/claim-codes": lambda street: Call(body={"name": "Station hall"}),
    "GET /api/v1/claim-codes": lambda street: Call(),
    "POST /api/v1/claim-codes/{code_id}/withdraw": lambda street: Call({"code_id": street.claim_code()["code_id"]}),
    "POST /api/v1/provisions": lambda street: Call(body=street.provision()),
    "POST /api/v1/renewals": _renewal,
    "GET /api/v1/machines": lambda street: Call(),
    "POST /api/v1/machines": lambda street: Call(body={"name": "Station hall, left"}),
    "POST /api/v1/price-lists": _price_list,
    "GET /api/v1/alarms": lambda street: Call(),
    "GET /api/v1/jobs/dead": lambda street: Call(),
    "POST /api/v1/jobs/{job_id}/replay": lambda street: Call({"job_id": dead_job(street.platform).id}),
    "POST /api/v1/machines/{machine_id}/items/{item_id}/picture": _offer,
    "POST /api/v1/machines/{machine_id}/items/{item_id}/picture/sent": _picture_sent,
    "GET /api/v1/machines/{machine_id}/items/{item_id}/picture": _picture,
    "POST /api/v1/objects/{bucket}/{key}": _upload,
    "GET /api/v1/objects/{bucket}/{key}": _download,
    "GET /health/live": lambda street: Call(),
    "GET /health/ready": lambda street: Call(),
    "GET /metrics": lambda street: Call(),
}
