"""Commands that analyse designed experiments: their options; heavy modules are imported when called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import AllowExtensions, Lang, Out, Quiet, Workers

Small = Annotated[
    bool, typer.Option("--quick", help="The small version that the file describes, to see it work.")
]


def frontier(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="EXPERIMENT.yaml", help="Experiment with a section frontier.", show_default=False
        ),
    ],
    out: Out = None,
    workers: Workers = None,
    lang: Lang = "en",
    quick: Small = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = False,
) -> int:
    """Search for the best mixes of levers for a budget, and measure with fresh draws how good they are."""
    from sim.batch.experiment_file import load_problem
    from sim.cli.frontier import carry_out
    from sim.cli.orders import worker_count

    return carry_out(load_problem(file, quick, allow_extensions), out, worker_count(workers), lang, quiet)
