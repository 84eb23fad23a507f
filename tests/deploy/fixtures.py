"""The whole stack for all tests that ask for it, started once; in the end it must go down in good order."""

import pytest

from tests.deploy.site import Site
from tests.deploy.stack import Stack


@pytest.fixture(scope="session")
def deployed(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("stack")) as stack:
        stack.up()
        print("healthy after", {name: f"{seconds:.1f} s" for name, seconds in stack.took.items()})
        site = Site.of(stack)
        site.operator = site.somebody_who_runs_it()
        yield site
        assert stack.down() == dict.fromkeys(stack.services, 0)
        for name, service in stack.services.items():
            if name.startswith("platform"):
                lines = service.log.read_text(errors="replace").splitlines()
                assert [line for line in lines if not line.startswith(("{", "MyRVM platform on "))] == []
