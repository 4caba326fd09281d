"""What analyses of questions share: runs of a design as a grid, estimates over replicates, their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.answers.question import Number, Words
from sim.errors import InputError
from sim.report import words
from sim.results.arms import Arm, in_arm
from sim.results.contrasts import grid_of
from sim.results.runs import Floats, read_runs
from sim.statistics.contrasts import LEVEL, paired
from sim.statistics.ratios import fieller
from sim.text import Language, say, short
from sim.text.numbers import MINUS, money, money_range, quarter

if TYPE_CHECKING:
    from sim.results import Results

_SHOWN = ("estimate", "ci_low", "ci_high", "n")


class Estimate(NamedTuple):
    """A mean over replicates with its interval (95%, t) and what it counts."""

    value: float
    low: float
    high: float
    n: int

    @property
    def shown(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0

    def columns(self) -> dict[str, float]:
        """As columns of a tidy table."""
        return dict(zip(_SHOWN, self, strict=True))


@dataclass(frozen=True)
class Grid:
    """Runs of one scenario at every point of a design; replicates share their draws.

    Attributes:
        design: (points,) factors of the points, a column each.
        outcomes: names.
        values: (points, replicates, outcomes) at one quarter; NaN where a run is missing.
    """

    design: pd.DataFrame
    outcomes: tuple[str, ...]
    values: Floats

    def of(self, outcome: str, point: int) -> Floats:
        """(replicates,) of an outcome at a point."""
        column: Floats = self.values[point, :, self.outcomes.index(outcome)]
        return column

    def point(self, **factors: Any) -> int:
        """The point at which factors have these values (None = as in the scenario).

        Raises:
            InputError: there is none, or more than one.
        """
        same = np.ones(len(self.design), bool)
        for name, value in factors.items():
            if name not in self.design:
                raise InputError(
                    f"the design has no factor {name}; it has {', '.join(map(str, self.design))}"
                )
            column = self.design[name]
            same &= column.isna() if value is None else column == value
        found = np.flatnonzero(same)
        if len(found) != 1:
            wanted = ", ".join(f"{name} {value}" for name, value in factors.items())
            values = "; ".join(f"{name}: {_values(self.design[name])}" for name in factors)
            raise InputError(
                f"the design has {len(found)} points with {wanted}; the question needs one ({values})"
            )
        return int(found[0])

    def mean(self, outcome: str, point: int) -> Estimate:
        """Mean of an outcome at a point."""
        return mean_of(self.of(outcome, point))

    def effect(self, outcome: str, point: int, reference: int) -> Estimate:
        """Mean paired difference of two points."""
        return mean_of(self.of(outcome, point) - self.of(outcome, reference))


def _values(column: pd.Series) -> str:
    """The values of a factor."""
    there = column.drop_duplicates()
    return ", ".join(f"{value:.12g}" if isinstance(value, float) else str(value) for value in there)


def grid(
    results: Results, outcomes: Sequence[str], scenario: str | None = None, at: str | None = None
) -> Grid:
    """The runs of a scenario (the first by default) at every point, at a quarter (the last by default).

    Raises:
        InputError: the results have no design, or keep no such outcome or quarter.
    """
    name = results.scenarios[0] if scenario is None else scenario
    runs = read_runs(results, outcomes, at)
    own = runs.where(in_arm(runs, Arm(name), results.scenarios))
    points = np.arange(results.manifest.points)
    values = grid_of(own, points, np.unique(own.replicate))[:, :, 0]
    design = results.experiment.design
    if design is None:
        raise InputError(f"{results.folder}: has no design, which this question needs")
    table = pd.DataFrame(design.table()).drop(columns="point")
    return Grid(table, own.outcomes, values)


def mean_of(values: Floats) -> Estimate:
    """Mean over runs, those that are missing left out; a single run has no interval."""
    there = values[np.isfinite(values)]
    if not len(there):
        return Estimate(np.nan, np.nan, np.nan, 0)
    contrast = paired(there[:, None], np.zeros((len(there), 1)))
    low, high = contrast.interval(LEVEL)
    return Estimate(float(contrast.effect[0]), float(low[0]), float(high[0]), len(there))


def cost_of(spent: Floats, gained: Floats) -> Estimate:
    """JPY M spent for a further unit, with Fieller's interval; NaN where no gain is shown.

    Args:
        spent, gained: (replicates,) beyond what is compared with, in the same order.
    """
    columns = np.column_stack([spent, gained, spent + gained])
    return Estimate(*fieller(paired(columns, np.zeros_like(columns))), len(columns))


def estimate_of(row: pd.Series, column: str = "estimate") -> Estimate:
    """The estimate of a row of a tidy table: ``column``, ``ci_low``, ``ci_high`` and ``n``."""
    return Estimate(float(row[column]), float(row["ci_low"]), float(row["ci_high"]), int(row["n"]))


def told(outcome: str, estimate: Estimate) -> Words:
    """An effect on an outcome with sign, unit, interval and n."""
    units = Words.by(lambda language: words.unit(outcome, language))
    if units.en == "JPY M":
        return told_money(estimate)
    shown = [words.effect(outcome, value) for value in estimate[:3]]
    return _told(estimate, shown, units, _scale(outcome))


def told_level(outcome: str, estimate: Estimate) -> Words:
    """A level of an outcome with unit, interval and n."""
    units = Words.by(lambda language: words.unit(outcome, language, difference=False))
    shown = [words.level(outcome, value) for value in estimate[:3]]
    return _told(estimate, shown, units, _scale(outcome))


def _scale(outcome: str) -> float:
    """Shares are said as per cent."""
    return 100.0 if words.is_share(outcome) else 1.0


def told_ratio(estimate: Estimate, form: str = "{:.3g}") -> Words:
    """A number without unit, with interval and n."""
    return _told(estimate, [_shown(form.format(value)) for value in estimate[:3]], None)


def _shown(text: str) -> str:
    """A number as it is read: zero has no sign."""
    return text if re.search("[1-9]", text) else text.lstrip("+-")


def told_share(estimate: Estimate) -> Words:
    """A share of 0 to 1 as per cent, with interval and n."""
    return told_ratio(estimate, "{:.0%}")


def told_money(estimate: Estimate) -> Words:
    """An amount of JPY M with interval and n."""
    if not np.isfinite(estimate.value):
        return _not_shown(estimate)
    key = "answers.money" + ("" if np.isfinite(estimate.low) else "_of_one")

    def text(language: Language) -> str:
        ends = money_range(estimate.low, estimate.high, language)
        return say(key, language, value=money(estimate.value, language), n=estimate.n, ends=ends)

    return Words.by(text, Number("", *estimate, "JPY M"))


def quarter_of(label: str) -> Words:
    """A quarter such as 2030Q4 as it is said in a sentence."""
    return Words.by(lambda language: quarter(label, language))


def sum_of(millions: float) -> Words:
    """An amount of JPY M in words."""
    return Words.by(lambda language: money(millions, language), Number("", millions, unit="JPY M"))


def numbers_said(sentences: Sequence[Words]) -> pd.DataFrame:
    """Every number that sentences say, with its place: sentence (from 1) and name in its text."""
    rows = [
        (place, number.name, *number[1:4], number.n, number.unit)
        for place, sentence in enumerate(sentences, start=1)
        for number in sentence.numbers
    ]
    table = pd.DataFrame(rows, columns=["sentence", "number", *_SHOWN, "unit"])
    return table.astype({"n": "Int64"})


def _not_shown(estimate: Estimate) -> Words:
    return Words.by(lambda language: say("answers.not_shown", language, n=estimate.n), Number("", *estimate))


def _told(estimate: Estimate, numbers: Sequence[str], units: Words | None, scale: float = 1.0) -> Words:
    if not np.isfinite(estimate.value):
        return _not_shown(estimate)
    key = "answers.effect" if units is not None else "answers.ratio"
    key += "" if np.isfinite(estimate.low) else "_of_one"
    value, low, high = (text.replace("-", MINUS) for text in numbers)
    facts = {"value": value, "low": low, "high": high, "n": estimate.n}
    of = Words("", "") if units is None else units
    middle, *ends = scale * np.array(estimate[:3])
    number = Number("", middle, ends[0], ends[1], estimate.n, of.en)

    def text(language: Language) -> str:
        return say(key, language, **facts, unit=of.said(language)).replace(" %", "%", 1)

    return Words.by(text, number)


def named(name: str) -> Words:
    """What an outcome, lever or parameter is called."""
    return Words.by(lambda language: short(name, language))
