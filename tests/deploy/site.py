"""The stack as people and machines see it: through Caddy, by names whose certificates are checked."""

import json
import socket
import ssl
import subprocess
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
from attrs import define
from websockets.sync.client import connect

from adapters.clock.system import SystemClock
from tests.api.callers import PASSWORD
from tests.deploy.stack import Stack, root_certificate

POINTS = 10
PRICES = {
    "version": "p1", "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2099-01-01T00:00:00Z",
    "points": {"glass": POINTS},
}  # fmt: skip


def order(client, path, body=None):
    answer = client.post(path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    return answer.raise_for_status().json()


class ThroughCaddy(httpx.HTTPTransport):
    """The names of the sites are of this computer; who answers is checked by Caddy's own authority."""

    def handle_request(self, request):
        request.extensions["sni_hostname"] = request.url.host
        request.headers.setdefault("Host", request.url.netloc.decode())
        request.url = request.url.copy_with(host="127.0.0.1")
        return super().handle_request(request)


@define
class Site:
    """The stack as people and machines see it."""

    stack: Stack
    trust: ssl.SSLContext
    clock: SystemClock
    operator: object = None

    @classmethod
    def of(cls, stack):
        context = ssl.create_default_context(cafile=str(root_certificate(stack)))
        return cls(stack, context, SystemClock(trusted=True))

    def transport(self):
        return ThroughCaddy(verify=self.trust, trust_env=False)

    def client(self, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.stack.url, headers=headers, transport=self.transport(), timeout=30)

    def ready(self):
        """What the platform says of itself; None while nobody answers."""
        try:
            answer = self.client().get("/health/ready")
        except httpx.HTTPError:
            return None
        return answer.json() if answer.headers["content-type"].startswith("application/") else None

    def somebody_who_runs_it(self):
        """Whoever runs the machines; prices are in force when this returns."""
        email, like = f"{uuid.uuid4().hex}@example.org", self.stack.services["platform-1"]
        command = [*like.command[:3], "platform", "create-operator", "--email", email, "--password", PASSWORD]
        made = subprocess.run(command, env=like.environment, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        http = self.client(self.signed_in(email))
        order(http, "/api/v1/price-lists", PRICES)
        return http

    def signed_in(self, email):
        told = self.client().post("/api/v1/sign-in", json={"email": email, "password": PASSWORD})
        return told.raise_for_status().json()["access_token"]

    def person(self):
        email = f"{uuid.uuid4().hex}@example.org"
        self.client().post("/api/v1/accounts", json={"email": email, "password": PASSWORD}).raise_for_status()
        return self.signed_in(email)

    @contextmanager
    def follow(self, session, token):
        """A WebSocket through Caddy."""
        port = urlsplit(self.stack.url).port
        wire = socket.create_connection(("127.0.0.1", port), 10)
        url = self.stack.url.replace("https", "wss", 1) + f"/api/v1/sessions/{session}/live"
        with connect(url, sock=wire, ssl=self.trust, server_hostname="rvm.localhost", open_timeout=20) as live:
            live.send(json.dumps({"access_token": token}))
            yield live
