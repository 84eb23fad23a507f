"""docs/api.md is true: every command in it is run, in order, and answers what the page shows."""

import json
import re
import shlex
from pathlib import Path

import pytest

from application.platform.sign_up import SignUp
from domain.people.role import Role
from entrypoints.api.errors import KINDS

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|json)\n(.*?)^```$", GUIDE.partition("## Live")[0], re.MULTILINE | re.DOTALL)
CAPTURE = re.compile(r"(\w+)=\$\((curl .*) \| jq -r \.(\w+)\)")
VARIABLE = re.compile(r"""'"\$([A-Z]+)"'|'\$([A-Z]+)'|\$([A-Z]+)""")


class Shell:
    """As much of a shell, curl and jq as the guide needs."""

    def __init__(self, platform):
        self.platform = platform
        self.names = {"URL": platform.url}
        self.ran = 0

    def run(self, line):
        """Run a line; returns the response of a curl."""
        captured = CAPTURE.fullmatch(line)
        if captured:
            self.names[captured[1]] = self.curl(captured[2]).json()[captured[3]]
            return None
        if line.startswith("URL="):
            return None
        return self.curl(line)

    def curl(self, line):
        words = shlex.split(self.filled(line))
        assert words.pop(0) == "curl"
        method, headers, body, url = "GET", {}, None, None
        while words:
            word = words.pop(0)
            if word == "-X":
                method = words.pop(0)
            elif word == "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            elif word == "--json":
                method, body = "POST", words.pop(0)
                headers["Content-Type"] = "application/json"
            elif word == "-o":
                words.pop(0)
            elif word != "-s":
                url = word
        response = self.platform.client().request(method, url, headers=headers, content=body)
        assert response.status_code < 300, f"{line}\n{response.text}"
        self.ran += 1
        return response

    def filled(self, line):
        """Put variables in, whichever way they are quoted; what is put in is not looked at again."""
        return VARIABLE.sub(lambda found: self.names[found[1] or found[2] or found[3]], line)


def test_every_command_of_the_guide_works_and_answers_what_the_guide_shows(platform):
    platform.container.resolve(SignUp)("operator@example.org", "five brown bottles", role=Role.OPERATOR)
    shell, last = Shell(platform), None
    for kind, text in BLOCKS:
        if kind == "sh":
            for line in text.splitlines():
                last = shell.run(line)
        else:
            assert last is not None, text
            assert same_shape(json.loads(text), last.json()), f"{text}\n{last.text}"
    assert shell.ran >= 15


def same_shape(shown, told):
    """The same names and kinds of values; lists and mappings with other keys may hold more."""
    if isinstance(shown, dict):
        named = shown.keys() if not any(re.fullmatch("[0-9a-f]{8}", key) for key in shown) else set()
        return (
            isinstance(told, dict)
            and (not named or shown.keys() == told.keys())
            and all(same_shape(shown[key], told[key]) for key in named)
        )
    return type(shown) is type(told) or shown is None or told is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_problem_stands_in_the_guide(kind):
    assert f"| `{kind.code}` | {kind.status} | {kind.title} |" in GUIDE


def test_the_guide_knows_no_problem_that_is_none():
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", GUIDE, re.MULTILINE))
    assert listed == {kind.code for kind in KINDS}
