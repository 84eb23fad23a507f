"""`rvm`: every command of MyRVM.

A command here says what it takes and hands over to the module that does it, imported only then: `rvm --help` stays
quick, and a machine without an extra can run every command that does not need it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from domain.jobs.job import Queue

OWN = {"domain", "application", "adapters", "simulators", "entrypoints"}
MISUSE = 2

app = typer.Typer(
    name="rvm",
    help="MyRVM: reverse vending machines. Bottles and cans become points.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
)
machine_app = typer.Typer(help="What runs on a machine.")
app.add_typer(machine_app, name="machine")
platform_app = typer.Typer(help="The platform: its API, its operators (settings: RVM_PLATFORM_*).")
app.add_typer(platform_app, name="platform")


@contextmanager
def extra(command: str, name: str) -> Iterator[None]:
    """A missing third-party package is said in words: which extra brings it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] in OWN:
            raise
        typer.echo(f"rvm {command} needs the extra: pip install 'myrvm[{name}]'  ({missing.name} is missing)", err=True)
        raise typer.Exit(MISUSE) from None


@contextmanager
def store_answers() -> Iterator[None]:
    """A database that does not answer is said in words."""
    from application.ports.unit_of_work import StoreAway

    try:
        yield
    except StoreAway as away:
        typer.echo(f"the database (RVM_PLATFORM_DATABASE_URL) does not answer: {away}", err=True)
        raise typer.Exit(1) from None


def _print_version(asked: bool) -> None:
    if asked:
        try:
            typer.echo(f"myrvm {version('myrvm')}")
        except PackageNotFoundError:
            typer.echo("myrvm (not installed)")
        raise typer.Exit


@app.callback()
def rvm(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """MyRVM: reverse vending machines. Bottles and cans become points."""


@app.command()
def recognise(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Pictures, or folders of pictures.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    save: Annotated[Path | None, typer.Option(metavar="DIR", help="Write annotated pictures there.")] = None,
) -> None:
    """Say what is in pictures, and whether a machine would take it."""
    from entrypoints import recognise as command

    raise typer.Exit(command.recognise(paths, as_json=as_json, save=save))


@app.command()
def train(
    data: Annotated[Path, typer.Option(metavar="DIR", help="A folder of classes: DIR/<class>/*.jpg.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the models and their card go.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
    splits: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A division made before, instead of a new one by hash.")
    ] = None,
    epochs_classifier: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    epochs_detector: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    version: Annotated[str | None, typer.Option(help="What the model calls itself in every entry.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 2,
) -> None:
    """Make the default models from photographs (needs the extra 'training'); again: goes on where it stopped."""
    with extra("train", "training"):
        from entrypoints import train as command

        raise typer.Exit(
            command.train(
                data,
                out,
                seed=seed,
                splits=splits,
                epochs_classifier=epochs_classifier,
                epochs_detector=epochs_detector,
                version=version,
                threads=threads,
            )
        )


@app.command()
def demo(
    machines: Annotated[int, typer.Option(min=1, max=50, help="How many machines.")] = 3,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=1, help="Stop and prove after that long.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Chance: people, cuts and kills.")] = 0,
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Photographs the people bring, instead of the packaged ones.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep everything there; otherwise a folder that goes away.")
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write processes, cuts, kills and queues there, one JSON a line."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 8000,
    production_parts: Annotated[
        bool, typer.Option("--production-parts", help="On PostgreSQL, Redis and S3 (needs the extra 'parts').")
    ] = False,
) -> None:
    """Run a small fleet, live in a browser, and prove at the end that nothing was lost or doubled."""
    from entrypoints import demo as command

    with extra("demo --production-parts", "parts"):
        raise typer.Exit(
            command.run_demo(
                machines=machines, seconds=seconds, seed=seed, pictures=pictures, data=data, events=events, port=port,
                production=production_parts,
            )
        )  # fmt: skip


@app.command()
def prove(
    data: Annotated[Path, typer.Option(metavar="DIR", help="What `rvm demo --data DIR` left behind.")],
    complete: Annotated[bool, typer.Option(help="Entries that never reached the platform are wrong too.")] = False,
) -> None:
    """Recompute every hash, verdict, posting and balance, and name the culprit (RVM_PLATFORM_DATABASE_URL counts)."""
    from entrypoints import prove as command
    from entrypoints.settings import PlatformSettings

    with extra("prove", "production"):
        raise typer.Exit(command.prove(data, database_url=PlatformSettings().database_url, complete=complete))


@platform_app.callback(invoke_without_command=True)
def platform(context: typer.Context) -> None:
    """Serve the platform's API (settings: RVM_PLATFORM_*)."""
    if context.invoked_subcommand is None:
        from entrypoints import platform as command

        with extra("platform", "production"), store_answers():
            command.serve(say=typer.echo)


@platform_app.command("create-operator")
def create_operator(
    email: Annotated[str, typer.Option(help="The address to sign in with.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if not given.")
    ],
) -> None:
    """Open an account that may run machines, in the platform's data on this computer."""
    from entrypoints import platform as command

    with store_answers():
        raise typer.Exit(command.print_operator(email, password))


@platform_app.command()
def worker(
    queue: Annotated[list[Queue] | None, typer.Option(help="A queue to serve; again for more. All, if none.")] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Jobs at once.")] = 4,
    alive: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Touched every five seconds while the worker is well.")
    ] = None,
) -> None:
    """Do jobs off the queues in Redis, beside the processes that answer requests."""
    with extra("platform worker", "production"), store_answers():
        from entrypoints import worker as command

        raise typer.Exit(command.work(queue or [], threads, say=typer.echo, alive=alive))


@platform_app.command()
def backup(
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="A new folder for the backup.")],
    objects: Annotated[
        bool, typer.Option(help="With all objects; without, if the S3 server keeps copies of its own.")
    ] = True,
) -> None:
    """Back up the platform while it works: database, objects, and its keys sealed by RVM_PLATFORM_BACKUP_PASSPHRASE."""
    with extra("platform backup", "production"):
        from entrypoints import backup as command

        raise typer.Exit(command.back_up(to, with_objects=objects))


@platform_app.command()
def restore(
    source: Annotated[Path, typer.Option("--from", metavar="DIR", help="What `rvm platform backup` made.")],
    check: Annotated[bool, typer.Option("--check", help="Only read the backup through, to the end.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Give up the platform that is there.")] = False,
) -> None:
    """Bring the platform back from a backup, which is checked to the last byte before anything is changed."""
    with extra("platform restore", "production"):
        from entrypoints import backup as command

        raise typer.Exit(command.restore(source, check=check, replace=replace))


@platform_app.command()
def openapi(
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the description there instead.")] = None,
) -> None:
    """Print the API's description (OpenAPI)."""
    from entrypoints.api.app import description

    if write is None:
        typer.echo(description(), nl=False)
    else:
        write.write_text(description(), encoding="utf-8")


@machine_app.callback(invoke_without_command=True)
def machine(
    context: typer.Context,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="One machine on simulated hardware, to play with in a browser.")
    ] = False,
    seconds: Annotated[
        float | None, typer.Option("--for", metavar="SECONDS", min=1, help="With --simulated: it plays by itself.")
    ] = None,
    seed: Annotated[int, typer.Option(help="With --simulated: chance.")] = 0,
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --simulated: these photographs, not the packaged ones.")
    ] = None,
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="With --simulated: keep everything there.")] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="With --simulated: port of the page; 0 takes a free one.")
    ] = 8000,
) -> None:
    """What runs on a machine."""
    if context.invoked_subcommand is not None:
        return
    if not simulated:
        typer.echo(context.get_help())
        raise typer.Exit(MISUSE)
    from entrypoints.machine.play.run import run

    raise typer.Exit(run(seconds=seconds, seed=seed, pictures=pictures, data=data, port=port))


@machine_app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def agent(context: typer.Context) -> None:
    """Run the machine's agent (settings: RVM_MACHINE_*)."""
    from entrypoints.machine import agent as command

    raise typer.Exit(command.main(context.args))


@machine_app.command()
def pin(
    digits: Annotated[
        str,
        typer.Option("--pin", prompt="PIN", hide_input=True, confirmation_prompt=True, help="Asked for if not given."),
    ],
) -> None:
    """Print the hash of a technicians' PIN, for the setting RVM_MACHINE_PIN_HASH."""
    from adapters.identity.passwords import Argon2Passwords
    from domain.fleet.pin_lock import NotAPin, checked_pin

    try:
        typer.echo(Argon2Passwords().hash(checked_pin(digits)))
    except NotAPin as odd:
        typer.echo(str(odd), err=True)
        raise typer.Exit(MISUSE) from None


@machine_app.command()
def firmware(
    map_: Annotated[
        str | None, typer.Option("--map", metavar="FILE", help="The hardware map (default: the one for the ESP32).")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look: exit 1 if it is not this release's.")] = False,
) -> None:
    """Update the microcontroller's firmware by what came with this release; the agent must not run."""
    from entrypoints.machine import firmware as command

    raise typer.Exit(command.run(map_, check=check, say=typer.echo))


@machine_app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def rig(context: typer.Context) -> None:
    """Run simulated hardware for an agent to hold on to."""
    from entrypoints.machine import rig as command

    raise typer.Exit(command.main(context.args))


@app.command()
def contracts(
    hardware: Annotated[bool, typer.Option("--hardware", help="Those of the machine's parts.")] = False,
    map_: Annotated[
        str | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="The hardware map (default: the one for the ESP32); `simulated`, `simulated:header` or "
            "`simulated:FILE` for that map on simulated parts.",
        ),
    ] = None,
    plant: Annotated[
        str | None, typer.Option(metavar="FAULT", help="With a simulated map: plant this fault first.")
    ] = None,
) -> None:
    """Hold a machine to the contracts of its ports; a technician runs this at the real one."""
    if not hardware:
        raise typer.BadParameter("say which contracts: --hardware", param_hint="--hardware")
    from entrypoints.contracts import command

    raise typer.Exit(command.run(map_, say=typer.echo, plant=plant))


@app.command()
def diagrams(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the diagrams go.")] = Path("docs/diagrams"),
    check: Annotated[bool, typer.Option("--check", help="Draw nothing: exit 1 if a diagram is out of date.")] = False,
) -> None:
    """Draw the state diagrams from the transition tables."""
    from entrypoints import diagrams as command

    raise typer.Exit(command.draw(out, check=check))


@app.command()
def simulate(
    seed: Annotated[int, typer.Option(help="The same seed gives the same run.")] = 1,
    machines: Annotated[int, typer.Option(min=1, max=100, help="How many machines.")] = 3,
    hours: Annotated[float, typer.Option(min=0.01, max=1000, help="Hours of virtual time in which people come.")] = 2,
    store: Annotated[str, typer.Option(help="The platform's store: sqlite (the real one) or memory.")] = "sqlite",
    calm: Annotated[bool, typer.Option("--calm", help="Nothing goes wrong but people.")] = False,
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="People bring these photographs; the model is asked about each.")
    ] = None,
) -> None:
    """Run a fleet in virtual time, with troubles from a seed, and account for every thing."""
    from entrypoints import simulate as command

    if store not in command.STORES:
        raise typer.BadParameter(f"one of {', '.join(command.STORES)}", param_hint="--store")
    raise typer.Exit(command.simulate(seed, machines, hours, store=store, calm=calm, pictures=pictures))


@app.command()
def settings(
    write: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page there instead.")] = None,
) -> None:
    """Print every setting with its default."""
    from entrypoints.settings import page

    if write is None:
        typer.echo(page(), nl=False)
    else:
        write.write_text(page(), encoding="utf-8")


@app.command()
def assets() -> None:
    """Fetch the font and the icons again, if the installation could not."""
    from entrypoints.assets import FOLDER
    from entrypoints.assets.npm import AssetsNotFetched, fetch_all

    try:
        fetched = fetch_all(FOLDER / "vendor.json", FOLDER / "vendor")
    except AssetsNotFetched as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(1) from None
    typer.echo("fetched" if fetched else "all there")


def main() -> None:
    try:
        app(prog_name="rvm")
    except Exception as failed:
        # Only a command that reads settings has loaded them.
        settings_module = sys.modules.get("entrypoints.settings")
        if settings_module is None or not isinstance(failed, settings_module.UnknownSetting):
            raise
        typer.echo(str(failed), err=True)
        raise SystemExit(MISUSE) from None


if __name__ == "__main__":
    main()
