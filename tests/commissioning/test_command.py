"""`rvm machine self-test`, `commission` and `key`, on simulated hardware by the adapters that ship."""

import json

import pytest
from typer.testing import CliRunner

from application.machine.self_test.follow_guide import Live
from domain.commissioning.guide import Reason, Step, Task
from domain.commissioning.lines import Unit
from domain.commissioning.report_text import read
from entrypoints.cli import app
from entrypoints.machine import self_test_command as command
from entrypoints.machine.installer import ConsoleInstaller

MACHINE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("RVM_MACHINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RVM_MACHINE_ID", MACHINE)
    monkeypatch.setenv("RVM_MACHINE_PLATFORM_URL", "http://127.0.0.1:9")
    return tmp_path / "data"


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.slow
def test_a_machine_tests_itself_and_is_commissioned(settings):
    said = run("machine", "self-test", "--map", "simulated", "--json")
    assert said.exit_code == 0, said.output
    (raw,) = [line for line in said.output.splitlines() if line.startswith("{")]
    assert json.loads(raw)["machine"] == MACHINE
    assert (settings / "self-test.json").read_text() == raw + "\n"

    said = run("machine", "commission", "--map", "simulated", "--installer", "Sari", "--plant", "motor reversed")
    assert said.exit_code == 1, said.output
    report = read((settings / "commissioning.json").read_bytes())
    assert {line.name for line in report.lines if line.verdict.value == "fail"} == {"item_way"}, said.output
    key = run("machine", "key").output.strip()
    assert run("verify-report", str(settings / "commissioning.json"), "--key", key).exit_code == 0


def test_what_makes_no_sense_is_misuse(monkeypatch):
    assert run("machine", "self-test", "--map", "nowhere.toml").exit_code == 2
    assert run("machine", "self-test", "--plant", "gremlins").exit_code == 2
    monkeypatch.setenv("RVM_MACHINE_DATA", "/proc/nowhere")
    assert run("machine", "key").exit_code == 2


def test_the_key_is_the_machines_own_and_stays(settings):
    first = run("machine", "key").output
    assert run("machine", "key").output == first
    assert (settings / "machine.key").stat().st_mode & 0o777 == 0o600


def test_while_the_agent_runs_it_says_so(settings):
    from adapters.journal.apsw_journal import ApswJournal

    settings.mkdir()
    journal = ApswJournal(settings / "journal.db")
    try:
        said = run("machine", "self-test", "--map", "simulated")
    finally:
        journal.close()
    assert (said.exit_code, "is the agent still running" in said.output) == (2, True)


def test_a_person_at_a_terminal_sees_the_number_measures_and_passes_over():
    asked = []

    def installer(*answers):
        typed = iter(answers)

        def ask(question):
            asked.append(question)
            return next(typed)

        return ConsoleInstaller(ask)

    step = Step(Task.BIN_FULL, "cans")
    assert installer("v", "", "").does(step, lambda: Live(151, Unit.MILLIMETRE)) is None
    assert any("151 mm" in question for question in asked)
    assert all("cans" in question for question in asked[::2])
    assert installer("s", "x", "o").does(step, lambda: None) is Reason.OUT_OF_REACH
    assert installer("perhaps", "N").sees(Step(Task.LIGHT)) is False
    assert installer("s", "l").sees(Step(Task.LIGHT)) is Reason.LATER
    assert installer(" R ").again(step, ()) is True
    assert command.SOUND == 0
