"""``sim calibrate``: find which parameters agree with what was observed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.command import MOST_SEED
from sim.batch.parameter_sets import MOST_SETS, POSTERIOR, packaged_sets, read_parameter_sets
from sim.calendar import quarter_label
from sim.cli.orders import refuse_outside
from sim.cli.output import note, standard_output
from sim.cli.running import INTERRUPTED
from sim.cli.stages import Stages
from sim.errors import InputError
from sim.files import write_figure, write_text
from sim.text import Language, say
from sim.text.numbers import number

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from sim.analysis.calibration.found import Found
    from sim.analysis.calibration.waves import Request
    from sim.studies.study import Event

#: Where the tables of the package's own posterior are shown.
DOCUMENTED = Path("docs") / "validation"
PICTURES = Path("docs") / "images"
#: Runs of a wave, steps of its walkers and draws of a first look.
_QUICK_RUNS, _QUICK_STEPS, _QUICK_DRAWS = 80, 300, 40


def request_of(runs: int | None, until: str | None, seed: int, quick: bool) -> Request:
    """What is asked for.

    Raises:
        InputError: a number is out of range, there are too few runs for the parameters, or there is no
            figure until then.
    """
    try:
        from sim.analysis.calibration.targets import calibrated
        from sim.analysis.calibration.waves import Request
    except ModuleNotFoundError as error:
        raise InputError(
            f"sim calibrate needs {error.name}: install the package with its extra, "
            "pip install 'sdgs-partnership-sim[calibration]'"
        ) from None
    refuse_outside("--seed", seed, 0, MOST_SEED)
    try:
        targets = calibrated(until)
    except InputError as error:
        raise InputError(*(f"--until: {line}" for line in error.lines)) from None
    if not targets:
        raise InputError(f"--until: no figure was observed until {until}")
    request = Request(targets=targets, seed=seed)
    if quick:
        request = replace(request, runs=_QUICK_RUNS, steps=_QUICK_STEPS, draws=_QUICK_DRAWS)
    least = 2 * len(request.space.names)
    if runs is not None and runs < least:
        raise InputError(f"--runs: must be at least {least}, twice as many as parameters, not {runs:,}")
    refuse_outside("--runs", request.runs if runs is None else runs, least, MOST_SETS)
    return request if runs is None else replace(request, runs=runs)


def calibrate(
    request: Request,
    out: Path | None,
    workers: int,
    write: bool,
    until: str | None,
    language: Language,
    quiet: bool,
) -> int:
    """Calibrate; print what was found, and write it into the folder.

    Args:
        request: what is asked for.
        out: folder of the runs.
        workers: processes.
        write: renew what the package holds.
        until: the last quarter of the data, if not all were used.
        language: of the words.
        quiet: print the folder alone.

    Returns:
        0, or 130 if interrupted.

    Raises:
        InputError: the folder holds another calibration, or the package no posterior of such data.
    """
    from sim.analysis.calibration.found import found
    from sim.studies.study import Stage

    if write:
        refuse_origin(until)
        refuse_elsewhere()

    folder = Path("results") / f"calibration-{request.digest()}" if out is None else out
    try:
        with Stages(quiet, language).shown() as stages:

            def tell(step: str, /, **facts: object) -> None:
                stages.announce(say(f"calibration.{step}", language, **facts))

            def listen(event: Event) -> None:
                if event.stage is Stage.COMPILING:
                    stages.announce(say("cli.compiling", language))
                else:
                    stages.runs(say("calibration.running", language), event.done, event.total, event.failed)

            made = found(request, folder, workers, tell, listen)
    except KeyboardInterrupt:
        note(say("cli.interrupted", language, folder=folder), quiet=False)
        return INTERRUPTED
    made.write(folder / f"{POSTERIOR}.csv", folder)
    if write:
        _renew(made, until)
    _print(made, folder, language, quiet)
    return 0


def confirm(workers: int, language: Language, quiet: bool) -> int:
    """Mark the posteriors of the package as those of this version of the model, where it gives the same runs.

    Raises:
        InputError: it gives others, or the package has none.
    """
    from sim.analysis.calibration.running import Runs
    from sim.analysis.calibration.tables import confirmed
    from sim.analysis.calibration.waves import Request

    for path in (packaged_sets(), *_origins().values()):
        sets = confirmed(read_parameter_sets(path), Runs(Request(), workers=workers))
        write_text(path, sets.text())
        note(say("calibration.confirmed", language, path=path), quiet)
    return 0


def _renew(made: Found, until: str | None) -> None:
    """Write what the package holds: the posterior with its tables and picture, or that of an origin."""
    if until is None:
        made.write(packaged_sets(), DOCUMENTED)
        for name, picture in made.pictures().items():
            write_figure(PICTURES / f"{name}.png", picture, dpi=110)
    else:
        write_text(_origins()[until], made.sets.text())


def _origins() -> dict[str, Path]:
    """Files of the posteriors that backtests begin with, by the last quarter of their data."""
    from sim.analysis.validation.cases import ORIGINS, end_of
    from sim.analysis.validation.predictive import sets_file

    return {quarter_label(end_of(year)): sets_file(year) for year in ORIGINS}


def refuse_origin(until: str | None) -> None:
    """Refuse to renew what the package does not hold.

    Raises:
        InputError: backtests do not begin with that quarter.
    """
    if until is not None and until not in _origins():
        raise InputError(f"--write: backtests begin with --until {', '.join(_origins())}, not {until}")


def refuse_elsewhere() -> None:
    """Refuse to renew the tables of documents that are not below this folder.

    Raises:
        InputError: they are not.
    """
    missing = [str(folder) for folder in (DOCUMENTED, PICTURES) if not folder.is_dir()]
    if missing:
        raise InputError(
            f"--write: there is no {' and no '.join(missing)} here; run it at the top of a clone"
        )


def _print(made: Found, folder: Path, language: Language, quiet: bool) -> None:
    if not quiet:
        console = standard_output()
        console.print(_parameters(made.tables["parameters"], language))
        console.print(say("calibration.note", language))
        console.print(_fit(made.tables["fit"], language))
    print(folder)


def _parameters(found: pd.DataFrame, language: Language) -> Table:
    table = _table("parameters", ("parameter", "prior", "posterior", "learned", "shift", "width"), language)
    for row in found.to_dict("records"):
        table.add_row(
            row["parameter"], f"{number(row['low'])} - {number(row['high'])}", _band(row),
            f"{row['shrinkage']:.0%}", f"{row['abc_shift']:+.1f}", f"{row['abc_width']:.1f}",
        )  # fmt: skip
    return table


def _fit(found: pd.DataFrame, language: Language) -> Table:
    table = _table("fit", ("figure", "date", "observed", "predicted", "use", "inside"), language)
    for row in found.to_dict("records"):
        inside = say(f"calibration.{'yes' if row['inside'] else 'no'}", language)
        use = say(f"calibration.{row['use']}", language)
        table.add_row(row["figure"], row["date"], number(row["observed"]), _band(row), use, inside)
    return table


def _band(row: dict[Hashable, Any]) -> str:
    """Median, and 5% to 95%."""
    return f"{number(row['q50'])} ({number(row['q05'])} - {number(row['q95'])})"


def _table(title: str, columns: tuple[str, ...], language: Language) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=say(f"calibration.{title}", language), box=box.SIMPLE_HEAD, title_justify="left")
    for column in columns:
        table.add_column(say(f"calibration.{column}", language), no_wrap=True)
    return table
