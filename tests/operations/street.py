"""A platform with something of everything: people, a machine, its journal and a picture, an alert, a ticket..."""

import base64
import hashlib
import itertools
import re
import time

from attrs import define, field
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Signer
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Counters, ItemDecided, Picture
from domain.deposits.recognition import Box, Mask, Material, Recognition
from domain.fleet.claim_code import code_hash
from domain.fleet.profile import to_sign
from tests.api.callers import PASSWORD, Machine, Person, Platform
from tests.api.test_care import report
from tests.api.test_jobs import dead_job
from tests.objects.world import noise

PICTURE = noise(2_000, "a bottle")
SHA256 = hashlib.sha256(PICTURE).hexdigest()
SEEN = Recognition(1, Material.GLASS, 990_000, 995_000, Box(1, 1, 9, 9), Material.GLASS, 900_000, Mask(9_000), "m")
MINUTE = 60_000_000
RENEWED_S = 300
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@define
class Street:
    platform: Platform
    person: Person
    operator: Person
    machine: Machine
    signer: Ed25519Signer
    """The key pair of machines that come by claim code."""
    item: str = ""
    """An item of the machine, of which it has sent the picture."""
    ids: dict = field(factory=dict)
    """What paths may name, so that what is asked of it is there."""
    numbers: object = field(factory=lambda: itertools.count(1))
    sign_in_at: float = field(factory=lambda: time.monotonic() + RENEWED_S)
    """When they sign in again, by the monotonic clock."""

    @classmethod
    def built(cls, platform):
        platform.publish_prices()
        person, operator, machine = platform.person(), platform.operator(), platform.machine("On the street")
        signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
        street = cls(platform, person, operator, machine, signer)
        machine.boot()
        street.item, upload = street.offered()
        sent = platform.client().post(upload["url"], data=upload["fields"], files={"file": ("p", PICTURE)})
        assert sent.status_code == 204
        assert machine.http.post(f"/api/v1/machines/{machine.id}/items/{street.item}/picture/sent").status_code == 200
        for number in range(4):
            report(machine, {"measures": {"bin_level": 990}}, ago=(4 - number) * MINUTE, start=number)
        machine.send(["not an entry"])
        street.ids = {
            **street.itself(), "item_id": street.item, "session_id": person.session()["session_id"],
            "ticket_id": street.ticket(), "command_id": street.command(), "code_id": street.claim_code()["code_id"],
            "job_id": dead_job(platform).id,
        }  # fmt: skip
        return street

    def credentials(self, access):
        """The headers of somebody who may call operations of this access."""
        self.stay_signed_in()
        keys = {
            "person": self.person.access_token,
            "operator": self.operator.access_token,
            "machine": self.machine.api_key,
        }
        return {"Authorization": f"Bearer {keys[access]}"} if access in keys else {}

    def stay_signed_in(self):
        """An access token counts for a quarter of an hour, and at length this takes longer."""
        if time.monotonic() < self.sign_in_at:
            return
        self.sign_in_at = time.monotonic() + RENEWED_S
        for who in (self.person, self.operator, self.platform.first_operator):
            body = {"email": who.email, "password": PASSWORD}
            who.access_token = self.platform.client().post("/api/v1/sign-in", json=body).json()["access_token"]
            who.http.headers["Authorization"] = f"Bearer {who.access_token}"

    def lead(self, operation, path):
        """Have the ids of a path, where they are ids at all, name what is there."""
        for name, value in (path or {}).items():
            if name in self.ids and not operation.endswith("/revoke") and ID.fullmatch(str(value)):
                path[name] = self.ids[name]

    def itself(self):
        """What a path needs to name the machine."""
        return {"machine_id": self.machine.id}

    # ------------------------------------------------------------ what happens on the street

    def brought(self):
        """Somebody brings a bottle. Returns the item's id; the machine has sent everything but the picture."""
        visit = self.machine.open(self.person.session()["token"])
        decision = Decision(accepted=True, reason=Reason.CONTAINER)
        picture = Picture(SHA256, "0123456789abcdef")
        item = self.machine.write(ItemDecided(visit.id, decision, SEEN, picture, None, Counters(next(self.numbers), 0)))
        self.machine.settle(item)
        self.machine.close(visit)
        self.sent()
        return item.id

    def sent(self):
        assert self.machine.send(self.machine.entries[-90:]).status_code == 200

    def offered(self):
        """A new item, and the ticket to send its picture."""
        item = self.brought()
        asked = {"size": len(PICTURE), "media_type": "image/jpeg"}
        told = self.machine.http.post(f"/api/v1/machines/{self.machine.id}/items/{item}/picture", json=asked)
        return item, told.json()["upload"]

    def shown(self, purpose, subject):
        """Proof that a machine holds its key pair, at a moment of its own."""
        moment = self.platform.clock.now().wall + next(self.numbers)
        signature = self.signer.sign(to_sign(purpose, subject, self.signer.public_key, moment))
        return {"moment": moment, "signature": base64.b64encode(signature).decode()}

    def claim_code(self):
        """A claim code that nobody used yet, as it was told when it was issued."""
        return self.operator.post("/api/v1/claim-codes", json={"name": f"Hall {next(self.numbers)}"}).json()

    def provision(self):
        """What a machine sends to become one of ours."""
        code = self.claim_code()["code"]
        public = base64.b64encode(self.signer.public_key).decode()
        return {"code": code, "public_key": public, **self.shown("provision", code_hash(code))}

    def provisioned(self):
        """A new machine that made a key pair."""
        told = self.platform.client().post("/api/v1/provisions", json=self.provision())
        return told.json()["machine_id"]

    def command(self):
        """A command that the machine has fetched and not answered yet."""
        sent = self.operator.post(f"/api/v1/machines/{self.machine.id}/commands", json={"kind": "run_diagnostics"})
        self.machine.http.post(f"/api/v1/machines/{self.machine.id}/deliveries")
        return sent.json()["command_id"]

    def ticket(self):
        """A ticket that nobody has seen to."""
        bins = self.platform.machine()
        for number in range(4):
            report(bins, {"measures": {"bin_level": 990}}, ago=(4 - number) * MINUTE, start=number)
        tickets = self.operator.get("/api/v1/tickets", params={"state": "open"}).json()["tickets"]
        return tickets[0]["ticket_id"]
