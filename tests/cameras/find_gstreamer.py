"""Finds gst-launch-1.0 for the tests of cameras, or fetches Debian's; prints where it is.

In this order: `RVM_GST_LAUNCH`; one on the path; Debian's by apt when root. Run by tox before the tests
(`python -m tests.cameras.find_gstreamer`).
"""

import os
import shutil
import subprocess
import sys

PACKAGES = ("gstreamer1.0-tools", "gstreamer1.0-plugins-base")
UPDATE = ["apt-get", "update", "-q"]
INSTALL = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]


class NoGstreamer(Exception):
    """There is no gst-launch-1.0 here and none could be fetched."""


def find() -> str | None:
    return os.environ.get("RVM_GST_LAUNCH") or shutil.which("gst-launch-1.0")


def fetch() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    for command in (UPDATE, INSTALL):
        subprocess.run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, stdout=sys.stderr, check=False)


def find_or_fetch() -> str:
    found = find()
    if found is None:
        fetch()
        found = find()
    if found is None:
        raise NoGstreamer(
            f"no gst-launch-1.0: install it (Debian: apt install {' '.join(PACKAGES)}), "
            "or name one by RVM_GST_LAUNCH=/path/to/gst-launch-1.0"
        )
    return found


if __name__ == "__main__":
    try:
        print(find_or_fetch())
    except NoGstreamer as none:
        sys.exit(str(none))
