"""Readiness names each part and its state, within two seconds also while a part hangs."""

import time

import pytest

from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serving
from entrypoints.relay import Relay
from tests.api.conftest import quick_settings
from tests.objects.world import OUTSIDE


def asked(url):
    began = time.monotonic()
    answer = OUTSIDE.get(f"{url}/health/ready")
    took = time.monotonic() - began
    print(f"ready answered in {took:.2f} s")
    assert took < 2
    return answer.status_code, answer.json()


@pytest.mark.xdist_group("s3")
def test_a_platform_whose_object_store_hangs_is_degraded_and_says_how(s3_server, tmp_path):
    settings = quick_settings(
        tmp_path, s3_url=s3_server.url, s3_access_key=s3_server.access_key, s3_secret_key=s3_server.secret_key
    )
    container = build_platform(settings)
    with serving(container) as url:
        all_up = {"store": "up", "relay": "up", "objects": "up"}
        assert asked(url) == (200, {"status": "ready", "parts": all_up, "degraded": []})
        s3_server.suspend()
        try:
            status, told = asked(url)
        finally:
            s3_server.resume()
        assert (status, told["status"], told["parts"]) == (200, "degraded", {**all_up, "objects": "away"})
        assert [(each["part"], each["why"]) for each in told["degraded"]] == [
            ("objects", "the object store does not answer")
        ]
        assert asked(url)[1]["status"] == "ready"
    close_platform(container)


def test_a_platform_without_its_store_or_its_relay_is_not_ready(tmp_path):
    container = build_platform(quick_settings(tmp_path))
    with serving(container) as url:
        container.resolve(Relay).stop()
        status, told = asked(url)
        assert (status, told["parts"]["relay"], told["parts"]["store"]) == (503, "away", "up")
        assert told["detail"] == "the relay does not run: nothing live moves"
    close_platform(container)
