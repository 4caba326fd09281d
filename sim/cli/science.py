"""Commands that tell how far the model can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.app import Lang, Quiet, Workers, app


@app.command()
def validate(
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Make the forecast (docs/forecast) instead of the validation.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the tables instead of comparing them with the stored ones.")
    ] = False,
    parameters: Annotated[
        str, typer.Option(help="Sets of parameters: posterior, or a CSV file.", metavar="SETS")
    ] = "posterior",
    docs: Annotated[Path, typer.Option(help="Folder of the stored tables.", metavar="DIR")] = Path("docs"),
    workers: Workers = None,
    lang: Lang = "en",
    quick: Annotated[
        bool, typer.Option("--quick", help="A few runs, to see it work; nothing is compared.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Hold the model against what was observed; compare the tables with those stored in docs/."""
    from sim.cli.orders import worker_count
    from sim.cli.validate import validate as made_again

    return made_again(forecast, write, quick, parameters, docs, worker_count(workers), lang, quiet)
