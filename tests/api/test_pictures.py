"""The picture of an item: sent by its machine by ticket, checked against the journal, shown to whom it belongs."""

import hashlib
import uuid
from urllib.parse import urljoin

import httpx
import pytest

from adapters.clock.system import SystemClock
from application.ports.clock import Clock
from application.ports.objects import Objects
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, ItemDecided, Picture
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.objects.name import Bucket
from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from tests.api.callers import Platform
from tests.api.conformity import Conformity
from tests.api.conftest import quick_settings
from tests.api.test_people import problem
from tests.api.travel import TravelClock
from tests.objects.world import noise

PICTURE = noise(40_000, "a bottle")
OUTSIDE = httpx.Client(timeout=20, verify=False)


@pytest.fixture(scope="module", params=["folder", pytest.param("s3", marks=pytest.mark.xdist_group("s3"))])
def keeping(request, tmp_path_factory):
    """A platform whose objects are kept in a folder, or by an S3 server: settings alone choose."""
    changes = {}
    if request.param == "s3":
        server = request.getfixturevalue("s3_server")
        changes = {
            "s3_url": server.url, "s3_access_key": server.access_key, "s3_secret_key": server.secret_key,
            "s3_prefix": "pictures",
        }  # fmt: skip
    data = tmp_path_factory.mktemp(request.param)
    container = build_platform(quick_settings(data, **changes))
    clock = TravelClock(SystemClock(trusted=True))
    container.register(Clock, instance=clock)
    app = create_app(container)
    with serving(container, app) as url:
        platform = Platform(url=url, data=data, container=container, app=app, clock=clock, conformity=Conformity(app))
        platform.publish_prices()
        yield platform
    close_platform(container)
    assert request.param == "folder" or not (data / "objects" / "images").exists()


@pytest.fixture
def deposited(keeping):
    """A person, the machine they stood at, and the item they brought."""
    person, machine = keeping.person(), keeping.machine()
    machine.boot()
    visit = machine.open(person.session()["token"])
    seen = Recognition(1, Material.GLASS, 990_000, 995_000, Box(1, 1, 9, 9), Material.GLASS, 900_000, Mask(9_000), "m")
    picture = Picture(hashlib.sha256(PICTURE).hexdigest(), "0123456789abcdef")
    item = machine.write(
        ItemDecided(visit.id, Decision(accepted=True, reason=Reason.CONTAINER), seen, picture, None, Counters(0, 0))
    )
    machine.settle(item)
    assert machine.send().status_code == 200
    return person, machine, f"/api/v1/machines/{machine.id}/items/{item.id}/picture"


def offered(machine, path, body=PICTURE, media_type="image/jpeg"):
    return machine.http.post(path, json={"size": len(body), "media_type": media_type})


def send(platform, upload, body=PICTURE, **changes):
    return OUTSIDE.post(
        urljoin(platform.url, upload["url"]), data={**upload["fields"], **changes}, files={"file": ("p", body)}
    )


def kept(platform, machine):
    keys = [each.name.key for each in platform.container.resolve(Objects).list(Bucket.IMAGES)]
    return [key for key in keys if key.startswith("deposits/") and machine.id in key]


def test_a_picture_goes_from_the_machine_to_whoever_brought_the_item(keeping, deposited):
    person, machine, path = deposited
    upload = offered(machine, path).json()["upload"]
    assert problem(machine.http.post(f"{path}/sent")) == "unknown-picture", "nothing was sent yet"
    assert send(keeping, upload).status_code == 204
    assert problem(person.get(path)) == "unknown-picture", "it was not checked yet"
    done = machine.http.post(f"{path}/sent")
    sha256 = hashlib.sha256(PICTURE).hexdigest()
    assert done.json() == {"sha256": sha256, "size": len(PICTURE), "media_type": "image/jpeg"}
    assert machine.http.post(f"{path}/sent").json() == done.json()
    assert offered(machine, path).json() == {"upload": None}
    for caller in (person, keeping.operator()):
        address = caller.get(path).json()["url"]
        got = OUTSIDE.get(urljoin(keeping.url, address))
        assert (got.status_code, got.content, got.headers["content-type"]) == (200, PICTURE, "image/jpeg")
    assert problem(keeping.person().get(path)) == "unknown-picture", "it is somebody else's"
    assert person.get("/api/v1/deposits").json()["deposits"][0]["picture"] == sha256
    assert len(kept(keeping, machine)) == 1


def test_another_picture_than_the_journal_says_is_not_kept(keeping, deposited):
    _, machine, path = deposited
    other = PICTURE[:-1] + bytes([PICTURE[-1] ^ 1])
    assert send(keeping, offered(machine, path).json()["upload"], other).status_code == 204
    refused = machine.http.post(f"{path}/sent")
    assert (refused.status_code, problem(refused)) == (422, "content-differs")
    assert problem(machine.http.post(f"{path}/sent")) == "unknown-picture", "what differed is gone"
    assert kept(keeping, machine) == []
    assert send(keeping, offered(machine, path).json()["upload"]).status_code == 204
    assert machine.http.post(f"{path}/sent").status_code == 200


def test_what_is_no_picture_gets_no_ticket(keeping, deposited):
    _, machine, path = deposited
    too_large = machine.http.post(path, json={"size": (8 << 20) + 1, "media_type": "image/jpeg"})
    assert (too_large.status_code, problem(too_large)) == (422, "unfit-object")
    assert problem(offered(machine, path, media_type="text/html")) == "unfit-object"
    unknown = path.replace(path.split("/")[-2], str(uuid.uuid4()))
    assert problem(offered(machine, unknown)) == "unknown-picture"
    another = keeping.machine()
    assert offered(another, path).status_code == 403
    elsewhere = path.replace(machine.id, another.id)
    assert problem(offered(another, elsewhere)) == "unknown-picture", "an item of another machine"


def test_tickets_are_for_what_they_say(keeping, deposited):
    _, machine, path = deposited
    upload = offered(machine, path).json()["upload"]
    for body in (PICTURE + b"!", PICTURE[:-1]):
        assert 400 <= send(keeping, upload, body).status_code < 500
    signature = next(name for name in upload["fields"] if name.endswith("signature"))
    assert send(keeping, upload, **{signature: "0" * 64}).status_code == 403
    assert problem(machine.http.post(f"{path}/sent")) == "unknown-picture"


def test_platforms_own_addresses_refuse_by_problem(keeping):
    objects = f"{keeping.url}/api/v1/objects"
    bare = OUTSIDE.get(f"{objects}/images/deposits/a")
    assert (bare.status_code, problem(bare)) == (403, "ticket-refused")
    for key in ("%2e%2e/%2e%2e/platform-secret", "deposits/%2e%2e/%2e%2e/x", "a%00b"):
        assert problem(OUTSIDE.get(f"{objects}/images/{key}?expires=1&signature=0")) == "ticket-refused"
        assert problem(OUTSIDE.post(f"{objects}/images/{key}", files={"file": ("p", b"x")})) == "ticket-refused"
    assert problem(OUTSIDE.post(f"{objects}/images/a", json={})) in ("unfit-request", "malformed-request")
    assert problem(OUTSIDE.post(f"{objects}/images/a", data={"signature": "x"})) == "unfit-request"
    huge = OUTSIDE.post(f"{objects}/images/a", content=bytes(9 << 20))
    assert problem(huge) == "body-too-large"
