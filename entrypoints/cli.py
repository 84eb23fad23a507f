"""`rvm`: every command of MyRVM.

A command here says what it takes and hands over to the module that does it, imported only then: `rvm --help` stays
quick, and a machine without an extra can run every command that does not need it.
"""

import enum
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from entrypoints.commands.machine import machine_app
from entrypoints.commands.needs import MISUSE, extra
from entrypoints.commands.platform import platform_app

app = typer.Typer(
    name="rvm",
    help="MyRVM: reverse vending machines. Bottles and cans become points.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(machine_app, name="machine")
app.add_typer(platform_app, name="platform")


class DetectorName(str, enum.Enum):
    """What may run the detector."""

    ONNX = "onnx"
    ULTRALYTICS = "ultralytics"
    TENSORRT = "tensorrt"


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
    detector: Annotated[
        DetectorName | None, typer.Option(help="What runs the detector, in place of RVM_VISION_DETECTOR.")
    ] = None,
) -> None:
    """Say what is in pictures, and whether a machine would take it."""
    from entrypoints import recognise as command

    engine = None if detector is None else detector.value
    raise typer.Exit(command.recognise(paths, as_json=as_json, save=save, detector=engine))


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


@app.command("verify-report")
def verify_report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A commissioning report, or a self-test's.")],
    key: Annotated[
        str | None, typer.Option(help="The machine's public key: 64 hexadecimal digits, or a file that holds them.")
    ] = None,
) -> None:
    """Say whether a machine's signed report is whole: exit 1, and what is wrong, if one byte was changed."""
    from entrypoints import verify_report as command

    raise typer.Exit(command.run(file, key, say=typer.echo))


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
