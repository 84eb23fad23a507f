"""Commands between operator, platform and machine; machines that become ours, renew their keys, and are revoked."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.signing.ed25519 import Ed25519Verifier
from application.platform.errors import UnknownClaimCode, UnknownCommand, UnknownMachine
from application.platform.provision_machine import Proof, ProofRefused
from application.platform.send_command import MOST_WAITING, TooManyCommands
from domain.fleet.claim_code import CodeOver, MalformedCode
from domain.fleet.command import OUTCOME_WITHIN, CommandOver, Kind, Mode, State, Told
from domain.fleet.profile import FRESH, Revoked, StaleProof
from tests.platform.world import SECOND, person

OLGA = person("olga")
KEY = Ed25519PrivateKey.from_private_bytes(b"m" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"n" * 32)


def send(care, machine, kind=Kind.REBOOT, **parameters):
    return care.send_command(care.house, machine, kind, parameters, OLGA, 60)


def test_a_command_is_fetched_signed_accepted_and_done_and_the_mode_is_known(care):
    machine = care.machine()
    sent = send(care, machine, Kind.SET_MODE, mode="local_then_remote")
    assert care.report(machine).commands == 1
    ((command, signed),) = care.deliver(machine)
    assert command.state is State.DELIVERED
    assert Ed25519Verifier().verify(care.platform.signer.public_key, signed.raw, signed.signature)
    assert json.loads(signed.raw) == {
        "v": 1, "id": sent.id, "machine": machine, "kind": "set_mode", "parameters": {"mode": "local_then_remote"},
        "issued_at": sent.issued_at, "expires_at": sent.expires_at,
    }  # fmt: skip
    assert care.deliver(machine) == [(command, signed)], "the answer may have got lost"
    for _ in range(2):
        assert care.note(machine, sent.id, Told.ACCEPTED).state is State.ACCEPTED
    assert care.deliver(machine) == []
    for _ in range(2):
        assert care.note(machine, sent.id, Told.SUCCEEDED, "done").detail == "done"
    with pytest.raises(CommandOver):
        care.note(machine, sent.id, Told.FAILED)
    assert care.read_machine(care.house, machine)[1].mode is Mode.LOCAL_THEN_REMOTE
    states = ("queued", "delivered", "accepted", "succeeded")
    assert [len(care.told(f"command.{state}")) for state in states] == [1, 1, 1, 1]


def test_what_is_late_is_expired_and_never_delivered(care):
    machine = care.machine()
    late, lost = send(care, machine), send(care, machine)
    care.deliver(machine)
    care.note(machine, lost.id, Told.ACCEPTED)
    care.clock.advance(60 * SECOND)
    with pytest.raises(CommandOver):
        care.note(machine, late.id, Told.ACCEPTED)
    assert care.report(machine).commands == 0
    assert care.expire() == 1
    assert care.deliver(machine) == []
    care.clock.advance(OUTCOME_WITHIN)
    assert (care.expire(), care.expire()) == (1, 0)
    assert len(care.told("command.expired")) == len(care.told("command.failed")) == 1


def test_fetching_late_says_that_it_expired(care):
    machine = care.machine()
    send(care, machine)
    care.clock.advance(60 * SECOND)
    assert care.deliver(machine) == []
    assert len(care.told("command.expired")) == 1
    assert care.expire() == 0


def test_others_commands_are_not_known_and_too_many_do_not_wait(care):
    machine, other = care.machine(), care.machine("other")
    sent = send(care, machine)
    with pytest.raises(UnknownCommand):
        care.note(other, sent.id, Told.ACCEPTED)
    with pytest.raises(UnknownMachine):
        care.send_command("another house", machine, Kind.REBOOT, {}, OLGA)
    for _ in range(MOST_WAITING - 1):
        send(care, machine)
    with pytest.raises(TooManyCommands):
        send(care, machine)
    care.clock.advance(60 * SECOND)
    send(care, machine)


# ------------------------------------------------------------------ claim codes and keys


def test_a_machine_is_provisioned_once_and_a_lost_answer_is_asked_for_again(care):
    text = care.issue_code(care.house, OLGA, "Hall", "Gambir").text
    first = care.provision(text, care.shown(KEY, text))
    assert care.recognise(first.api_key).name == "Hall"
    care.clock.advance(1)
    again = care.provision(text.lower(), care.shown(KEY, text))
    assert again.machine.id == first.machine.id
    assert care.recognise(again.api_key).id == first.machine.id
    with pytest.raises(UnknownMachine):
        care.recognise(first.api_key)
    care.clock.advance(1)
    with pytest.raises(CodeOver):
        care.provision(text, care.shown(OTHER, text))
    _, profile, _ = care.read_machine(care.house, first.machine.id)
    assert profile.site == "Gambir"
    assert len(care.told("machine.registered")) == 1


def test_what_was_overheard_opens_nothing(care):
    text = care.issue_code(care.house, OLGA, "Hall").text
    shown = care.shown(KEY, text)
    care.provision(text, shown)
    with pytest.raises(StaleProof):
        care.provision(text, shown)
    with pytest.raises(StaleProof):
        care.provision(text, care.shown(KEY, text, care.clock.wall + FRESH + 1))


def test_a_proof_of_something_else_is_refused_and_leaves_the_code_as_it_was(care):
    text, other = (care.issue_code(care.house, OLGA, "Hall").text for _ in range(2))
    good = care.shown(KEY, text)
    wrong = (
        care.shown(KEY, other), care.proof(KEY, "renew", text), Proof(good.public_key, good.moment, b""),
        Proof(b"short", good.moment, good.signature), Proof(good.public_key, good.moment + 1, good.signature),
    )  # fmt: skip
    for proof in wrong:
        with pytest.raises(ProofRefused):
            care.provision(text, proof)
    care.provision(text, good)


def test_codes_that_are_none_unknown_or_withdrawn(care):
    issued = care.issue_code(care.house, OLGA, "Hall")
    with pytest.raises(MalformedCode):
        care.provision("X", care.shown(KEY, issued.text))
    with pytest.raises(UnknownClaimCode):
        care.withdraw_code("another house", issued.code.id)
    care.withdraw_code(care.house, issued.code.id)
    care.withdraw_code(care.house, issued.code.id)
    with pytest.raises(CodeOver):
        care.provision(issued.text, care.shown(KEY, issued.text))


def test_a_key_is_renewed_by_its_pair_and_a_revoked_machine_is_out(care):
    text = care.issue_code(care.house, OLGA, "Hall").text
    first = care.provision(text, care.shown(KEY, text))
    machine = first.machine.id

    def renewed(key):
        care.clock.advance(1)
        proof = care.proof(key, "renew", machine)
        return care.renew(machine, proof.moment, proof.signature)

    second = renewed(KEY)
    with pytest.raises(UnknownMachine):
        care.recognise(first.api_key)
    with pytest.raises(ProofRefused):
        renewed(OTHER)
    care.revoke(care.house, machine)
    care.revoke(care.house, machine)
    with pytest.raises(UnknownMachine):
        care.recognise(second.api_key)
    with pytest.raises(Revoked):
        renewed(KEY)
    care.clock.advance(1)
    with pytest.raises(Revoked):
        care.provision(text, care.shown(KEY, text))
    assert len(care.told("machine.revoked")) == 1
    with pytest.raises(UnknownMachine):
        care.renew(care.machine("by hand"), 1, b"")
