"""``sim frontier``: the best mixes of levers for a fixed budget, and how good they are with fresh draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.output import note, setting, standard_output, tell_sets, tell_world
from sim.cli.running import INTERRUPTED
from sim.cli.stages import Stages
from sim.cli.terminal import of_files
from sim.text import Language, say

if TYPE_CHECKING:
    from rich.table import Table

    from sim.analysis.frontier import Frontier
    from sim.batch.frontier_file import Problem
    from sim.studies import Event


def carry_out(problem: Problem, out: Path | None, workers: int, language: Language, quiet: bool) -> int:
    """Search, run what is found again, print it, and leave tables and figure in the folder.

    Args:
        problem: what is sought.
        out: folder.
        workers: threads.
        language: of the words.
        quiet: print the folder alone.

    Returns:
        0, or 130 if interrupted.

    Raises:
        InputError: Optuna is missing, runs failed, no mix keeps to the constraints, or the folder holds
            something else.
    """
    from sim.analysis.frontier import find
    from sim.analysis.frontier.frontier import folder_of
    from sim.analysis.frontier.search import needs_optuna
    from sim.simulation.warmup import compile_kernel

    needs_optuna()
    folder = folder_of(problem) if out is None else out
    tell_world(problem.experiment, language, quiet)
    tell_sets(problem.experiment.parameters, language, quiet)
    note(setting(replace(problem.experiment, replicates=problem.section.replicates), language), quiet)
    try:
        with Stages(quiet, language).shown() as stages:
            compile_kernel(lambda _: stages.announce(say("cli.compiling", language)))
            step = say("frontier.step_search", language, done=0, total=problem.section.evaluations)

            def tell(name: str, done: int, total: int) -> None:
                nonlocal step
                step = say(f"frontier.step_{name}", language, done=done, total=total)
                if name != "search" or done in (total, total // 2):
                    stages.announce(step)

            def listen(event: Event) -> None:
                stages.runs(step, event.done, event.total, event.failed)

            found = find(problem, folder, workers, tell, listen)
            stages.announce(say("frontier.drawing", language))
            leave(found, folder, of_files(language))
    except KeyboardInterrupt:
        note(say("cli.interrupted", language, folder=folder), quiet=False)
        return INTERRUPTED
    if quiet:
        print(folder)
    else:
        _print(found, folder, language)
    return 0


def leave(found: Frontier, folder: Path, language: Language) -> None:
    """Write the tables and the figure of a search into its folder."""
    from sim.analysis.frontier.frontier import beside
    from sim.analysis.frontier.tables import write_tables
    from sim.report.frontier import frontier_data, frontier_sheet
    from sim.report.style import framed, save, usable_language

    write_tables(found, beside(folder))
    lettered: Language = "ja" if usable_language(language) == "ja" else "en"
    sheet = frontier_sheet(frontier_data(found), found, lettered)
    suffix = "" if lettered == "en" else f".{lettered}"
    save(framed(sheet, lettered), beside(folder), f"frontier{suffix}", lettered)


def _print(found: Frontier, folder: Path, language: Language) -> None:
    from sim.analysis.frontier.frontier import beside
    from sim.report.frontier import sentences

    console = standard_output()
    print(say("frontier.mixes", language))
    console.print(_outcomes(found, language))
    print(say("frontier.made_of_money", language))
    console.print(_money(found, language))
    for line in sentences(found, language):
        console.print(line)
    print(say("frontier.written", language, folder=beside(folder)))


def _outcomes(found: Frontier, language: Language) -> Table:
    """Outcomes of the mixes that are shown, each with its interval and its effect."""
    from sim.analysis.frontier.tables import mixes
    from sim.report.words import effect, is_share, level, short, unit

    outcomes = found.problem.section.outcomes
    table = _table(language)
    for name in outcomes:
        told = unit(name, language, difference=False)
        table.add_column(
            say("report.in_unit", language, name=short(name, language), unit=told), overflow="fold"
        )
    for letter, rows in mixes(found).groupby("mix", sort=True):
        cells = []
        for row in rows.to_dict("records"):
            name = str(row["outcome"])
            ends = f"{level(name, row['low'])}–{level(name, row['high'])}"
            change = f"{effect(name, row['effect'])}{'pt' if is_share(name) else ''}"
            cells.append(f"{level(name, row['mean'])} ({ends})\n[{change}]".replace("[", r"\["))
        table.add_row(str(letter), *cells)
    return table


def _money(found: Frontier, language: Language) -> Table:
    """What the mixes that are shown are made of."""
    from sim.analysis.frontier.tables import mixes
    from sim.report.words import short

    rows = mixes(found).drop_duplicates("mix")
    levers = [name for name in found.mixes.names if (rows[name] > 0).any()]
    table = _table(language)
    for name in levers:
        table.add_column(short(name, language), justify="right", overflow="fold")
    for row in rows.to_dict("records"):
        table.add_row(str(row["mix"]), *(f"{row[name]:,.0f}" if row[name] else "–" for name in levers))
    return table


def _table(language: Language) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(say("frontier.mix", language))
    return table
