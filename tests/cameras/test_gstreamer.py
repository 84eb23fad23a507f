"""The child process: colours, whole pictures only, what it says last, how often it is tried again, and how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from adapters.camera.gstreamer import GstreamerSource, csi
from adapters.camera.live import FIRST_WAIT, SECOND
from adapters.camera.view import View
from application.ports.hardware import CameraFailed
from tests.cameras.find_gstreamer import find_or_fetch
from tests.cameras.lenses import DEADLINE_S, SMALL, SNOW, Pipeline

ORANGE = ("videotestsrc", "is-live=true", "pattern=solid-color", "foreground-color=0xffff8000")


@pytest.fixture
def made(tmp_path):
    pipelines = []

    def make(*elements, **how):
        pipelines.append(Pipeline(tmp_path, *elements, **how))
        return pipelines[-1]

    yield make
    for one in pipelines:
        one.camera.close()


def opened(tmp_path, *elements):
    source = GstreamerSource("camera test", elements, *SMALL, program=find_or_fetch())
    source.open()
    return source


def gone(pid):
    """Whether a process ended, within a bound."""
    ends = time.monotonic() + DEADLINE_S
    while time.monotonic() < ends:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_the_command_of_a_camera_on_the_ribbon():
    assert csi(sensor=1, width=1280, height=720, fps=30) == (
        "nvarguscamerasrc", "sensor-id=1",
        "!", "video/x-raw(memory:NVMM),width=1280,height=720,framerate=30/1", "!", "nvvidconv",
    )  # fmt: skip
    fixed = csi(sensor=0, width=640, height=480, fps=15, exposure_us=8_000, gain=2, white_balance=5)
    assert fixed[1:6] == (
        "sensor-id=0", "exposuretimerange=8000000 8000000", "gainrange=2 2", "ispdigitalgainrange=1 1", "wbmode=5",
    )  # fmt: skip


def test_colours_come_as_blue_green_red(made):
    assert np.abs(made(*ORANGE).camera.capture().pixels.reshape(-1, 3).mean(0) - (0, 128, 255)).max() < 3


def test_a_camera_that_hangs_on_its_side_is_turned_and_the_chute_cut_out(tmp_path):
    bars = ("videotestsrc", "is-live=true", "pattern=smpte100")
    seen = {}
    for name, view in (("as it hangs", View()), ("upright", View(turn=90, region=(4, 0, 40, 20)))):
        (tmp_path / name).mkdir()
        pipeline = Pipeline(tmp_path / name, *bars, view=view)
        seen[name] = pipeline.camera.capture()
        pipeline.camera.close()
    assert (seen["upright"].width, seen["upright"].height) == (40, 20)
    turned = np.rot90(seen["as it hangs"].pixels, -1)
    assert (seen["upright"].pixels == turned[0:20, 4:44]).all()


def test_a_word_with_a_space_in_it_stays_one(tmp_path):
    with pytest.raises(CameraFailed, match=r"No such file|Resource not found"):
        opened(tmp_path, "filesrc", "location=/nowhere/at all").read()


def test_a_source_that_is_not_installed_is_named(tmp_path):
    source = opened(tmp_path, *csi(sensor=0, width=64, height=48, fps=30))
    with pytest.raises(CameraFailed, match=r'camera test: .*status 1\).*no element "nvarguscamerasrc"'):
        source.read()
    source.close()


def test_a_program_that_is_not_installed_is_named():
    with pytest.raises(CameraFailed, match="camera test: the program no-such-program is not installed"):
        GstreamerSource("camera test", SNOW, *SMALL, program="no-such-program").open()


def test_the_last_line_that_the_child_said_is_told_and_half_a_picture_is_not_shown(tmp_path):
    """A program of ours in place of GStreamer: one picture and a half, a complaint, and it ends."""
    program = tmp_path / "gst-launch-1.0"
    whole = SMALL[0] * SMALL[1] * 4
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        "into = int(next(word for word in sys.argv if word.startswith('fd='))[3:])\n"
        f"left = b'\\x40' * ({whole} * 3 // 2)\n"
        "while left:\n"
        "    left = left[os.write(into, left):]\n"
        "print('all is well', file=sys.stderr)\n"
        "print('the ribbon came off', file=sys.stderr)\n"
        "sys.exit(3)\n"
    )
    program.chmod(0o755)
    source = GstreamerSource("camera test", SNOW, *SMALL, program=str(program))
    source.open()
    assert (source.read() == 0x40).all()
    with pytest.raises(CameraFailed, match=r"camera test: .* ended \(status 3\): the ribbon came off"):
        source.read()
    source.close()


def test_a_child_that_is_killed_is_started_again_with_longer_and_longer_waits(made):
    pipeline = made(*SNOW)
    pipeline.camera.capture()
    first = pipeline.child.pid
    pipeline.take_away()
    waits = []
    for _ in range(4):
        failure(pipeline, "not installed" if waits else "killed by signal 9")
        told = failure(pipeline, "tried again in")
        waits.append(float(told.split("tried again in ")[1].split(" s")[0]))
        pipeline.world.passes(waits[-1])
    assert waits == sorted(waits)
    assert waits[0] >= FIRST_WAIT / SECOND
    assert waits[-1] >= 4 * waits[0]
    pipeline.put()
    pipeline.world.passes(waits[-1] * 2)
    assert pipeline.camera.capture().width == SMALL[0]
    assert pipeline.child.pid != first


def failure(pipeline, words):
    """Capture until it fails with these words; return all that it said."""
    ends = time.monotonic() + DEADLINE_S
    while time.monotonic() < ends:
        try:
            pipeline.camera.capture()
        except CameraFailed as why:
            if words in str(why):
                return str(why)
    raise AssertionError(f"it never said: {words}")


def test_a_camera_that_is_let_go_ends_its_child_and_says_so(made):
    pipeline = made(*SNOW)
    pipeline.camera.capture()
    pid = pipeline.child.pid
    pipeline.camera.close()
    assert gone(pid)
    with pytest.raises(CameraFailed, match="let go"):
        pipeline.camera.capture()


@pytest.mark.kill
def test_a_machine_that_is_killed_leaves_no_child_behind():
    script = (
        "import sys, time\n"
        "from adapters.camera.gstreamer import GstreamerSource\n"
        f"source = GstreamerSource('camera', {SNOW!r}, 64, 48, program={find_or_fetch()!r})\n"
        "source.open()\n"
        "source.read()\n"
        "print(source._child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    machine = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    pid = int(machine.stdout.readline())
    machine.send_signal(signal.SIGKILL)
    machine.wait()
    machine.stdout.close()
    assert gone(pid), "it writes into a pipe that nobody reads, and ends"
