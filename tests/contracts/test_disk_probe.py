"""The contract of DiskProbe, on a folder and on the simulated disk."""

import pytest

from adapters.journal.disk_probe import FileDiskProbe
from simulators.disk_probe import SimulatedDiskProbe


@pytest.mark.parametrize("kind", ["folder", "simulated"])
def test_it_tells_how_long_a_durable_write_took(kind, tmp_path):
    probe = FileDiskProbe(tmp_path) if kind == "folder" else SimulatedDiskProbe()
    assert all(0 < probe.sync_us() < 60_000_000 for _ in range(3))
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_a_disk_that_cannot_take_it_is_said(tmp_path):
    (tmp_path / "file").write_text("no folder")
    for probe in (FileDiskProbe(tmp_path / "file"), SimulatedDiskProbe(full=True)):
        with pytest.raises(OSError, match=r".+"):
            probe.sync_us()
