"""Tables for spreadsheet programs: effects, municipalities and public money as CSV.

UTF-8 with a byte order mark, which Excel needs to read Japanese; titles and units in the heads; digits that
mean something. Codes of municipalities are text: import them as such, or Excel drops the leading zero of
01100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.files import own_folder, write_text
from sim.report import words
from sim.report.effect_tables import all_effects
from sim.report.maps import reach
from sim.report.municipalities import places_of, prefecture_name
from sim.report.places import ENDS
from sim.report.prefectures import places_by_number
from sim.report.tables import absorbed_by_year
from sim.report.words import Names, fund
from sim.results import Results
from sim.results.money import per_yen
from sim.results.spread import BY_CHANCE, SPREAD
from sim.text import label, say
from sim.text.harmless import csv_of
from sim.worlds.places import with_check_digit

#: Excel needs it to read UTF-8.
BOM = "\ufeff"
_SIGNIFICANT = 4
_PER_YEN = {
    "extra_spending": "extra_spending", "extra_units": "extra_units", "per_yen": "units",
    "per_yen_low": "ci_low", "per_yen_high": "ci_high",
}  # fmt: skip


def spreadsheets(results: Results, names: Names) -> dict[str, pd.DataFrame]:
    """``effects``, ``per_yen``, ``municipalities``, ``money`` and ``places``, as far as there are any."""
    tables: dict[str, pd.DataFrame] = {}
    if results.manifest.baseline is not None and len(results.scenarios) > 1:
        tables["effects"] = effects_sheet(results, names)
        if "ledger" in results.manifest.record:
            tables["per_yen"] = per_yen_sheet(results, names)
    if "municipalities" in results.manifest.record:
        tables["municipalities"] = municipalities_sheet(results, names)
    if "ledger" in results.manifest.record:
        tables["money"] = money_sheet(results.ledger, names)
    if results.manifest.by == "prefecture" and "effects" in tables:
        tables["places"] = places_sheet(results, names)
    return tables


def write_sheets(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write tables by name as CSV for spreadsheet programs."""
    own_folder(folder)
    return [write_sheet(folder / f"{name}.csv", table) for name, table in tables.items()]


def write_sheet(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV for spreadsheet programs."""
    write_text(path, BOM + csv_of(table, "\r\n"))
    return path


def effects_sheet(results: Results, names: Names) -> pd.DataFrame:
    """Effect of every scenario on every outcome at the end of the horizon, users' own outcomes last."""
    lang, table = names.lang, all_effects(results)
    outcomes = table["outcome"].astype(str)
    columns: dict[str, list[Any]] = {
        "outcome": [label(name, lang) for name in outcomes],
        "unit": [words.unit(name, lang) for name in outcomes],
        "scenario": [names.of(str(name)) for name in table["scenario"]],
    }
    drawn = () if results.sets is None else (*SPREAD, *BY_CHANCE)
    for head in ("effect", "ci_low", "ci_high", *drawn):
        columns[head] = [in_points(name, value) for name, value in zip(outcomes, table[head], strict=True)]
    columns |= {
        "level": [in_points(name, value) for name, value in zip(outcomes, table["level"], strict=True)],
        "reading": [say(f"report.readings.{reading}", lang) for reading in table["reading"]],
        "n": table["replicates"].to_list(),
        "outcome_id": list(outcomes),
        "scenario_id": table["scenario"].astype(str).to_list(),
        "baseline_id": table["baseline"].astype(str).to_list(),
    }
    return pd.DataFrame(columns).rename(
        columns={name: say(f"report.sheets.{name}", lang) for name in columns}
    )


def per_yen_sheet(results: Results, names: Names) -> pd.DataFrame:
    """What JPY 100 million spent beyond the baseline buy, by scenario."""
    lang, table = names.lang, per_yen(results, str(results.manifest.baseline))
    if table.empty:
        return pd.DataFrame()
    columns: dict[str, list[Any]] = {
        "scenario": [names.of(str(name)) for name in table["scenario"]],
        "bought": [say(f"designs.bought.{name}", lang) for name in table["outcome"]],
        **{name: [digits(value) for value in table[head]] for name, head in _PER_YEN.items()},
        "n": table["replicates"].to_list(),
        "outcome_id": table["outcome"].to_list(),
        "scenario_id": table["scenario"].astype(str).to_list(),
    }
    return pd.DataFrame(columns).rename(
        columns={name: say(f"report.sheets.{name}", lang) for name in columns}
    )


def places_sheet(results: Results, names: Names) -> pd.DataFrame:
    """Effect of every scenario in every prefecture, outcome by outcome, with the rank of the prefecture."""
    lang, table = names.lang, results.comparison_by_place
    world = results.world
    places = places_by_number(world)
    outcomes = table["outcome"].astype(str)
    columns: dict[str, list[Any]] = {
        "place_code": [f"{code:02d}" for code in table["prefecture"]],
        "prefecture": [prefecture_name(world, places[code], lang) for code in table["prefecture"]],
        "outcome": [label(name, lang) for name in outcomes],
        "unit": [words.unit(name, lang) for name in outcomes],
        "scenario": [names.of(str(name)) for name in table["a"]],
    }
    for head in ("effect", "ci_low", "ci_high", "level"):
        columns[head] = [in_points(name, value) for name, value in zip(outcomes, table[head], strict=True)]
    columns["p_adjusted"] = table["p_adjusted"].round(4).to_list()
    for head in ("rank", "rank_low", "rank_high"):
        columns[head] = table[head].astype("Int64").to_list()
    columns |= {
        "municipalities": table["municipalities"].to_list(),
        "n": table["n"].to_list(),
        "outcome_id": list(outcomes),
        "scenario_id": table["a"].astype(str).to_list(),
    }
    return pd.DataFrame(columns).rename(
        columns={name: say(f"report.sheets.{name}", lang) for name in columns}
    )


def municipalities_sheet(results: Results, names: Names) -> pd.DataFrame:
    """Every municipality with its codes and, by scenario, its chance of a project and mean projects."""
    lang = names.lang
    places = places_of(results.world)
    table = reach(results.table("municipalities", ENDS), places)
    kind = results.experiment.world_kind
    regions = {name: say(f"report.regions.{name}", lang) if name else "" for name in set(places["region"])}
    known = {
        "jis_code": places["jis_code"],
        "jis_code_6": [with_check_digit(code) if kind == "japan" else "" for code in places["jis_code"]],
        "region": places["region"].map(regions),
        "prefecture": places["prefecture"],
        "municipality": places["municipality"],
        "prefecture_romaji": places["prefecture_romaji"],
        "municipality_romaji": places["municipality_romaji"],
        "population": places["population"].round().astype(int),
        "fiscal_strength": places["fiscal_strength"].round(2),
    }
    if kind == "own":  # codes and regions of Japan say nothing there
        known = {"id": known.pop("jis_code")} | known
        del known["jis_code_6"], known["region"]
    sheet = pd.DataFrame({say(f"report.sheets.{name}", lang): values for name, values in known.items()})
    for scenario in names.titles:
        rows = (
            table[table["scenario"].astype(str) == scenario].set_index("jis_code").reindex(places["jis_code"])
        )
        title = names.of(scenario)
        probability, projects = 100 * rows["probability"].to_numpy(), rows["projects"].to_numpy()
        sheet[say("report.sheets.probability", lang, scenario=title)] = probability.round(1)
        sheet[say("report.sheets.projects", lang, scenario=title)] = projects.round(2)
    return sheet


def money_sheet(ledger: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Public money by scenario, lever and fiscal year, mean of runs; levers without money are left out."""
    lang, table = names.lang, absorbed_by_year(ledger)
    table = table[table["appropriated"] > 0].sort_values(["scenario", "lever", "fiscal_year"])
    columns = {
        "scenario": [names.of(str(name)) for name in table["scenario"]],
        "lever": [
            fund(str(name), str(lever), lang, names.programmes)
            for name, lever in zip(table["lever"], table["pays_for"], strict=True)
        ],
        "fiscal_year": table["fiscal_year"].to_list(),
        **{name: table[name].round(1).to_list() for name in ("appropriated", "spent", "lapsed")},
        "absorbed": (100 * table["spent"] / table["appropriated"]).round(1).to_list(),
        "n": table["runs"].to_list(),
        "scenario_id": table["scenario"].astype(str).to_list(),
        "lever_id": table["lever"].astype(str).to_list(),
    }
    return pd.DataFrame(columns).rename(
        columns={name: say(f"report.sheets.{name}", lang) for name in columns}
    )


def in_points(outcome: str, value: Any) -> float | None:
    """A number with the digits that mean something; shares in points."""
    number = pd.to_numeric(value, errors="coerce")
    if pd.isna(number):
        return None
    if words.is_share(outcome):
        return round(100 * float(number), 2)
    return digits(number)


def digits(value: Any) -> float | None:
    """A number with the digits that mean something; None where it is missing."""
    number = float(value)
    return float(f"{number:.{_SIGNIFICANT}g}") if math.isfinite(number) else None
