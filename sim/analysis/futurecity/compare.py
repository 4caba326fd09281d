"""Every mechanism added singly to a base, in and out of sample."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.futurecity.nulls import p_values
from sim.analysis.futurecity.places import Mechanism, Places
from sim.analysis.futurecity.scoring import (
    Interval,
    auc_difference,
    gain_interval,
    in_sample,
    likelihood_ratio,
    log_scores,
    out_of_sample,
)
from sim.analysis.patterns.measures import auc
from sim.statistics.multiplicity import holm

LEVEL = 0.05


@dataclass(frozen=True)
class Added:
    """What a mechanism adds to a base.

    Attributes:
        mechanism: the mechanism.
        auc_in, auc_out: in sample, and with the place's prefecture left out, of base and mechanism.
        difference: of the AUC out of sample to the base.
        gain: of the log score out of sample to the base, nats per place chosen.
        p_in: likelihood ratio in sample.
        p: chance to gain as much out of sample where the mechanism has nothing to do with the choice.
        adjusted: the same after Holm's correction for all that were added to this base.
    """

    mechanism: Mechanism
    auc_in: float
    auc_out: float
    difference: Interval
    gain: Interval
    p_in: float
    p: float
    adjusted: float = 1.0

    @property
    def found(self) -> bool:
        """Whether it is shown to add information about places it has not seen."""
        return self.adjusted < LEVEL


@dataclass(frozen=True)
class Table:
    """A base and what mechanisms add to it.

    Attributes:
        base: what they are added to, in words.
        auc_in, auc_out: of the base.
        log_score: of the base out of sample, nats per place chosen.
        rows: in the order of gain, the largest first.
    """

    base: str
    auc_in: float
    auc_out: float
    log_score: float
    rows: tuple[Added, ...]

    @property
    def found(self) -> tuple[Mechanism, ...]:
        """The mechanisms that are shown to add information."""
        return tuple(row.mechanism for row in self.rows if row.found)


def compare(
    places: Places, base: str, columns: Sequence[str], mechanisms: Sequence[Mechanism], draws: int,
    say: Callable[[str], None] = lambda _: None,
) -> Table:  # fmt: skip
    """Add every mechanism to a base, but for those that it holds already.

    Args:
        places: the places and who was chosen.
        base: what the base is, in words.
        columns: of the base.
        mechanisms: what is added.
        draws: made-up cohorts for the p values.
        say: told how far it is.
    """
    added = [mechanism for mechanism in mechanisms if not set(mechanism.columns) <= set(columns)]
    chosen, prefecture = places.chosen, places.prefecture
    than = out_of_sample(places.of(columns), chosen, prefecture)
    inside, less = in_sample(places.of(columns), chosen)
    say(f"{len(added)} mechanisms added to {base}")
    with_it = {mechanism.key: places.of((*columns, *mechanism.columns)) for mechanism in added}
    p = p_values(places.of(columns), with_it, chosen, prefecture, draws)
    rows = [
        _row(places, mechanism, with_it[mechanism.key], than, less, p[mechanism.key]) for mechanism in added
    ]
    adjusted = holm(np.array([row.p for row in rows]))
    rows = [replace(row, adjusted=float(value)) for row, value in zip(rows, adjusted, strict=True)]
    marks = chosen > 0.0
    score = float(log_scores(than, chosen).sum() / chosen.sum())
    ordered = sorted(rows, key=lambda row: -row.gain.value)
    return Table(base, auc(inside, marks), auc(than, marks), score, tuple(ordered))


def _row(
    places: Places, mechanism: Mechanism, columns: np.ndarray, than: np.ndarray, less: float, p: float
) -> Added:
    chosen, prefecture = places.chosen, places.prefecture
    told = out_of_sample(columns, chosen, prefecture)
    inside, more = in_sample(columns, chosen)
    marks = chosen > 0.0
    return Added(
        mechanism, auc(inside, marks), auc(told, marks), auc_difference(told, than, chosen),
        gain_interval(told, than, chosen, prefecture),
        likelihood_ratio(more, less, len(mechanism.columns)), p,
    )  # fmt: skip
