"""Runs under MicroPython: plays the vectors to the core, and prints what came out as one line of JSON.

It needs nothing but the core and `vectors.json` beside it. Pins are the simplest that can be.
"""

import json

from rvm_firmware import frames, slots
from rvm_firmware.device import Device

with open("vectors.json") as file:
    VECTORS = json.load(file)


class Flash:
    boots = passed_in = passed_out = 0

    def booted(self):
        self.boots += 1

    def count(self, came_in, came_out):
        self.passed_in += came_in
        self.passed_out += came_out


class Store:
    image = b""

    def begin(self):
        self.image = b""

    def append(self, data):
        self.image += data

    def commit(self):
        return True


class Parts:
    fitted = 63
    cause = 0
    duty = starts = 0
    restarts = False

    def drive(self, duty):
        if duty and not self.duty:
            self.starts += 1
        self.duty = duty

    def current_ma(self):
        return 0

    def in_dark(self):
        return False

    def out_dark(self):
        return False

    def echo_us(self):
        return None

    def climate(self):
        return None

    def light(self, red, green, blue, blink_ms):
        pass

    def restart(self):
        self.restarts = True


class Bench:
    def __init__(self):
        self.parts, self.flash, self.store, self.now = Parts(), Flash(), Store(), 0
        self.device = Device(self.parts, self.flash, self.store)

    def boot(self, cause):
        self.parts.cause = cause
        self.parts.restarts = False
        self.device = Device(self.parts, self.flash, self.store)

    def step(self, step):
        if "host" in step:
            return self.device.receive(bytes.fromhex(step["host"])) == bytes.fromhex(step["device"])
        if "wait_ms" in step:
            for _ in range(step["wait_ms"]):
                self.now += 1
                self.device.tick(self.now)
                if self.parts.restarts:
                    self.boot(1)
        elif "boot" in step:
            self.boot(3)
        elif "duty" in step:
            return self.parts.duty == step["duty"]
        elif "starts" in step:
            return self.parts.starts == step["starts"]
        else:
            return self.store.image == bytes.fromhex(step["image"])
        return True


def play(conversation):
    bench = Bench()
    return all([bench.step(step) for step in conversation["steps"]])


def bodies(line):
    return [body.hex() for body in frames.Receiver().take(bytes.fromhex(line))]


def whole(one):
    (body,) = frames.Receiver().take(bytes.fromhex(one["line"]))
    return frames.wrap(body).hex() == one["line"] and body[7:].hex() == one["payload"]


def slots_work():
    store = slots.Slots(".")
    store.begin()
    store.append(slots.pack([("core/one.py", b"x = 1\n")]))
    if store.choose() != "a" or not store.commit() or store.choose() != "b" or not store.on_trial():
        return False
    store.trust()
    with open("b/core/one.py") as file:
        return file.read() == "x = 1\n" and not store.on_trial()


print(
    json.dumps(
        {
            "crc": [frames.crc32(bytes.fromhex(one["bytes"])) == int(one["crc"], 16) for one in VECTORS["crc"]],
            "cobs": [frames.stuff(bytes.fromhex(one["plain"])).hex() == one["stuffed"] for one in VECTORS["cobs"]],
            "frames": [whole(one) for one in VECTORS["frames"]],
            "noise": [bodies(one["line"]) == [] for one in VECTORS["noise"]],
            "streams": [bodies(one["line"]) == one["bodies"] for one in VECTORS["streams"]],
            "conversations": [play(one) for one in VECTORS["conversations"]],
            "slots": [slots_work()],
        }
    )
)
