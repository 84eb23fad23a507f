"""`rvm demo`: a small fleet on embedded parts, live in a browser, that proves at its end that nothing was lost.

One process tree. The platform answers in this process; each machine is two processes of its own, the agent and the
simulated hardware it holds on to (the rig), and a TCP proxy stands between agent and platform. A network cut closes
the proxy's sockets, a power loss is SIGKILL. People come, sign up, hold a QR before the camera and insert photographs.

    run.py        the command: first line, start, play, end, proof, exit status
    fleet.py      everything that runs, started and ended in order
    machine.py    one machine: rig, agent, proxy, and the place before it
    processes.py  child processes that die with us (child.py)
    proxy.py      the network that can be cut
    faults.py     what goes wrong when, from the seed
    people.py     those who come and deposit
    website.py    the live page and what a visitor may do (page/: its files)
    production.py the same on PostgreSQL, Redis and S3, by two platform processes and a worker (front.py before them)
"""

from pathlib import Path


def run_demo(
    *,
    machines: int = 3,
    seconds: float | None = None,
    seed: int = 0,
    pictures: Path | None = None,
    data: Path | None = None,
    events: Path | None = None,
    port: int = 8000,
    production: bool = False,
) -> int:
    """Run the demo until it ends and return its exit status: 0, or 1 when something was lost, doubled or amiss."""
    from entrypoints.demo.run import run

    return run(
        machines=machines, seconds=seconds, seed=seed, pictures=pictures, data=data, events=events, port=port,
        production=production,
    )  # fmt: skip
