"""The contract of DiskProbe, on a folder and on the simulated disk; three broken ones are found out."""

import time

import pytest

from adapters.journal.disk_probe import FileDiskProbe
from simulators.disk_probe import SimulatedDiskProbe

CONTRACT, ADAPTERS = "DiskProbe", "kind"


def it_tells_how_long_a_durable_write_took(probe, folder):
    began = time.perf_counter_ns()
    told = [probe.sync_us() for _ in range(3)]
    took = (time.perf_counter_ns() - began) // 1_000
    assert all(0 < each < 60_000_000 for each in told)
    if not isinstance(probe, SimulatedDiskProbe):
        assert sum(told) <= took, "it took no longer than whoever waited for it"
    assert list(folder.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize("kind", ["folder", "simulated"])
def test_it_tells_how_long_a_durable_write_took(kind, tmp_path):
    probe = FileDiskProbe(tmp_path) if kind == "folder" else SimulatedDiskProbe()
    it_tells_how_long_a_durable_write_took(probe, tmp_path)


def test_a_disk_that_cannot_take_it_is_said(tmp_path):
    (tmp_path / "file").write_text("no folder")
    for probe in (FileDiskProbe(tmp_path / "file"), SimulatedDiskProbe(full=True)):
        with pytest.raises(OSError, match=r".+"):
            probe.sync_us()


class TakesNoTime(FileDiskProbe):
    """Writes nothing, and says so."""

    def sync_us(self):
        return 0


class OtherUnits(FileDiskProbe):
    """Tells billionths of a second."""

    def sync_us(self):
        return super().sync_us() * 1_000


class LeavesItsFile(FileDiskProbe):
    """Does not clean up."""

    def sync_us(self):
        took = super().sync_us()
        self._path.write_bytes(b"left")
        return took


BROKEN = (TakesNoTime, OtherUnits, LeavesItsFile)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_probe_is_found_out(broken, tmp_path, told):
    told("DiskProbe", broken.__name__, 1, 1)
    with pytest.raises(AssertionError):
        it_tells_how_long_a_durable_write_took(broken(tmp_path), tmp_path)
