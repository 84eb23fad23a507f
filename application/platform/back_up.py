"""Take a backup of the platform while it works: its store, its objects, its keys.

The store first, as it is at one moment; then the objects, so that whatever the store names is there too (what retention
took meanwhile aside); the manifest last. Nothing is seen of the backup until all of it is lasting.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from application.ports.backup import Archive, Keys, StoreCopies
from application.ports.clock import Clock
from application.ports.identity import Seal
from application.ports.objects import NoSuchObject, Objects, Stored
from domain.backup.manifest import BackupUnfit, Manifest, ObjectsHeld, write
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName

DATABASE: Final = "platform.db"
MANIFEST: Final = "manifest.json"
KEYS: Final = "keys.sealed"


@frozen
class BackUp:
    """Takes backups. The seal is made of the operator's passphrase."""

    store: StoreCopies
    objects: Objects
    keys: Keys
    seal: Seal
    clock: Clock
    release: str

    def __call__(self, archive: Archive, *, with_objects: bool = True) -> Manifest:
        """Take a backup. Raises StoreError, ObjectsFailed, BackupUnfit; then there is none."""
        keys = self.keys.all()
        taken_at = self.clock.now().wall
        copied = self.store.copy_to(archive.place(DATABASE))
        manifest = Manifest(
            taken_at=taken_at,
            release=self.release,
            revision=copied.revision,
            source=copied.source,
            rows=copied.rows,
            database=archive.piece(DATABASE),
            objects=ObjectsHeld.of(self._copied(archive.objects)) if with_objects else None,
        )
        raw = write(manifest)
        archive.keep(KEYS, self.seal.sealed(_written(keys), raw))
        archive.keep(MANIFEST, raw)
        archive.finish()
        return manifest

    def _copied(self, into: Objects) -> Iterator[tuple[str, str, int]]:
        """Copy each object, and tell of it."""
        for bucket in Bucket:
            for listed in self.objects.list(bucket):
                try:
                    stored = None if listed.name.incoming else copied(listed.name, self.objects, into)
                except NoSuchObject:  # retention took it meanwhile
                    continue
                if stored is not None and stored.sha256 is not None:
                    yield str(stored.name), stored.sha256, stored.size


def copied(name: ObjectName, source: Objects, into: Objects) -> Stored | None:
    """Copy an object, checked on its way; None for one that nobody has checked: its sender sends it again."""
    with source.get(name) as body:
        stored = body.stored
        if stored.sha256 is None:
            return None
        return into.put(name, Content(stored.size, stored.sha256, stored.media_type), body)


def keys_of(opened: bytes) -> Mapping[str, bytes]:
    """Read the keys of a backup again. Raises BackupUnfit."""
    try:
        return {str(name): base64.b64decode(text) for name, text in json.loads(opened).items()}
    except (ValueError, TypeError, AttributeError) as broken:
        raise BackupUnfit("the backup's keys cannot be read") from broken


def _written(keys: Mapping[str, bytes]) -> bytes:
    return json.dumps({name: base64.b64encode(key).decode() for name, key in keys.items()}, sort_keys=True).encode()
