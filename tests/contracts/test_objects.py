"""The contract of objects: on a folder that the platform serves, on a real S3 server, on stores that are broken."""

import io
import os
import tempfile
from contextlib import contextmanager
from datetime import timedelta

import pytest
from minio import Minio

from adapters.clock.system import SystemClock
from adapters.objects.folder import PARTIAL, FolderObjects
from adapters.objects.s3 import S3Objects, S3Place
from adapters.objects.tickets import Tickets
from application.ports.objects import Objects, ServedObjects
from domain.objects.content import Content
from entrypoints.api.app import create_app
from entrypoints.container import OBJECTS_ADDRESS, build_platform, close_platform
from entrypoints.platform import serving
from tests.api.conftest import quick_settings
from tests.api.travel import TravelClock
from tests.contracts.objects_contract import CASES
from tests.objects.world import OUTSIDE, World, until


@pytest.fixture(scope="module")
def folder_platform(tmp_path_factory):
    """A platform that serves a folder by itself."""
    data = tmp_path_factory.mktemp("objects")
    container = build_platform(quick_settings(data))
    clock = TravelClock(SystemClock(trusted=True))
    objects = FolderObjects(data / "store", Tickets(b"k" * 32), clock, OBJECTS_ADDRESS)
    container.register(Objects, instance=objects)
    container.register(ServedObjects, instance=objects)
    with serving(container, create_app(container)) as url:
        yield objects, data / "store", clock, url
    close_platform(container)


def folder_world(folder_platform, objects=None):
    served, folder, clock, url = folder_platform

    def break_off(_):
        (folder / PARTIAL).mkdir(parents=True, exist_ok=True)
        descriptor, _ = tempfile.mkstemp(dir=folder / PARTIAL)
        os.close(descriptor)

    def damage(name):
        *folders, last = name.key.split("/")
        path = folder.joinpath(name.bucket.value, *folders, f"={last}")
        body = bytearray(path.read_bytes())
        body[-100] ^= 1
        path.write_bytes(body)

    return World(objects or served, url, break_off, damage, clock.ahead)


def s3_world(server):
    place = S3Place(server.url, "", server.access_key, server.secret_key, "us-east-1", "contract")
    client = Minio(
        server.url.partition("//")[2], server.access_key, server.secret_key, secure=False, region="us-east-1"
    )

    def break_off(name):
        bucket = f"contract-{name.bucket.value}"
        upload = client._create_multipart_upload(bucket, name.key, {})
        client._upload_part(bucket, name.key, b"x" * (5 << 20), None, upload, 1)

    def damage(name):
        stored = objects.head(name)
        with objects.get(name) as body:
            changed = bytearray(body.read(stored.size))
        changed[-100] ^= 1
        client.put_object(
            f"contract-{name.bucket.value}",
            name.key,
            io.BytesIO(bytes(changed)),
            len(changed),
            stored.media_type,
            metadata={"sha256": stored.sha256},
        )

    @contextmanager
    def passed(seconds):
        """Time passes by itself there: poll with an address that ends last."""
        url = client.presigned_get_object("contract-images", "none", expires=timedelta(seconds=seconds))
        until(lambda: OUTSIDE.get(url).status_code == 403)
        yield

    objects = S3Objects(place)
    return World(objects, "http://unused", break_off, damage, passed)


@pytest.mark.parametrize("check", CASES.values(), ids=CASES)
def test_a_folder_keeps_the_contract(folder_platform, check, told):
    told("Objects", "folder", 1)
    check(folder_world(folder_platform))


@pytest.mark.xdist_group("s3")
@pytest.mark.parametrize("check", CASES.values(), ids=CASES)
def test_an_s3_server_keeps_the_contract(s3_server, check, told):
    told("Objects", "s3", 1)
    check(s3_world(s3_server))


# -------------------------------------------------------- stores that are broken


class Broken:
    """A store that keeps the contract but for one thing."""

    def __init__(self, objects):
        self._objects = objects

    def __getattr__(self, name):
        return getattr(self._objects, name)


class Loses(Broken):
    """Says that it has kept something, and has not, one time in five."""

    puts = 0

    def put(self, name, content, body):
        self.puts += 1
        stored = self._objects.put(name, content, body)
        if self.puts % 5 == 0:
            self._objects.delete(name)
        return stored


class Doubles(Broken):
    """Names an object twice when it was put twice."""

    def __init__(self, objects):
        super().__init__(objects)
        self._puts = []

    def put(self, name, content, body):
        self._puts.append(name)
        return self._objects.put(name, content, body)

    def list(self, bucket, prefix=""):
        for listed in self._objects.list(bucket, prefix):
            yield from [listed] * max(1, self._puts.count(listed.name))


class MixesUp(Broken):
    """Takes two names for one when only their case differs."""

    def put(self, name, content, body):
        return self._objects.put(self._low(name), content, body)

    def get(self, name, *part):
        return self._objects.get(self._low(name), *part)

    @staticmethod
    def _low(name):
        return type(name)(name.bucket, name.key.lower())


class NotAtomic(Broken):
    """Writes in place as the bytes come: what breaks off leaves a half."""

    def put(self, name, content, body):
        source = io.BytesIO(body) if isinstance(body, bytes) else body
        written = b""
        try:
            while piece := source.read(65_536):
                written += piece
        finally:
            self._objects.put(name, Content.of(written, content.media_type), written)
        return self._objects.put(name, content, written)


@pytest.mark.parametrize(
    ("broken", "caught_by"),
    [
        (Loses, "no_name_stands_for_another"),
        (Doubles, "putting_again_replaces"),
        (MixesUp, "no_name_stands_for_another"),
        (NotAtomic, "a_line_that_is_cut_leaves_what_was"),
    ],
)
def test_a_broken_store_is_rejected(folder_platform, broken, caught_by, told):
    rejecting = [name for name, check in CASES.items() if not _kept(folder_platform, broken, check)]
    told("Objects", broken.__name__, len(CASES), len(rejecting))
    assert caught_by in rejecting
    assert len(rejecting) < len(CASES) / 2, "it is broken in one thing only, so most of the contract still holds"


def _kept(folder_platform, broken, check):
    try:
        check(folder_world(folder_platform, broken(folder_platform[0])))
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever shows it
        return False
    return True
