"""``sim validate``: make the tables of validation or forecast again, and compare them with the stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from sim.cli.output import note, standard_output
from sim.cli.stages import Stages
from sim.errors import InputError
from sim.text import Language, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.validation.made import Made

DIFFERS = 1
INTERRUPTED = 130


def validate(
    forecast: bool,
    write: bool,
    quick: bool,
    parameters: str,
    docs: Path,
    workers: int,
    language: Language,
    quiet: bool,
) -> int:
    """Make the tables, print what they say, and compare or write them.

    Args:
        forecast: the forecast instead of the validation.
        write: write the tables instead of comparing them.
        quick: a few runs, and no comparison.
        parameters: ``posterior`` or a file of sets.
        docs: folder of the stored tables.
        workers: threads.
        language: of what is printed.
        quiet: print differences and errors only.

    Returns:
        0, 1 where a table differs from the stored one, or 130 if interrupted.

    Raises:
        InputError: the options exclude each other, there are no such sets, no such folder, or no tables are
            stored there.
    """
    from sim.analysis.validation import made
    from sim.analysis.validation.stored import write as write_all
    from sim.batch.parameter_sets import read_parameter_sets
    from sim.simulation.warmup import compile_kernel

    if quick and write:
        raise InputError("--quick and --write: give one of the two; tables are stored of a full run only")
    if write and not docs.is_dir():
        raise InputError(f"--docs: {docs}: no such folder; run it at the top of a clone, or make it first")
    if not (quick or write or (docs / "validation").is_dir()):
        raise InputError(f"{docs}: holds no validation to compare with; run it in a clone, or give --write")
    sets = read_parameter_sets(parameters)
    make = made.forecasted if forecast else made.validated
    usual = made.FORECAST_RUNS if forecast else made.RUNS
    runs = made.QUICK_RUNS if quick else usual
    try:
        with Stages(quiet, language).shown() as stages:
            compile_kernel(lambda _: stages.announce(say("cli.compiling", language)))
            facts = {"runs": runs, "sets": sets.label, "digest": sets.digest}
            key = "cli.forecasting" if forecast else "cli.validating"
            stages.announce(say(key, language, **facts))
            found = make(sets, runs, workers)
    except KeyboardInterrupt:
        return INTERRUPTED
    if not quiet:
        _print(found, forecast, language)
    if write:
        files = {**found.files, **found.notes}
        write_all(files, docs)
        note(say("cli.validation_written", language, count=len(files), folder=docs), quiet)
    return 0 if quick or write else _compared(found, docs, language, quiet)


def _compared(found: Made, docs: Path, language: Language, quiet: bool) -> int:
    from sim.analysis.validation.stored import MISSING, differences

    different = differences(found.files, docs)
    for name, what in different.items():
        reason = say("cli.not_there", language) if what == MISSING else what
        print(say("cli.validation_differs", language, path=docs / name, reason=reason))
    if not different:
        note(say("cli.validation_same", language, count=len(found.files), folder=docs), quiet)
    return DIFFERS if different else 0


#: Tables that are printed, and the rows of them that are.
_SHOWN = ("coverage", "places", "backtest_summary")


def _print(found: Made, forecast: bool, language: Language) -> None:
    from sim.analysis.validation.backtest import unbeaten

    console = standard_output()
    tables = {"national": _last(found)} if forecast else found.tables
    for name in ("national",) if forecast else _SHOWN:
        if name in tables:
            console.print(_table(say(f"cli.validation_{name}", language), tables[name]))
    if "backtest_summary" in tables:
        for origin, name in unbeaten(tables["backtest_summary"]):
            print(say("cli.validation_unbeaten", language, origin=origin, name=name))


def _last(found: Made) -> pd.DataFrame:
    """The national forecast at the ends of years."""
    table = found.tables["national"]
    return table[table["date"].str.endswith("Q4")]


def _table(title: str, frame: pd.DataFrame) -> Table:
    table = Table(title=title)
    for name in frame:
        table.add_column(str(name))
    for row in frame.itertuples(index=False):
        table.add_row(*map(_cell, row))
    return table


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.4g}"
    return str(value)
