"""A visitor of the demo's page, in the words of what they do."""

import re

SHOWN = 40_000
"""Milliseconds in which something must have happened; a machine takes seconds, a busy computer more."""
WORTH = {"glass": 60, "metal": 80, "plastic": 50}
"""Points."""


class Visitor:
    def __init__(self, page, address):
        self.page = page
        page.set_default_timeout(SHOWN)
        page.goto(address)
        self.panel = page.get_by_role("dialog")

    def button(self, name):
        return self.panel.get_by_role("button", name=name, exact=True)

    def join(self):
        self.page.get_by_role("button", name="Ikut menyetor").click()
        return self

    def get_code(self):
        self.button("Mulai setor botol").click()
        self.panel.get_by_alt_text("Kode QR Anda").wait_for()
        return self

    def come_in(self):
        """Hold the code before the camera and be let in."""
        self.join().get_code()
        self.button("Tunjukkan ke kamera").click()
        self.panel.get_by_text("Masukkan botol satu per satu").wait_for()
        return self

    def choose(self, file):
        """Choose a photograph (a path, or a dict with name, mimeType and buffer)."""
        self.panel.locator("input[type=file]").set_input_files(file)
        return self

    def drop(self, name, content, kind="image/jpeg"):
        """Drop a file on the page, as from a folder."""
        self.page.evaluate(
            """async ([name, kind, encoded]) => {
                const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
                const carried = new DataTransfer();
                carried.items.add(new File([bytes], name, {type: kind}));
                const zone = document.querySelector(".drop");
                for (const what of ["dragover", "drop"]) {
                    zone.dispatchEvent(new DragEvent(what, {dataTransfer: carried, bubbles: true, cancelable: true}));
                }
            }""",
            [name, kind, content],
        )
        return self

    def item(self, number=0):
        return self.panel.locator(".items li").nth(number)

    def sums(self):
        """Items and points, as the panel counts them."""
        return [number(text) for text in self.panel.locator(".sums dd").all_inner_texts()]

    def wait_for_sums(self, items, points):
        self.page.wait_for_function(
            """([items, points]) => {
                const shown = [...document.querySelectorAll(".sums dd")].map((field) => field.textContent);
                return shown[0] === items && shown[1] === points;
            }""",
            arg=[str(items), str(points)],
        )

    def done(self):
        self.button("Selesai").click()
        self.panel.get_by_text(re.compile("^Terima kasih")).wait_for()


def number(text):
    """12.460 as a number."""
    return int(text.replace(".", ""))


def totals(page):
    """The head's numbers: machines, items, refused, points, waiting."""
    return [number(text) for text in page.locator("#totals dd").all_inner_texts()]
