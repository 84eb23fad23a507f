"""Where the contract of objects is tried: a store, and somebody outside who holds tickets."""

import io
import random
import time
import uuid
from urllib.parse import urljoin

import httpx
from attrs import define, field

from application.ports.objects import FILE_FIELD
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName

DEADLINE = 20.0
OUTSIDE = httpx.Client(timeout=DEADLINE, verify=False)


@define
class World:
    """One store under test; its names are of this test only."""

    objects: object
    base: str
    """Where the platform answers; absolute tickets do not need it."""
    break_off: object
    """Leaves what a killed process leaves in the midst of an upload to a name."""
    damage: object
    """Changes a byte of an object, as a bad disk does."""
    passed: object
    """A context in which so many seconds have passed for tickets."""
    area: str = field(factory=lambda: uuid.uuid4().hex)

    def name(self, key="one", bucket=Bucket.IMAGES):
        return ObjectName(bucket, f"{self.area}/{key}")

    def put(self, name, body, media_type="image/jpeg"):
        return self.objects.put(name, Content.of(body, media_type), body)

    def read(self, name):
        with self.objects.get(name) as body:
            return whole(body)

    def there(self, bucket=Bucket.IMAGES):
        """The objects of this test, by key below the area."""
        return sorted(each.name.key.partition("/")[2] for each in self.objects.list(bucket, f"{self.area}/"))

    def send(self, upload, body, media_type="image/jpeg", url=None, **changes):
        """Post a ticket's form as a machine does. Returns the status."""
        files = {FILE_FIELD: ("it", body, media_type)}
        fields = {**upload.fields, **changes}
        return OUTSIDE.post(urljoin(self.base, url or upload.url), data=fields, files=files).status_code

    def fetch(self, url):
        """Get an address as a browser does. Returns status and bytes."""
        got = OUTSIDE.get(urljoin(self.base, url))
        return got.status_code, got.content


def whole(body):
    """Read to the end, in pieces."""
    pieces = []
    while piece := body.read(100_000):
        pieces.append(piece)
    return b"".join(pieces)


def noise(size, seed):
    """So many bytes that do not repeat and come again with the seed."""
    return random.Random(seed).randbytes(size)


class Cut(io.RawIOBase):
    """A stream that breaks after some bytes."""

    def __init__(self, body, after):
        self._body = io.BytesIO(body[:after])

    def read(self, size=-1):
        piece = self._body.read(size)
        if not piece:
            raise ConnectionResetError("the line is cut")
        return piece


def until(true):
    """Poll something real until it is so."""
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
