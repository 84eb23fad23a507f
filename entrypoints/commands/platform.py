"""`rvm platform ...`: the platform, its operators, its data."""

from pathlib import Path
from typing import Annotated

import typer

from domain.jobs.job import Queue
from entrypoints.commands.needs import extra, store_answers

platform_app = typer.Typer(help="The platform: its API, its operators (settings: RVM_PLATFORM_*).")


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
