"""Finds a Caddy for the test of the whole stack, or fetches Debian's; prints where it is.

In this order: `RVM_CADDY`; one on the path; Debian's by apt when root. Run by tox before the tests
(`python -m tests.deploy.find_caddy`).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

UPDATE = ["apt-get", "update", "-q"]
INSTALL = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "caddy"]


class NoCaddy(Exception):
    """There is no Caddy here and none could be fetched."""


def find() -> str | None:
    return os.environ.get("RVM_CADDY") or shutil.which("caddy")


def fetch() -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # Installing a service starts it, where there is an init: this one is only wanted as a program.
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        for command in (UPDATE, INSTALL):
            subprocess.run(
                command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, stdout=sys.stderr, check=False
            )
    finally:
        if ours:
            policy.unlink()


def find_or_fetch() -> str:
    found = find()
    if found is None:
        fetch()
        found = find()
    if found is None:
        raise NoCaddy("no Caddy: install one (Debian: apt install caddy), or name one by RVM_CADDY=/path/to/caddy")
    return found


if __name__ == "__main__":
    try:
        print(find_or_fetch())
    except NoCaddy as none:
        sys.exit(str(none))
