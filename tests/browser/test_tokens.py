"""The shared look, in a real browser."""

import functools
import http.server
import threading

import pytest

from entrypoints.assets import FOLDER

PAGE = """<!doctype html><html lang="id"><meta charset="utf-8"><title>Token</title>
<link rel="stylesheet" href="/tokens.css"><meta name="viewport" content="width=device-width">
<body><main><h1>Masukkan botol satu per satu</h1><p class="quiet">Botol, kaleng dan kaca.</p>
<div class="card"><span class="pill leaf">Siap</span> <span class="pill sun">Luring · 14 menunggu</span>
<p class="clay">Kertas. Tidak diterima. Ambil kembali.</p><p class="fault">Rusak</p><a href="#">Tautan</a></div>
<button class="button main">Selesai</button> <button class="button">
<svg class="icon" aria-hidden="true"><use href="/vendor/icons.svg#recycle"/></svg> Mulai</button></main>"""


class Pages(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, directory=str(FOLDER)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pieces_are_accessible_and_local(new_page, violations, address, theme):
    page = new_page(theme=theme, width=390)
    page.goto(address)
    assert violations(page) == []
    assert page.strangers == []
    assert page.errors == []


def test_the_theme_follows_the_system_and_can_be_overruled(new_page, address):
    page = new_page(theme="dark")
    page.goto(address)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(14, 21, 18)"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert page.evaluate(ground) == "rgb(246, 248, 245)"


def test_the_font_is_ours(page, address):
    page.goto(address)
    assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].some(f => f.status === 'loaded'))")
