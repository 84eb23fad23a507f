"""The firmware's core lies outside of the package: it is found by its folder."""

import sys

from tests.serial_link.vectors import ROOT

sys.path.insert(0, str(ROOT / "deploy" / "firmware"))
