"""Runs first, and is never updated: chooses the slot."""

import sys

sys.path.insert(0, "/base")  # the core that was flashed with this file: it only chooses
from rvm_firmware.slots import Slots

SLOT = Slots("").choose()
for name in [name for name in sys.modules if name.startswith("rvm_firmware")]:
    del sys.modules[name]
sys.path[0] = "/" + SLOT
sys.path.append("/base")  # a slot that is empty yet runs what was flashed
