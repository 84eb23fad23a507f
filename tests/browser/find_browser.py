"""Finds a Chromium for the browser tests, or fetches one; prints where it is.

In this order: `RVM_BROWSER`; one on the path; the one playwright fetched before; Debian's by apt when root;
playwright's own download. Run by tox before the tests (`python -m tests.browser.find_browser`).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(Exception):
    """There is no Chromium here and none could be fetched."""


def find() -> str | None:
    if named := os.environ.get("RVM_BROWSER"):
        return named
    for name in NAMES:
        if found := shutil.which(name):
            return found
    fetched = fetched_by_playwright()
    return fetched if fetched and Path(fetched).is_file() else None


def fetched_by_playwright() -> str | None:
    """Where playwright would have put its own; asked in a process of its own, for its driver is a process too."""
    script = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def fetch() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
        for command in (["apt-get", "update", "-q"], install):
            if subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode:
                break
        else:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)


def find_or_fetch() -> str:
    found = find()
    if found is None:
        fetch()
        found = find()
    if found is None:
        raise NoBrowser(
            "no Chromium: install one (Debian: apt install chromium), or name one by RVM_BROWSER=/path/to/chromium"
        )
    return found


if __name__ == "__main__":
    try:
        print(find_or_fetch())
    except NoBrowser as none:
        sys.exit(str(none))
