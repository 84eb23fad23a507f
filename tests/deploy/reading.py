"""deploy/ as the tests read it: services, resources, settings, commands."""

import re
from pathlib import Path

import typer.main
import yaml

from entrypoints.cli import app
from entrypoints.settings import GROUPS, fields_of

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILES = sorted(DEPLOY.glob("*/Dockerfile"))
KUBERNETES = DEPLOY / "kubernetes"
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))
RESOURCES = {
    path: list(yaml.safe_load_all((KUBERNETES / path).read_text(encoding="utf-8")))
    for path in KUSTOMIZATION["resources"]
}
SETTINGS = {name for group in GROUPS for name, _ in fields_of(group)}
_VARIABLE = re.compile(r"\$\{(\w+)(?::?[-?][^}]*)?\}")


def ours():
    """The services whose image is made from this repository."""
    return {name: service for name, service in COMPOSE["services"].items() if service["image"].startswith("myrvm-")}


def unknown(names):
    """Those of ours that no setting has."""
    return sorted(name for name in names if name.startswith("RVM_") and name not in SETTINGS)


def variables(text):
    """What a text takes from .env."""
    return set(_VARIABLE.findall(text))


def filled(text, values):
    return _VARIABLE.sub(lambda found: values.get(found[1], ""), str(text))


def understood(words):
    """Parse a command of `rvm` without running it. Raises click's errors for what does not exist."""
    command, name, words = typer.main.get_command(app), "rvm", list(words)
    while True:
        context = command.make_context(name, words)
        rest = [*getattr(context, "_protected_args", []), *context.args]
        if not rest or not hasattr(command, "get_command"):
            return name
        name, command, words = command.resolve_command(context, rest)


def stages(dockerfile):
    """The instructions of each stage, as (word, rest)."""
    text = re.sub(r"\\\n", " ", dockerfile.read_text(encoding="utf-8"))
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = []
    for word, rest in lines:
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def environment_of(dockerfile):
    """What the last stage sets."""
    pairs = [rest for word, rest in stages(dockerfile)[-1] if word == "ENV"]
    return dict(pair.split("=", 1) for rest in pairs for pair in rest.split())
