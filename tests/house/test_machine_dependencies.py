"""What a machine needs is to be had as wheels for its processor: nothing is compiled on a Jetson.

pip resolves for another platform, without installing (`--dry-run`). Markers such as `python_version < "3.11"` it takes
from the Python that runs it; what hides behind those today is pure Python.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["tensorrt"]]
"""Jetson.GPIO, the other extra of a Jetson, is a source package of pure Python."""

# JetPack 6 is Ubuntu 22.04: glibc 2.35.
PLATFORMS = ["manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in range(17, 36))]


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("python", ["3.10", "3.12"])
def test_everything_a_machine_needs_is_a_wheel(tmp_path, python):
    report = tmp_path / "report.json"
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"),
        *("--target", str(tmp_path / "nowhere"), "--report", str(report), "--only-binary=:all:"),
        *("--implementation", "cp", "--python-version", python),
        *(argument for platform in PLATFORMS for argument in ("--platform", platform)),
        *NEEDED,
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    files = [one["download_info"]["url"] for one in json.loads(report.read_text(encoding="utf-8"))["install"]]
    assert len(files) >= len(NEEDED)
    assert [file for file in files if not file.endswith(("_aarch64.whl", "-none-any.whl"))] == []
