"""The signed report: true as it is, refused with one changed byte anywhere, and what is wrong with it is named."""

import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from domain.body.frame_quality import TILES_ACROSS, TILES_DOWN, Figures
from domain.commissioning.kinds import KINDS
from domain.commissioning.lines import Line, Unit, Verdict, Why, judged, without
from domain.commissioning.report import About, BadSignature, MalformedReport, Report, ReportKind, UnknownKey
from domain.commissioning.report_text import read, signed, verified
from domain.deposits.journal import encode
from entrypoints.cli import app

ABOUT = About("00000000-0000-4000-8000-000000000001", "ab" * 32, "1.2.0", "myrvm 0.1.0", "first-light-2+2a1b3c4d")
CLEAN = Figures(170, 12, 400, "cd" * 32, "0123456789abcdef", 0, 3, 13_400, 247, (170,) * (TILES_ACROSS * TILES_DOWN))
REPORT = Report(
    ReportKind.COMMISSIONING, ABOUT, 1_800_000_000_000_000, True,
    (
        judged("camera_brightness", KINDS["camera_brightness"], 168),
        evolve(judged("motor_in", KINDS["motor_in"], 2_205, "while it starts"), was=2_200),
        judged("bin_empty.Kaléng", KINDS["bin_empty"], -3, "797 mm, and the map says 800 mm"),
        without("light_seen", KINDS["light_seen"], Verdict.UNMEASURED, Why.PASSED_OVER, "later"),
    ),
    "Sari W", CLEAN,
)  # fmt: skip
VERIFIER = Ed25519Verifier()
REFUSALS = (MalformedReport, UnknownKey, BadSignature)


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Ed25519Signer.from_file(tmp_path_factory.mktemp("keys") / "machine.key")


@pytest.fixture(scope="module")
def raw(signer):
    return signed(REPORT, signer)


def again(raw, signer, **changes):
    """A report with other parts, signed anew by somebody who writes as a machine does."""
    parts = {**json.loads(raw), **changes}
    del parts["signature"]
    return encode({**parts, "signature": signer.sign(encode(parts)).hex()}) + b"\n"


def test_what_a_machine_signed_is_read_as_it_was(raw, signer):
    report = verified(raw, VERIFIER, signer.public_key)
    assert report == evolve(REPORT, key=signer.public_key.hex())
    assert report.verdict is Verdict.WARN, "a line was passed over"


def test_every_byte_changed_is_refused(raw, signer):
    """Each bit of each byte, which takes in the case of letters, digits and white space. No key is needed for it."""
    for place in range(len(raw)):
        for bit in range(8):
            changed = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
            with pytest.raises(REFUSALS):
                verified(changed, VERIFIER)


def test_every_byte_taken_away_or_doubled_is_refused(raw, signer):
    for place in range(len(raw)):
        for changed in (raw[:place] + raw[place + 1 :], raw[: place + 1] + raw[place:]):
            with pytest.raises(REFUSALS):
                verified(changed, VERIFIER, signer.public_key)


def test_the_same_content_in_other_bytes_is_refused(raw, signer):
    parts = json.loads(raw)
    others = [
        json.dumps(parts).encode() + b"\n",
        json.dumps(parts, indent=1, sort_keys=True).encode() + b"\n",
        raw.rstrip(b"\n"), raw + b"\n", b"\xef\xbb\xbf" + raw,
        raw.replace(b'"trusted":true', b'"trusted":true '),
        raw.replace(b"\\u00e9", "é".encode()), raw.replace(b"\\u00e9", b"\\u00E9"),
        raw.replace(b'"at":1800000000000000', b'"at":1800000000000000.0'),
        raw.replace(b'{"at":', b'{"at":0,"at":'),
    ]  # fmt: skip
    for other in others:
        assert other != raw
        with pytest.raises(MalformedReport):
            verified(other, VERIFIER, signer.public_key)


def test_another_key_is_named_and_so_is_a_signature_that_is_not_its(raw, signer, tmp_path):
    other = Ed25519Signer.from_file(tmp_path / "other.key")
    forged = again(raw, other, key=other.public_key.hex())
    with pytest.raises(UnknownKey, match=other.public_key.hex()):
        verified(forged, VERIFIER, signer.public_key)
    verified(forged, VERIFIER)
    with pytest.raises(BadSignature):
        verified(again(raw, other), VERIFIER, signer.public_key)


ODD = {
    "v": 2, "kind": "party", "machine": "me", "at": -1, "trusted": 1, "installer": "a\nb", "hardware_map": "AB" * 32,
    "firmware": "one", "software": None, "model": "m" * 301, "lines": {}, "verdict": "pass", "clean": [],
    "compared_with": "0", "key": "00",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_field_that_is_none_is_named(raw, signer, name):
    with pytest.raises(MalformedReport, match=name):
        read(again(raw, signer, **{name: ODD[name]}))


@pytest.mark.parametrize(
    "change", [{"unit": "miles"}, {"value": True}, {"name": "X"}, {"low": 5, "least": 9}, {"so": 1}]
)
def test_a_line_that_is_none_is_named_by_its_place(raw, signer, change):
    lines = json.loads(raw)["lines"]
    lines[1] = {**lines[1], **change}
    with pytest.raises(MalformedReport, match=r"lines\[1\]"):
        read(again(raw, signer, lines=lines))


def test_a_picture_that_is_none_is_named(raw, signer):
    clean = json.loads(raw)["clean"]
    for change in ({"tiles": [256]}, {"looks": "x"}, {"focus": None}, {"more": 1}):
        with pytest.raises(MalformedReport, match="clean"):
            read(again(raw, signer, clean={**clean, **change}))


@given(st.binary(max_size=200))
def test_anything_else_is_refused_by_its_name(data):
    with pytest.raises(MalformedReport):
        read(data)


def test_a_report_too_long_is_refused_before_it_is_read():
    with pytest.raises(MalformedReport, match="bytes"):
        read(b"[" * 200_000)


@given(
    value=st.integers(-(2**53), 2**53) | st.none(), was=st.integers(-(2**53), 2**53) | st.none(),
    said=st.text(max_size=400), unit=st.sampled_from(Unit), verdict=st.sampled_from(Verdict), why=st.sampled_from(Why),
)  # fmt: skip
def test_whatever_was_measured_can_be_signed_and_read(signer, value, was, said, unit, verdict, why):
    line = Line("network", unit, verdict, why, value, said=said, was=was)
    (back,) = verified(signed(evolve(REPORT, lines=(line,)), signer), VERIFIER).lines
    assert evolve(back, said="") == evolve(line, said="")


# ------------------------------------------------------------------ the command


def run(*arguments):
    return CliRunner().invoke(app, ["verify-report", *map(str, arguments)])


def test_the_command_says_what_is_wrong_and_ends_with_it(raw, signer, tmp_path):
    file, key = tmp_path / "report.json", tmp_path / "machine.pub"
    file.write_bytes(raw)
    key.write_text(signer.public_key.hex() + "\n")
    said = run(file, "--key", key)
    assert said.exit_code == 0
    assert "by Sari W" in said.output
    assert "unmeasured light_seen, passed over: later" in said.output
    assert "--key tells whose it is" in run(file).output
    assert run(file, "--key", "0" * 64).exit_code == 1
    assert "unknown key" in run(file, "--key", "0" * 64).output

    changed = raw.replace(b'"value":168', b'"value":169')
    file.write_bytes(changed)
    said = run(file, "--key", signer.public_key.hex())
    assert (said.exit_code, "bad signature" in said.output) == (1, True)
    file.write_bytes(raw.replace(b'"unit":"mA"', b'"unit":"kA"'))
    said = run(file)
    assert (said.exit_code, "lines[1].unit" in said.output) == (1, True)


def test_a_file_or_a_key_that_is_not_there_is_misuse(raw, tmp_path):
    (tmp_path / "report.json").write_bytes(raw)
    assert run(tmp_path / "nowhere.json").exit_code == 2
    assert run(tmp_path / "report.json", "--key", "nonsense").exit_code == 2
