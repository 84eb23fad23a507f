"""domain and application are pure: nothing third-party but attrs, no clock, no chance, no I/O."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = ("domain", "application")
OWN = ("domain", "application", "adapters", "simulators", "entrypoints")
ALLOWED = {"attr", "attrs"}

# What reaches out of the process, or differs from run to run.
UNSAFE_MODULES = {
    "asyncio", "concurrent", "ctypes", "http", "io", "multiprocessing", "os", "pathlib", "queue", "random", "secrets",
    "select", "selectors", "shutil", "signal", "socket", "socketserver", "sqlite3", "ssl", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "zipfile",
}  # fmt: skip
UNSAFE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7", "open", "print", "input", "eval", "exec"}
BY_NAME = {"__import__", "import_module", "find_spec", "run_module", "run_path"}


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def called(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node.lineno
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node.lineno


def modules_of(*packages: str) -> list[str]:
    names = (path.relative_to(ROOT).with_suffix("").parts for path in sources(*packages))
    return sorted(".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in names)


BLOCK_AND_IMPORT = """
import importlib, importlib.abc, sys

OWN, ALLOWED = {own!r}, {allowed!r}

class OnlyAttrs(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in OWN and top not in ALLOWED:
            raise ModuleNotFoundError(f"{{name}} is third-party and blocked", name=name)
        return None

for name in [name for name in sys.modules if name.partition(".")[0] not in sys.stdlib_module_names]:
    if not name.startswith("__"):
        del sys.modules[name]
sys.meta_path.insert(0, OnlyAttrs())
sys.path.insert(0, {root!r})
for name in {modules!r}:
    importlib.import_module(name)
outer = {{n.partition(".")[0] for n in sys.modules}} & {{"adapters", "simulators", "entrypoints"}}
assert not outer, f"the core imported {{outer}}"
print("pure", len({modules!r}))
"""


def blocked_script(modules: list[str], then: str = "") -> str:
    """A program that imports these modules where every third-party package but attrs is blocked."""
    return BLOCK_AND_IMPORT.format(own=OWN, allowed=tuple(ALLOWED), root=str(ROOT), modules=modules) + then


def test_domain_and_application_import_where_only_attrs_is_there():
    modules = modules_of(*PURE)
    ran = subprocess.run(
        [sys.executable, "-c", blocked_script(modules)], capture_output=True, text=True, check=False, cwd="/"
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["pure", str(len(modules))]


def test_the_block_blocks():
    ran = subprocess.run(
        [sys.executable, "-c", blocked_script([], "import fastapi")],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert ran.returncode != 0
    assert "fastapi is third-party and blocked" in ran.stderr


@pytest.mark.parametrize("path", list(sources(*PURE)), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_reaches_for_nothing_outside(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unsafe = [name for name in imported(tree) if name.partition(".")[0] in UNSAFE_MODULES]
    assert not unsafe, f"imports {unsafe}: time, chance and I/O come through ports"
    strangers = [
        name for name in imported(tree) if name.partition(".")[0] not in {*sys.stdlib_module_names, *OWN, *ALLOWED}
    ]
    assert not strangers, f"imports {strangers}"


def test_the_domain_logs_nothing():
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources("domain")}
    assert [path for path, tree in trees.items() if "logging" in imported(tree)] == []


@pytest.mark.parametrize("path", list(sources("domain")), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_asks_no_clock_and_draws_no_lots(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unsafe = [f"{name}() in line {line}" for name, line in called(tree) if name in UNSAFE_CALLS]
    assert not unsafe, f"{unsafe}: what time it is, and what an id is, comes in as a value"


def test_no_module_is_named_by_string_outside_entrypoints():
    """The import rule is worth nothing where imports hide in strings."""
    hidden = [
        f"{path.relative_to(ROOT)}:{line} {name}()"
        for path in sources("domain", "application", "adapters", "simulators")
        for name, line in called(ast.parse(path.read_text(encoding="utf-8")))
        if name in BY_NAME
    ]
    assert hidden == []
