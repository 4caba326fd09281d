"""What a probability of being chosen should rest on, and what becomes of the places selected earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.futurecity.logistic import at_number, fit, standardised
from sim.analysis.futurecity.places import BENCHMARK, Places, read_places
from sim.analysis.futurecity.scoring import (
    PENALTY,
    Interval,
    auc_difference,
    auc_interval,
    folds,
    gain_interval,
    log_scores,
    out_of_sample,
)
from sim.analysis.futurecity.simulated import LAST_YEAR, as_score, quotas
from sim.kernel.world import Floats, Integers, World

#: What chances in later years rest on: none of those selected twice before is left.
LATER = ("size", "selections", "land", "ageing")
#: Weights of land and ageing that are tried when they are fitted again.
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6)
#: Prefectural governments among the selections, where the table tells (``futurecity_counts``).
_PREFECTURES = {2021: 4.0, 2022: 2.0, 2023: 2.0}
_PREFECTURES_SHARE = 8.0 / 89.0  # of the selections of these three years
#: Places from the top of a ranking, of which it is told how many were chosen.
TOPS = (25, 100, 300)


@dataclass(frozen=True)
class Basis:
    """A way to give every place a chance in FY2018, scored.

    Attributes:
        words: what it is.
        auc: with an interval over the places chosen.
        more_auc: than population alone.
        more: log score than population alone, nats per place chosen, with an interval over prefectures.
        than_model: the same than the model as it is.
        brier: mean squared error of the chances, times 1,000.
        slope: of the outcome on the logit of the chance; below 1 where chances are too far apart.
        tops: how many of the places ranked highest were chosen, for each of ``TOPS``.
    """

    words: str
    auc: Interval
    more_auc: Interval
    more: Interval
    than_model: Interval
    brier: float
    slope: float
    tops: tuple[int, ...]


def setting(land: float, ageing: float) -> dict[str, float]:
    """Both fitted weights of the score."""
    return {"plan_land": land, "plan_ageing": ageing}


def name_of(land: float, ageing: float) -> str:
    """Name of the setting."""
    return f"land_{round(100 * land)}_ageing_{round(100 * ageing)}"


def weight_settings() -> dict[str, dict[str, float]]:
    """All pairs of weights, by name."""
    return {name_of(land, ageing): setting(land, ageing) for land in WEIGHTS for ageing in WEIGHTS}


def to_number(chance: Floats, runs: int, number: float) -> Floats:
    """Simulated chances of which ``number`` are expected: the model chooses some prefectures besides."""
    return np.asarray(at_number(as_score(chance, runs)[None], number)[0])


def refitted(places: Places, told: Mapping[str, Floats]) -> tuple[Floats, dict[str, int]]:
    """Chances of every place, both weights chosen on the other prefectures, and how often which are chosen.

    Args:
        places: the places.
        told: (M,) chances by name of a pair of weights.
    """
    names, chances = list(told), np.array(list(told.values()))
    scores = np.array([log_scores(row, places.chosen) for row in chances])
    best = (folds(places.prefecture) @ scores.T).argmax(axis=1)
    times = np.bincount(best, minlength=len(names))
    own = chances[best[places.prefecture], np.arange(len(places.codes))]
    return own, {name: int(n) for name, n in zip(names, times, strict=True) if n}


def benchmark(places: Places) -> Floats:
    """(M,) chances of the logistic regression, leaving the prefecture out."""
    return out_of_sample(places.of(BENCHMARK), places.chosen, places.prefecture)


def scored(places: Places, told: Mapping[str, Floats], model: Floats) -> list[Basis]:
    """Every basis scored against population alone, which is added as the first, and against the model.

    Args:
        places: the places.
        told: (M,) chances by what they are in words.
        model: (M,) chances of the model as it is.
    """
    than = out_of_sample(places.of(("size",)), places.chosen, places.prefecture)
    bases = {"population alone": than, **told}
    return [_scored(places, words, chance, than, model) for words, chance in bases.items()]


def _scored(places: Places, words: str, told: Floats, than: Floats, model: Floats) -> Basis:
    chosen = places.chosen
    order = np.argsort(-told, kind="stable")
    logits = np.log(told / (1.0 - told))[:, None]
    slope = fit(logits, chosen, np.ones((1, len(chosen))), 1e-6)[0, 1]
    return Basis(
        words, auc_interval(told, chosen), auc_difference(told, than, chosen),
        gain_interval(told, than, chosen, places.prefecture),
        gain_interval(told, model, chosen, places.prefecture), 1_000.0 * float(((told - chosen) ** 2).mean()),
        float(slope), tuple(int(chosen[order[:top]].sum()) for top in TOPS),
    )  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """What becomes of the places selected in 2008-2013 and not in FY2018.

    Attributes:
        words: by which reckoning.
        by_year: expected share of them that is designated by the end of FY2019, ..., FY2025.
        first_cohort: expected share of the municipalities chosen in FY2019 that are among them.
    """

    words: str
    by_year: tuple[float, ...]
    first_cohort: float


def pool_of(places: Places) -> Floats:
    """(M,) 1 where selected in 2008-2013 and not in FY2018."""
    return places.earlier * (1.0 - places.chosen)


def cumulative(places: Places, columns: Sequence[str], without: Sequence[str] = ()) -> Floats:
    """(years, M) chance of having been chosen in FY2019 to each year, the odds staying those of FY2018.

    Args:
        places: the places.
        columns: of the regression, fitted to FY2018 on all places; ``LATER`` for a forecast.
        without: columns whose effect is over after FY2018.
    """
    scores = standardised(places.of(columns))
    found = fit(scores, places.chosen, np.ones((1, len(places.chosen))), PENALTY)[0]
    slopes = np.where(np.isin(columns, list(without)), 0.0, found[1:])
    logits = found[0] + scores @ slopes
    left, by_year = 1.0 - places.chosen, []
    for year, number in quotas().items():
        municipal = number - _PREFECTURES.get(year, _PREFECTURES_SHARE * number)
        left = left * (1.0 - at_number(logits[None], municipal, left)[0])
        by_year.append(1.0 - places.chosen - left)
    return np.array(by_year)


def logistic_by_year(world: World) -> dict[int, Floats]:
    """(M,) chance of having been designated by the end of each fiscal year from FY2018 to FY2025.

    The half of a forecast that the model's runs do not give; the cohort of FY2018 has 1.

    Args:
        world: ``japan``.
    """
    places = read_places(world)
    later = cumulative(places, LATER)
    return {2018: places.chosen} | {
        year: places.chosen + chance for year, chance in zip(quotas(), later, strict=True)
    }


def pool_reckoned(places: Places, words: str, by_year: Floats) -> Pool:
    """What a reckoning says of the pool.

    Args:
        places: the places.
        words: what the reckoning is.
        by_year: (years, M) chance of having been chosen from FY2019 on.
    """
    pool = pool_of(places)
    shares = by_year @ pool / pool.sum()
    return Pool(words, tuple(float(share) for share in shares), float(by_year[0] @ pool / by_year[0].sum()))


def simulated_by_year(designated: Integers) -> Floats:
    """(years, M) share of runs in which a place was designated from FY2019 to each year."""
    later = [(designated >= 2019) & (designated <= year) for year in range(2019, LAST_YEAR + 1)]
    return np.asarray([marks.mean(axis=0) for marks in later])
