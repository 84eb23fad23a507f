"""A demo that really runs, in this process, for the tests of its page."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from entrypoints.demo.events import EventLog
from entrypoints.demo.hosting import Platform, listen
from entrypoints.demo.pictures import PACKAGED, find
from entrypoints.demo.stage import Stage
from entrypoints.demo.website import website
from entrypoints.relay import Relay
from tests.browser.visitor import Visitor


class Demo:
    """A stage, its address, and what tests want to know of it."""

    def __init__(self, stage: Stage, address: str) -> None:
        self.stage = stage
        self.address = address
        self.relay = stage.platform.part(Relay)

    def decided(self) -> dict:
        """Every item in the machines' journals, by the SHA-256 of its picture."""
        stories = [machine.told() for machine in self.stage.machines]
        return {item.picture.sha256: item for story in stories for item in story.decided.values() if item.picture}

    def deposits(self) -> int:
        """What the platform has recorded, whether or not it was relayed."""
        return self.stage.live_proof()["deposits"]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Two machines with the packaged pictures and the model that ships; nobody comes by themselves."""
    data = tmp_path_factory.mktemp("demo")
    listening = listen(0)
    address = f"http://localhost:{listening.getsockname()[1]}/"
    platform = Platform(data, listening)
    stage = Stage(platform, machines=2, seed=11, pictures=find(None), data=data, events=EventLog(data / "events"))
    try:
        stage.open(website(stage))
        yield Demo(stage, address)
    finally:
        stage.close()


@pytest.fixture
def visitor(demo: Demo, new_page: Callable[..., Any]) -> Visitor:
    """Somebody who looks at the page."""
    return Visitor(new_page(height=900, width=1400), demo.address)


@pytest.fixture
def people(demo: Demo) -> Iterator[None]:
    """People who come and deposit while the test runs."""
    demo.stage.let_people_in()
    yield
    demo.stage.send_people_home()


def photograph(material: str, number: int = 0) -> Path:
    """A packaged photograph."""
    return sorted((PACKAGED / material).glob("*.jpg"))[number]
