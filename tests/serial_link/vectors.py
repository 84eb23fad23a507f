"""The vectors of docs/protocols/esp32.md, and how a device is led through a conversation of theirs."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "docs" / "protocols" / "esp32-vectors.json").read_text(encoding="utf-8"))


def named(part, key="name"):
    return [(one, one[key]) for one in VECTORS[part]]


def converse(device, steps):
    """Play a conversation. The device has receive, wait_ms, boot, duty, starts, image."""
    for number, step in enumerate(steps):
        where = f"step {number}: {step}"
        if "host" in step:
            assert device.receive(bytes.fromhex(step["host"])).hex() == step["device"], where
        elif "wait_ms" in step:
            device.wait_ms(step["wait_ms"])
        elif "boot" in step:
            device.boot()
        elif "duty" in step:
            assert device.duty() == step["duty"], where
        elif "starts" in step:
            assert device.starts() == step["starts"], where
        else:
            assert device.image().hex() == step["image"], where
