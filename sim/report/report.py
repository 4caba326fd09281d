"""One HTML file that a reader can be handed: question, answer, tables, figures, limits, provenance.

It needs nothing beside itself: figures are inlined, there is no script and no address of another host.
"""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sim.analysis.compare import cost_effectiveness, ledger_summary, write_comparison
from sim.batch import experiment_file
from sim.batch.experiment import Experiment
from sim.calendar import fiscal_years
from sim.errors import InputError
from sim.files import write_text
from sim.report.answers import Findings, answer, cheapest_first, question
from sim.report.effects import MAIN_OUTCOMES
from sim.report.figures import Request, draw_figures, main_effects
from sim.report.style import usable_language
from sim.report.tables import runs_of, spread, totals
from sim.report.text import Text, read_text
from sim.report.words import count, is_share, number, say, short, signed, unit
from sim.results import Results, load
from sim.scenarios.budget import rescalings
from sim.scenarios.levers import LEVERS
from sim.scenarios.scenario import builtin_names, load_scenario
from sim.text import say as said
from sim.worlds import load_world

type Row = list[str]


def write_report(results_dir: str | Path, lang: str = "en") -> Path:
    """Draw the figures of a results folder and write its ``report.html``.

    Args:
        results_dir: folder of a finished experiment.
        lang: ``en`` or ``ja``. Figures are lettered in English where no Japanese font is found.

    Returns:
        Path of the report.

    Raises:
        InputError: no results folder, or nothing stored in it.
    """
    results = load(results_dir)
    results.check_reportable()
    experiment = read_experiment(results.folder)
    findings = _findings(results, experiment, lang)
    drawn = usable_language(lang)
    figures = draw_figures(
        Request(
            results=results,
            titles=titles(experiment, drawn),
            baseline=findings.baseline,
            best=next(iter(cheapest_first(findings.costs)), None),
            effects=findings.effects,
            lang=drawn,
        )
    )
    path = results.folder / "report.html"
    write_text(path, _page(results, experiment, findings, figures, read_text(lang), lettered=drawn))
    return path


def read_experiment(folder: Path) -> Experiment:
    """The resolved experiment of a results folder.

    Raises:
        InputError: the file is missing or damaged.
    """
    try:
        return experiment_file.read_experiment(folder / "experiment.yaml")
    except InputError as error:
        raise InputError(f"{error}; run the experiment again") from None


def titles(experiment: Experiment, lang: str) -> dict[str, str]:
    """Title of each scenario in the language; its name in words where it has none."""
    given = {scenario.name: getattr(scenario.title, lang) for scenario in experiment.scenarios}
    return {name: title or name.replace("_", " ") for name, title in given.items()}


def _findings(results: Results, experiment: Experiment, lang: str) -> Findings:
    baseline, ledger = experiment.baseline, "ledger" in experiment.record
    effects = costs = pd.DataFrame()
    if baseline is not None and len(experiment.scenarios) > 1:
        stored = (results.folder / "comparison.parquet").exists()
        comparison = results.comparison if stored else write_comparison(results, baseline)
        effects = main_effects(results, comparison, baseline)
        costs = cost_effectiveness(results, baseline) if ledger else costs
    return Findings(
        titles=titles(experiment, lang),
        baseline=baseline,
        quarter=results.quarters[-1],
        effects=effects,
        costs=costs,
        money=ledger_summary(results) if ledger else pd.DataFrame(),
        equal_budget=_equal_budget(experiment),
    )


def _equal_budget(experiment: Experiment) -> bool:
    others = [scenario for scenario in experiment.scenarios if scenario.name != experiment.baseline]
    try:
        return len(others) < 2 or not rescalings(others, fiscal_years(experiment.quarters))
    except InputError:  # one of them has no money at all in some year
        return False


def _page(
    results: Results,
    experiment: Experiment,
    findings: Findings,
    figures: Sequence[Path],
    text: Text,
    lettered: str,
) -> str:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    japan = experiment.world == "japan"
    municipalities = len(load_world(experiment.world, experiment.seed).labels.jis_code)
    return environment.get_template("report.html.j2").render(
        lang=text.lang,
        words=text.words,
        title=text.words["title" if japan else "title_synthetic"],
        question=question(findings, text, municipalities, japan),
        answer=answer(findings, text, results.series),
        quarter=findings.quarter,
        replicates=f"{runs_of(results.series):,}",
        effects=list(_effects(findings, text.lang)),
        costs=list(_costs(findings, text)),
        money=list(_money(findings, text.lang)),
        levels=list(_levels(results, findings, text.lang)),
        titles=findings.titles,
        figures=[_figure(path, text, japan) for path in figures],
        english_figures=text.lang != lettered,
        assumptions=[text.words["drawn" if japan else "drawn_synthetic"], *text.assumptions],
        levers=list(_levers(findings, text.lang)),
        limits=text.limits,
        command=_command(experiment),
        changed=_changed(experiment),
        provenance=list(_provenance(results, experiment, text)),
    )


@dataclass(frozen=True)
class Figure:
    """A figure in the page: a data address of its SVG, and the words around it."""

    source: str
    heading: str
    alt: str
    text: str


def _figure(path: Path, text: Text, japan: bool) -> Figure:
    caption = text.captions[path.stem]
    if not japan:  # nothing was observed in a made-up world
        caption = text.captions.get(f"{path.stem}_synthetic", caption)
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return Figure(f"data:image/svg+xml;base64,{data}", **caption)


@dataclass(frozen=True)
class Group:
    """Rows of a table under one heading."""

    heading: str
    rows: list[Row]


def _effects(findings: Findings, lang: str) -> Iterator[Group]:
    """Effects by outcome: scenario, effect, interval, n, replicates needed."""
    for outcome in MAIN_OUTCOMES if len(findings.effects) else ():
        table = findings.effects[findings.effects["outcome"] == outcome].set_index("scenario")
        factor = 100 if is_share(outcome) else 1
        rows: list[Row] = []
        for name in findings.others:
            if name not in table.index:
                continue
            columns = ["effect", "ci_low", "ci_high", "replicates", "replicates_needed"]
            values = table.loc[[name], columns].astype("Float64").to_numpy(float, na_value=float("nan"))[0]
            middle, low, high = (signed(factor * value) for value in values[:3])
            between = f"{low}{say(lang, ' to ', '〜')}{high}"
            rows.append([findings.titles[name], middle, between, f"{values[3]:,.0f}", count(values[4])])
        if rows:
            yield Group(f"{short(outcome, lang)} ({unit(outcome, lang)})", rows)


def _costs(findings: Findings, text: Text) -> Iterator[Row]:
    """What was gained, scenario, extra money, extra units, cost of one, interval."""
    gained = {"deals_signed": text.words["deal"], "projects_completed": text.words["project"]}
    for outcome, name in gained.items() if len(findings.costs) else ():
        table = findings.costs[findings.costs["outcome"] == outcome].set_index("scenario")
        for scenario in findings.others:
            columns = ["extra_spending", "extra_units", "cost_per_unit", "ci_low", "ci_high"]
            money, units, cost, low, high = table.loc[[scenario], columns].to_numpy(float)[0]
            between = f"{number(low)}{say(text.lang, ' to ', '〜')}{number(high)}"
            title = findings.titles[scenario]
            yield [name, title, signed(money), signed(units), number(cost), between if low == low else "–"]


def _money(findings: Findings, lang: str) -> Iterator[Row]:
    """Scenario, lever, appropriated, spent, lapsed, share absorbed."""
    if findings.money.empty:
        return
    table = findings.money[findings.money["appropriated"] > 0]
    for scenario, title in findings.titles.items():
        rows = table[table["scenario"] == scenario]
        values = rows[["appropriated", "spent", "lapsed"]].to_numpy(float)
        for lever, (given, spent, lapsed) in zip(rows["lever"], values, strict=True):
            amounts = [number(given), number(spent), number(lapsed)]
            yield [title, short(str(lever), lang), *amounts, f"{spent / given:.0%}"]


@dataclass(frozen=True)
class Level:
    """Median and band of an outcome in one scenario."""

    middle: str
    band: str


def _levels(results: Results, findings: Findings, lang: str) -> Iterator[tuple[str, list[Level]]]:
    """Outcome with its unit, then its level in each scenario."""
    table = totals(results.series, MAIN_OUTCOMES)
    for outcome in (name for name in MAIN_OUTCOMES if name in table):
        bands = spread(table, ["scenario"], outcome).set_index("scenario")
        factor = 100 if is_share(outcome) else 1
        cells = []
        for scenario in findings.titles:
            columns = ["median", "low", "high", "runs"]
            middle, low, high, runs = bands.reindex([scenario])[columns].to_numpy(float)[0]
            middle, low, high = factor * middle, factor * low, factor * high
            cells.append(Level(number(middle), f"{number(low)}–{number(high)}" if runs > 1 else ""))
        yield f"{short(outcome, lang)} ({'%' if is_share(outcome) else unit(outcome, lang)})", cells


def _levers(findings: Findings, lang: str) -> Iterator[Row]:
    """Name, what it acts on, unit cost and programme of every lever that some scenario funds."""
    funded = set(findings.money["lever"].astype(str)) if len(findings.money) else set()
    for lever in LEVERS:
        if lever.name in funded:
            yield [
                short(lever.name, lang),
                said(f"levers.{lever.name}.meaning", "ja" if lang == "ja" else "en"),
                said(f"levers.{lever.name}.unit_cost", "ja" if lang == "ja" else "en"),
                said(f"levers.{lever.name}.programme", "ja" if lang == "ja" else "en"),
            ]


def _changed(experiment: Experiment) -> list[str]:
    """Scenarios that are not what is built in under their name."""
    built_in = set(builtin_names())
    return [
        scenario.name
        for scenario in experiment.scenarios
        if scenario.name not in built_in or load_scenario(scenario.name).digest() != scenario.digest()
    ]


def _command(experiment: Experiment) -> str:
    """The command that gives these results again."""
    changed = _changed(experiment)
    names = [scenario.name for scenario in experiment.scenarios]
    if experiment.baseline is not None:
        names.sort(key=lambda name: name != experiment.baseline)
    verb = "run" if experiment.baseline is None else "compare"
    options = [
        "--world", experiment.world, "--replicates", str(experiment.replicates),
        "--quarters", str(experiment.quarters), "--seed", str(experiment.seed),
    ]  # fmt: skip
    marked = [shlex.quote(name) + ("*" if name in changed else "") for name in names]
    return " ".join(["sim", verb, *marked, *options])


def _provenance(results: Results, experiment: Experiment, text: Text) -> Iterator[Row]:
    """Facts about the run: what, value."""
    words, stored = text.words, _stored_provenance(results.folder)
    last: dict[str, Any] = (stored.get("sessions") or [{}])[-1]
    versions = {name: version for name, version in (last.get("versions") or {}).items() if version}
    facts = {
        words["world"]: experiment.world,
        words["horizon"]: f"2018Q2–{results.quarters[-1]} ({experiment.quarters})",
        words["replicates"]: f"{runs_of(results.series):,}",
        words["failed"]: f"{len(results.failures):,}",
        words["seed"]: str(experiment.seed),
        words["model"]: stored.get("model") or results.manifest.model,
        words["experiment"]: experiment.digest(),
        words["digest"]: ", ".join(
            f"{scenario.name} {scenario.digest()}" for scenario in experiment.scenarios
        ),
        words["commit"]: last.get("commit"),
        words["versions"]: ", ".join(f"{name} {version}" for name, version in versions.items()),
        words["machine"]: (last.get("machine") or {}).get("platform"),
    }
    yield from ([name, str(value)] for name, value in facts.items() if value)


def _stored_provenance(folder: Path) -> dict[str, Any]:
    path = folder / "provenance.json"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content
