"""Entries follow each other by place and hash, and have one encoding (D2)."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deposits.journal import (
    LONGEST_ENTRY,
    NO_HASH,
    BrokenChain,
    Entry,
    Kind,
    MalformedEntry,
    encode,
    follows,
    read,
    write,
)

MACHINE = "018f0000-0000-7000-8000-000000000001"
EPOCHS = ("018f0000-0000-7000-8000-00000000000a", "018f0000-0000-7000-8000-00000000000b")


def an_entry(seq: int, prev: str, *, epoch: str = EPOCHS[0], kind: Kind | None = None, **other: Any) -> Entry:
    parts: dict[str, Any] = {
        "id": f"018f0000-0000-7000-8000-{seq:012x}", "machine": MACHINE, "epoch": epoch, "seq": seq, "prev": prev,
        "mono": seq * 10, "wall": 1_800_000_000_000_000 + seq, "trusted": True,
        "kind": kind or (Kind.BOOTED if seq == 0 else Kind.VISIT_CLOSED), "body": {"n": seq},
    }  # fmt: skip
    return write(**{**parts, **other})


BOOT = an_entry(0, NO_HASH)
NEXT = an_entry(1, BOOT.hash)


def test_an_entry_is_always_the_same_bytes() -> None:
    golden = (
        b'{"body":{"n":0},"epoch":"018f0000-0000-7000-8000-00000000000a","id":"018f0000-0000-7000-8000-000000000000",'
        b'"kind":"booted","machine":"018f0000-0000-7000-8000-000000000001","mono":0,"prev":"' + b"0" * 64 + b'",'
        b'"seq":0,"trusted":true,"v":1,"wall":1800000000000000}'
    )
    assert golden == BOOT.raw
    assert BOOT.hash == "2f089c3c119395ef1d3bf237233171ed57933d519649dc966c1a15ecc3bafa49"
    assert read(golden) == BOOT


def test_the_next_in_place_follows_and_so_does_the_next_boot() -> None:
    follows(BOOT, None)
    follows(NEXT, BOOT)
    follows(an_entry(0, NEXT.hash, epoch=EPOCHS[1]), NEXT)


@pytest.mark.parametrize(
    ("entry", "before", "says"),
    [
        (NEXT, None, "stands first"),
        (an_entry(2, BOOT.hash), BOOT, "number 2 where 1 was due"),
        (an_entry(1, NEXT.hash), NEXT, "number 1 where 2 was due"),
        (an_entry(1, "ab" * 32), BOOT, "as the one before"),
        (an_entry(1, BOOT.hash, machine=EPOCHS[1]), BOOT, "is of machine"),
        (an_entry(1, BOOT.hash, epoch=EPOCHS[1]), BOOT, "an epoch starts with `booted`"),
        (an_entry(1, BOOT.hash, kind=Kind.BOOTED), BOOT, "an epoch starts with `booted`"),
        (an_entry(3, NEXT.hash, epoch=EPOCHS[1], kind=Kind.BOOTED), NEXT, "number 3 where 0 was due"),
    ],
)
def test_whatever_else_breaks_the_chain_and_is_told_why(entry: Entry, before: Entry | None, says: str) -> None:
    with pytest.raises(BrokenChain, match=says):
        follows(entry, before)


@given(at=st.integers(0, len(NEXT.raw) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_no_entry_or_another_hash(at: int, bit: int) -> None:
    harmed = bytearray(NEXT.raw)
    harmed[at] ^= 1 << bit
    with contextlib.suppress(MalformedEntry):
        assert read(bytes(harmed)).hash != NEXT.hash


@given(body=st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.just(',"epoch":'), max_size=4))
def test_a_body_is_cut_out_of_its_entry_as_it_stands(body: dict[str, Any]) -> None:
    entry = an_entry(1, BOOT.hash, body=body)
    assert entry.body_text == encode(body).decode()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (NEXT.raw.replace(b'"seq":1', b'"seq": 1'), "another encoding"),
        (json.dumps(json.loads(NEXT.raw), separators=(",", ":")).encode()[::-1], "not an entry"),
        (NEXT.raw.replace(b'"seq":1', b'"seq":1.0'), "integers"),
        (NEXT.raw.replace(b'"seq":1', b'"seq":-1'), "whole number from 0"),
        (NEXT.raw.replace(b'"seq":1', b'"seq":true'), "whole number from 0"),
        (NEXT.raw.replace(b'"v":1', b'"v":2'), "schema 2"),
        (NEXT.raw.replace(b'"trusted":true', b'"trusted":1'), "true or false"),
        (NEXT.raw.replace(b'"visit_closed"', b'"visit_clozed"'), "not known here"),
        (NEXT.raw.replace(b'"mono":10,', b""), "fields missing or unknown: mono"),
        (NEXT.raw.replace(b'"body":{"n":1}', b'"body":[1]'), "body is an object"),
        (NEXT.raw.replace(b'"machine":"018f', b'"machine":"018F'), "machine has not the form"),
        (b"", "not an entry"),
        (b"[]", "no object"),
        (b"\xff\xfe", "not an entry"),
        (b"[" * 5_000, "not an entry"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested deeper"),
        (b"x" * (LONGEST_ENTRY + 1), "at most"),
    ],
)
def test_what_is_no_entry_is_refused_by_name(raw: bytes, says: str) -> None:
    with pytest.raises(MalformedEntry, match=says):
        read(raw)


@pytest.mark.parametrize("value", [1.5, float("nan"), b"bytes", {1: "a"}, {"a": {2}}])
def test_what_has_no_encoding_is_refused(value: object) -> None:
    with pytest.raises(MalformedEntry):
        encode({"value": value})
