"""Made-up frames with the shape of those of a results folder: three scenarios, eight replicates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.calendar import fiscal_years, quarter_label, year_fraction
from sim.kernel.outcomes import BY_NAME, OUTCOMES, Kind
from sim.report.effect_tables import judged
from sim.report.municipalities import quarter_of
from sim.report.outcomes import MAIN_OUTCOMES
from sim.statistics.contrasts import paired

SCENARIOS = {"baseline": 1.0, "subsidy_first": 1.3, "matching_first": 2.2}
QUARTERS = 51
LOSSES = {
    "needs_posted": 24.0, "meetings": 9.0, "lost_to_capacity": 2.0, "lost_to_awareness": 1.3,
    "lost_to_distance": 0.5, "proposals": 5.2, "refused_by_municipality": 1.0, "refused_by_company": 0.7,
    "refused_by_lenders": 0.9, "deals_signed": 2.5, "projects_failed": 0.5, "projects_completed": 1.5,
}  # fmt: skip


def made_series(
    scenarios: dict[str, float] = SCENARIOS, replicates: int = 8, quarters: int = QUARTERS
) -> pd.DataFrame:
    """Series with an S-curve of adoption and flows that grow, larger where a scenario's factor is."""
    rng = np.random.default_rng(5)
    t = np.arange(quarters)
    parts = []
    for name, factor in scenarios.items():
        for replicate in range(replicates):
            noise = 1 + 0.08 * rng.standard_normal()
            columns: dict[str, object] = {
                "scenario": name, "point": 0, "replicate": replicate,
                "quarter": [quarter_label(int(q)) for q in t],
            }  # fmt: skip
            for outcome in OUTCOMES:
                columns[outcome.name] = _made(outcome.name, outcome.kind, t, factor * noise, rng)
            parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _made(name: str, kind: Kind, t: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    if name.startswith("adoption_share"):
        return 0.7 / (1 + np.exp(-(t - 12 - factor) / 3.5))
    if name == "municipalities_without_project_share":
        return np.maximum(1 - 0.011 * factor * t, 0)
    if kind is Kind.FLOW:
        return rng.poisson(LOSSES.get(name, 5.0) * factor * (1 + t / 12)).astype(float)
    if kind is Kind.CUMULATIVE:
        return 0.4 * factor * t * rng.uniform(0.5, 1.5)
    return 3.0 * factor * t


def made_runs(series: pd.DataFrame, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
    """A row per run at the end, as of ``Results.runs``: flows summed up, stocks as they stand."""
    names = [outcome.name for outcome in OUTCOMES] if outcomes is None else list(outcomes)
    groups = series.groupby(["scenario", "point", "replicate"], observed=True, sort=False)
    flows = {outcome.name for outcome in OUTCOMES if outcome.kind is Kind.FLOW}
    columns = {name: groups[name].sum() if name in flows else groups[name].last() for name in names}
    return pd.DataFrame(columns).reset_index()


def made_quarters(series: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, str, list[str]]:
    """A row per run at every quarter, as of ``Results.runs``, with the outcome and the quarters."""
    keys = ["scenario", "point", "replicate"]
    wide = series.astype({"scenario": str}).pivot_table(outcome, keys, "quarter", sort=False, dropna=False)
    wide = wide.cumsum(axis=1) if BY_NAME[outcome].kind is Kind.FLOW else wide
    quarters = [str(label) for label in wide]
    return wide.set_axis([f"{outcome}@{q}" for q in quarters], axis=1).reset_index(), outcome, quarters


def made_ledger(scenarios: dict[str, float] = SCENARIOS, replicates: int = 8) -> pd.DataFrame:
    """A ledger of three levers; money of one lapses in part."""
    rng = np.random.default_rng(6)
    rows = []
    for name in scenarios:
        for replicate in range(replicates):
            for year in fiscal_years(QUARTERS):
                for lever, yearly, rate in (
                    ("subsidy", 2_500.0 if name == "subsidy_first" else 0.0, 0.9),
                    ("matching_support", 2_500.0 if name == "matching_first" else 30.0, 0.7),
                    ("promotion", 50.0, 1.0),
                ):
                    given = yearly * year_fraction(year, QUARTERS)
                    spent = given * min(1.0, rate * rng.uniform(0.95, 1.05))
                    rows.append((name, 0, replicate, year, lever, given, spent, given - spent))
    columns = ["scenario", "point", "replicate", "fiscal_year", "lever", "appropriated", "spent", "lapsed"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(programme=table["lever"], payer="national")


def made_comparison(series: pd.DataFrame, baseline: str = "baseline") -> pd.DataFrame:
    """Paired effects at the last quarter, as of ``effect_tables.main_effects``."""
    names, rows = [outcome.name for outcome in OUTCOMES], []
    table = made_runs(series, names).set_index(["scenario", "point", "replicate"])
    for scenario in table.index.unique("scenario").drop(baseline):
        sides = [table.loc[name, names].to_numpy(float) for name in (scenario, baseline)]
        pairs, quarter, n = paired(*sides), series["quarter"].max(), len(sides[0])
        for column, name in enumerate(names):
            effect, low, high = (values[column] for values in (pairs.effect, *pairs.interval()))
            rows.append((scenario, baseline, name, quarter, effect, low, high, n, 12, 20))
    columns = [
        "scenario", "baseline", "outcome", "quarter", "effect", "ci_low", "ci_high", "replicates",
        "replicates_needed", "replicates_needed_high",
    ]  # fmt: skip
    levels = table.loc[baseline, names].mean().to_dict()
    effects = judged(pd.DataFrame(rows, columns=columns), levels)
    effects = effects[effects["outcome"].isin(MAIN_OUTCOMES)].reset_index(drop=True)
    return effects.assign(sets=0, disagree=False)


def with_sets(effects: pd.DataFrame, sets: int = 5) -> pd.DataFrame:
    """Effects of runs with parameter sets of their own, of which single histories lie far apart."""
    half = effects["ci_high"] - effects["effect"]
    ends = {"low": -4.0, "high": 4.0, "chance_low": -2.0, "chance_high": 2.0}
    spread = {name: effects["effect"] + width * half for name, width in ends.items()}
    return effects.assign(**spread, sets=sets)


def made_places(count: int = 60) -> pd.DataFrame:
    """Municipalities of a unit square, in the columns of ``municipalities.places_of``."""
    rng = np.random.default_rng(7)
    table = pd.DataFrame(
        {
            "jis_code": [f"{i:05d}" for i in range(count)],
            "geography": "plane",
            "prefecture": [f"P{i % 4}" for i in range(count)],
            "latitude": rng.uniform(size=count),
            "longitude": rng.uniform(size=count),
            "population": np.exp(rng.normal(10, 1.4, count)),
            "fiscal_strength": rng.uniform(0.1, 1.2, count),
        }
    )
    return table.assign(size=quarter_of(table["population"]), strength=quarter_of(table["fiscal_strength"]))


def made_municipalities(
    places: pd.DataFrame, scenarios: dict[str, float] = SCENARIOS, replicates: int = 8
) -> pd.DataFrame:
    """End states: large places sign more."""
    rng = np.random.default_rng(8)
    rate = np.sqrt(places["population"].to_numpy() / 40_000)
    parts = [
        pd.DataFrame(
            {
                "scenario": name, "point": 0, "replicate": replicate, "jis_code": places["jis_code"],
                "projects_signed": rng.poisson(rate * factor),
            }
        )
        for name, factor in scenarios.items()
        for replicate in range(replicates)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def made_deals(scenarios: dict[str, float] = SCENARIOS, replicates: int = 8) -> pd.DataFrame:
    """Proposals with every verdict and every end, renewals among them."""
    ends = (
        ("refused_by_lenders", "not_signed"), ("unsubsidised", "completed"), ("additional", "failed"),
        ("inframarginal", "defaulted"), ("unsubsidised", "active"), ("renewal", "completed"),
    )  # fmt: skip
    rows = [
        (name, 0, replicate, *ends[i % len(ends)])
        for name in scenarios
        for replicate in range(replicates)
        for i in range(60)
    ]
    return pd.DataFrame(rows, columns=["scenario", "point", "replicate", "verdict", "state"])
