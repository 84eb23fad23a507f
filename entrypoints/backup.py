"""Back up the platform that the settings name, and bring it back.

`rvm platform backup --to DIR` works while the platform does; `rvm platform restore --from DIR` wants an empty place, or
`--replace`; with `--check` it only reads all of a backup through.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from adapters.archive.folder import FolderArchive
from adapters.archive.mark import FileMark
from adapters.clock.system import SystemClock
from adapters.identity.key_files import KeyFiles
from adapters.identity.passphrase import PassphraseSeal, UnfitPassphrase
from adapters.identity.secret import UnfitSecret, kept_secret
from adapters.objects.folder import FolderObjects
from adapters.objects.tickets import Tickets
from adapters.sql.copies.embedded import EmbeddedCopies
from application.platform.back_up import BackUp
from application.platform.restore import Restore
from application.ports.backup import RestoreRefused, StoreCopies
from application.ports.objects import Objects, ObjectsFailed
from application.ports.unit_of_work import StoreError
from domain.backup.manifest import BackupUnfit, Manifest
from entrypoints.api.times import rfc3339
from entrypoints.container import DATABASE_FILE, KEY_FILE, OBJECTS_FOLDER, SECRET_FILE, objects_of
from entrypoints.settings import PlatformSettings

REFUSED = 1
_NAMED = (BackupUnfit, RestoreRefused, StoreError, ObjectsFailed, UnfitPassphrase, UnfitSecret)


def back_up(to: Path, *, with_objects: bool = True, settings: PlatformSettings | None = None) -> int:
    """Take a backup, say what is in it, and return the exit status."""
    chosen = settings or PlatformSettings()

    def take() -> Manifest:
        seal = PassphraseSeal(chosen.backup_passphrase.get_secret_value())
        keys = _keys(chosen)
        keys.all()  # before anything is made
        use_case = BackUp(_store(chosen), _objects(chosen), keys, seal, SystemClock(trusted=True), _release())
        archive = _archive(FolderArchive.begin(to), to)
        try:
            return use_case(archive, with_objects=with_objects)
        except BaseException:
            archive.discard()
            raise

    return _told("backed up", take)


def restore(
    source: Path, *, check: bool = False, replace: bool = False, settings: PlatformSettings | None = None
) -> int:
    """Bring a backup back or only check it, say what is in it, and return the exit status."""
    chosen = settings or PlatformSettings()

    def bring() -> Manifest:
        seal = PassphraseSeal(chosen.backup_passphrase.get_secret_value())
        use_case = Restore(_store(chosen), _objects(chosen), _keys(chosen), seal, FileMark(chosen.data))
        archive = _archive(source)
        return use_case.check(archive) if check else use_case(archive, replace=replace)

    return _told("whole" if check else "restored", bring)


def _told(done: str, act: Callable[[], Manifest]) -> int:
    began = time.monotonic()
    try:
        manifest = act()
    except _NAMED as refused:
        print(refused, file=sys.stderr)
        return REFUSED
    rows = sum(manifest.rows.values())
    objects = "objects kept elsewhere" if manifest.objects is None else f"{manifest.objects.count} objects"
    print(
        f"{done} in {time.monotonic() - began:.1f} s: the platform as of {rfc3339(manifest.taken_at)}, {rows} rows at "
        f"revision {manifest.revision} from {manifest.source}, {objects}, its keys"
    )
    return 0


def _store(settings: PlatformSettings) -> StoreCopies:
    if not settings.database_url:
        return EmbeddedCopies(settings.data / DATABASE_FILE)
    if settings.database_url.startswith("sqlite:///"):
        return EmbeddedCopies(Path(settings.database_url.removeprefix("sqlite:///")))
    from adapters.sql.copies.server import ServerCopies

    return ServerCopies(settings.database_url)


def _objects(settings: PlatformSettings) -> Objects:
    # Its tickets are of no use here: any secret does where the platform's own is yet to come.
    file = settings.data / SECRET_FILE
    return objects_of(settings, kept_secret(file) if file.exists() else bytes(32), SystemClock(trusted=True))[0]


def _keys(settings: PlatformSettings) -> KeyFiles:
    return KeyFiles(settings.data, (KEY_FILE, SECRET_FILE))


def _archive(folder: Path, final: Path | None = None) -> FolderArchive:
    objects = FolderObjects(folder / OBJECTS_FOLDER, Tickets(bytes(32)), SystemClock(trusted=True), "")
    return FolderArchive(folder, objects, final)


def _release() -> str:
    try:
        return version("myrvm")
    except PackageNotFoundError:
        return "unknown"
