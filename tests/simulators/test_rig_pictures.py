"""The rig remembers which picture was the last that showed an item together with another."""

import base64
import json

import cv2
import numpy as np

from simulators.rig.physics import Way
from simulators.rig.rig import Rig


def photograph(grey):
    return cv2.imencode(".png", np.full((120, 90, 3), grey, np.uint8))[1].tobytes()


def body(path):
    now = [0.0]
    rig = Rig(path, now=lambda: now[0], motion_seconds=1.0, notify=lambda _: None)

    def insert(tag, grey):
        rig.do("person", "insert", {"tag": tag, "picture": base64.b64encode(photograph(grey)).decode()})

    def moved_in():
        rig.begin(Way.IN)
        now[0] += 2.0
        rig.settle()

    return rig, insert, moved_in


def kept(path):
    return {item["tag"]: (item["where"], item["pictured"]) for item in json.loads(path.read_text())["items"]}


def test_two_in_one_picture_are_known_by_it_until_one_is_taken_alone(tmp_path):
    rig, insert, moved_in = body(tmp_path / "rig.json")
    insert("first", 40)
    insert("second", 90)
    both = rig.do("agent", "capture", {})["sha256"]
    moved_in()
    assert kept(tmp_path / "rig.json") == {"first": ("bin", both), "second": ("intake", both)}
    rig.do("agent", "capture", {})
    moved_in()
    assert kept(tmp_path / "rig.json") == {"first": ("bin", both), "second": ("bin", None)}


def test_it_lasts_when_the_rig_ends(tmp_path):
    rig, insert, moved_in = body(tmp_path / "rig.json")
    insert("first", 40)
    insert("second", 90)
    both = rig.do("agent", "capture", {})["sha256"]
    moved_in()
    again, _, moved_in = body(tmp_path / "rig.json")
    moved_in()
    assert kept(tmp_path / "rig.json")["first"] == ("bin", both)
    assert again.physics.passed_in == 2
