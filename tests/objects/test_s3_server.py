"""The S3 server as a part that is taken away: killed, hung, of another password."""

import io
import time

import pytest

from adapters.objects.s3 import S3Objects, S3Place
from application.ports.objects import ObjectsAway, ObjectsFailed
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName
from entrypoints.parts.s3 import S3Server
from tests.objects.stores import s3_objects
from tests.objects.world import noise

pytestmark = pytest.mark.xdist_group("s3")
NAME = ObjectName(Bucket.IMAGES, "one")


def test_a_server_that_hangs_is_said_to_be_away_within_two_seconds(s3_server):
    objects = s3_objects(s3_server, "hang")
    objects.put(NAME, Content.of(b"x", "image/jpeg"), b"x")
    s3_server.suspend()
    try:
        for ask in (
            objects.check, lambda: objects.head(NAME), lambda: objects.put(NAME, Content.of(b"y", "image/jpeg"), b"y"),
            lambda: list(objects.list(Bucket.IMAGES)), lambda: objects.delete(NAME), lambda: _read(objects),
        ):  # fmt: skip
            began = time.monotonic()
            with pytest.raises(ObjectsAway):
                ask()
            assert time.monotonic() - began < 2
        # A ticket is signed here, so it can be given; it is of use once the server goes on.
        ticket = objects.offer_download(NAME, 60)
    finally:
        s3_server.resume()
    objects.check()
    assert ticket.url.startswith(s3_server.url)


def test_a_wrong_password_is_a_failure_and_never_shown(s3_server):
    objects = S3Objects(S3Place(s3_server.url, "", s3_server.access_key, "not the password", "us-east-1", "wrong"))
    with pytest.raises(ObjectsFailed) as failed:
        objects.put(NAME, Content.of(b"x", "image/jpeg"), b"x")
    assert "not the password" not in repr(failed.value)


@pytest.mark.slow
@pytest.mark.kill
def test_what_was_put_is_there_after_a_kill(tmp_path):
    server = S3Server(tmp_path / "server")
    try:
        server.start()
        objects = s3_objects(server, "kill")
        bodies = {ObjectName(Bucket.IMAGES, f"n{number}"): noise(50_000, number) for number in range(20)}
        for name, body in bodies.items():
            objects.put(name, Content.of(body, "image/jpeg"), io.BytesIO(body))
        server.kill()
        with pytest.raises(ObjectsAway):
            objects.head(NAME)
        server.start()
        for name, body in bodies.items():
            with objects.get(name) as kept:
                assert kept.read(100_000) == body
    finally:
        server.stop()


def _read(objects):
    with objects.get(NAME) as body:
        return body.read(10)
