"""A real S3 server for tests: started once in a process of pytest, at its first use."""

import shutil
import tempfile
from pathlib import Path

import pytest

from entrypoints.parts.s3 import S3Server


@pytest.fixture(scope="session")
def s3_server():
    """An S3 server. Tests keep apart by names of their own."""
    folder = Path(tempfile.mkdtemp(prefix="rvm-s3-"))
    with S3Server(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)
