"""A damaged, half or foreign backup is refused by name, and nothing that is there is touched."""

import shutil

import pytest

from adapters.archive.mark import RestoreUnfinished
from application.platform.restore import Restore
from application.ports.objects import ObjectsFailed
from application.ports.unit_of_work import StoreError
from entrypoints import backup
from entrypoints.container import build_platform
from tests.backup.world import edit, lived_in, place


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """A platform and its backup, for tests that harm copies of them."""
    folder = tmp_path_factory.mktemp("taken")
    lived_in(place(folder / "one"), folder)
    assert place(folder / "one").back_up(folder / "backup") == 0
    return folder


@pytest.fixture
def copy(taken, tmp_path):
    """A backup to be harmed."""
    return shutil.copytree(taken / "backup", tmp_path / "backup")


@pytest.fixture
def there(taken, tmp_path):
    """A platform that is there, and is not to be harmed."""
    shutil.copytree(taken / "one", tmp_path / "there")
    return place(tmp_path / "there")


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def one_object(folder):
    return next(path for path in (folder / "objects" / "images").rglob("=*"))


HARM = {
    "a byte of the database": (lambda at: flip(at / "platform.db"), "platform.db is not the file"),
    "the end of the database": (
        lambda at: (at / "platform.db").write_bytes((at / "platform.db").read_bytes()[:-4096]), "platform.db is not",
    ),
    "no database": (lambda at: (at / "platform.db").unlink(), "platform.db is missing"),
    "no manifest, as of a backup that broke off": (
        lambda at: (at / "manifest.json").unlink(), "no whole backup: manifest.json is missing",
    ),
    "no keys": (lambda at: (at / "keys.sealed").unlink(), "keys.sealed is missing"),
    "a byte of the keys": (lambda at: flip(at / "keys.sealed"), "keys were changed"),
    "a word of the manifest": (
        lambda at: (at / "manifest.json").write_text((at / "manifest.json").read_text().replace("sqlite", "sqlita")),
        "manifest or keys were changed",
    ),
    "a manifest of another format": (
        lambda at: (at / "manifest.json").write_text('{"format": 2}'), "format that this release does not know",
    ),
    "a manifest that is none": (lambda at: (at / "manifest.json").write_text("[]"), "manifest cannot be read"),
    "a byte of an object": (lambda at: flip(one_object(at)), "images/a/picture"),
    "an object too few": (lambda at: one_object(at).unlink(), "its objects are not those"),
    "an object too many": (
        lambda at: shutil.copy(one_object(at), one_object(at).with_name("=more")), "its objects are not those",
    ),
    "no folder": (shutil.rmtree, "no whole backup"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARM)
def test_a_damaged_backup_is_refused_by_name(copy, there, capsys, what):
    harm, said = HARM[what]
    harm(copy)
    before = there.files()
    assert there.restore(copy, check=True) == 1
    assert there.restore(copy, replace=True) == 1
    assert said in capsys.readouterr().err
    assert there.files() == before


def test_a_database_that_was_changed_with_its_manifest_opens_no_keys(copy, there, capsys):
    """Who has the backup but not the passphrase can read it, and cannot make the platform take another one."""
    import hashlib

    old = hashlib.sha256((copy / "platform.db").read_bytes()).hexdigest()
    edit(copy / "platform.db", "UPDATE balances SET balance = balance + 1000000")
    new = hashlib.sha256((copy / "platform.db").read_bytes()).hexdigest()
    manifest = (copy / "manifest.json").read_text()
    assert old in manifest
    (copy / "manifest.json").write_text(manifest.replace(old, new))
    assert there.restore(copy, replace=True) == 1
    assert "manifest or keys were changed" in capsys.readouterr().err


def test_another_passphrase_opens_nothing(copy, there, capsys):
    other = place(there.data, passphrase="what somebody guesses")
    assert other.restore(copy, replace=True) == 1
    assert "the passphrase is not this backup's" in capsys.readouterr().err


def test_without_a_passphrase_there_is_no_backup(there, tmp_path, capsys):
    assert place(there.data, passphrase="").back_up(tmp_path / "new") == 1
    assert "at least 12 characters" in capsys.readouterr().err
    assert list(tmp_path.glob(".*")) == list(tmp_path.glob("new")) == []


def test_where_no_platform_is_there_is_no_backup(tmp_path, capsys):
    assert place(tmp_path / "nothing").back_up(tmp_path / "new") == 1
    assert "there is no platform to back up" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_a_backup_takes_no_folder_that_is_there(copy, there, capsys):
    before = sorted(copy.rglob("*"))
    assert there.back_up(copy) == 1
    assert "is there already" in capsys.readouterr().err
    assert sorted(copy.rglob("*")) == before


def test_a_backup_that_breaks_off_leaves_none(there, tmp_path, capsys, monkeypatch):
    def fails(*_, **__):
        raise ObjectsFailed("the object store does not answer")

    monkeypatch.setattr("adapters.objects.folder.FolderObjects.list", fails)
    assert there.back_up(tmp_path / "new") == 1
    assert "does not answer" in capsys.readouterr().err
    assert list(tmp_path.glob("*new*")) == []


def test_what_a_killed_backup_left_is_no_backup_and_in_nobodys_way(there, tmp_path, capsys):
    left = tmp_path / ".new.unfinished"
    left.mkdir()
    (left / "platform.db").write_bytes(b"half")
    assert there.restore(left, replace=True) == 1
    assert "manifest.json is missing" in capsys.readouterr().err
    assert there.back_up(tmp_path / "new") == 0
    assert not left.exists()
    assert there.restore(tmp_path / "new", check=True) == 0


# ------------------------------------------------------------ what is there


def test_a_platform_that_is_there_is_given_up_only_when_that_is_said(copy, there, capsys):
    before = there.files()
    assert there.restore(copy) == 1
    assert "`--replace` gives it up" in capsys.readouterr().err
    assert there.files() == before
    edit(there.data / "platform.db", "UPDATE balances SET balance = 0")
    assert there.restore(copy, replace=True) == 0
    assert there.files()[next(name for name in before if name.name == "platform-key.pem")]
    assert there.rows() == place(copy).rows()


def test_a_platform_that_runs_is_not_replaced(copy, there, capsys):
    with there.running():
        assert there.restore(copy, replace=True) == 1
        assert "in use: stop the platform first" in capsys.readouterr().err
    assert there.restore(copy, replace=True) == 0


def test_a_database_that_platforms_use_is_not_replaced(copy, empty_postgres_url, tmp_path, capsys):
    there = place(tmp_path / "there", empty_postgres_url)
    with there.running():
        rows = there.rows()
        assert there.restore(copy) == 1
        assert "the database holds a platform" in capsys.readouterr().err
        assert there.restore(copy, replace=True) == 1
        assert "stop platforms and workers" in capsys.readouterr().err
        assert there.rows() == rows
    assert there.restore(copy, replace=True) == 0, capsys.readouterr().err
    assert there.rows() == place(copy).rows()


# ------------------------------------------------------------ half-way


class Breaks:
    """A port that gives way at one of its methods."""

    def __init__(self, port, method, error):
        self._port, self._method, self._error = port, method, error

    def __getattr__(self, name):
        if name == self._method:
            raise self._error
        return getattr(self._port, name)


@pytest.mark.parametrize(
    ("port", "method", "error"),
    [("objects", "put", ObjectsFailed("full")), ("keys", "bring_back", StoreError("full")),
     ("store", "bring_back", StoreError("full"))],
)  # fmt: skip
def test_a_restore_that_breaks_off_is_no_platform_until_it_is_ended(
    copy, tmp_path, capsys, monkeypatch, port, method, error
):  # fmt: skip
    fresh = place(tmp_path / "fresh")

    def breaking(*parts):
        names = ("store", "objects", "keys", "seal", "mark")
        return Restore(**{
            name: Breaks(part, method, error) if name == port else part
            for name, part in zip(names, parts, strict=True)
        })  # fmt: skip

    with monkeypatch.context() as patched:
        patched.setattr(backup, "Restore", breaking)
        assert fresh.restore(copy) == 1
    assert "full" in capsys.readouterr().err
    with pytest.raises(RestoreUnfinished, match="run it again"):
        build_platform(fresh.settings)
    assert fresh.restore(copy) == 0
    assert fresh.rows() == place(copy).rows()
    with fresh.running():
        pass
