"""``sim calibrate`` and ``sim validate``: the model and what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
    Lang,
    Out,
    Quiet,
    Seed,
    Workers,
)
from sim.errors import InputError


def calibrate(
    runs: Annotated[
        int | None, typer.Option(help="Runs of each wave.  [default: 2000]", metavar="N", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Use only what was observed until the end of this quarter.",
            metavar="QUARTER",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 1,
    out: Out = None,
    workers: Workers = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Renew the posterior of the package and its tables in docs/validation."),
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="Only mark the posterior as this model's, if the model gives the same runs."
        ),
    ] = False,
    lang: Lang = "en",
    quick: Annotated[
        bool, typer.Option("--quick", help="A first look: few runs, rough; not to be used.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Find which parameters agree with what was observed in Japan, and how sure that makes of them."""
    from sim.cli.calibrating import calibrate as carry_out
    from sim.cli.calibrating import confirm as confirmed
    from sim.cli.calibrating import request_of
    from sim.cli.orders import worker_count

    if quick and write:
        raise InputError("--quick and --write: give one of the two; the package holds no first look")
    request = request_of(runs, until, seed, quick)
    if confirm:
        return confirmed(worker_count(workers), lang, quiet)
    return carry_out(request, out, worker_count(workers), write, until, lang, quiet)


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
