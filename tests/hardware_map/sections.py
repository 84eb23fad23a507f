"""Maps that ship, with another camera."""

import re

from adapters.hardware_map.read import DEFAULT, HEADER

MAPS = {"esp32": DEFAULT.read_text(encoding="utf-8"), "header": HEADER.read_text(encoding="utf-8")}
USB = 'kind = "v4l2"\ndevice = "/dev/video0"\nwidth = 1280\nheight = 720\nfps = 30\n'


def with_camera(camera, name="esp32"):
    """Return a map with these lines in place of its camera's."""
    text, done = re.subn(r"(?<=\[camera\]\n).*?(?=\n\[)", lambda _: camera, MAPS[name], flags=re.DOTALL)
    assert done == 1
    return text
