"""What the model is calibrated to: a table of figures with their errors, and how runs are measured by it."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

from sim.calendar import parse_quarter, quarter_label
from sim.kernel.world import Floats
from sim.results.runs import Runs

TABLE = Path(__file__).with_name("targets.csv")
_YEAR = 4  # quarters
_SHARES = (1e-4, 1.0 - 1e-4)  # a share of none or all has no logit
_LEAST = 0.5  # a count of none has no logarithm


class Use(StrEnum):
    """What a figure serves for."""

    CALIBRATED = "calibrated"
    CHECKED = "checked"
    UNMATCHED = "unmatched"  # the model has nothing to hold against it


@dataclass(frozen=True)
class Target:
    """A figure that was observed, and what a run says instead.

    A run's figure is ``times`` the sum of the outcomes ``numerator`` over that of ``denominator`` (1 without
    any), of a stock or of a flow since 2018Q2 at ``date``, or of a flow over the fiscal year that ends there.

    Attributes:
        name: of the figure.
        block: which data it belongs to.
        numerator, denominator: outcomes.
        times: unit of the figure per unit of the outcome.
        period: ``until`` the date, or the ``fiscal_year`` that ends with it.
        date: a quarter, at its end, or a day, between the ends of two quarters.
        value: what was observed.
        scale: ``log`` of a count, ``logit`` of a share: errors are standard deviations on it, those of a
            logarithm read as shares of the figure.
        observation_error: of sampling, rounding and reporting.
        discrepancy: what separates a perfect model of this kind from the world.
        use: whether the model is calibrated to it.
        source, note: where it is from, and why the errors are as they are.
    """

    name: str
    block: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    times: float
    period: str
    date: str
    value: float
    scale: str
    observation_error: float
    discrepancy: float
    use: Use
    source: str
    note: str

    @property
    def ends(self) -> tuple[tuple[int, float], ...]:
        """Quarters at whose ends outcomes are taken, with their weights."""
        place = quarters_at(self.date)
        whole, part = int(place), place - int(place)
        return ((whole, 1.0 - part), (whole + 1, part)) if part > 0.0 else ((whole, 1.0),)

    @property
    def last_quarter(self) -> int:
        """The last quarter that a run needs for it."""
        return self.ends[-1][0]

    @property
    def before(self) -> int | None:
        """The quarter whose end begins the fiscal year; None where all since 2018Q2 counts."""
        began = self.last_quarter - _YEAR
        return began if self.period == "fiscal_year" and began >= 0 else None

    @property
    def observed(self) -> float:
        """The value on the scale."""
        return float(self.scaled(np.float64(self.value)))

    @property
    def error(self) -> float:
        """Standard deviation of observation and discrepancy together, on the scale."""
        return float(np.hypot(self.observation_error, self.discrepancy))

    def scaled(self, values: Floats | np.float64) -> Floats:
        """Figures on the scale: logarithms of counts, logits of shares."""
        if self.scale == "log":
            return np.log(np.maximum(values, _LEAST))
        return np.asarray(logit(np.clip(values, *_SHARES)))

    def plain(self, scaled: Floats | np.float64) -> Floats:
        """Figures in their own unit, from the scale."""
        return np.asarray(np.exp(scaled) if self.scale == "log" else expit(scaled))

    def measured(self, runs: Runs) -> Floats:
        """(runs,) the figure in each run, in its own unit."""
        over: Floats | float = self._of(self.denominator, runs) if self.denominator else 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            figures = self.times * self._of(self.numerator, runs) / over
        return np.nan_to_num(np.asarray(figures))  # nothing of nothing is nothing

    def _of(self, outcomes: Iterable[str], runs: Runs) -> Floats:
        places = [runs.outcomes.index(name) for name in outcomes]
        sums = runs.values[:, :, places].sum(axis=2)

        def at(quarter: int) -> Floats:
            column: Floats = sums[:, runs.quarters.index(quarter_label(quarter))]
            return column

        now: Floats = np.sum([weight * at(quarter) for quarter, weight in self.ends], axis=0)
        return now if self.before is None else now - at(self.before)


def quarters_at(date: str) -> float:
    """Quarters passed between the end of 2018Q2 and a date: a quarter, at its end, or a day."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        return float(parse_quarter(date))
    year, month, day = (int(part) for part in date.split("-"))
    return (12 * (year - 2018) + month - 7 + min(day / 30.0, 1.0)) / 3.0


@cache
def targets() -> tuple[Target, ...]:
    """Every figure of the table, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as rows:
        return tuple(_target(row) for row in csv.DictReader(rows))


def targets_digest() -> str:
    """16 hex digits over the table."""
    return hashlib.sha256(TABLE.read_bytes()).hexdigest()[:16]


def _target(row: dict[str, str]) -> Target:
    def number(name: str) -> float:
        return float(row[name] or "nan")

    return Target(
        row["name"], row["block"], _outcomes(row["numerator"]), _outcomes(row["denominator"]),
        number("times"), row["period"], row["date"], number("value"), row["scale"],
        number("observation_error"), number("discrepancy"), Use(row["use"]), row["source"], row["note"],
    )  # fmt: skip


def _outcomes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("+")))


def calibrated(until: str | None = None) -> tuple[Target, ...]:
    """Figures that the model is calibrated to, up to the end of a quarter if one is given."""
    last = None if until is None else parse_quarter(until)
    chosen = (target for target in targets() if target.use is Use.CALIBRATED)
    return tuple(target for target in chosen if last is None or target.last_quarter <= last)


def matched() -> tuple[Target, ...]:
    """Figures that a run has something to hold against: calibrated to, or checked only."""
    return tuple(target for target in targets() if target.use is not Use.UNMATCHED)


def outcomes_of(chosen: Sequence[Target]) -> tuple[str, ...]:
    """Outcomes that runs have to keep for some figures."""
    return tuple(dict.fromkeys(name for one in chosen for name in (*one.numerator, *one.denominator)))


def quarters_of(chosen: Sequence[Target]) -> tuple[int, ...]:
    """Quarters that runs have to keep for some figures."""
    kept = {quarter for one in chosen for quarter, _ in one.ends}
    kept |= {one.before for one in chosen if one.before is not None}
    return tuple(sorted(kept))


def measured(runs: Runs, chosen: Sequence[Target]) -> Floats:
    """(runs, figures) what runs say of some figures, each on its scale."""
    return np.stack([one.scaled(one.measured(runs)) for one in chosen], axis=1)
