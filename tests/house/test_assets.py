"""Files from npm packages: the right registry is asked, and nothing is taken that is not what is pinned."""

import base64
import hashlib
import http.server
import io
import json
import re
import tarfile
import threading
from pathlib import Path

import pytest

from entrypoints.assets import FOLDER
from entrypoints.assets.npm import (
    PUBLIC_REGISTRY,
    AssetsNotFetched,
    fetch_all,
    make_sprite,
    read_npmrc,
    tarball_address,
)

ROOT = Path(__file__).parents[2]
ICON = '<svg class="lucide" viewBox="0 0 24 24">\n  <path d="M1 1" />\n</svg>'


def tarball(files):
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return whole.getvalue()


@pytest.fixture
def registry(monkeypatch, tmp_path):
    """A registry on this machine: `registry.holds["/name/-/name-1.0.0.tgz"] = bytes`."""

    class Registry(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = server.holds.get(self.path)
            server.asked.append(self.path)
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    server.holds, server.asked = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", f"http://127.0.0.1:{server.server_port}/")
    yield server
    server.shutdown()


@pytest.fixture
def lock(tmp_path):
    def write(content, integrity=None, **more):
        digest = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        package = {"name": "@scope/name", "version": "1.0.0", "integrity": integrity or digest, **more}
        file = tmp_path / "vendor.json"
        file.write_text(json.dumps({"packages": [package]}), encoding="utf-8")
        return file

    return write


def test_named_files_and_icons_are_taken_out(registry, lock, tmp_path):
    content = tarball({"a.css": "body{}", "icons/leaf.svg": ICON, "evil.js": "x"})
    registry.holds["/@scope/name/-/name-1.0.0.tgz"] = content
    file = lock(content, files={"a.css": "b.css"}, sprite={"file": "icons.svg", "icons": ["leaf"]})
    assert fetch_all(file, tmp_path / "vendor")
    assert sorted(path.name for path in (tmp_path / "vendor").iterdir()) == ["b.css", "fetched.json", "icons.svg"]
    assert '<symbol id="leaf" viewBox="0 0 24 24"><path d="M1 1" /></symbol>' in (
        tmp_path / "vendor" / "icons.svg"
    ).read_text(encoding="utf-8")


def test_what_is_there_is_not_fetched_again(registry, lock, tmp_path):
    content = tarball({"a.css": "body{}"})
    registry.holds["/@scope/name/-/name-1.0.0.tgz"] = content
    file = lock(content, files={"a.css": "a.css"})
    assert fetch_all(file, tmp_path / "vendor")
    assert not fetch_all(file, tmp_path / "vendor")
    assert len(registry.asked) == 1


def test_another_tarball_than_the_pinned_is_refused(registry, lock, tmp_path):
    registry.holds["/@scope/name/-/name-1.0.0.tgz"] = tarball({"a.css": "stolen"})
    file = lock(tarball({"a.css": "body{}"}), files={"a.css": "a.css"})
    with pytest.raises(AssetsNotFetched, match="is not what is pinned"):
        fetch_all(file, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_a_missing_file_and_a_missing_package_are_said(registry, lock, tmp_path):
    content = tarball({"a.css": "body{}"})
    file = lock(content, files={"z.css": "z.css"})
    with pytest.raises(AssetsNotFetched, match="could not be fetched"):
        fetch_all(file, tmp_path / "vendor")
    registry.holds["/@scope/name/-/name-1.0.0.tgz"] = content
    with pytest.raises(AssetsNotFetched, match=r"holds no z\.css"):
        fetch_all(file, tmp_path / "vendor")


def test_the_registry_is_the_one_npm_would_ask(tmp_path):
    (tmp_path / ".npmrc").write_text(
        '# mine\nregistry = "https://npm.example/all/"\n@scope:registry=https://scope.example\n', encoding="utf-8"
    )
    said = read_npmrc({}, home=tmp_path)
    assert tarball_address("axe-core", "1.2.3", said) == "https://npm.example/all/axe-core/-/axe-core-1.2.3.tgz"
    assert tarball_address("@scope/a", "1.2.3", said) == "https://scope.example/@scope/a/-/a-1.2.3.tgz"
    said = read_npmrc({"NPM_CONFIG_REGISTRY": "https://env.example"}, home=tmp_path)
    assert tarball_address("axe-core", "1.2.3", said) == "https://env.example/axe-core/-/axe-core-1.2.3.tgz"
    assert tarball_address("axe-core", "1.2.3", {}).startswith(PUBLIC_REGISTRY)


def test_a_picture_that_is_no_svg_is_refused():
    with pytest.raises(AssetsNotFetched):
        make_sprite({"leaf": "<html>"})


def test_every_icon_on_a_screen_is_fetched():
    """An icon named in a page but not in vendor.json would be a blank."""
    sprite = next(
        one["sprite"] for one in json.loads((FOLDER / "vendor.json").read_text())["packages"] if "sprite" in one
    )
    named = {
        (path.relative_to(ROOT), icon)
        for path in (ROOT / "entrypoints").rglob("*")
        if path.suffix in {".html", ".js", ".py", ".svg"} and "vendor" not in path.parts and path.name != "__init__.py"
        for icon in re.findall(r"icons\.svg#([a-z0-9-]+)", path.read_text(encoding="utf-8"))
        if path.name != "npm.py"
    }
    assert sorted((str(path), icon) for path, icon in named if icon not in sprite["icons"]) == []
