"""Takes files out of npm packages without npm.

A bare machine has Python and no Node.js, so the build hook asks the npm registry itself: one tarball per package,
at a pinned version, checked against a pinned SHA-512, a few files taken out (docs/adr/0008). The registry is the
one npm would use: `NPM_CONFIG_REGISTRY`, then `.npmrc`, then the public one. Only the standard library is used:
this module runs inside the build, before anything is installed.
"""

import base64
import hashlib
import io
import json
import os
import re
import ssl
import tarfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PUBLIC_REGISTRY = "https://registry.npmjs.org"
PATIENCE_S = 20
TRIES = 2
LARGEST_TARBALL = 64 * 1024 * 1024
STAMP = "fetched.json"


class AssetsNotFetched(Exception):
    """The registry did not answer, or answered with something else than what is pinned."""


def fetch_all(lock: Path, folder: Path) -> bool:
    """Fills `folder` with what `lock` names; False when it held all of it already."""
    stamp = folder / STAMP
    wanted = lock.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return False
    npmrc = read_npmrc()
    for package in json.loads(wanted)["packages"]:
        tarball = _download(package["name"], package["version"], npmrc)
        _check(tarball, package)
        _take_out(tarball, package, folder)
    stamp.write_text(wanted, encoding="utf-8")
    return True


def read_npmrc(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> dict[str, str]:
    """What npm is told: the user's `.npmrc`, overruled by `NPM_CONFIG_*`."""
    said: dict[str, str] = {}
    file = Path(environment.get("NPM_CONFIG_USERCONFIG") or (home or Path.home()) / ".npmrc")
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            key, equals, value = line.partition("=")
            if equals and not key.lstrip().startswith(("#", ";")):
                said[key.strip()] = value.strip().strip('"')
    for name, value in environment.items():
        if name.lower().startswith("npm_config_") and value:
            said[name.lower().removeprefix("npm_config_").replace("_", "-")] = value
    return said


def tarball_address(name: str, version: str, npmrc: Mapping[str, str]) -> str:
    scope, _, bare = name.rpartition("/")
    registry = npmrc.get(f"{scope}:registry") or npmrc.get("registry") or PUBLIC_REGISTRY
    return f"{registry.rstrip('/')}/{name}/-/{bare}-{version}.tgz"


def _download(name: str, version: str, npmrc: Mapping[str, str]) -> bytes:
    address = tarball_address(name, version, npmrc)
    if not address.startswith(("https://", "http://")):
        raise AssetsNotFetched(f"{address} is no web address")
    trust = ssl.create_default_context()
    if (cafile := npmrc.get("cafile")) and Path(cafile).is_file():
        trust.load_verify_locations(cafile)
    problem: Exception | None = None
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_S, context=trust) as answer:  # noqa: S310 (checked)
                tarball: bytes = answer.read(LARGEST_TARBALL)
            return tarball
        except (OSError, urllib.error.URLError) as failed:
            problem = failed
    raise AssetsNotFetched(f"{name} {version} could not be fetched from {address}: {problem}")


def _check(tarball: bytes, package: Mapping[str, Any]) -> None:
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if found != package["integrity"]:
        raise AssetsNotFetched(f"{package['name']} {package['version']} is not what is pinned: {found}")


def _take_out(tarball: bytes, package: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:

        def content(path: str) -> bytes:
            try:
                file = archive.extractfile(f"package/{path}")
            except KeyError:
                file = None
            if file is None:
                raise AssetsNotFetched(f"{package['name']} {package['version']} holds no {path}")
            return file.read()

        for source, target in package.get("files", {}).items():
            (folder / target).write_bytes(content(source))
        if sprite := package.get("sprite"):
            icons = {icon: content(f"icons/{icon}.svg").decode() for icon in sprite["icons"]}
            (folder / sprite["file"]).write_text(make_sprite(icons), encoding="utf-8")


def make_sprite(icons: Mapping[str, str]) -> str:
    """One SVG of symbols, used as `<svg class="icon"><use href=".../icons.svg#recycle"/></svg>`."""
    symbols = (
        f'<symbol id="{name}" viewBox="0 0 24 24">{_inside(drawing)}</symbol>'
        for name, drawing in sorted(icons.items())
    )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _inside(svg: str) -> str:
    found = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if found is None:
        raise AssetsNotFetched("an icon is no SVG")
    return re.sub(r"\s+", " ", found.group(1)).strip()
