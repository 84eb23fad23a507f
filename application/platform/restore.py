"""Bring a platform back from a backup: all of it is looked at before anything is changed.

What is changed is changed in an order in which each step may be the last one: objects (more of them harm nobody), keys,
and the store as one step. From the first to the last of them a mark stands beside the data, and no platform starts
while it does: the same command again ends what was begun.

Machines that are ahead of the restored platform see that it holds less, and send again what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from application.platform.back_up import DATABASE, KEYS, MANIFEST, copied, keys_of
from application.ports.backup import Archive, Keys, Mark, StoreCopies
from application.ports.identity import Seal, SealBroken
from application.ports.objects import Body, NoSuchObject, Objects, ObjectsFailed
from domain.backup.manifest import BackupUnfit, Manifest, ObjectsHeld, read
from domain.objects.name import Bucket, ObjectName

PIECE = 1 << 18
"""Bytes that are read at a time."""


@frozen
class Restore:
    """Brings backups back. The seal is made of the operator's passphrase."""

    store: StoreCopies
    objects: Objects
    keys: Keys
    seal: Seal
    mark: Mark

    def check(self, archive: Archive) -> Manifest:
        """Read all of a backup and return what it holds. Raises BackupUnfit. Changes nothing."""
        return self._checked(archive)[0]

    def __call__(self, archive: Archive, *, replace: bool = False) -> Manifest:
        """Bring a backup back.

        Raises BackupUnfit or RestoreRefused before anything was changed. Raises StoreError, ObjectsFailed when a part
        of the platform gives way meanwhile: then no platform starts until this was done again.
        """
        manifest, keys = self._checked(archive)
        replace = replace or self.mark.there
        self.store.admit(replace=replace)
        self.keys.admit(keys, replace=replace)
        self.mark.set()
        if manifest.objects is not None:
            self._put_back(archive.objects)
        self.keys.bring_back(keys)
        self.store.bring_back(archive.place(DATABASE))
        self.mark.clear()
        return manifest

    def _checked(self, archive: Archive) -> tuple[Manifest, dict[str, bytes]]:
        raw = archive.content(MANIFEST)
        manifest = read(raw)
        if archive.piece(DATABASE) != manifest.database:
            raise BackupUnfit(f"the backup is damaged: {DATABASE} is not the file that was backed up")
        try:
            keys = dict(keys_of(self.seal.opened(archive.content(KEYS), raw)))
        except SealBroken as broken:
            raise BackupUnfit(
                "the passphrase is not this backup's, or its manifest or keys were changed since"
            ) from broken
        held = self.store.look_at(archive.place(DATABASE))
        if wrong := manifest.disagreements(held.rows, held.revision):
            raise BackupUnfit(f"the backup is damaged: {DATABASE}: {'; '.join(wrong)}")
        if manifest.objects is not None and ObjectsHeld.of(_read_through(archive.objects)) != manifest.objects:
            raise BackupUnfit("the backup is damaged: its objects are not those that were backed up")
        return manifest, keys

    def _put_back(self, source: Objects) -> None:
        for name in _names(source):
            if not self._has(name, source):
                copied(name, source, self.objects)

    def _has(self, name: ObjectName, source: Objects) -> bool:
        try:
            return self.objects.head(name).sha256 == source.head(name).sha256
        except NoSuchObject:
            return False


def _names(objects: Objects) -> Iterator[ObjectName]:
    return (listed.name for bucket in Bucket for listed in objects.list(bucket))


def _read_through(objects: Objects) -> Iterator[tuple[str, str, int]]:
    """Read every object to its end, which checks it, and tell of it. Raises BackupUnfit."""
    for name in _names(objects):
        try:
            with objects.get(name) as body:
                _read_to_the_end(body)
                yield str(name), body.stored.sha256 or "", body.stored.size
        except ObjectsFailed as damaged:
            raise BackupUnfit(f"the backup is damaged: {damaged}") from damaged


def _read_to_the_end(body: Body) -> None:
    while body.read(PIECE):
        continue
