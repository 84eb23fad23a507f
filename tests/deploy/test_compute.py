"""The compute service of deploy/compose.yaml, started by its command: it makes a model from a folder."""

import subprocess
import sys
import time

import pytest

from tests.deploy.stack import SERVICES, bare
from tests.training.photographs import write_folder

COMPUTE = SERVICES["compute"]
BEGINS_WITHIN = 300


@pytest.mark.torch
@pytest.mark.timeout(400)
def test_compute_begins_to_train_is_healthy_and_ends_when_told(tmp_path):
    write_folder(tmp_path / "dataset")
    volumes = {volume.split(":")[1] for volume in COMPUTE["volumes"]}
    assert volumes == {"/dataset", "/out"}
    command = [str(tmp_path / word[1:]) if word in volumes else word for word in COMPUTE["command"]]
    environment = {**bare(), **COMPUTE["environment"]}
    kind, program, *check = COMPUTE["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    compute = subprocess.Popen([sys.executable, "-m", "entrypoints.cli", *command], env=environment)
    try:
        deadline = time.monotonic() + BEGINS_WITHIN
        while not any((tmp_path / "out").glob("*/*")):
            assert compute.poll() is None
            assert time.monotonic() < deadline, "it did not begin"
            time.sleep(0.2)
        assert subprocess.run([sys.executable, *check], env=environment, check=False).returncode == 0
        compute.terminate()
        compute.wait(60)
    finally:
        compute.kill()
        compute.wait()
