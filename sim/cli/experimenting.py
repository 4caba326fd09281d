"""``sim batch`` and ``sim verify``: designed experiments, and whether what is stored holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
    AllowExtensions,
    Lang,
    Out,
    Quiet,
    Workers,
)


def batch(
    file: Annotated[Path, typer.Argument(metavar="EXPERIMENT.yaml", help="Experiment.", show_default=False)],
    out: Out = None,
    workers: Workers = None,
    scheduler: Annotated[
        str,
        typer.Option(
            help="processes, threads, or the address of a Dask scheduler (tcp://host:port or tls://host:port).",
            metavar="WHERE",
        ),
    ] = "processes",
    shard: Annotated[
        str | None,
        typer.Option(
            help="Run part I of N only, as for job arrays; the parts may run at the same time.",
            metavar="I/N",
            show_default=False,
        ),
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(help="Replicates instead of those in the file.", metavar="N", show_default=False),
    ] = None,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="Try the runs that failed again, also with a mended extension: name the folder with --out.",
        ),
    ] = False,
    lang: Lang = "en",
    quick: Annotated[
        bool, typer.Option("--quick", help="The small version that the file describes, to see it work.")
    ] = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = None,
) -> int:
    """Run a designed experiment; what is done already in its folder is not run again."""
    from dataclasses import replace

    from sim.batch.executors import check_scheduler
    from sim.batch.experiment_file import load_with_sources
    from sim.batch.experiment_warnings import experiment_warnings
    from sim.batch.limits import MOST_REPLICATES
    from sim.cli.batch import parse_shard, run_batch
    from sim.cli.orders import refuse_outside, worker_count
    from sim.cli.output import warn
    from sim.cli.targets import refuse_misplaced, unscaled

    check_scheduler(scheduler)
    part, hands = parse_shard(shard), worker_count(workers)
    if replicates is not None:
        refuse_outside("--replicates", replicates, 1, MOST_REPLICATES)
    loaded = load_with_sources(file, quick, allow_extensions or ())
    experiment = loaded.experiment
    world = experiment.source or experiment.world
    lines = [*experiment_warnings(loaded, lang), *unscaled(experiment.scenarios, world, lang)]
    warn(lines, lang, quiet)
    refuse_misplaced(loaded.scenarios, world, experiment.seed)
    if replicates is not None:
        experiment = replace(experiment, replicates=replicates)
    return run_batch(experiment, out, hands, scheduler, part, lang, quiet, retry_failed)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Results folder.", show_default=False)],
    sample: Annotated[int, typer.Option(help="Runs to try.", metavar="N", min=1)] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the sample.", metavar="N")] = 0,
    lang: Lang = "en",
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = None,
) -> int:
    """Run a sample of the stored runs again and compare them with what is stored."""
    from sim.batch.verify import verify as run_again
    from sim.cli.batch import print_verification
    from sim.cli.stages import Stages
    from sim.text import say

    with Stages(quiet, lang).shown() as stages:
        found = run_again(
            folder,
            sample,
            seed,
            allow_extensions or (),
            lambda done, total: stages.runs(say("cli.verifying", lang), done, total),
            lambda _: stages.announce(say("cli.compiling", lang)),
        )
    return print_verification(folder, found, lang)
