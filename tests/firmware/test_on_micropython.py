"""The same core under MicroPython itself: its WebAssembly build from npm, in the browser that the tests have anyway."""

import json
import sys
from pathlib import Path

import pytest

from entrypoints.assets.npm import fetch_all
from tests.serial_link.vectors import ROOT, VECTORS

HERE = Path(__file__).parent
CORE = ROOT / "deploy" / "firmware" / "rvm_firmware"
ADDRESS = "http://localhost/"
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm"}

RUN = """async ([files, program]) => {
    const {loadMicroPython} = await import('/micropython.mjs')
    const told = []
    const python = await loadMicroPython({
        url: '/micropython.wasm', heapsize: 4 * 1024 * 1024, linebuffer: true,
        stdout: line => told.push(line), stderr: line => told.push(line),
    })
    python.FS.mkdir('/rvm_firmware')
    for (const [name, text] of Object.entries(files)) python.FS.writeFile('/' + name, text)
    python.runPython("import os, sys\\nos.chdir('/')\\nsys.path.insert(0, '/')\\nprint(sys.implementation.name)\\n")
    python.runPython(program)
    return told
}"""


@pytest.fixture
def micropython(new_page):
    """A page on which MicroPython can be loaded."""
    fetch_all(HERE / "vendor.json", HERE / "vendor")
    page = new_page()

    def serve(route):
        name = route.request.url.removeprefix(ADDRESS)
        if not name:
            route.fulfill(body="<!doctype html><title>MicroPython</title>", content_type="text/html")
        elif Path(name).suffix in TYPES:
            route.fulfill(body=(HERE / "vendor" / name).read_bytes(), content_type=TYPES[Path(name).suffix])
        else:
            route.fulfill(status=204)

    page.route(ADDRESS + "**", serve)
    page.goto(ADDRESS)
    return page


def test_the_core_passes_the_vectors_under_micropython(micropython):
    files = {f"rvm_firmware/{path.name}": path.read_text(encoding="utf-8") for path in CORE.glob("*.py")}
    files["vectors.json"] = json.dumps(VECTORS)
    program = (HERE / "on_micropython.py").read_text(encoding="utf-8")
    *_, name, told = micropython.evaluate(RUN, [files, program])
    assert name == "micropython"
    found = json.loads(told)
    assert {part: len(found[part]) for part in found if part != "slots"} == {
        part: len(VECTORS[part]) for part in VECTORS if part != "protocol"
    }
    wrong = [f"{part} {number}" for part, right in found.items() for number, one in enumerate(right) if not one]
    assert wrong == []
    assert sys.implementation.name == "cpython"
