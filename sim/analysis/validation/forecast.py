"""Forecasts from the posterior: quantiles of national and prefectural series, probabilities of single places.

A run takes a set of parameters, a world and draws of its own, so that quantiles hold what is not known of the
parameters and chance. What the model leaves out is added to every run, as stated: see ``discrepancy``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from sim.analysis.calibration.targets import Target, quarters_at, quarters_of
from sim.analysis.futurecity.forecast import logistic_by_year
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
from sim.results.runs import Runs, read_runs
from sim.scenarios.scenario import load_scenario

if TYPE_CHECKING:
    import pandas as pd

FIRST, LAST = "2022Q1", "2025Q4"
DATES = tuple(quarter_label(t) for t in range(parse_quarter(FIRST), parse_quarter(LAST) + 1))
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
HEADS = tuple(f"q{100 * q:02.0f}" for q in QUANTILES)
#: Local governments: the base of the survey and the most that can be members.
GOVERNMENTS = 1_788.0
_YEAR, _YEARS = 4, range(2022, 2026)
_SHARES = (1e-4, 1.0 - 1e-4)  # a share of none or all has no logit
_HALF = 0.5  # share at which a discrepancy holds that no observation bounds
_END = "2021Q4"  # where it starts


@dataclass(frozen=True)
class Series:
    """How far the forecast of an outcome goes beyond what runs say.

    Attributes:
        last: the last observation, of it or of what goes with it, from which every run starts; its
            discrepancy is that of a year ahead. None = it was never observed.
        ceiling: the most there can be, in the unit of the outcome; None = there is none.
        unseen: standard deviation of what the last observation does not tell of it, as a share of it.
    """

    last: Target | None
    ceiling: float | None
    unseen: float = 0.0

    @property
    def slope(self) -> float:
        """Change on the scale, of logits where there is a ceiling and of logarithms elsewhere, per share."""
        if self.ceiling is None:
            return 1.0
        return 1.0 / (1.0 - (_HALF if self.last is None else self.last.value / GOVERNMENTS))

    @property
    def years(self) -> Floats:
        """Years from the last observation to every date."""
        start = quarters_at(_END if self.last is None else self.last.date)
        return np.array([(quarters_at(date) - start) / _YEAR for date in DATES])

    @property
    def size(self) -> float:
        """Standard deviation of a year's discrepancy, as a share."""
        return self.unseen if self.last is None else self.last.discrepancy


_PROMOTING = target_of("promote_and_answer_2021")
TARGETS = {
    "adoption_share_surveyed": Series(_PROMOTING, 1.0),
    "adoption_share": Series(_PROMOTING, 1.0, target_of("answer_2021").discrepancy),
    "platform_municipalities": Series(target_of("local_members_2021_07"), GOVERNMENTS),
    "platform_companies": Series(target_of("private_members_2021_07"), None),
    "municipalities_with_agreement_share": Series(None, 1.0, 1.0),
}
#: The sum of the two sides.
MEMBERS = "platform_members"
PLACED = tuple(name for name in TARGETS if name in BY_PLACE)


def run_forecast(runs: int, parameters: ParameterSets, workers: int = 1) -> Results:
    """Run the baseline to the last date, each replicate with a set and a world of its own.

    Raises:
        InputError: a run failed.
    """
    seen = quarters_of([series.last for series in TARGETS.values() if series.last is not None])
    experiment = Experiment(
        "forecast", (load_scenario(SCENARIO),), WORLD, parse_quarter(LAST) + 1, SEED, runs,
        record=("series", "municipalities", "panel"), outcomes=tuple(TARGETS), by="prefecture",
        recorded=(*seen, *map(parse_quarter, DATES)), parameters=parameters, worlds="many",
    )  # fmt: skip
    return carried_out(experiment, workers)


def tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table of the forecast, by its name: national, prefecture, futurecity, adoption_municipality."""
    shifts = _shifts(results)
    return {
        "national": national(results, shifts),
        "prefecture": prefectural(results, shifts),
        "futurecity": futurecity(results),
        "adoption_municipality": adoption_municipality(results),
    }


def _shifts(results: Results) -> dict[str, Floats]:
    """(runs, dates) by how much every run is shifted on the scale of each series."""
    runs = read_runs(results, at=results.quarters)
    found = {}
    for number, (name, series) in enumerate(TARGETS.items()):
        chance = np.random.default_rng((SEED, number))
        walk, unseen, error = chance.standard_normal((3, len(runs), 1))
        shift = series.slope * series.unseen * np.sqrt(1.0 + series.years) * unseen
        if series.last is not None:
            drawn = series.last.observation_error * error + series.size * np.sqrt(series.years) * walk
            shift = _missed(series.last, runs, series.ceiling)[:, None] + series.slope * drawn + shift
        found[name] = shift
    return found


def _missed(last: Target, runs: Runs, ceiling: float | None) -> Floats:
    """(runs,) what every run lacks of the last observation, a count, on the scale."""
    most = None if ceiling is None else GOVERNMENTS
    return _scaled(np.array([last.value]), most) - _scaled(last.measured(runs), most)


def national(results: Results, shifts: Mapping[str, Floats]) -> pd.DataFrame:
    """target, date, unit and quantiles."""
    import pandas as pd

    runs = read_runs(results, tuple(TARGETS), DATES)
    wide = {
        name: shifted(runs.values[:, :, column], shifts[name], TARGETS[name].ceiling)
        for column, name in enumerate(runs.outcomes)
    }
    wide[MEMBERS] = wide["platform_municipalities"] + wide["platform_companies"]
    wide["adoption_share_surveyed"] = _as_published(wide["adoption_share_surveyed"])
    rows = [row for name, values in wide.items() for row in _rows((name,), name, values)]
    return pd.DataFrame(rows, columns=["target", "date", "unit", *HEADS])


def _as_published(share: Floats) -> Floats:
    """The surveyed share with the chance of who answers and the error of the observation."""
    chance = np.random.default_rng((SEED, len(TARGETS)))
    answers, error = chance.standard_normal((2, *share.shape))
    drawn = share + np.sqrt(share * (1.0 - share) / GOVERNMENTS) * answers
    return np.asarray(np.clip(drawn * np.exp(_PROMOTING.observation_error * error), 0.0, 1.0))


def prefectural(results: Results, shifts: Mapping[str, Floats]) -> pd.DataFrame:
    """target, prefecture (code, 1 to 47), date, unit and quantiles, of municipalities alone.

    A prefecture has the nation's discrepancy and one of its own, as large and never observed.
    """
    import pandas as pd

    placed = [read_places(results, PLACED, date) for date in DATES]
    groups, chance = placed[0].groups, np.random.default_rng((SEED, len(TARGETS) + 1))
    sizes = np.bincount(groups.of)
    rows: list[tuple[object, ...]] = []
    for column, name in enumerate(placed[0].outcomes):
        drawn = np.stack([one.values[:, :, column] for one in placed], axis=1)  # (runs, dates, prefectures)
        series = TARGETS[name]
        spread = series.slope * series.size * np.sqrt(1.0 + series.years)
        for place, code in enumerate(groups.labels):
            own = shifts[name] + spread * chance.standard_normal((len(drawn), 1))
            ceiling = 1.0 if series.ceiling == 1.0 else float(sizes[place])
            rows += _rows((name, code), name, shifted(drawn[:, :, place], own, ceiling))
    return pd.DataFrame(rows, columns=["target", "prefecture", "date", "unit", *HEADS])


def _scaled(values: Floats, ceiling: float | None) -> Floats:
    if ceiling is None:
        return np.log(values)
    return np.asarray(logit(np.clip(values / ceiling, *_SHARES)))


def shifted(values: Floats, shift: Floats, ceiling: float | None) -> Floats:
    """Values shifted on the scale of logits where there is a ceiling, and of logarithms elsewhere."""
    scaled = _scaled(values, ceiling) + shift
    return np.exp(scaled) if ceiling is None else np.asarray(ceiling * expit(scaled))


def _rows(about: tuple[object, ...], name: str, values: Floats) -> Iterator[tuple[object, ...]]:
    """A row per date: what it is about, date, unit and quantiles over the runs."""
    unit, digits = BY_NAME[name].unit, 4 if BY_NAME[name].unit == "share" else 1
    for date, quantiles in zip(DATES, np.quantile(values, QUANTILES, axis=0).T, strict=True):
        yield (*about, date, unit, *(round(float(value), digits) for value in quantiles))


def futurecity(results: Results) -> pd.DataFrame:
    """jis_code, fiscal_year, probability of having been designated by its end; the cohort of FY2018 has 1.

    Half of it is the share of runs, half a logistic regression on the same ingredients: out of sample that
    told the cohort of FY2018 better than the runs alone (docs/futurecity.md).
    """
    ends = {str(year): min(parse_quarter(f"{year + 1}Q1"), parse_quarter(LAST)) for year in _YEARS}
    simulated = _probabilities(results, "designated_quarter", "fiscal_year", ends)
    fitted = logistic_by_year(results.world)
    regressed = np.concatenate([fitted[year] for year in _YEARS])
    return simulated.assign(probability=((simulated["probability"] + regressed) / 2.0).round(4))


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
