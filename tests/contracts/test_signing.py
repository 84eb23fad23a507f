"""The contract of the signing ports, and the rules for the key's file."""

from __future__ import annotations

import hashlib
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier, UnreadableKey
from simulators.seal import SimulatedSigner, SimulatedVerifier

CONTRACT, ADAPTERS = "Signing", "scheme"


@pytest.fixture(params=[Ed25519Verifier, SimulatedVerifier])
def scheme(request):
    return request.param


@pytest.fixture
def verifier(scheme):
    return scheme()


@pytest.fixture
def sealed(scheme, tmp_path):
    """Two signers, whose signatures it knows."""
    if scheme is SimulatedVerifier:
        return SimulatedSigner(1), SimulatedSigner(2)
    return tuple(Ed25519Signer.from_file(tmp_path / name) for name in ("one.pem", "other.pem"))


@pytest.fixture
def signer(tmp_path):
    return Ed25519Signer.from_file(tmp_path / "key.pem")


def test_what_was_signed_verifies_and_nothing_else_does(verifier, sealed):
    signer, other = sealed
    signature = signer.sign(b"one bottle")

    assert verifier.verify(signer.public_key, b"one bottle", signature)
    assert not verifier.verify(signer.public_key, b"two bottles", signature)
    assert not verifier.verify(other.public_key, b"one bottle", signature)
    assert not verifier.verify(signer.public_key, b"one bottle", signature[:-1] + bytes([signature[-1] ^ 1]))


def test_another_signature_of_the_right_size_does_not_verify(verifier, sealed):
    signer, other = sealed
    assert verifier.verify(signer.public_key, b"one bottle", signer.sign(b"one bottle"))
    assert not verifier.verify(signer.public_key, b"one bottle", other.sign(b"one bottle"))
    assert not verifier.verify(signer.public_key, b"one bottle", bytes(64))


@pytest.mark.parametrize("wrong", [b"", b"short", bytes(63), bytes(65), bytes(200)])
def test_what_is_no_signature_or_no_key_is_only_false(verifier, sealed, wrong):
    signer, _ = sealed
    assert verifier.verify(signer.public_key, b"one bottle", wrong) is False
    assert verifier.verify(wrong, b"one bottle", signer.sign(b"one bottle")) is False


@given(key=st.binary(max_size=40), message=st.binary(max_size=20), signature=st.binary(max_size=70))
def test_anything_malformed_is_only_false(key, message, signature):
    assert Ed25519Verifier().verify(key, message, signature) is False


def test_known_answer():
    """RFC 8032, section 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert Ed25519Verifier().verify(public, bytes([0x72]), signature)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "keys" / "key.pem"
    first = Ed25519Signer.from_file(path)
    again = Ed25519Signer.from_file(path)

    assert first.public_key == again.public_key
    assert first.key_id == hashlib.sha256(first.public_key).hexdigest()[:8]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["key.pem"]


def test_a_key_that_others_can_read_is_refused(tmp_path):
    Ed25519Signer.from_file(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(UnreadableKey, match="0600"):
        Ed25519Signer.from_file(tmp_path / "key.pem")


@pytest.mark.parametrize("kind", ["broken", "another kind"])
def test_a_file_without_such_a_key_is_refused(tmp_path, kind):
    pem = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    if kind == "another kind":
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "key.pem").chmod(0o600)
    with pytest.raises(UnreadableKey, match=r"key\.pem"):
        Ed25519Signer.from_file(tmp_path / "key.pem")
