"""``sim batch`` and ``sim verify``: run a designed experiment; run stored runs again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from sim.cli.output import note, setting, standard_output, tell_sets, tell_world
from sim.cli.running import INTERRUPTED, failures, run_study, say_incomplete
from sim.cli.stages import Stages
from sim.errors import InputError
from sim.text import Language, say

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment
    from sim.batch.parts import Shard
    from sim.batch.verify import Verification

DIFFERS = 1


def run_batch(
    experiment: Experiment,
    out: Path | None,
    workers: int,
    scheduler: str,
    shard: Shard | None,
    language: Language,
    quiet: bool,
    retry_failed: bool = False,
) -> int:
    """Run what is missing of an experiment and say what there is.

    Returns:
        0, 3 if some runs failed, or 130 if interrupted.

    Raises:
        InputError: the folder or the scheduler cannot be used.
    """
    from sim.batch.executors import executor
    from sim.batch.stored import completeness
    from sim.studies import Study

    def tell(what: str) -> None:
        note(say(f"cli.{what}", language), quiet=False)

    study = Study(experiment, out, shard=shard, retry_failed=retry_failed)
    folder = study.folder
    tell_world(experiment, language, quiet)
    tell_sets(experiment.parameters, language, quiet)
    note(setting(experiment, language), quiet)
    try:
        with (
            Stages(quiet, language).shown() as stages,
            executor(scheduler, workers, tell) as (pool, hands),
        ):
            report = run_study(replace(study, workers=hands, executor=pool), language, stages)
    except KeyboardInterrupt:
        note(say("cli.interrupted", language, folder=folder), quiet=False)
        return INTERRUPTED
    if quiet:
        print(folder)
    else:
        facts = {"total": report.total, "stored": report.stored, "failed": report.failed}
        print(say("cli.batch_done", language, folder=folder, seconds=report.seconds, **facts))
        if shard is not None:
            say_incomplete(folder, completeness(folder), language)
    _leave_tables(folder, language, quiet)
    code = failures(report, language)
    if report.failed:
        note(say("cli.retry", language, folder=folder), quiet=False)
    return code


def _leave_tables(folder: Path, language: Language, quiet: bool) -> None:
    """Write the runs for spreadsheets once all are there, and say where they are and how to read on."""
    from sim.batch.folder import RUNS
    from sim.batch.locks import explained, in_turn
    from sim.batch.runner import KEPT
    from sim.results import load
    from sim.results.sheets import MOST_ROWS

    results = load(folder)
    stored = results.stored
    if stored.missing or stored.failed == stored.runs:
        return
    with in_turn(folder), explained(folder, KEPT):
        written = results.write_runs()
    said = {"folder": folder, "runs": folder / RUNS, "summary": folder / "summary.csv"}
    key = "cli.batch_tables" if written else "cli.too_many_runs"
    if not quiet:
        print(say(key, language, count=stored.runs, most=MOST_ROWS, **said))


def parse_shard(text: str | None) -> Shard | None:
    """The shard that ``I/N`` names, 1/N to N/N.

    Raises:
        InputError: it is no such thing.
    """
    from sim.batch.parts import Shard

    if text is None:
        return None
    number, slash, total = text.partition("/")
    few = len(text) <= len("100000/100000")  # Python refuses to read numbers of thousands of digits
    if (
        few
        and slash
        and number.isdecimal()
        and total.isdecimal()
        and 1 <= int(number) <= int(total) <= 100_000
    ):
        return Shard(int(number), int(total))
    raise InputError(f"--shard: {text!r} is no part such as 1/3, 2/3 or 3/3")


def print_verification(folder: Path, found: Verification, language: Language) -> int:
    """Print what ``sim.batch.verify.verify`` found.

    Returns:
        0, or 1 where something differs that should not.
    """
    from sim.results.made_by import of_another_model

    counts = Counter(run.verdict for run in found.runs)
    console = standard_output()
    if any(run.where for run in found.runs):
        table = Table(title=say("cli.verify_differences", language))
        for column in ("scenario", "point", "replicate", "verdict", "where"):
            table.add_column(say(f"columns.{column}", language))
        for run in found.runs:
            if run.where:
                verdict = say(f"verdicts.{run.verdict.name.lower()}", language)
                table.add_row(run.scenario, str(run.point), str(run.replicate), verdict, run.where)
        console.print(table)
    versions, machine = found.made_by["versions"], found.made_by["machine"]
    print(
        say(
            "cli.verified",
            language,
            folder=folder,
            tried=len(found.runs),
            stored=found.stored.runs - found.stored.failed,
            verdicts=", ".join(
                say(f"verdicts.count_{verdict.name.lower()}", language, count=count)
                for verdict, count in counts.items()
            ),
            seed=found.seed,
            **{name: versions.get(name) or "?" for name in ("python", "numba")},
            machine=machine["platform"],
        )
    )
    say_incomplete(folder, found.stored, language)
    for line in of_another_model(found.stored.manifest, language):
        print(line)
    if not found.same_platform:
        print(say("cli.other_platform", language))
    return 0 if found.passed else DIFFERS
