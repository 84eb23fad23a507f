"""Two slots of firmware, and a file that says which one runs: new firmware is on trial until its host greeted it.

The file holds one of: `a` (slot a, trusted), `b?` (slot b is to be tried), `b!` (slot b is being tried), and so on.
"""

import os

CHOICE = "slot.txt"
IMAGE = "image.bin"


def other(slot):
    """Return the slot that does not run."""
    return "b" if slot == "a" else "a"


class Slots:
    """Slots under a folder of the file system (`/` on the microcontroller)."""

    def __init__(self, root):
        self._root = root

    def path(self, name):
        """Return the path of a file or slot."""
        return self._root + "/" + name

    def choose(self):
        """Decide at start which slot runs; what was tried once and not trusted gives way. Return its name."""
        slot, trial = self._read()
        if trial == "?":
            self._write(slot + "!")
        elif trial == "!":
            slot = other(slot)
            self._write(slot)
        return slot

    def on_trial(self):
        """Tell whether what runs is not trusted yet."""
        return self._read()[1] == "!"

    def trust(self):
        """The host greeted: what runs may stay."""
        if self.on_trial():
            self._write(self._read()[0])

    # What a download asks of a store:

    def begin(self):
        """Forget what came before."""
        with open(self.path(IMAGE), "wb"):
            pass

    def append(self, data):
        """Keep some bytes."""
        with open(self.path(IMAGE), "ab") as image:
            image.write(data)

    def commit(self):
        """Unpack the image into the slot that does not run, and have it tried. False: it is no bundle."""
        slot = other(self._read()[0])
        if not unpack(self.path(IMAGE), self.path(slot)):
            return False
        self._write(slot + "?")
        return True

    def _read(self):
        try:
            with open(self.path(CHOICE)) as choice:
                text = choice.read().strip()
        except OSError:
            text = ""
        slot, trial = text[:1], text[1:2]
        return (slot, trial) if slot in ("a", "b") and slot else ("a", "")

    def _write(self, text):
        # A rename is one step to the file system: power may fail before it or after it.
        with open(self.path(CHOICE + ".new"), "w") as choice:
            choice.write(text)
        os.rename(self.path(CHOICE + ".new"), self.path(CHOICE))


def pack(files):
    """Make a bundle of (name, bytes): for each file a line `name size`, and its bytes; `rvm1` first."""
    return b"rvm1\n" + b"".join(b"%s %d\n" % (name.encode(), len(data)) + data for name, data in files)


def unpack(bundle, folder):
    """Write a bundle's files into `folder`. False when it is none, or a file of it would lie elsewhere."""
    with open(bundle, "rb") as image:
        if image.readline() != b"rvm1\n":
            return False
        _make(folder)
        while True:
            head = image.readline()
            if not head:
                return True
            name, _, size = head.decode().strip().partition(" ")
            if not size.isdigit() or ".." in name or name.startswith("/"):
                return False
            if "/" in name:
                _make(folder + "/" + name.rpartition("/")[0])
            data = image.read(int(size))
            if len(data) != int(size):
                return False
            with open(folder + "/" + name, "wb") as file:
                file.write(data)


def _make(folder):
    try:
        os.mkdir(folder)
    except OSError:
        pass  # it is there
