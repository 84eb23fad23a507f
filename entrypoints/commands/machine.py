"""`rvm machine ...`: what runs on a machine."""

from pathlib import Path
from typing import Annotated

import typer

from entrypoints.commands.needs import MISUSE

machine_app = typer.Typer(help="What runs on a machine.")


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


MapOption = Annotated[
    str | None,
    typer.Option(
        "--map",
        metavar="FILE",
        help="The hardware map, in place of RVM_MACHINE_HARDWARE; `simulated`, `simulated:header` or "
        "`simulated:FILE` for that map on simulated parts.",
    ),
]
PlantOption = Annotated[
    str | None, typer.Option("--plant", metavar="FAULT", help="With a simulated map: plant this fault first.")
]


@machine_app.command("self-test")
def self_test(
    map_: MapOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the signed report.")] = False,
    plant: PlantOption = None,
) -> None:
    """Test the machine by itself, the agent stopped: exit 1 if something fails (settings: RVM_MACHINE_*)."""
    from entrypoints.machine import self_test_command as command

    raise typer.Exit(command.self_test(map_, as_json=as_json, plant=plant, say=typer.echo))


@machine_app.command()
def commission(
    installer: Annotated[str, typer.Option(prompt="Installer", help="Who answers for it. Asked for if not given.")],
    map_: MapOption = None,
    plant: PlantOption = None,
) -> None:
    """Be led through the commissioning at the terminal, the agent stopped; the kiosk's menu has the same guide."""
    from entrypoints.machine import self_test_command as command

    raise typer.Exit(command.commission(map_, installer, plant=plant, say=typer.echo))


@machine_app.command()
def key() -> None:
    """Print the machine's public key, by which its reports are verified."""
    from entrypoints.machine import self_test_command as command

    raise typer.Exit(command.key(say=typer.echo))


@machine_app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def rig(context: typer.Context) -> None:
    """Run simulated hardware for an agent to hold on to."""
    from entrypoints.machine import rig as command

    raise typer.Exit(command.main(context.args))


@machine_app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def body(context: typer.Context) -> None:
    """Run a simulated body: pins, ESP32 and camera, for an agent to drive."""
    from entrypoints.machine import body as command

    raise typer.Exit(command.main(context.args))
