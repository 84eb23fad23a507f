"""Real servers for tests: one of each for a worker's whole session, something of one's own in it for each test."""

import uuid

import pytest

from entrypoints.parts.redis import RedisServer


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory):
    """A server that speaks Redis and is always up. Tests that harm a server start their own."""
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_prefix():
    """The beginning of all names that a test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"
