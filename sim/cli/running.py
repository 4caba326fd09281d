"""``sim run``, ``sim compare`` and ``sim report``: run what is missing, analyse, draw, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.calendar import DISCOUNT_RATE
from sim.cli.orders import Order
from sim.cli.output import note, plain, setting, standard_output, tell_sets, tell_world
from sim.cli.stages import Stages
from sim.cli.terminal import of_files
from sim.provenance import cores
from sim.text import Language, say, saying_regions
from sim.text.mistakes import translated, where_known

if TYPE_CHECKING:
    from rich.table import Table

    from sim.batch.experiment import Experiment
    from sim.batch.runner import RunReport
    from sim.batch.stored import Stored
    from sim.cli.precision import Precision
    from sim.report.formats.formats import Format
    from sim.results import Results
    from sim.scenarios.scenario import Scenario
    from sim.scenarios.spending import EqualSpending
    from sim.studies import Study

SOME_FAILED = 3
INTERRUPTED = 130
#: Failed runs, and parts that are not as they should be, that are listed at the end.
LISTED = 10


def carry_out(
    order: Order,
    scenarios: Sequence[Scenario],
    baseline: str | None,
    precision: Precision | None = None,
    equal: EqualSpending | None = None,
) -> int:
    """Run scenarios, write the results folder with figures and report, and print tables.

    Args:
        order: the options.
        scenarios: in the order of the tables.
        baseline: name of the one that the others are compared with, or None.
        precision: run stage by stage until intervals are that narrow; the order's replicates are the limit.
        equal: at which sum the scenarios were made to spend the same, if they were.

    Returns:
        0, 3 if some runs failed, or 130 if interrupted.

    Raises:
        InputError: the world is not known, or the folder cannot be used.
    """
    from sim.cli.ahead import import_ahead
    from sim.results import load
    from sim.studies import Study, chance_alone, experiment_of

    study_of = (order.world, order.replicates, order.quarters, order.seed)
    by = None if order.focus is None else "prefecture"
    drawn = (order.parameters, order.worlds)
    experiment = experiment_of(scenarios, baseline, *study_of, equal, by, *drawn)
    _check_and_tell(order, experiment, precision)
    study = Study(experiment, order.out, workers=order.workers)
    folder = study.folder
    said: list[str] = []
    import_ahead()
    try:
        with Stages(order.quiet, order.language).shown() as stages:
            if precision is None:
                report = run_study(study, order.language, stages)
            else:
                report, said = _run_until_narrow(study, order.language, precision, stages)
            alone = chance_alone(study, report.replicates)
            reports = [report, *([] if alone is None else [run_study(alone, order.language, stages)])]
            some = report.failed < report.total
            shown = (order.discount_rate, order.focus)
            printed = _analysed(load(folder), order.language, stages, *shown) if some else []
    except KeyboardInterrupt:
        note(say("cli.interrupted", order.language, folder=folder), quiet=False)
        return INTERRUPTED
    _print(folder, printed, order.language, order.quiet)
    for line in said:
        note(line, order.quiet)
    return max(failures(one, order.language) for one in reports)


def _check_and_tell(order: Order, experiment: Experiment, precision: Precision | None) -> None:
    """Refuse what cannot be done before anything is run, and say what deserves a word.

    Raises:
        InputError: there is no such place, or no such outcome to be precise about.
    """
    from sim.cli.precision import aim

    tell_world(experiment, order.language, order.quiet)
    tell_sets(experiment.parameters, order.language, order.quiet)
    if order.focus is not None:
        _check_place(order.focus, experiment)
    if precision is not None:
        precision.check(experiment.common_outcomes())
        note(aim(precision, order.replicates, order.language), order.quiet)
    if order.quick:
        small = setting(experiment, order.language, precision is not None)
        note(say("cli.quick", order.language, setting=small), order.quiet)


def _check_place(text: str, experiment: Experiment) -> None:
    """Refuse a place that is not there before anything is run.

    Raises:
        InputError: there is no such place.
    """
    from sim.batch.chunks import world_of
    from sim.errors import InputError
    from sim.worlds.focus import find_place

    try:
        find_place(text, world_of(experiment))
    except InputError as error:
        raise InputError(f"--focus: {error}") from None


def report_on(
    folder: Path,
    language: Language,
    quiet: bool,
    discount_rate: float = DISCOUNT_RATE,
    focus: str | None = None,
    formats: Sequence[str] = (),
) -> int:
    """Analyse a results folder again, draw its figures, write its report and print its tables.

    Raises:
        InputError: it is not a results folder, or holds no run yet; or a format needs what is not there.
    """
    from sim.report.formats.formats import FORMATS, check_formats
    from sim.results import load

    check_formats(formats)
    wanted = [name for name in FORMATS if name in formats]
    with Stages(quiet, language).shown() as stages:
        printed: Sequence[Table | str]
        results = load(folder)
        if results.holds_comparison:
            printed = _analysed(results, language, stages, discount_rate, focus, wanted)
        else:
            printed = _design_analysed(folder, language, stages, focus, wanted)
    _print(folder, printed, language, quiet, wanted)
    say_incomplete(folder, results.stored, language)
    return 0


def say_incomplete(folder: Path, stored: Stored, language: Language) -> None:
    """Say how many runs are stored where some are missing, and which parts are not as they should be."""
    if stored.missing or stored.faults:
        facts = {"runs": stored.runs, "expected": stored.expected}
        note(say("cli.incomplete", language, folder=folder, **facts), quiet=False)
    for fault in stored.faults[:LISTED]:
        reason = translated(fault.reason, language)
        note(say("cli.faulty", language, path=fault.path, reason=reason), quiet=False)


def say_left_out(folder: Path, stored: Stored, language: Language) -> None:
    """Say how many runs an analysis does without: those that are missing, and those that failed."""
    say_incomplete(folder, stored, language)
    if stored.failed:
        facts = {"failed": stored.failed, "runs": stored.runs}
        note(say("cli.failed_left_out", language, folder=folder, **facts), quiet=False)


def run_study(study: Study, language: Language, stages: Stages) -> RunReport:
    """Run a study, say how far it is, and tell how it went."""
    from sim.studies import Event, Stage

    last: list[Event] = []

    def say_how_far(event: Event) -> None:
        last[:] = [event]
        if event.stage is Stage.RUNNING:
            stages.runs(say("cli.running", language), event.done, event.total, event.failed)
        elif event.stage is Stage.COMPILING:
            stages.announce(say("cli.compiling", language))
        elif event.stage is Stage.BUILDING:
            stages.stage(say("cli.starting", language))

    study.run(say_how_far)
    report = last[0].report
    assert report is not None  # the last event of a study with a folder has one
    return report


def _run_until_narrow(
    study: Study, language: Language, precision: Precision, stages: Stages
) -> tuple[RunReport, list[str]]:
    """Run stage by stage; the report of the last stage, and what to say about the intervals."""
    from sim.cli.precision import sentences
    from sim.results import load
    from sim.results.precise import run_until_narrow

    reports: list[RunReport] = []
    limit, baseline = study.experiment.replicates, str(study.experiment.baseline)

    def run(replicates: int) -> Results:
        experiment = replace(study.experiment, replicates=replicates)
        reports.append(run_study(replace(study, experiment=experiment), language, stages))
        return load(study.folder)

    *_, last = run_until_narrow(run, baseline, precision.outcomes, precision.target, limit)
    return reports[-1], sentences(last, language)


def _analysed(
    results: Results,
    language: Language,
    stages: Stages,
    discount_rate: float,
    focus: str | None = None,
    formats: Sequence[Format] = (),
) -> list[Table]:
    """Write summary, comparison, figures and report of a folder; the tables to print."""
    stages.stage(say("cli.analysing", language))
    from sim.cli import tables
    from sim.report.effect_tables import baseline_levels, judged
    from sim.report.programmes import programme_titles
    from sim.results.money import cost_effectiveness, ledger_summary

    baseline = results.manifest.baseline
    results.write_tables()
    ledger = ledger_summary(results)
    called = tables.titles(results.experiment.scenarios, language)
    titled = programme_titles(results.experiment.scenarios, language)
    if baseline is None or len(results.scenarios) < 2:
        printed = [
            tables.summary(results.summary, language, called),
            tables.money(ledger, None, language, called),
        ]
    else:
        comparison = results.comparison
        last = results.quarters[-1]
        ends = comparison[comparison["quarter"].astype(str) == last]
        effects = judged(ends, baseline_levels(results, baseline))
        costs = cost_effectiveness(results, baseline)
        printed = [
            tables.effects(effects, last, language, called),
            tables.money(ledger, costs, language, called),
            tables.levers(ledger, baseline, language, called, titled),
        ]
    if focus is not None:
        from sim.report.focus import focus_on
        from sim.report.prefectures import regions_of_its_own

        with saying_regions(regions_of_its_own(results)):
            printed += tables.place(focus_on(results, focus), language, called)
    where = setting(results.experiment, language)
    printed = [table for table in printed if table.row_count]  # of money, none where all are given the same
    for table in printed:
        table.title = f"{table.title}\n{where}"
    stages.stage(say("cli.drawing", language))
    from sim.report.report import write_report

    write_report(results.folder, of_files(language), discount_rate, focus, cores() > 1, formats)
    return printed


def _design_analysed(
    folder: Path, language: Language, stages: Stages, focus: str | None, formats: Sequence[Format]
) -> list[str]:
    """Write the report of a design, or of results of which not all is kept; its answer, to be printed."""
    stages.stage(say("cli.drawing", language))
    from sim.report.report import make_report

    written = of_files(language)
    page, _ = make_report(folder, written, place=focus, formats=formats)
    return [page.question, *page.answer] if written == language else []


def _print(
    folder: Path,
    printed: Sequence[Table | str],
    language: Language,
    quiet: bool,
    formats: Sequence[Format] = (),
) -> None:
    if quiet:
        print(folder)
        return
    console = standard_output()
    for shown in printed:
        console.print(shown)
    console.print(say("cli.totals", language), say("cli.limits", language))
    from sim.report.report import named, report_path

    written = of_files(language)
    places = {"results": folder, **{name: folder / named(name, written) for name in ("figures", "tables")}}
    for what, path in places.items():
        print(f"{say(f'cli.{what}', language)}: {path}")
    for ending in ("html", *(name for name in formats if name != "html")):
        print(f"{say('cli.report', language)}: {report_path(folder, written, ending)}")


def failures(report: RunReport, language: Language) -> int:
    """List the runs that failed; the exit code."""
    if report.failed == 0:
        return 0
    from sim.results import load

    facts = {"failed": report.failed, "total": report.total, "folder": report.folder}
    note(say("cli.failed", language, **facts), quiet=False)
    rows = load(report.folder).failures
    for row in rows.head(LISTED).to_dict("records"):
        words = {str(name): plain(str(value)) for name, value in row.items()}
        words["message"] = plain(where_known(str(row["message"]), language))
        note(say("cli.failed_run", language, **words), quiet=False)
    if len(rows) > LISTED:
        note(say("cli.more_failed", language, more=len(rows) - LISTED), quiet=False)
    return SOME_FAILED
