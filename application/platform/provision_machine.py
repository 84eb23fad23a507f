"""Make a machine one of ours by a claim code and the key pair that it made; renew its API key; revoke it.

The machine proves that it holds the private key by signing what it asks for, with a moment that counts once. So the
answer that got lost is asked for again by whoever holds the key, and by nobody else.
"""

from __future__ import annotations

from attrs import evolve, frozen

from application.platform.again import again
from application.platform.announce import of_machine
from application.platform.errors import UnknownClaimCode, UnknownMachine
from application.platform.register_machine import Registered
from application.ports.clock import Clock, IdSource, Random
from application.ports.signing import SignatureVerifier
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.fleet.claim_code import ClaimCode, code_hash, use
from domain.fleet.machine import KEY_BYTES, Machine, key_hash, write_key
from domain.fleet.profile import PUBLIC_KEY_BYTES, Profile, prove, to_sign

PROVISION, RENEW = "provision", "renew"
"""What a proof is for: its signature says it."""


class ProofRefused(Exception):
    """The signature is not this key's over what is asked for."""


@frozen
class Proof:
    """What a machine shows beside its request."""

    public_key: bytes
    """Raw Ed25519, 32 bytes."""
    moment: int
    """Microseconds UTC by the machine's clock."""
    signature: bytes
    """Over `domain.fleet.profile.to_sign`."""


@frozen
class ProvisionMachine:
    """Provisions machines."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: IdSource
    random: Random
    verifier: SignatureVerifier

    @again
    def __call__(self, code: str, proof: Proof) -> Registered:
        """Use a claim code: a new machine, and an API key that is shown once.

        The same code with the same key again (the answer got lost) is the same machine with a fresh API key.
        Raises MalformedCode, UnknownClaimCode, CodeOver, ProofRefused, StaleProof, Revoked.
        """
        hashed = code_hash(code)
        api_key = write_key(self.random.token(KEY_BYTES))
        with self.unit_of_work() as work:
            claimed = work.care.claim_codes.locked(hashed)
            if claimed is None:
                raise UnknownClaimCode("this claim code is not known")
            _check(self.verifier, PROVISION, hashed, proof)
            now = self.clock.now().wall
            used = use(claimed, self.ids.next(), proof.public_key, now)
            if used is claimed:
                machine = _again(work, claimed, proof, api_key, now)
            else:
                machine = _anew(work, used, proof, api_key, now)
            work.commit()
        return Registered(machine, api_key)


@frozen
class RenewKey:
    """Gives a machine another API key; the one before opens nothing any more."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    random: Random
    verifier: SignatureVerifier

    @again
    def __call__(self, machine: str, moment: int, signature: bytes) -> Registered:
        """Renew a machine's API key. Raises UnknownMachine, ProofRefused, StaleProof, Revoked."""
        api_key = write_key(self.random.token(KEY_BYTES))
        with self.unit_of_work() as work:
            known, profile = work.machines.locked(machine), work.care.profiles.get(machine)
            if known is None or profile is None or profile.public_key is None:
                raise UnknownMachine("no such machine, or one that was registered by hand")
            _check(self.verifier, RENEW, machine, Proof(profile.public_key, moment, signature))
            now = self.clock.now().wall
            work.care.profiles.keep(prove(profile, moment, now))
            work.care.rekey(machine, key_hash(api_key))
            work.outbox.add([of_machine(known, "key_renewed", now)])
            work.commit()
        return Registered(known, api_key)


@frozen
class RevokeMachine:
    """Revokes machines: their API key opens nothing, and they cannot renew it."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    random: Random

    @again
    def __call__(self, organisation: str, machine: str) -> Profile:
        """Revoke a machine of an organisation; again changes nothing. Raises UnknownMachine."""
        with self.unit_of_work() as work:
            known = work.machines.locked(machine)
            if known is None or known.organisation != organisation:
                raise UnknownMachine(f"machine {machine} is not registered")
            profile = work.care.profiles.get(machine) or Profile(machine, organisation)
            if profile.revoked_at is not None:
                return profile
            now = self.clock.now().wall
            profile = evolve(profile, revoked_at=now)
            work.care.profiles.keep(profile)
            # A hash of a key that nobody was ever told.
            work.care.rekey(machine, key_hash(write_key(self.random.token(KEY_BYTES))))
            work.outbox.add([of_machine(known, "revoked", now)])
            work.commit()
        return profile


def _check(verifier: SignatureVerifier, purpose: str, subject: str, proof: Proof) -> None:
    signed = to_sign(purpose, subject, proof.public_key, proof.moment)
    if len(proof.public_key) != PUBLIC_KEY_BYTES or not verifier.verify(proof.public_key, signed, proof.signature):
        raise ProofRefused("the signature is not this key's over this request")


def _anew(work: UnitOfWork, used: ClaimCode, proof: Proof, api_key: str, now: int) -> Machine:
    machine = Machine(used.machine or "", used.organisation, used.name, key_hash(api_key), now)
    profile = Profile(machine.id, machine.organisation, used.site, public_key=proof.public_key)
    work.machines.add(machine)
    work.care.profiles.keep(prove(profile, proof.moment, now))
    work.care.claim_codes.keep(used)
    work.outbox.add([of_machine(machine, "registered", now)])
    return machine


def _again(work: UnitOfWork, used: ClaimCode, proof: Proof, api_key: str, now: int) -> Machine:
    machine = work.machines.locked(used.machine or "")
    profile = work.care.profiles.get(used.machine or "")
    if machine is None or profile is None:
        raise UnknownMachine("the machine of this claim code is gone")
    work.care.profiles.keep(prove(profile, proof.moment, now))
    work.care.rekey(machine.id, key_hash(api_key))
    return machine
