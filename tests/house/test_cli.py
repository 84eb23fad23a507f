"""`rvm` itself: quick, and in words when something is missing."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from entrypoints import cli

RUN = CliRunner()


def test_help_names_every_command():
    said = RUN.invoke(cli.app, ["--help"])
    assert said.exit_code == 0
    for command in ("recognise", "train", "demo", "prove", "platform", "machine", "diagrams", "simulate", "settings"):
        assert command in said.output


def test_help_loads_no_heavy_library():
    """Nothing is imported before a command needs it."""
    heavy = {"cv2", "numpy", "onnxruntime", "fastapi", "sqlalchemy", "pydantic", "torch", "httpx"}
    script = f"import sys, entrypoints.cli; print(sorted({heavy!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_missing_extra_is_said_in_words(capsys):
    with pytest.raises(cli.typer.Exit) as ended, cli.extra("train", "training"):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")
    assert ended.value.exit_code == cli.MISUSE
    assert "rvm train needs the extra: pip install 'myrvm[training]'" in capsys.readouterr().err


def test_a_fault_of_our_own_is_not_taken_for_a_missing_extra():
    with pytest.raises(ModuleNotFoundError), cli.extra("train", "training"):
        raise ModuleNotFoundError("No module named 'domain.gone'", name="domain.gone")


def test_the_settings_page_goes_to_a_file(tmp_path):
    assert RUN.invoke(cli.app, ["settings", "--write", str(tmp_path / "page.md")]).exit_code == 0
    assert "RVM_PLATFORM_PORT" in (tmp_path / "page.md").read_text(encoding="utf-8")
