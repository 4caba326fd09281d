"""The commands of ``sim``, of modules that import what is heavy when one is called."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.comparing import compare, run
from sim.cli.designs import answer, discover, frontier, sensitivity
from sim.cli.doctor import doctor
from sim.cli.experimenting import batch, verify
from sim.cli.exporting import export
from sim.cli.fitting import calibrate, validate
from sim.cli.looking import check, cite, list_, report
from sim.cli.paging import page

app = typer.Typer(
    name="sim",
    help="Partnerships for the SDGs between Japan's municipalities, companies and financial institutions.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help comes twice as fast
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Partnerships for the SDGs between Japan's municipalities, companies and financial institutions."""
    from sim.cli.listing import version_line

    if version:
        print(version_line())
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


#: In the order in which ``sim --help`` names them.
COMMANDS = (
    run, compare, batch, verify, frontier, report, check, calibrate, validate, answer, export, list_, cite,
    sensitivity, discover, page, doctor,
)  # fmt: skip
for _command in COMMANDS:
    app.command(_command.__name__.rstrip("_"))(_command)
