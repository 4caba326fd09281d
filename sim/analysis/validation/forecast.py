"""Forecasts from the posterior: quantiles of national and prefectural series, probabilities of single places.

A run takes a set of parameters, a world and draws of its own, so that quantiles hold what is not known of the
parameters and chance. What the model leaves out is added to every run as a stated discrepancy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import expit, logit

from sim.analysis.patterns.targets import target_of
from sim.analysis.validation.places import smoothed
from sim.analysis.validation.predictive import SCENARIO, SEED, WORLD, carried_out
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import ParameterSets
from sim.calendar import parse_quarter, quarter_label
from sim.kernel.outcomes import BY_NAME, BY_PLACE
from sim.kernel.world import Floats
from sim.results import Results
from sim.results.places import read_places
from sim.results.runs import read_runs
from sim.scenarios.scenario import load_scenario

if TYPE_CHECKING:
    import pandas as pd

FIRST, LAST = "2022Q1", "2025Q4"
DATES = tuple(quarter_label(t) for t in range(parse_quarter(FIRST), parse_quarter(LAST) + 1))
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
HEADS = tuple(f"q{100 * q:02.0f}" for q in QUANTILES)
#: Local governments: the base of the survey and the most that can be members.
GOVERNMENTS = 1_788


class Discrepancy(NamedTuple):
    """What the model leaves out of what is forecast.

    Attributes:
        size: standard deviation at the last observation, as a share of the value (of what has a ceiling, at
            half of it, and shifted on the scale of logits).
        last: quarter of the last observation; the variance grows by as much again with every year after it.
        ceiling: the most there can be; None = there is none.
    """

    size: float
    last: str
    ceiling: float | None = None


def _stated(*names: str) -> float:
    """What calibration states of the last targets of a series, together."""
    return float(np.hypot.reduce([target_of(name).discrepancy for name in names]))


TARGETS = {
    "adoption_share_surveyed": Discrepancy(_stated("promote_and_answer_2021"), "2021Q4", 1.0),
    "adoption_share": Discrepancy(_stated("promote_and_answer_2021", "answer_2021"), "2021Q4", 1.0),
    "platform_members": Discrepancy(0.0, "2021Q3"),  # the sum of the two sides below
    "platform_municipalities": Discrepancy(_stated("local_members_2021_07"), "2021Q3", GOVERNMENTS),
    "platform_companies": Discrepancy(_stated("private_members_2021_07"), "2021Q3"),
    "municipalities_with_agreement_share": Discrepancy(1.0, "2021Q4", 1.0),  # never observed
}
PLACED = tuple(name for name in TARGETS if name in BY_PLACE)
_YEAR, _YEARS = 4, range(2022, 2026)
_SHARES = (1e-4, 1.0 - 1e-4)  # a share of none or all has no logit


def run_forecast(runs: int, parameters: ParameterSets, workers: int = 1) -> Results:
    """Run the baseline to the last date, each replicate with a set and a world of its own.

    Raises:
        InputError: a run failed.
    """
    experiment = Experiment(
        "forecast", (load_scenario(SCENARIO),), WORLD, parse_quarter(LAST) + 1, SEED, runs,
        record=("series", "municipalities", "panel"), outcomes=tuple(TARGETS), by="prefecture",
        recorded=tuple(map(parse_quarter, DATES)), parameters=parameters, worlds="many",
    )  # fmt: skip
    return carried_out(experiment, workers)


def tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table of the forecast, by its name: national, prefecture, futurecity, adoption_municipality."""
    return {
        "national": national(results),
        "prefecture": prefectural(results),
        "futurecity": futurecity(results),
        "adoption_municipality": adoption_municipality(results),
    }


def national(results: Results) -> pd.DataFrame:
    """target, date, unit and quantiles; see ``TARGETS`` for what is added to the runs."""
    import pandas as pd

    runs = read_runs(results, tuple(TARGETS), DATES)
    drawn = {name: runs.values[:, :, column] for column, name in enumerate(runs.outcomes)}
    chance = np.random.default_rng(SEED)
    wide = {name: _with_discrepancy(values, TARGETS[name], chance) for name, values in drawn.items()}
    wide["platform_members"] = wide["platform_municipalities"] + wide["platform_companies"]
    share = wide["adoption_share_surveyed"]
    drawn_answers = np.sqrt(share * (1.0 - share) / GOVERNMENTS) * chance.standard_normal(share.shape)
    wide["adoption_share_surveyed"] = np.clip(share + drawn_answers, 0.0, 1.0)
    rows = [row for name, values in wide.items() for row in _rows((name,), name, values)]
    return pd.DataFrame(rows, columns=["target", "date", "unit", *HEADS])


def prefectural(results: Results) -> pd.DataFrame:
    """target, prefecture (code, 1 to 47), date, unit and quantiles, of municipalities alone.

    The discrepancy of a prefecture is half the nation's and half its own, in variance.
    """
    import pandas as pd

    chance = np.random.default_rng(SEED + 1)
    values: dict[str, list[Floats]] = {name: [] for name in PLACED}
    for date in DATES:
        placed = read_places(results, PLACED, date)
        for column, name in enumerate(placed.outcomes):
            values[name].append(placed.values[:, :, column])
    labels, sizes = placed.groups.labels, np.bincount(placed.groups.of)
    rows: list[tuple[object, ...]] = []
    for name, by_date in values.items():
        drawn = np.stack(by_date, axis=1)  # (runs, dates, prefectures)
        shared = chance.standard_normal((len(drawn), 1))
        for place, code in enumerate(labels):
            own = (shared + chance.standard_normal((len(drawn), 1))) / np.sqrt(2.0)
            ceiling = float(sizes[place]) if TARGETS[name].ceiling == GOVERNMENTS else 1.0
            about = TARGETS[name]._replace(ceiling=ceiling)
            rows += _rows((name, code), name, _shifted(drawn[:, :, place], about, own))
    return pd.DataFrame(rows, columns=["target", "prefecture", "date", "unit", *HEADS])


def _with_discrepancy(values: Floats, about: Discrepancy, chance: np.random.Generator) -> Floats:
    return _shifted(values, about, chance.standard_normal((len(values), 1)))


def _shifted(values: Floats, about: Discrepancy, drawn: Floats) -> Floats:
    """Values (runs, dates) with a discrepancy; ``drawn`` (runs, 1) is its standard normal draw for a run.

    Shares, and counts with a ceiling, are shifted on the scale of logits, the rest on that of logarithms.
    """
    years = np.array([max(parse_quarter(date) - parse_quarter(about.last), 0) / _YEAR for date in DATES])
    shift = about.size * np.sqrt(1.0 + years) * drawn
    if about.ceiling is None:
        return values * np.exp(shift)
    shares = np.clip(values / about.ceiling, *_SHARES)
    moved: Floats = about.ceiling * expit(logit(shares) + 2.0 * shift)
    return moved


def _rows(about: tuple[object, ...], name: str, values: Floats) -> Iterator[tuple[object, ...]]:
    """A row per date: what it is about, date, unit and quantiles over the runs."""
    unit, digits = BY_NAME[name].unit, 4 if BY_NAME[name].unit == "share" else 1
    for date, quantiles in zip(DATES, np.quantile(values, QUANTILES, axis=0).T, strict=True):
        yield (*about, date, unit, *(round(float(value), digits) for value in quantiles))


def futurecity(results: Results) -> pd.DataFrame:
    """jis_code, fiscal_year, probability of having been designated by its end; the cohort of FY2018 has 1."""
    ends = {str(year): min(parse_quarter(f"{year + 1}Q1"), parse_quarter(LAST)) for year in _YEARS}
    return _probabilities(results, "designated_quarter", "fiscal_year", ends)


def adoption_municipality(results: Results) -> pd.DataFrame:
    """jis_code, date, probability of promoting the SDGs by then; the cohort of FY2018 has 1."""
    ends = {f"{year}Q4": parse_quarter(f"{year}Q4") for year in _YEARS}
    return _probabilities(results, "adopted_quarter", "date", ends)


def _probabilities(results: Results, event: str, head: str, ends: Mapping[str, int]) -> pd.DataFrame:
    """A row per municipality and end: the probability that its event has happened by then."""
    import pandas as pd

    world = results.world
    codes, known = list(world.labels.jis_code), world.municipalities.cohort_2018 == 1
    table = results.table("municipalities", ["scenario", "replicate", "jis_code", event])
    assert list(table["jis_code"][: len(codes)]) == codes
    happened = np.asarray(table[event].cat.codes, np.int64).reshape(-1, len(codes))  # -1 = never
    parts = []
    for label, end in ends.items():
        count = ((happened >= 0) & (happened <= end)).sum(axis=0).astype(np.float64)
        probability = np.where(known, 1.0, smoothed(count, len(happened))).round(4)
        parts.append(pd.DataFrame({"jis_code": codes, head: label, "probability": probability}))
    return pd.concat(parts, ignore_index=True)
