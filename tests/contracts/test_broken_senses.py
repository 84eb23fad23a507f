"""Contracts of what is not a store refuse three broken adapters each: the three mistakes that would hurt there."""

import sys
import types
from contextlib import contextmanager
from functools import cache

import pytest
from attrs import evolve

from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.clock.system import SystemClock
from adapters.jobs.pacemaker import ThreadPacemaker
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from application.ports.hardware import HardwareError
from entrypoints.contracts.contract import Broken
from entrypoints.contracts.suites import contracts_of
from simulators.bench.desk import Desk
from simulators.vision import Noise, SimulatedCodeReader
from tests.contracts import broken_senses as broken
from tests.contracts import test_body, test_clock, test_pacemaker, test_signing, test_vision_ports
from tests.contracts.broken_parts import PARTS
from tests.contracts.refusing import broken_in_one_way, refusing_these, spelled_out

DESK_SEED = 1


def itself(eye):
    return eye


@cache
def sight():
    return test_vision_ports.played_back(Noise(seed=1))


@cache
def sealed(folder):
    return tuple(Ed25519Signer.from_file(folder / name) for name in ("one.pem", "other.pem"))


def eye(part):
    """Of what sees: one of its three parts replaced."""
    return lambda kind, _: {"sight": evolve(sight(), **{part: kind(getattr(sight(), part))})}


def reading(kind, _):
    _, show = test_vision_ports.READERS["simulated"]
    return {"reading": (kind(), show, test_vision_ports.decode(test_vision_ports.FILES["one"]))}


PORTS = {
    "Clock": (test_clock, "clock", lambda kind, _: {"clock": kind(skew_us=-test_clock.THREE_DAYS)}, SystemClock,
              broken.CLOCKS),
    "IdSource": (test_clock, "ids", lambda kind, _: {"ids": kind()}, Uuid7Source, broken.IDS),
    "Random": (test_clock, "chance", lambda kind, _: {"chance": kind()}, SystemRandom, broken.CHANCE),
    "Signing": (test_signing, "verifier", lambda kind, folder: {"verifier": kind(), "sealed": sealed(folder)},
                Ed25519Verifier, broken.VERIFIERS),
    "Detector": (test_vision_ports, "sight", eye("detector"), itself, broken.DETECTORS),
    "Classifier": (test_vision_ports, "sight", eye("classifier"), itself, broken.CLASSIFIERS),
    "Segmenter": (test_vision_ports, "sight", eye("segmenter"), itself, broken.SEGMENTERS),
    "CodeReader": (test_vision_ports, "reading", reading, SimulatedCodeReader, broken.READERS),
    "Pacemaker": (test_pacemaker, "pacemaker", lambda kind, _: {"pacemaker": kind()}, ThreadPacemaker,
                  broken.PACEMAKERS),
}  # fmt: skip
"""By port: its contract, the fixture that brings the adapter, what makes it, one that is whole, three that are not."""


@pytest.mark.parametrize("port", PORTS)
def test_broken_ones_are_refused_and_a_whole_one_is_not(port, tmp_path, told, monkeypatch):
    contract, fixture, make, whole, kinds = PORTS[port]
    cases = spelled_out(contract, fixture)
    assert refusing_these(cases, world(make, whole, tmp_path)) == []
    if hasattr(contract, "WITHIN"):
        monkeypatch.setattr(contract, "WITHIN", 0.5)  # what it loses never comes
    for kind in kinds:
        against = refusing_these(cases, world(make, kind, tmp_path))
        told(port, kind.__name__, len(cases), len(against))
        broken_in_one_way(cases, against)


def world(make, kind, folder):
    @contextmanager
    def one():
        yield make(kind, folder)

    return one


@pytest.mark.parametrize(("part", "kind"), [(part, kind) for part, (_, kinds) in PARTS.items() for kind in kinds])
def test_a_broken_part_of_the_body_is_refused(part, kind, told):
    put_in, _ = PARTS[part]
    machine = put_in(test_body.on_the_desk(Desk(DESK_SEED, test_body.TWO)), kind)
    mine = [contract for contract in contracts_of(machine) if contract.part == part]
    against = [contract.promise for contract in mine if breaks(contract, machine)]
    told(part.capitalize(), kind.__name__, len(mine), len(against))
    assert against, "a part that breaks its promise passed the contract"


@pytest.mark.parametrize("part", PARTS)
def test_a_whole_part_of_the_body_is_refused_by_nothing(part):
    machine = PARTS[part][0](test_body.on_the_desk(Desk(DESK_SEED, test_body.TWO)), itself)
    assert [one.promise for one in contracts_of(machine) if one.part == part and breaks(one, machine)] == []


def breaks(contract, machine):
    try:
        contract.check(machine)
    except (Broken, HardwareError):
        return True
    return False


def test_each_has_three_and_says_what_is_wrong_with_it():
    for kinds in (*(port[-1] for port in PORTS.values()), *(kinds for _, kinds in PARTS.values())):
        assert len(set(kinds)) >= 3
        assert all(kind.__doc__ and kind.__doc__.strip() for kind in kinds)
    assert isinstance(sys.modules[test_body.__name__], types.ModuleType)
