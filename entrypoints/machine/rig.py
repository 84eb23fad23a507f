"""`rvm machine rig`: simulated hardware as a process of its own (settings: RVM_RIG_*).

Prints one line of JSON once it listens: {"rig": PORT}.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from entrypoints.settings import RigSettings
from simulators.rig.server import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; options override the settings."""
    settings = RigSettings()
    parser = argparse.ArgumentParser(prog="rvm machine rig", description="Simulated hardware for one machine.")
    parser.add_argument("--file", type=Path, default=settings.file, help="where counters and items last")
    parser.add_argument("--port", type=int, default=settings.port, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--motion-seconds", type=float, default=settings.motion_seconds, help="that a motion takes")
    chosen = parser.parse_args(arguments)

    def ready(port: int) -> None:
        sys.stdout.write(json.dumps({"rig": port}) + "\n")
        sys.stdout.flush()

    run(chosen.file, chosen.port, motion_seconds=chosen.motion_seconds, ready=ready)
    return 0


if __name__ == "__main__":
    sys.exit(main())
