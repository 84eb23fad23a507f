"""Objects in an S3 server (MinIO, SeaweedFS, Amazon S3), by the `minio` client.

An object appears when the server has all of it: one request for a small one, the end of a multipart upload for a large
one. The hash is checked before that (the last bytes are not sent if it is wrong) and kept beside the object as its
metadata `sha256`. Buckets are made when they are first needed, so a platform starts also while its store is away.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import urllib3
from attrs import frozen
from minio import Minio
from minio.datatypes import PostPolicy
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError

from adapters.objects.reading import CheckedBody, PartBody
from application.ports.objects import (
    Body,
    Checked,
    Download,
    Listed,
    NoSuchObject,
    ObjectDamaged,
    ObjectsAway,
    ObjectsFailed,
    Readable,
    Stored,
    Upload,
)
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName, UnfitKey, fit_prefix
from domain.objects.policy import LONGEST_TICKET, MIB, admit, admit_content

T = TypeVar("T")
PART = 8 * MIB
"""Bytes of one part; what is larger goes up in several."""
CONNECT_SECONDS = 0.5
QUICK_SECONDS = 1.0
"""How long the server may be silent: so much between two pieces of what it sends."""
PATIENT_SECONDS = 30.0
"""How long it may be silent over the parts of a large object, and while it puts them together."""
_MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchObject", "NotFound"})
_AWAY = frozenset({"SlowDown", "ServiceUnavailable", "InternalError", "XMinioServerNotInitialized"})


@frozen
class S3Place:
    """Where a server is, and who we are there."""

    url: str
    """`http://host:port`, as the platform reaches it."""
    public_url: str
    """The same server as machines and browsers reach it; signatures cover it."""
    access_key: str
    secret_key: str
    region: str
    prefix: str
    """Before the purpose in a bucket's name: `myrvm` makes `myrvm-images`."""


class S3Objects:
    """Objects in an S3 server."""

    def __init__(self, place: S3Place) -> None:
        """Take where it is; nothing is asked of it yet."""
        self._prefix = place.prefix
        self._quick = _client(place, place.url, QUICK_SECONDS)
        self._patient = _client(place, place.url, PATIENT_SECONDS)
        self._public = _client(place, place.public_url or place.url, QUICK_SECONDS)
        self._public_url = (place.public_url or place.url).rstrip("/")
        self._made: set[Bucket] = set()

    def put(self, name: ObjectName, content: Content, body: bytes | Readable) -> Stored:
        """Keep an object."""
        admit_content(name, content)
        source = Checked(BytesIO(body) if isinstance(body, bytes) else body, content)
        bucket = self._bucket(name.bucket)
        if content.size == 0:
            source.read(1)
        _asked(
            lambda: (self._quick if content.size <= PART else self._patient).put_object(
                bucket, name.key, cast("Any", source), content.size, content.media_type,
                metadata={"sha256": content.sha256}, part_size=PART, num_parallel_uploads=1,
            )
        )  # fmt: skip
        return self.head(name)

    def head(self, name: ObjectName) -> Stored:
        """Return what is known of an object."""
        found = _asked(lambda: self._quick.stat_object(self._name(name.bucket), name.key), name)
        headers = found.metadata or {}
        stored = _stored(name, headers)
        if found.size != stored.size:
            raise ObjectDamaged(f"{name} has two sizes")
        return stored

    @contextmanager
    def get(self, name: ObjectName, first: int = 0, size: int | None = None) -> Iterator[Body]:
        """Open an object."""
        whole = first == 0 and size is None
        before = None if whole else self.head(name)
        if before is not None and (first >= before.size or size == 0):  # S3 has no empty range
            yield PartBody(before, BytesIO(), 0)
            return
        response = _asked(
            lambda: self._quick.get_object(self._name(name.bucket), name.key, first, 0 if size is None else size),
            name,
        )
        try:
            source = _Source(response)
            stored = before or _stored(name, response.headers)
            if whole and stored.sha256 is not None:
                yield CheckedBody(stored, source)
            else:
                yield PartBody(stored, source, stored.size if size is None else size)
        finally:
            response.close()
            response.release_conn()

    def list(self, bucket: Bucket, prefix: str = "") -> Iterator[Listed]:
        """Return the objects whose key begins so. What somebody else put there under no key of ours is passed over."""
        pages = iter(self._quick.list_objects(self._name(bucket), fit_prefix(prefix) or None, recursive=True))
        while True:
            try:
                found = _asked(lambda: next(pages, None), ObjectName(bucket, "any"))
            except NoSuchObject:  # the bucket is not made yet
                return
            if found is None:
                return
            try:
                name = ObjectName(bucket, found.object_name or "")
            except UnfitKey:
                continue
            yield Listed(name, found.size or 0, _microseconds(found.last_modified))

    def delete(self, name: ObjectName) -> None:
        """Remove an object."""
        try:
            _asked(lambda: self._quick.remove_object(self._name(name.bucket), name.key), name)
        except NoSuchObject:
            return

    def offer_upload(self, name: ObjectName, size: int, media_type: str, seconds: int) -> Upload:
        """Return a ticket: a POST policy, since an address to PUT to limits neither size nor type."""
        admit(name.bucket, size, media_type)
        assert 0 < seconds <= LONGEST_TICKET, seconds
        bucket = self._bucket(name.bucket)
        expires = _utc_now() + datetime.timedelta(seconds=seconds)
        policy = PostPolicy(bucket, expires)
        own = {"key": name.key, "Content-Type": media_type}
        for field, value in own.items():
            policy.add_equals_condition(field, value)
        policy.add_content_length_range_condition(size, size)
        fields: Mapping[str, str] = {**_asked(lambda: self._public.presigned_post_policy(policy)), **own}
        return Upload(f"{self._public_url}/{bucket}", fields, _microseconds(expires))

    def offer_download(self, name: ObjectName, seconds: int) -> Download:
        """Return a ticket: a presigned address."""
        assert 0 < seconds <= LONGEST_TICKET, seconds
        expires = _utc_now() + datetime.timedelta(seconds=seconds)
        url = self._public.presigned_get_object(self._name(name.bucket), name.key, datetime.timedelta(seconds=seconds))
        return Download(url, _microseconds(expires))

    def sweep(self, before: int) -> int:
        """Abort multipart uploads that broke off."""
        return sum(self._sweep(bucket, before) for bucket in Bucket)

    def check(self) -> None:
        """Say nothing if the server answers and knows us."""
        _asked(lambda: self._quick.bucket_exists(self._name(Bucket.IMAGES)))

    # ------------------------------------------------------------ buckets

    def _name(self, bucket: Bucket) -> str:
        return f"{self._prefix}-{bucket.value}"

    def _bucket(self, bucket: Bucket) -> str:
        """Return a bucket's name, having made it if need be."""
        name = self._name(bucket)
        if bucket not in self._made:
            if not _asked(lambda: self._quick.bucket_exists(name)):
                _asked(lambda: self._make(name))
            self._made.add(bucket)
        return name

    def _make(self, name: str) -> None:
        try:
            self._quick.make_bucket(name)
        except S3Error as error:
            if error.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):  # another worker was quicker
                raise

    def _sweep(self, bucket: Bucket, before: int) -> int:
        # The client has no public word for unfinished uploads; the contract suite shows that these two still work.
        name, swept = self._name(bucket), 0
        try:
            found = _asked(
                lambda: self._quick._list_multipart_uploads(name),  # noqa: SLF001
                ObjectName(bucket, "any"),
            )
        except NoSuchObject:
            return 0
        for upload in found.uploads:
            if _microseconds(upload.initiated_time) < before:
                key, number = upload.object_name, cast("str", upload.upload_id)
                _asked(lambda key=key, number=number: self._quick._abort_multipart_upload(name, key, number))  # type: ignore[misc]  # noqa: SLF001
                swept += 1
        return swept


class _Source:
    """Reads a response; its errors become the port's."""

    def __init__(self, response: Any) -> None:
        self._response = response

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes."""
        return cast("bytes", _asked(lambda: self._response.read(size)))


def _client(place: S3Place, url: str, seconds: float) -> Minio:
    parts = urlsplit(url)
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds), retries=urllib3.Retry(0), maxsize=32
    )
    return Minio(
        parts.netloc, place.access_key, place.secret_key, secure=parts.scheme == "https", region=place.region,
        http_client=pool,
    )  # fmt: skip


def _asked(ask: Callable[[], T], name: ObjectName | None = None) -> T:
    """Ask the server; its errors become the port's. Raises NoSuchObject if a name is given."""
    try:
        return ask()
    except S3Error as error:
        if name is not None and error.code in _MISSING:
            raise NoSuchObject(str(name)) from error
        kind = ObjectsAway if error.code in _AWAY else ObjectsFailed
        raise kind(f"the object store refused: {error.code}") from error
    except (HTTPError, ServerError, InvalidResponseError) as error:
        raise ObjectsAway("the object store does not answer") from error
    except MinioException as error:
        raise ObjectsFailed("the object store could not do it") from error


def _stored(name: ObjectName, headers: Mapping[str, str]) -> Stored:
    """Read an object's description from the headers of its answer."""
    try:
        modified = parsedate_to_datetime(headers["Last-Modified"])
        at = _microseconds(modified)
        size = int(headers["Content-Length"])
        return Stored(name, size, headers["Content-Type"], headers.get("x-amz-meta-sha256"), at)
    except (KeyError, ValueError) as damaged:
        raise ObjectDamaged(f"{name} does not say what it is") from damaged


def _microseconds(moment: datetime.datetime | None) -> int:
    assert moment is not None
    return round(moment.timestamp() * 1_000_000)


def _utc_now() -> datetime.datetime:
    # The client signs by this computer's clock, so the ticket's end is told by it too.
    return datetime.datetime.now(datetime.timezone.utc)
