"""What there is: ``sim list``, ``sim check``, ``sim cite`` and ``sim --version``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.cli.output import standard_output
from sim.errors import InputError
from sim.text import Language, say

DISTRIBUTION = "sdgs-partnership-sim"
BIBTEX = """@software{{sdgs_partnership_sim,
  title   = {{{{sdgs-partnership-sim}}: an agent-based simulator of partnerships
             for the {{SDGs}} in {{Japan}}'s municipalities}},
  author  = {{{{The contributors of sdgs-partnership-sim}}}},
  version = {{{version}}},
  note    = {{model {model}}}
}}"""

type Row = dict[str, Any]


def version_line() -> str:
    """Name and version of the installed package."""
    return f"{DISTRIBUTION} {_version()}"


def _version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "not installed"


def citation() -> str:
    """Version, digest of the model's sources and a BibTeX entry."""
    from sim.provenance import model_digest

    model = model_digest()
    return f"{version_line()}\nmodel {model}\n\n{BIBTEX.format(version=_version(), model=model)}"


def check_files(files: Sequence[Path], language: Language, allow_extensions: bool = False) -> int:
    """Validate scenario and experiment files: one line each; 2 if any is wrong, else 0."""
    wrong = 0
    for file in files:
        try:
            print(_checked(file, language, allow_extensions))
        except InputError as error:
            print(" ".join(str(error).split()), file=sys.stderr)
            wrong += 1
    return 2 if wrong else 0


def _checked(file: Path, language: Language, allow_extensions: bool) -> str:
    from sim.scenarios.scenario import load_scenario
    from sim.scenarios.yaml_file import read_yaml

    if "scenarios" in read_yaml(file).data:
        return _checked_experiment(file, language, allow_extensions)
    scenario = load_scenario(file, allow_extensions)
    return say("cli.checked", language, file=file, name=scenario.name, digest=scenario.digest())


def _checked_experiment(file: Path, language: Language, allow_extensions: bool) -> str:
    """What an experiment amounts to: runs, time and disk, from a run that is tried."""
    from sim.batch.estimate import estimate
    from sim.batch.experiment_file import load_experiment
    from sim.cli.orders import cores

    experiment = load_experiment(file, allow_extensions=allow_extensions)
    expected = estimate(experiment, cores())
    return say(
        "cli.checked_experiment",
        language,
        file=file,
        name=experiment.name,
        digest=experiment.digest(),
        scenarios=len(experiment.scenarios),
        points=experiment.points,
        replicates=experiment.replicates,
        runs=experiment.runs,
        time=timedelta(seconds=max(1, round(expected.seconds))),
        workers=cores(),
        disk=f"{expected.bytes / 1e6:,.3g} MB",
    )


def print_list(what: str, as_json: bool, language: Language) -> None:
    """Print one of ``LISTS`` as a table or as JSON.

    Raises:
        InputError: there is no such list.
    """
    if what not in LISTS:
        from sim.scenarios.yaml_file import suggestion

        raise InputError(
            f"sim list: no list of {what!r}{suggestion(what, LISTS) or '; there are ' + ', '.join(LISTS)}"
        )
    rows, english, japanese = LISTS[what]
    if as_json:
        print(json.dumps(rows(), ensure_ascii=False, indent=1))
    else:
        _print_table(rows(), japanese if language == "ja" else english)


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.removesuffix("_ja"), overflow="fold")
    for row in rows:
        table.add_row(
            *(f"{value:g}" if isinstance(value := row[name], float) else str(value) for name in columns)
        )
    standard_output().print(table)


def _scenarios() -> list[Row]:
    from sim.calendar import FIRST_YEAR
    from sim.scenarios.scenario import builtin_names, load_scenarios, value_at

    rows = []
    for scenario in load_scenarios(builtin_names()):
        content = scenario.model_dump()
        title = content.pop("title")
        total = sum(value_at(path, FIRST_YEAR + 1) for path in scenario.levers.values())
        names = {"title": title["en"], "title_ja": title["ja"], "digest": scenario.digest()}
        rows.append({"name": content.pop("name"), **names, "JPY M in FY2019": total, **content})
    return rows


def _levers() -> list[Row]:
    from sim.scenarios.levers import LEVERS, SETTINGS

    levers = [
        {"name": lever.name, "kind": "lever", "unit": "JPY M/fiscal year", "default": 0.0, **asdict(lever)}
        for lever in LEVERS
    ]
    settings = [
        {**asdict(setting), "kind": "setting", "acts_on": setting.meaning, "acts_on_ja": setting.meaning_ja}
        for setting in SETTINGS
    ]
    return [*levers, *settings]


def _parameters() -> list[Row]:
    from sim.kernel.parameters import declared

    return [asdict(parameter) for parameter in declared().values()]


def _outcomes() -> list[Row]:
    from sim.kernel.outcomes import OUTCOMES

    return [asdict(outcome) for outcome in OUTCOMES]


def _worlds() -> list[Row]:
    from sim.worlds import WORLDS

    return [world._asdict() for world in WORLDS]


#: What ``sim list`` can list: the rows, and the columns of its table in English and in Japanese.
LISTS: dict[str, tuple[Callable[[], list[Row]], tuple[str, ...], tuple[str, ...]]] = {
    "scenarios": (
        _scenarios,
        ("name", "title", "extends", "JPY M in FY2019"),
        ("name", "title_ja", "extends", "JPY M in FY2019"),
    ),
    "levers": (
        _levers,
        ("name", "kind", "unit", "default", "acts_on"),
        ("name", "kind", "unit", "default", "acts_on_ja"),
    ),
    "parameters": (
        _parameters,
        ("name", "default", "low", "high", "unit", "source", "en"),
        ("name", "default", "low", "high", "unit", "source", "ja"),
    ),
    "outcomes": (_outcomes, ("name", "kind", "unit", "en"), ("name", "kind", "unit", "ja")),
    "worlds": (_worlds, ("name", "en"), ("name", "ja")),
}
