"""The frame of the benchmarks: ratios, goals and the exit status. (The goals themselves are measured, not tested.)"""

import json
import sys
import types

import pytest

from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import load_package
from adapters.vision.pictures import read_picture
from benchmarks import __main__ as command
from benchmarks.row import Beside, Goal, Row, least_seconds, seconds_each
from tests.vision.packaged import files
from tests.vision.tensorrt_stand_in import StandInCuda, StandInTensorRt, install


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(at_most=1.25), 12.5, True),
        (Goal(at_most=1.25), 12.6, False),
        (Goal(at_least=1.5), 15, True),
        (Goal(at_least=1.5), 14.9, False),
        (None, 1, True),
    ],
)
def test_a_goal_is_met_by_the_ratio_to_what_stands_beside(goal, value, met):
    assert Row("r", value, "ms", Beside("peer", 10), goal).met is met


def test_a_goal_without_anything_beside_it_is_missed():
    assert not Row("r", 1, "ms", goal=Goal(at_most=100)).met


def test_calls_take_turns_and_the_first_round_does_not_count():
    order = []
    taken = seconds_each({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3)
    assert order == ["a", "b"] * 4
    assert set(taken) == {"a", "b"}
    assert all(0 < seconds < 1 for seconds in taken.values())


def test_of_an_items_times_the_least_counts_and_sides_take_turns(monkeypatch):
    now = iter([0, 0, 0, 0, *(0, 5, 0, 1) * 2, *(0, 2, 0, 3) * 2])
    monkeypatch.setattr("time.perf_counter", lambda: next(now))
    order = []
    calls = {side: [lambda side=side, item=item: order.append((side, item)) for item in (0, 1)] for side in "ab"}
    assert least_seconds(calls, rounds=2) == {"a": 3 + 3, "b": 1 + 1}
    assert order[:4] == [("b", 0), ("a", 0), ("b", 1), ("a", 1)]
    assert order[4:8] == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


@pytest.mark.parametrize(("value", "status"), [(1.0, 0), (3.0, 1)])
def test_the_command_prints_writes_and_exits_by_the_goals(monkeypatch, tmp_path, capsys, value, status):
    made = types.ModuleType("benchmarks.recognise")
    made.rows = lambda: [Row("way", value, "ms", Beside("bare", 1.0), Goal(at_most=2), ("2 threads",))]
    monkeypatch.setitem(sys.modules, "benchmarks.recognise", made)
    assert command.main(["recognise", "--json", str(tmp_path / "out.json")]) == status
    told = json.loads((tmp_path / "out.json").read_text())["benchmarks"]["recognise"][0]
    assert (told["ratio"], told["met"], told["settings"]) == (value, status == 0, ["2 threads"])
    printed = capsys.readouterr().out
    assert "2 threads" in printed
    assert ("MISSED" in printed) == (status == 1)


def test_every_benchmark_is_known_by_its_name_and_others_are_refused(capsys):
    assert {"recognise", "record_deposits", "long_ledger", "telemetry"} <= set(command.names())
    with pytest.raises(SystemExit):
        command.main(["nonsense"])
    assert "no benchmark named nonsense" in capsys.readouterr().err


def test_what_needs_more_runs_only_when_it_is_named_and_says_what_is_missing(monkeypatch, capsys):
    from benchmarks import sam2_memory, tensorrt

    measured = []
    for name in command.names():
        made = types.ModuleType(f"benchmarks.{name}")
        made.rows = lambda name=name: measured.append(name) or []
        if name not in command.ONLY_BY_NAME:
            monkeypatch.setitem(sys.modules, made.__name__, made)
    assert command.main([]) == 0
    assert set(measured) == set(command.names()) - {"sam2_memory", "tensorrt"}
    install(monkeypatch, StandInTensorRt(StandInCuda(gpus=0)))
    assert command.main([tensorrt.__name__.rpartition(".")[2]]) == 2
    assert "tensorrt cannot be measured here: TensorRT: no GPU answers" in capsys.readouterr().out
    assert command.main([sam2_memory.__name__.rpartition(".")[2]]) == 2
    assert "sam2_memory cannot be measured here: SAM 2 needs its weights" in capsys.readouterr().out


def test_the_parity_table_tells_same_from_other(monkeypatch, tmp_path):
    """On the stand-in, which reckons as ONNX Runtime does: all is alike. What a detector that sees less is told."""
    from benchmarks import tensorrt

    monkeypatch.setenv("RVM_VISION_ENGINES", str(tmp_path))
    monkeypatch.setattr(tensorrt, "ROUNDS", 1)
    install(monkeypatch, StandInTensorRt(StandInCuda()))
    alike, apart, speed = tensorrt.rows()
    assert alike.value == alike.beside.value >= 24
    assert (alike.met, apart.value) == (True, 0)
    assert speed.value > 0
    frames = [read_picture(path) for path in files()[:3]]
    here = OnnxDetector(load_package(), threads=1)
    blind = types.SimpleNamespace(detect=lambda frame: here.detect(frame)[1:])
    assert not tensorrt.agreement(here, blind, frames, ())[0].met
