"""Replicas of the platform as `docker` would tell of them: what deploy/roll-out asks and does, done with processes.

Run as a program this is the `docker` that stands on the script's path; it knows the words that the script uses and no
others. Its containers are written down in a file, and answer to the name `platform` as long as they run.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

POOL = [f"127.0.0.{number}" for number in range(21, 29)]
"""Addresses for new containers."""
MISUSE = 64


class Containers:
    """The containers of one stack, in a folder of it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._file = self.folder / "containers.json"
        if not self._file.exists():
            self._keep([])

    def all(self):
        return json.loads(self._file.read_text())

    def _keep(self, containers):
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(containers))
        draft.replace(self._file)

    def addresses(self):
        """Where those are that run; of one that has ended the name knows nothing any more."""
        return [one["address"] for one in self.all() if runs(one["pid"])]

    def adopt(self, service, address):
        """Take over a service that was started otherwise: others are started like it."""
        like = {"command": service.command, "environment": service.environment, "check": service.check}
        log = str(service.log)
        one = {"id": service.name, "address": address, "pid": service.process.pid, "log": log, "like": like}
        self._keep([each for each in self.all() if each["id"] != service.name] + [one])

    def roll_out(self, release, changes, wait):
        own, program = self.folder / "deploy", self.folder / "bin" / "docker"
        own.mkdir(exist_ok=True)
        program.parent.mkdir(exist_ok=True)
        root = Path(__file__).parents[2]
        (own / "roll-out").write_text((root / "deploy" / "roll-out").read_text())
        (own / ".env").write_text("RELEASE=first\n")
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {self.folder} "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "WAIT": str(wait), "CHANGES": json.dumps(changes)}
        return subprocess.run(
            ["sh", str(own / "roll-out"), release], env=environment, capture_output=True, text=True, check=False
        )

    # ------------------------------------------------------------ words of docker

    def up(self, count, wait):
        """Start as many as are missing, and wait for their health. Returns the exit status."""
        before = self.all()
        new = [self._start(before[0], address) for address in self._free(before, count - len(before))]
        self._keep(before + new)
        deadline = time.monotonic() + wait
        while not all(healthy(one) for one in new):
            if time.monotonic() > deadline or not all(runs(one["pid"]) for one in new):
                return 1
            time.sleep(0.5)
        return 0

    def stop(self, name):
        one = self._named(name)
        os.kill(one["pid"], signal.SIGTERM)
        while runs(one["pid"]):
            time.sleep(0.05)

    def remove(self, name):
        one = self._named(name)
        if runs(one["pid"]):
            os.kill(one["pid"], signal.SIGKILL)
        self._keep([each for each in self.all() if each["id"] != name])

    def remove_all(self):
        for one in self.all():
            self.remove(one["id"])

    def _named(self, name):
        return next(one for one in self.all() if one["id"] == name)

    def _start(self, like, address):
        was, like = like["address"], like["like"]
        changes = json.loads(os.environ["CHANGES"])
        moved = {name: address if value == was else value for name, value in like["environment"].items()}
        check = [word.replace(was, address) for word in like["check"]]
        log = self.folder / f"platform-{address}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                like["command"], env={**moved, **changes}, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        kept = {"command": like["command"], "environment": moved, "check": check}
        return {"id": f"new-{address}", "address": address, "pid": process.pid, "log": str(log), "like": kept}

    @staticmethod
    def _free(before, count):
        taken = {one["address"] for one in before}
        return [address for address in POOL if address not in taken][:count]


def healthy(one):
    like = one["like"]
    return subprocess.run(like["check"], env=like["environment"], capture_output=True, check=False).returncode == 0


def runs(pid):
    """Whether a process runs; one that has ended and that nobody asked after has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def main(folder, *words):
    containers = Containers(folder)
    wait = float(os.environ["WAIT"])
    if words[:2] == ("compose", "ps") and words[3:] == ("platform",):
        print(*(one["id"] for one in containers.all() if runs(one["pid"]) or words[2] == "-aq"), sep="\n")
    elif words[:2] == ("compose", "up") and words[-1] == "platform":
        assert {"--no-recreate", "--no-deps", "--wait"} <= set(words), "those that are there stay"
        (count,) = [word.partition("=")[2] for word in words if word.startswith("platform=")]
        return containers.up(int(count), wait)
    elif words[:2] == ("compose", "logs"):
        print(*(Path(one["log"]).read_text(errors="replace")[-500:] for one in containers.all()), sep="\n")
    elif words[:2] == ("compose", "up") and words[-1] == "worker":
        return 0
    elif words[0] == "stop":
        containers.stop(words[1])
    elif words[0] == "rm":
        containers.remove(words[-1])
    else:
        return MISUSE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
