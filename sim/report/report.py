"""One HTML file that a reader can be handed: question, answer, effects at a glance, and what they rest on.

It needs nothing beside itself: figures and the experiment are inlined, there is no script and no address of
another host.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from sim.batch.experiment import Experiment
from sim.calendar import DISCOUNT_RATE
from sim.files import write_text
from sim.kernel.world import World
from sim.report import foundations, sections
from sim.report.answers import answer, cheapest_first, question
from sim.report.answers_first import with_answers
from sim.report.designs.page import design_report
from sim.report.figures import Request, all_data, draw_figures
from sim.report.findings import Findings, find, reference_of
from sim.report.focus import Focused, focus_on, headline, place_tables
from sim.report.formats.formats import Format, check_formats, report_path, write_formats
from sim.report.foundations import named, titles
from sim.report.matrix import effects_matrix, per_yen_table
from sim.report.municipalities import places_of
from sim.report.page import Figure, Page, Part, html
from sim.report.places import with_names
from sim.report.prefectures import regions_of_its_own
from sim.report.programmes import payer_names, programme_titles
from sim.report.spreadsheets import spreadsheets, write_sheets
from sim.report.style import usable_language
from sim.report.tables import runs_of
from sim.report.words import Names, quarter, replicates
from sim.results import Results, load
from sim.text import Language, paragraphs, say, saying_regions

__all__ = ["named", "report_path", "write_report"]

_NOTHING = pd.DataFrame()
#: Paragraphs of the answer that stand open: per yen, and in total.
_OPEN = 2


def write_report(
    results_dir: str | Path,
    lang: Language = "en",
    discount_rate: float = DISCOUNT_RATE,
    place: str | None = None,
    apart: bool = False,
    formats: Collection[Format] = (),
) -> Path:
    """Draw the figures of a results folder, write its spreadsheets and its report.

    A folder that holds a design, or keeps some outcomes, quarters or tables only, has the report of a design
    (``sim.report.designs``); a section on one place needs all outcomes and quarters and no design.

    Args:
        results_dir: folder of a finished experiment.
        lang: ``en`` or ``ja``. Figures are lettered in English where no Japanese font is found.
        discount_rate: a year, at which costs and effects are shown besides; 0 = not at all.
        place: prefecture or municipality that has a section of its own, by name or code.
        apart: draw some figures in a second process; a script that asks for it needs a main guard.
        formats: other files to write beside the HTML: ``pdf``, ``xlsx``, ``docx``.

    Returns:
        Path of the report: ``report.html``, or ``report.ja.html`` beside it.

    Raises:
        InputError: no results folder, or nothing stored in it; there is no such place, or none can be told of
            here; or what a format needs is not installed.
    """
    return make_report(results_dir, lang, discount_rate, place, apart, formats)[1]


def make_report(
    results_dir: str | Path,
    lang: Language = "en",
    discount_rate: float = DISCOUNT_RATE,
    place: str | None = None,
    apart: bool = False,
    formats: Collection[Format] = (),
) -> tuple[Page, Path]:
    """As ``write_report``; returns what the report says besides."""
    check_formats(formats)
    results = load(results_dir)
    with saying_regions(regions_of_its_own(results)):
        if results.holds_comparison:
            page, tables = _comparison(results, lang, discount_rate, place, apart)
        else:
            page, tables = design_report(results, lang, place)
        page = with_answers(page, results.folder)
        write_sheets(tables, results.folder / named("tables", lang))
        path = report_path(results.folder, lang)
        write_text(path, html(page))
        write_formats(page, tables, results.folder, formats)
    return page, path


def _comparison(
    results: Results, lang: Language, discount_rate: float, place: str | None, apart: bool
) -> tuple[Page, dict[str, pd.DataFrame]]:
    """The report of scenarios whose outcomes are all kept, and its spreadsheets."""
    experiment = results.experiment
    data = all_data(results)
    names = names_of(experiment, results.world, lang)
    places = places_of(results.world)
    left_out = with_names(data.get("left_behind", _NOTHING), places, lang)
    findings = find(results, experiment, names, left_out, discount_rate)
    focused = None if place is None else focus_on(results, place)
    drawn: Language = "ja" if usable_language(lang) == "ja" else "en"
    request = Request(
        data=data,
        names=names_of(experiment, results.world, drawn),
        baseline=findings.baseline if len(findings.effects) else None,
        best=next(iter(cheapest_first(findings.costs)), None),
        marked=None if focused is None else focused.marked,
    )
    figures = draw_figures(request, results.folder / named("figures", lang), apart)
    page = _page(results, experiment, findings, data, figures, len(places), drawn, focused)
    return page, spreadsheets(results, names)


def names_of(experiment: Experiment, world: World, lang: Language) -> Names:
    """What the report calls scenarios, programmes and payers."""
    scenarios = experiment.scenarios
    programmes, payers = programme_titles(scenarios, lang), payer_names(scenarios, world, lang)
    return Names(titles(experiment, lang), lang, programmes, payers)


def _page(
    results: Results,
    experiment: Experiment,
    findings: Findings,
    data: dict[str, pd.DataFrame],
    figures: Sequence[Path],
    municipalities: int,
    lettered: Language,
    focused: Focused | None,
) -> Page:
    lang, kind = findings.names.lang, experiment.world_kind
    absorbed = data.get("absorbed", _NOTHING)
    runs = results.runs(["deals_signed", "municipalities_without_project_share"])
    told = answer(findings, runs, absorbed)
    drawn = [_figure(path, lang, kind == "japan", findings.sets is not None) for path in figures]
    return Page(
        lang=lang,
        title=foundations.page_title(results, lang),
        question=question(findings, municipalities, kind, results.manifest.world),
        answer=[*_of_place(focused, findings.names), *told[:_OPEN]],
        more=told[_OPEN:],
        missing=foundations.missing(results, dict(findings.names.titles), set(runs["scenario"]), lang),
        parts=[
            *_at_a_glance(findings, drawn),
            *_place(focused, findings.names),
            *_parts(results, experiment, findings, absorbed, runs_of(runs)),
            Part(
                say("report.figures", lang), figures=drawn, notes=[foundations.figures_note(lang, lettered)]
            ),
        ],
        assumptions=foundations.assumptions(experiment, lang),
        levers=sections.levers(findings),
        interests=sections.interests(findings),
        limits=paragraphs("report.limits", lang),
        experiment=foundations.experiment_address(results.folder),
        copies=foundations.table_addresses(experiment),
        command=foundations.command(experiment),
        provenance=list(foundations.provenance(results, runs_of(runs), lang)),
    )


def _of_place(focused: Focused | None, names: Names) -> list[str]:
    """What comes first of the answer: the place that was asked for."""
    if focused is None:
        return []
    return [foundations.beginning(headline(focused, names), names.lang)]


def _place(focused: Focused | None, names: Names) -> list[Part]:
    """The section on a place, if one was asked for."""
    if focused is None:
        return []
    heading = say("report.headings.place", names.lang, place=focused.name(names.lang))
    return [Part(heading, place_tables(focused, names), folded=False)]


def _at_a_glance(findings: Findings, figures: Sequence[Figure]) -> list[Part]:
    """What stands open below the answer: what money buys, and all effects as one matrix."""
    lang = findings.names.lang
    if findings.baseline is None or findings.effects.empty:
        return []
    tables = [per_yen_table(findings), effects_matrix(findings, quarter(findings.quarter, lang))]
    heads = [say(f"report.headings.{name}", lang) for name in ("per_yen", "matrix")]
    return [
        Part(heading, [table], folded=False) for heading, table in zip(heads, tables, strict=True) if table
    ]


def _parts(
    results: Results, experiment: Experiment, findings: Findings, absorbed: pd.DataFrame, number: int
) -> list[Part]:
    """Headings and the tables under each, folded; parts without any row are left out."""
    lang = findings.names.lang
    end, runs = quarter(findings.quarter, lang), replicates(number, lang)
    parts = {
        "contents": [sections.contents(findings, titles_of_reference(experiment, lang))],
        "effects": [sections.effects(findings, end)] if len(findings.effects) else [],
        "cost": [sections.costs(findings)],
        "money": [
            sections.money(findings),
            sections.by_year(findings, absorbed),
            sections.deadweight(findings),
        ],
        "left_out": sections.left_out(findings),
        "levels": [sections.levels(results, findings, end, runs)],
    }
    filled = {name: [table for table in tables if table] for name, tables in parts.items()}
    compared = findings.baseline is not None and len(findings.effects) > 0
    opened = None if compared else "levels"
    return [
        Part(say(f"report.headings.{name}", lang), tables, folded=name != opened)
        for name, tables in filled.items()
        if tables
    ]


def titles_of_reference(experiment: Experiment, lang: Language) -> str:
    """Title of what scenarios are held against."""
    reference = reference_of(experiment)
    return getattr(reference.title, lang) or reference.name.replace("_", " ")


def _figure(path: Path, lang: Language, japan: bool, drawn: bool) -> Figure:
    name = path.stem
    if name == "effects" and drawn:
        name = "effects_sets"
    if name == "adoption" and not japan:  # nothing was observed in a made-up world
        name = "adoption_synthetic"
    heading, alt, text = (say(f"report.captions.{name}.{what}", lang) for what in ("heading", "alt", "text"))
    return foundations.figure_of(path, heading, alt, text)
