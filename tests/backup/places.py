"""A platform as processes, on a place that can be destroyed and made anew: its data, and its servers if it has some."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress

import httpx

from entrypoints.parts.s3 import free_ports

PASSPHRASE = "what nobody guesses"
PASSWORD = "three green bottles"
WITHIN = 180.0


def until(condition, what="it", within=WITHIN):
    """Poll real processes; returns after how many seconds the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"{what} did not happen within {within} s"
        time.sleep(0.05)
    return time.monotonic() - began


class Site:
    """The embedded platform: a process and a folder."""

    def __init__(self, folder):
        self.folder = folder
        (self.port,) = free_ports(1)
        self.process = None

    def __enter__(self):
        self.make_anew()
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self):
        return self.folder / "data"

    def settings(self):
        """The settings of its parts."""
        return {"DATABASE_URL": "", "S3_URL": "", "REDIS_URL": ""}

    @property
    def database_url(self):
        return self.settings()["DATABASE_URL"] or f"sqlite:///{self.data}/platform.db"

    def environment(self):
        cheap = {"PASSWORD_MEMORY_KIB": "64", "PASSWORD_PASSES": "1", "PASSWORD_LANES": "1", "LOG_LEVEL": "error"}
        ours = {
            "DATA": str(self.data), "PORT": str(self.port), "BACKUP_PASSPHRASE": PASSPHRASE, **cheap, **self.settings()
        }  # fmt: skip
        outside = {name: value for name, value in os.environ.items() if not name.startswith("RVM_")}
        return {**outside, "PYTHONUNBUFFERED": "1", **{f"RVM_PLATFORM_{name}": value for name, value in ours.items()}}

    def run(self, *words):
        """`rvm platform ...`, to its end. Returns what it said."""
        command = [sys.executable, "-m", "entrypoints.cli", "platform", *map(str, words)]
        ran = subprocess.run(
            command, env=self.environment(), capture_output=True, text=True, check=False, timeout=WITHIN
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout.strip()

    def start(self):
        """Start the platform and wait until it is ready. Returns after how many seconds it was."""
        command = [sys.executable, "-m", "entrypoints.cli", "platform"]
        began = time.monotonic()
        self.process = subprocess.Popen(command, env=self.environment(), stdout=subprocess.DEVNULL)
        guard = threading.Timer(580, self.process.kill)
        guard.daemon = True
        guard.start()
        until(self.ready, "readiness")
        return time.monotonic() - began

    def ready(self):
        assert self.process.poll() is None, "the platform ended"
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False).status_code == 200
        return False

    def stop(self):
        """End it in good order."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def destroy(self):
        """Everything at once: processes, servers, folders."""
        self.kill()
        shutil.rmtree(self.folder)

    def make_anew(self):
        """New and empty."""
        self.folder.mkdir(parents=True)


class ServedSite(Site):
    """A platform on PostgreSQL and S3. (PostgreSQL has a folder of its own: it may run as somebody else.)"""

    def make_anew(self):
        from entrypoints.parts.postgres import PostgresServer
        from entrypoints.parts.s3 import S3Server

        super().make_anew()
        self.postgres = PostgresServer().start()
        self.database = self.postgres.create_database("rvm")
        self.s3 = S3Server(self.folder / "s3")
        self.s3.start()

    def settings(self):
        return {
            "DATABASE_URL": self.database, "S3_URL": self.s3.url, "S3_ACCESS_KEY": self.s3.access_key,
            "S3_SECRET_KEY": self.s3.secret_key, "REDIS_URL": "",
        }  # fmt: skip

    def destroy(self):
        self.kill()
        self.postgres.kill()
        self.postgres.close()
        self.s3.kill()
        shutil.rmtree(self.folder)

    def __exit__(self, *_):
        self.kill()
        self.postgres.close()
        self.s3.stop()


class Caller:
    """Somebody who is signed in."""

    def __init__(self, url, email):
        self.email = email
        told = httpx.post(
            f"{url}/api/v1/sign-in", json={"email": email, "password": PASSWORD}, timeout=30, trust_env=False
        )
        self.refused = told.status_code == 401
        if not self.refused:
            told.raise_for_status()
        bearer = {} if self.refused else {"Authorization": f"Bearer {told.json()['access_token']}"}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=bearer, timeout=30, trust_env=False)

    def get(self, path):
        answer = self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    def post(self, path, body=None):
        answer = self.http.post(path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        answer.raise_for_status()
        return answer.json()


def signed_up(url, email):
    told = httpx.post(
        f"{url}/api/v1/accounts", json={"email": email, "password": PASSWORD}, timeout=30, trust_env=False
    )
    told.raise_for_status()
    return Caller(url, email)
