"""One HTML file that a reader can be handed: question, answer, tables, figures, limits, provenance.

It needs nothing beside itself: figures and the experiment are inlined, there is no script and no address of
another host.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.batch.experiment import WORLD_COPY, Experiment
from sim.batch.parameter_sets import PARAMETERS
from sim.calendar import DISCOUNT_RATE
from sim.files import write_text
from sim.kernel.world import World
from sim.provenance import source_digest
from sim.report import sections
from sim.report.answers import answer, cheapest_first, question
from sim.report.figures import Request, all_data, draw_figures
from sim.report.findings import Findings, find, reference_of
from sim.report.focus import Focused, focus_on, headline, place_tables
from sim.report.municipalities import places_of
from sim.report.phrases import listed, quoted
from sim.report.places import with_names
from sim.report.prefectures import regions_of_its_own
from sim.report.programmes import payer_names, programme_titles
from sim.report.spreadsheets import write_spreadsheets
from sim.report.style import usable_language
from sim.report.tables import runs_of
from sim.report.words import Names, quarter, replicates, short
from sim.results import Results, load
from sim.text import Language, paragraphs, say, saying_regions
from sim.worlds.notes import notes_of
from sim.worlds.own import given_by

_NOTHING = pd.DataFrame()


def report_path(folder: str | Path, lang: Language = "en") -> Path:
    """Where the report of a results folder lies: one file a language."""
    return Path(folder) / named("report", lang, ".html")


def named(name: str, lang: Language, ending: str = "") -> str:
    """Name of a file or folder in a language; English has no mark."""
    return f"{name}{'' if lang == 'en' else f'.{lang}'}{ending}"


def write_report(
    results_dir: str | Path,
    lang: Language = "en",
    discount_rate: float = DISCOUNT_RATE,
    place: str | None = None,
    apart: bool = False,
) -> Path:
    """Draw the figures of a results folder, write its spreadsheets and its report.

    Args:
        results_dir: folder of a finished experiment.
        lang: ``en`` or ``ja``. Figures are lettered in English where no Japanese font is found.
        discount_rate: a year, at which costs and effects are shown besides; 0 = not at all.
        place: prefecture or municipality that has a section of its own, by name or code.
        apart: draw some figures in a second process; a script that asks for it needs a main guard.

    Returns:
        Path of the report: ``report.html``, or ``report.ja.html`` beside it.

    Raises:
        InputError: no results folder, or nothing stored in it; or there is no such place.
    """
    results = load(results_dir)
    results.check_reportable()
    with saying_regions(regions_of_its_own(results)):
        return _written(results, lang, discount_rate, place, apart)


def _written(results: Results, lang: Language, discount_rate: float, place: str | None, apart: bool) -> Path:
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
    write_spreadsheets(results, names, results.folder / named("tables", lang))
    page = _page(results, experiment, findings, data, figures, len(places), drawn, focused)
    path = report_path(results.folder, lang)
    write_text(path, page)
    return path


def names_of(experiment: Experiment, world: World, lang: Language) -> Names:
    """What the report calls scenarios, programmes and payers."""
    scenarios = experiment.scenarios
    programmes, payers = programme_titles(scenarios, lang), payer_names(scenarios, world, lang)
    return Names(titles(experiment, lang), lang, programmes, payers)


def titles(experiment: Experiment, lang: Language) -> dict[str, str]:
    """Title of each scenario in the language; its name in words where it has none."""
    given = {scenario.name: getattr(scenario.title, lang) for scenario in experiment.scenarios}
    return {name: title or name.replace("_", " ") for name, title in given.items()}


def _page(
    results: Results,
    experiment: Experiment,
    findings: Findings,
    data: dict[str, pd.DataFrame],
    figures: Sequence[Path],
    municipalities: int,
    lettered: Language,
    focused: Focused | None,
) -> str:
    lang = findings.names.lang
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["say"] = lambda id, **values: say(f"report.{id}", lang, **values)
    kind = experiment.world_kind
    drawn = say("report.drawn_many" if experiment.worlds == "many" else f"report.drawn_{kind}", lang)
    notes = [] if experiment.source is None else notes_of(given_by(experiment.source), lang)
    absorbed = data.get("absorbed", _NOTHING)
    runs = results.runs(["deals_signed", "municipalities_without_project_share"])
    return environment.get_template("report.html.j2").render(
        lang=lang,
        title=say(f"report.title_{kind}", lang, world=experiment.world_label),
        question=question(findings, municipalities, kind, results.manifest.world),
        answer=[*_of_place(focused, findings.names), *answer(findings, runs, absorbed)],
        missing=missing(results, findings, set(runs["scenario"])),
        parts=[
            *_place(focused, findings.names),
            *_parts(results, experiment, findings, absorbed, runs_of(runs)),
        ],
        figures=[_figure(path, lang, kind == "japan", findings.sets is not None) for path in figures],
        english_figures=lang != lettered,
        places={"figures": named("figures", lang), "tables": named("tables", lang)},
        assumptions=[drawn, *notes, *_assumptions(experiment, lang)],
        levers=sections.levers(findings),
        interests=sections.interests(findings),
        limits=paragraphs("report.limits", lang),
        experiment=experiment_address(results.folder),
        tables=table_addresses(experiment),
        command=command(experiment),
        provenance=list(_provenance(results, experiment, runs_of(runs), lang)),
    )


def missing(results: Results, findings: Findings, there_are: Collection[str]) -> str:
    """What is said of runs that are missing or failed; empty where none is.

    Args:
        results: the results.
        findings: for the titles of all scenarios.
        there_are: scenarios of which some run is stored and did not fail.
    """
    lang = findings.names.lang
    stored = results.stored
    if not stored.missing and not stored.failed:
        return ""
    there = stored.expected - stored.missing - stored.failed
    facts = {"there": there, "missing": stored.missing, "all": stored.expected, "failed": stored.failed}
    sentences = [say("report.missing", lang, **facts)]
    absent = [name for name in results.scenarios if name not in there_are]
    if absent:
        sentences.append(say("report.absent", lang, names=quoted(findings, absent)))
    return say("report.sentence_break", lang).join(sentences)


def _of_place(focused: Focused | None, names: Names) -> list[str]:
    """What comes first of the answer: the place that was asked for."""
    if focused is None:
        return []
    return [say("report.sentence_break", names.lang).join(headline(focused, names))]


def _place(focused: Focused | None, names: Names) -> list[tuple[str, list[sections.Table]]]:
    """The section on a place, if one was asked for."""
    if focused is None:
        return []
    heading = say("report.headings.place", names.lang, place=focused.name(names.lang))
    return [(heading, place_tables(focused, names))]


def _parts(
    results: Results, experiment: Experiment, findings: Findings, absorbed: pd.DataFrame, number: int
) -> list[tuple[str, list[sections.Table]]]:
    """Headings and the tables under each; parts without any row are left out."""
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
    return [(say(f"report.headings.{name}", lang), tables) for name, tables in filled.items() if tables]


def titles_of_reference(experiment: Experiment, lang: Language) -> str:
    """Title of what scenarios are held against."""
    reference = reference_of(experiment)
    return getattr(reference.title, lang) or reference.name.replace("_", " ")


@dataclass(frozen=True)
class Figure:
    """A figure in the page: a data address of its SVG, and the words around it."""

    source: str
    heading: str
    alt: str
    text: str


def _assumptions(experiment: Experiment, lang: Language) -> list[str]:
    """What intervals speak of, and what else is assumed of all runs."""
    chance, *others = paragraphs("report.assumptions", lang)
    sets = experiment.parameters
    if sets is None:
        return [chance, *others]
    drawn = listed([short(name, lang) for name in sets.names], lang)
    facts = {"label": sets.label, "sets": len(sets), "digest": sets.digest, "names": drawn}
    told = [say("report.drawn_parameters", lang, **facts)]
    if sets.model not in (None, source_digest()):
        now = {"model": sets.model, "now": source_digest()}
        told.append(say("report.other_model", lang, label=sets.label, **now))
    return [*told, *others]


def _figure(path: Path, lang: Language, japan: bool, drawn: bool) -> Figure:
    name = path.stem
    if name == "effects" and drawn:
        name = "effects_sets"
    if name == "adoption" and not japan:  # nothing was observed in a made-up world
        name = "adoption_synthetic"
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    heading, alt, text = (say(f"report.captions.{name}.{what}", lang) for what in ("heading", "alt", "text"))
    return Figure(f"data:image/svg+xml;base64,{data}", heading, alt, text)


def experiment_address(folder: Path) -> str:
    """The folder's ``experiment.yaml`` as a data address that a page can hand on."""
    content = (folder / "experiment.yaml").read_bytes()
    return f"data:application/yaml;base64,{base64.b64encode(content).decode('ascii')}"


def table_addresses(experiment: Experiment) -> dict[str, str]:
    """Tables that the experiment names as data addresses, by where they belong beside it."""
    copies = {} if experiment.source is None else experiment.source.copies()
    tables = {f"{WORLD_COPY}/{name}": content for name, content in copies.items()}
    if experiment.parameters is not None:
        tables[PARAMETERS] = experiment.parameters.text().encode()
    return {
        name: f"data:text/csv;base64,{base64.b64encode(content).decode('ascii')}"
        for name, content in tables.items()
    }


def command(experiment: Experiment) -> str:
    """The command that gives these results again from the experiment that travels with the page."""
    own = any(scenario.extensions for scenario in experiment.scenarios)
    return "sim batch experiment.yaml" + " --allow-extensions" * own


def _provenance(
    results: Results, experiment: Experiment, number: int, lang: Language
) -> Iterator[tuple[str, str]]:
    """Facts about the run: what, value."""
    stored = results.provenance
    last: dict[str, Any] = (stored.get("sessions") or [{}])[-1]
    versions = {name: version for name, version in (last.get("versions") or {}).items() if version}
    ends = [quarter(end, lang) for end in ("2018Q2", results.quarters[-1])]
    facts = {
        "world": results.manifest.world,
        "tables": None if experiment.source is None else experiment.source.digest,
        "horizon": say("report.horizon", lang, first=ends[0], last=ends[1], quarters=experiment.quarters),
        "replicates": f"{number:,}",
        "failed": f"{len(results.failures):,}",
        "seed": str(experiment.seed),
        "model": stored.get("model") or results.manifest.model,
        "experiment": experiment.digest(),
        "digest": ", ".join(f"{scenario.name} {scenario.digest()}" for scenario in experiment.scenarios),
        "commit": last.get("commit"),
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "machine": (last.get("machine") or {}).get("platform"),
    }
    yield from ((say(f"report.facts.{name}", lang), str(value)) for name, value in facts.items() if value)
