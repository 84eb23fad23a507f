"""Runs a module as `python -m` would, in a process that ends when the one that started it does.

    python -m entrypoints.demo.child entrypoints.machine.agent [ARGUMENT...]

Standard input is a pipe that the parent holds open and never writes to. However the parent ends, by SIGKILL too, the
system closes its end, and this process leaves at once: there are no orphans, and nobody has to find them.
"""

import os
import runpy
import sys
import threading

ORPHANED = 70


def _leave_with_parent(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os._exit(ORPHANED)


def main() -> None:
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_leave_with_parent, args=(pipe,), name="parent", daemon=True).start()
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
