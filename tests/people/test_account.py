"""Addresses have one form, and passwords that protect nobody are refused."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people.account import (
    LONGEST_ADDRESS,
    Account,
    InvalidAddress,
    Language,
    UnfitPassword,
    check_password,
    normalise,
    person_id,
)
from domain.people.role import NotAllowed, Role, require


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("ana@example.org", "ana@example.org"),
        ("  Ana.Lee+Bottles@Example.ORG ", "ana.lee+bottles@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana＠example.org", "ana@example.org"),
    ],
)
def test_an_address_has_one_form(written, stored):
    assert normalise(written) == stored
    assert normalise(stored) == stored


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "ana", "ana@", "@example.org", "ana@example", "ana@@example.org", "a b@example.org",
        "ana@exam ple.org", ".ana@example.org", "ana.@example.org", "a..b@example.org", "ana@-x.example",
        "ana@127.0.0.1", "ana@[127.0.0.1]", "ana\x00@example.org", "ana\n@example.org", "ana@example.org\nbcc:x@y.z",
        "<script>alert(1)</script>@example.org", "x'); DROP TABLE accounts;--@example.org", '"ana"@example.org',
        "ana@exa\u202emple.org", "a" * 65 + "@example.org", "a@" + ".".join(["b" * 60] * 5) + ".org",
        "ana@" + "a" * 64 + ".org", "ана@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_name(text):
    with pytest.raises(InvalidAddress):
        normalise(text)


@given(st.text(max_size=300))
@pytest.mark.property
def test_any_text_is_refused_or_has_a_form_that_stays(text):
    try:
        form = normalise(text)
    except InvalidAddress:
        return
    assert normalise(form) == form
    assert form.isascii()
    assert form.count("@") == 1
    assert len(form) <= LONGEST_ADDRESS


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "aaaaaaaaaaaa", "ana@example.org", "ANA@example.org"])
def test_a_password_that_protects_nobody_is_refused_without_being_told(password):
    with pytest.raises(UnfitPassword) as refused:
        check_password(password, "ana@example.org")
    assert not password or password not in str(refused.value)


def test_two_ways_to_type_one_letter_are_one_password():
    assert check_password("pässword one", "a@b.cd") == check_password("pa\u0308ssword one", "a@b.cd")


def test_an_account_hides_what_is_private_when_it_is_printed():
    account = Account(
        person=person_id(bytes(range(16))), organisation="o", address="ana@example.org", password_hash="$argon2id$x",
        role=Role.USER, language=Language.ENGLISH, created_at=1,
    )  # fmt: skip
    assert "ana@" not in repr(account)
    assert "argon2" not in repr(account)


def test_a_persons_id_is_chance_and_nothing_else():
    assert uuid.UUID(person_id(b"\xff" * 16)).version == 4
    assert person_id(b"\x00" * 16) != person_id(b"\x00" * 15 + b"\x01")


def test_roles_are_checked_by_name():
    require(Role.OPERATOR, Role.OPERATOR)
    with pytest.raises(NotAllowed, match="operator"):
        require(Role.USER, Role.OPERATOR)
