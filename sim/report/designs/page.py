"""The report of a design, or of results that keep some outcomes, quarters or tables only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from sim.errors import InputError
from sim.files import own_folder
from sim.report import foundations, sections
from sim.report.designs import figures, scenarios, tables
from sim.report.designs.answer import answer, question, size
from sim.report.designs.effects import SINGLES, SPACE, STEPS
from sim.report.designs.found import Found, find
from sim.report.designs.names import term_name
from sim.report.designs.runs import shown_outcomes
from sim.report.designs.sheets import design_sheets, headed, outcome_columns
from sim.report.foundations import named
from sim.report.page import Figure, Page, Part
from sim.report.phrases import listed
from sim.report.sections import Table
from sim.report.style import Sheet, framed, save, usable_language
from sim.report.words import quarter, short
from sim.results import Results
from sim.text import Language, paragraphs, say

#: Scenarios up to which the response over every factor is drawn for each.
_MOST_RESPONSES = 3
#: Folder in which ``sim sensitivity`` leaves its tables and its figure.
FOLDER = "sensitivity"
#: Groups of pairs that cannot be told apart which a page lists.
MOST_GROUPS = 16


def design_report(
    results: Results, lang: Language, place: str | None = None
) -> tuple[Page, dict[str, pd.DataFrame]]:
    """The page and the spreadsheets of a design.

    Args:
        results: with a design, or with some outcomes, quarters or tables only.
        lang: of the words.
        place: a place that was asked for.

    Raises:
        InputError: a place was asked for, or no run is stored.
    """
    if place is not None:
        raise InputError(
            f"--focus: {results.folder} holds a design, or keeps no ledger, or some outcomes or quarters "
            "only; a place is told of where scenarios are compared with everything kept (sim compare --focus)"
        )
    found, titles = find(results), foundations.titles(results.experiment, lang)
    effects, yields = scenarios.effects(results), scenarios.yields(results)
    drawn: Language = "ja" if usable_language(lang) == "ja" else "en"
    sheets = design_sheets(found, titles, lang)
    if len(effects):
        sheets = {"effects": _effects_sheet(effects, titles, lang)} | sheets
    parts = list(_of_scenarios(results, effects, yields, titles, lang))
    several = len(found) > 1
    for one in found:
        parts += _parts(results, one, titles[one.runs.scenario] if several else "", lang, drawn)
    parts.append(Part(say("designs.headings.levels", lang), [scenarios.levels_table(results, titles, lang)],
                      folded=bool(found) or len(effects) > 0))  # fmt: skip
    if found:
        factors = [tables.factor_rows(found[0].runs, lang)]
        parts.append(Part(say("designs.headings.factors", lang), factors))
    parts.append(Part(say("designs.headings.files", lang), notes=[foundations.figures_note(lang, drawn)]))
    return _page(results, found, effects, parts, lang), sheets


def _page(
    results: Results, found: list[Found], effects: pd.DataFrame, parts: list[Part], lang: Language
) -> Page:
    experiment, titles = results.experiment, foundations.titles(results.experiment, lang)
    told = [paragraph for one in found for paragraph in _answer(one, titles, len(found) > 1, lang)]
    told = [*_of_effects(results, effects, titles, lang), *told] or [say("designs.nothing_compared", lang)]
    there = set(results.runs(results.outcomes[0])["scenario"])
    outcomes = found[0].runs.outcomes if found else shown_outcomes(results)
    return Page(
        lang=lang,
        title=foundations.page_title(results, lang),
        question=question(results, lang),
        answer=told,
        missing=foundations.missing(results, titles, there, lang),
        parts=[part for part in parts if part],
        assumptions=foundations.assumptions(experiment, lang),
        levers=sections.levers_of(_levers(found), lang),
        interests=sections.interests_of(outcomes, lang),
        limits=paragraphs("report.limits", lang),
        experiment=foundations.experiment_address(results.folder),
        copies=foundations.table_addresses(experiment),
        command=foundations.command(experiment),
        provenance=list(foundations.provenance(results, results.manifest.replicates, lang)),
    )


def _answer(found: Found, titles: dict[str, str], several: bool, lang: Language) -> Iterator[str]:
    """What is said of a scenario, with its name before it where there are several."""
    for place, paragraph in enumerate(answer(found, lang)):
        name = say("report.quoted", lang, title=titles[found.runs.scenario])
        yield say("designs.under", lang, name=name, text=paragraph) if several and not place else paragraph


def _levers(found: list[Found]) -> set[str]:
    return {factor.name for one in found for factor in one.runs.factors}


def _of_effects(results: Results, effects: pd.DataFrame, titles: dict[str, str], lang: Language) -> list[str]:
    """What sets scenarios apart, in the first outcome."""
    if effects.empty:
        return []
    outcome = str(effects["outcome"].iloc[0])
    rows = effects[effects["outcome"] == outcome]
    parts = [
        say("designs.part", lang, change=say("report.quoted", lang, title=titles[str(row["scenario"])]),
            size=size(row, outcome, lang))
        for _, row in rows.iterrows()
    ]  # fmt: skip
    facts = {"outcome": short(outcome, lang), "quarter": quarter(results.quarters[-1], lang)}
    baseline = say("report.quoted", lang, title=titles[str(rows["baseline"].iloc[0])])
    return [say("designs.against", lang, baseline=baseline, parts=listed(parts, lang), **facts)]


def _effects_sheet(effects: pd.DataFrame, titles: dict[str, str], lang: Language) -> pd.DataFrame:
    columns = {
        "scenario": [titles[str(name)] for name in effects["scenario"]],
        **outcome_columns(effects, ["effect", "ci_low", "ci_high"], lang),
        "reading": [say(f"report.readings.{reading}", lang) for reading in effects["reading"]],
        "n": effects["n"].to_list(),
        "outcome_id": effects["outcome"].to_list(),
        "scenario_id": effects["scenario"].to_list(),
    }
    return headed(pd.DataFrame(columns), lang)


def _of_scenarios(
    results: Results, effects: pd.DataFrame, yields: pd.DataFrame, titles: dict[str, str], lang: Language
) -> Iterator[Part]:
    heading = say("designs.headings.scenarios", lang)
    yield Part(heading, [scenarios.effects_table(results, effects, titles, lang)], folded=False)
    heading = say("report.headings.per_yen", lang)
    yield Part(heading, [scenarios.yields_table(yields, titles, lang)], folded=False)


def _parts(results: Results, found: Found, scenario: str, lang: Language, drawn: Language) -> Iterator[Part]:
    """Money, what moves the outcome, what works together, single points: what is read first stands open."""
    runs, outcome = found.runs, found.runs.outcomes[0]
    responses = len(results.scenarios) <= _MOST_RESPONSES
    pictures = {
        name: _figure(results, found, name, sheet, lang, drawn)
        for name, sheet in _sheets(found, responses, drawn)
    }
    n = int(found.changes["n"].min()) if len(found.changes) else 0
    note = say(f"designs.notes.{found.shape}", lang, n=n) if len(found.changes) else ""

    def part(
        name: str, shown: list[Table], *drawings: str, folded: bool = False, notes: Sequence[str] = ()
    ) -> Part:
        heading = say(f"designs.headings.{name}", lang, outcome=short(outcome, lang))
        if scenario:
            heading = say("designs.heading_of", lang, heading=heading, scenario=scenario)
        chosen = [pictures[drawing] for drawing in drawings if drawing in pictures]
        return Part(heading, [table for table in shown if table], chosen, notes, folded=folded)

    money = [tables.yields_table(runs, found.budgets, lang)]
    yield part("per_yen", money, "curves")
    yield part("next", [tables.next_table(runs, found.budgets, lang)], folded=True)
    if len(found.changes):
        yield part("changes", tables.changes_tables(runs, found.changes, note, lang), "tornado")
    together = [tables.interactions_table(runs, found.interactions, lang)]
    yield part("interactions", together, "interactions", notes=alike_notes(found, lang))
    yield part("two_way", [tables.two_way_table(runs, found.two_way, lang)], "two_way")
    yield part("response", [], "response", folded=found.shape == SINGLES)
    yield from _sensitivity(results, found, lang)
    yield part("points", [tables.points_table(runs, found.points, lang)], folded=len(found.changes) > 0)


def alike_notes(found: Found, lang: Language) -> list[str]:
    """Which pairs of factors a fraction cannot tell apart; the first groups where there are many."""
    if not found.alike:
        return []
    groups = [
        say("designs.equals", lang).join(term_name(found.runs.factors, term, lang) for term in group)
        for group in found.alike[:MOST_GROUPS]
    ]
    more = len(found.alike) - len(groups)
    key = "alike_and_more" if more else "alike"
    return [say(f"designs.notes.{key}", lang, groups=say("designs.clause", lang).join(groups), more=more)]


def _sensitivity(results: Results, found: Found, lang: Language) -> Iterator[Part]:
    """Where what ``sim sensitivity`` found lies, or how to have it."""
    if found.shape not in (SPACE, STEPS):
        return
    folder = results.folder / FOLDER
    paths = [path.relative_to(results.folder).as_posix() for path in sorted(folder.glob("*.csv"))]
    note = say(f"designs.notes.{'' if paths else 'no_'}sensitivity", lang)
    drawn = folder / named("sensitivity", lang, ".svg")
    told = (say(f"designs.captions.sensitivity.{what}", lang) for what in ("heading", "alt", "text"))
    figures = [foundations.figure_of(drawn, *told)] if drawn.is_file() else []
    heading = say("designs.headings.sensitivity", lang)
    yield Part(heading, figures=figures, notes=[note], folded=False, links=paths)


def _sheets(found: Found, responses: bool, lang: Language) -> Iterator[tuple[str, Sheet]]:
    """The figures that a design has, by name; ``responses``: with the outcome over each factor."""
    runs, outcome = found.runs, found.runs.outcomes[0]
    if len(found.changes) and (~found.changes["first"]).any():
        against = say(f"designs.beside.{found.shape}", lang)
        yield "tornado", figures.tornado_sheet(runs, found.changes, outcome, against, lang)
        if "mean" in found.changes and responses:
            yield "response", figures.response_sheet(runs, found.changes, outcome, lang)
    if len(found.interactions) and len(runs.factors) > 2:
        yield "interactions", figures.interactions_sheet(runs, found.interactions, outcome, lang)
    if len(found.two_way):
        yield "two_way", figures.two_way_sheet(runs, found.two_way, outcome, lang)
    if len(found.budgets):
        yield "curves", figures.curves_sheet(runs, found.budgets, lang)


def _figure(
    results: Results, found: Found, name: str, sheet: Sheet, lang: Language, drawn: Language
) -> Figure:
    """Draw a figure into the folder; of several scenarios each has its own."""
    several = len(results.scenarios) > 1
    file = f"{name}_{found.runs.scenario}" if several else name
    folder = own_folder(results.folder / named("figures", lang))
    vector, _ = save(framed(sheet, drawn), folder, file, drawn)
    heading, alt, text = (say(f"designs.captions.{name}.{what}", lang) for what in ("heading", "alt", "text"))
    return foundations.figure_of(vector, heading, alt, text)
