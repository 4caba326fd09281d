"""A test forward in time: fitted to the selections of 2008-2013, tried on the cohort of FY2018."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.futurecity.logistic import chances, fit
from sim.analysis.futurecity.places import MECHANISMS, Places
from sim.analysis.futurecity.scoring import (
    PENALTY,
    SEED,
    Interval,
    auc_difference,
    auc_interval,
    gain,
)
from sim.kernel.world import Floats
from sim.statistics.multiplicity import holm

#: What is made of the earlier selections themselves cannot be tried on them.
_OF_THE_SELECTIONS = ("earlier", "eco", "environment", "ambition", "wears_off", "near")
#: Plans of this year stand for earlier ones when those of the years after are what is told.
_FIRST_YEAR, _NEXT_YEARS = 2008, (2011, 2012, 2013)


@dataclass(frozen=True)
class Forward:
    """One mechanism tried forward in time.

    Attributes:
        words: what is tried.
        auc: of the cohort of FY2018.
        difference: of the AUC to population alone, fitted in the same way.
        gain: of the log score to it, nats per place chosen.
        p: chance to gain as much where the mechanism has nothing to do with the choice of FY2018.
        adjusted: the same after Holm's correction for all that were tried.
    """

    words: str
    auc: Interval
    difference: Interval
    gain: float
    p: float
    adjusted: float


def forward(places: Places, new_only: bool, draws: int) -> list[Forward]:
    """Population alone and with each mechanism, fitted to 2008-2013.

    Args:
        places: the places.
        new_only: try on the places not selected earlier alone, so that none is seen twice.
        draws: made-up cohorts for the p values.
    """
    tried = places.earlier == 0.0 if new_only else np.ones(len(places.codes), bool)
    told = {
        mechanism.key: _told(places, places.earlier, places.of(("size", *mechanism.columns)), tried)
        for mechanism in MECHANISMS
        if mechanism.clean and mechanism.key not in _OF_THE_SELECTIONS
    }
    than = _told(places, places.earlier, places.of(("size",)), tried)
    words = {mechanism.key: mechanism.words for mechanism in MECHANISMS}
    chosen = places.chosen[tried]
    rows = [_row(words[key], chance, than, chosen, draws) for key, chance in told.items()]
    adjusted = holm(np.array([row.p for row in rows]))
    rows = [replace(row, adjusted=float(value)) for row, value in zip(rows, adjusted, strict=True)]
    return [_row("population alone", than, than, chosen, draws), *rows]


def selected_again(places: Places, draws: int) -> Forward:
    """Earlier plans: what those of 2008 did for 2011-2013, tried as what those of 2008-2013 do for FY2018.

    Args:
        places: the places.
        draws: made-up cohorts for the p value.
    """
    before, then = places.selected_in(_FIRST_YEAR), places.selected_in(*_NEXT_YEARS)
    size, everywhere = places.columns["size"], np.ones(len(places.codes), bool)
    than = _told(places, then, size[:, None], everywhere)
    told = _told(
        places, then, np.column_stack([size, before]), everywhere, np.column_stack([size, places.earlier])
    )
    return _row("earlier plans", told, than, places.chosen, draws)


def repeated(places: Places) -> dict[str, tuple[int, int]]:
    """By year or programme: how many of its places were chosen in FY2018, and how many it has."""
    eco, environment = places.columns["eco"], places.columns["environment"]
    groups = {
        "Eco-Model City 2008": places.selected_in(_FIRST_YEAR),
        "Environment FutureCity 2011": environment,
        "Eco-Model City 2012": places.selected_in(2012),
        "Eco-Model City 2013": places.selected_in(2013),
        "one programme": ((eco + environment) == 1.0).astype(np.float64),
        "both programmes": eco * environment,
        "Eco-Model City 2008, passed over in 2011-13": (
            places.selected_in(_FIRST_YEAR) * (1.0 - places.selected_in(*_NEXT_YEARS))
        ),
        "any": places.earlier,
    }
    return {name: (int((group * places.chosen).sum()), int(group.sum())) for name, group in groups.items()}


def _told(
    places: Places, then: Floats, columns: Floats, tried: np.ndarray, now: Floats | None = None
) -> Floats:
    """Chances in FY2018 of the places tried, fitted to an earlier choice."""
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    found = fit((columns - middle) / spread, then, np.ones((1, len(then))), PENALTY)
    scores = ((columns if now is None else now) - middle) / spread
    return np.asarray(chances(scores[tried], found, float(places.chosen[tried].sum()))[0])


def _row(words: str, told: Floats, than: Floats, chosen: Floats, draws: int) -> Forward:
    rng = np.random.default_rng(SEED)
    cohorts = (rng.random((draws, len(than))) < than).astype(np.float64)
    real = gain(told, than, chosen)
    made_up = np.array([gain(told, than, cohort) for cohort in cohorts])
    p = float((1 + (made_up >= real).sum()) / (draws + 1))
    return Forward(words, auc_interval(told, chosen), auc_difference(told, than, chosen), real, p, p)
