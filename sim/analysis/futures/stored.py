"""The stored futures, and what they say: how often a scenario is cheapest, and what turns that."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy

from sim.analysis.futures.draws import BASELINE, STRUCTURAL, coordinates, factors, points
from sim.batch.factors import Factor
from sim.errors import InputError
from sim.files import parsed_json, write_text
from sim.provenance import source_digest
from sim.scenarios.scenario import load_scenario
from sim.scenarios.schema import RULES
from sim.scenarios.spending import Absorbed
from sim.statistics.contrasts import LEVEL
from sim.statistics.multiplicity import holm

#: What is gained: a deal, a completed project, 0.01% of the goals' remaining gap.
OUTCOMES = ("deals_signed", "projects_completed", "sdg_progress")
STORED = Path(__file__).parent / "futures.csv"
#: A winner is only called one where it wins in this share of the futures at least.
ROBUST = 2 / 3
#: Figures of a cost that are stored.
FIGURES = 3


class Share(NamedTuple):
    """In how many futures a scenario is the cheapest, with Wilson's interval."""

    wins: int
    futures: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """As a share."""
        return self.wins / self.futures


class Turn(NamedTuple):
    """An assumption that turns who wins.

    Attributes:
        assumption: name of the parameter or rule.
        won, lost: where its values lie in their range, 0 to 1, on average of the futures won and lost; of a
            rule, in which share of them its last choice holds.
        p: p value of their difference (Welch 1947), adjusted for the number of assumptions looked at (Holm).
    """

    assumption: str
    won: float
    lost: float
    p: float

    @property
    def rule(self) -> bool:
        """Whether it is a rule of the scenario."""
        return self.assumption in STRUCTURAL

    @property
    def lost_at(self) -> str:
        """Where the winner loses: the choice of a rule, else ``low`` or ``high`` in the range."""
        ends = RULES[self.assumption] if self.rule else ("low", "high")
        return ends[0] if self.lost < self.won else ends[-1]

    @property
    def shown(self) -> bool:
        """Whether chance among so many assumptions is unlikely to give as much."""
        return self.p < 1.0 - LEVEL


class Standing(NamedTuple):
    """What the futures say of some scenarios at one sum.

    Attributes:
        sum: JPY M a fiscal year.
        shares: of every scenario that can absorb the sum, most wins first.
        winner: the scenario with most wins.
        turns: assumptions by how far the futures it wins lie from those it loses, furthest first.
    """

    sum: float
    shares: dict[str, Share]
    winner: str
    turns: list[Turn]

    @property
    def robust(self) -> bool:
        """Whether the winner may be called one."""
        return self.shares[self.winner].share >= ROBUST


@dataclass(frozen=True)
class Futures:
    """Costs of scenarios in futures that differ in all that is assumed.

    Attributes:
        date: when they were run.
        model: fingerprint of the model and of the baseline.
        world, quarters: what was run.
        seed: of the draws.
        samples: futures.
        given: what each scenario was given for each sum, and what it spends of it with the default
            parameters.
        costs: future, sum, outcome, and a column per scenario: JPY M of extra spending per unit gained;
            infinite where nothing is gained, or hardly anything can be spent.
        confirmed: futures that this version has run again and found the same; 0 where it has run all.
    """

    date: str
    model: str
    world: str
    quarters: int
    seed: int
    samples: int
    given: dict[float, dict[str, Absorbed]]
    costs: pd.DataFrame
    confirmed: int = 0

    @property
    def fits(self) -> bool:
        """Whether they were run with this version of the model."""
        return self.model == fingerprint()

    @property
    def scenarios(self) -> list[str]:
        """All scenarios."""
        return [str(name) for name in self.costs if name not in ("future", "sum", "outcome")]

    @property
    def sums(self) -> list[float]:
        """All sums, JPY M a fiscal year."""
        return sorted(self.given)

    def able(self, amount: float) -> list[str]:
        """Scenarios that can spend a sum with the default parameters; the others take no part in it."""
        return [name for name, found in self.given[amount].items() if found.verdict != "at_most"]

    def nearest(self, amount: float) -> float:
        """The sum nearest to an amount, by their quotient."""
        return min(self.sums, key=lambda sum: abs(np.log(sum / amount)))

    def standing(
        self, amount: float, names: Sequence[str] | None = None, outcome: str = OUTCOMES[0]
    ) -> Standing | None:
        """How often each of some scenarios is the cheapest of them, and what turns that.

        Args:
            amount: JPY M a fiscal year; the nearest sum is taken.
            names: scenarios; by default all.
            outcome: what is gained.

        Returns:
            None where fewer than two of them can absorb the sum, or one was not run.
        """
        chosen = self.scenarios if names is None else list(names)
        at = self.nearest(amount)
        able = [name for name in chosen if name in self.able(at)]
        if len(able) < 2 or not set(chosen) <= set(self.scenarios):
            return None
        rows = self.costs[(self.costs["sum"] == at) & (self.costs["outcome"] == outcome)]
        costs = rows.sort_values("future")[able].to_numpy(np.float64)
        won = cheapest(costs)
        shares = {name: share_of(int(won[:, i].sum()), len(won)) for i, name in enumerate(able)}
        ordered = dict(sorted(shares.items(), key=lambda item: -item[1].wins))
        winner = next(iter(ordered))
        return Standing(at, ordered, winner, self._turns(won[:, able.index(winner)]))

    def _turns(self, won: np.ndarray) -> list[Turn]:
        if won.all() or not won.any():
            return []
        where = coordinates(points(self.samples, self.seed))
        p = _chance(where[won], where[~won])
        ends = zip(factors(), where[won].mean(axis=0), where[~won].mean(axis=0), p, strict=True)
        furthest = sorted(ends, key=lambda end: -abs(end[1] - end[2]))
        return [
            Turn(factor.name, _told(factor, a), _told(factor, b), float(p)) for factor, a, b, p in furthest
        ]

    def write(self, path: Path = STORED) -> None:
        """Write them as CSV with their facts in lines that begin with #."""
        facts = {
            name: getattr(self, name)
            for name in ("date", "model", "world", "quarters", "seed", "samples", "confirmed")
        }
        facts["given"] = {
            f"{amount:g}": {name: found.model_dump() for name, found in given.items()}
            for amount, given in self.given.items()
        }
        lines = [f"# {name}: {json.dumps(value)}\n" for name, value in facts.items()]
        costs = self.costs.assign(sum=[f"{amount:g}" for amount in self.costs["sum"]])
        table = costs.to_csv(index=False, float_format=f"%.{FIGURES}g", lineterminator="\n")
        write_text(path, "".join(lines) + table)


def read(path: Path) -> Futures:
    """Futures from a file.

    Raises:
        InputError: it is none that ``Futures.write`` has written.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        facts = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
        values = {name: parsed_json(value) for name, value in facts.items()}
        values["given"] = {
            float(amount): {name: Absorbed(**found) for name, found in given.items()}
            for amount, given in values["given"].items()
        }
        costs = pd.read_csv(io.StringIO("".join(line for line in lines if not line.startswith("# "))))
        return Futures(**values, costs=costs)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is no table of futures ({error})") from None


def stored() -> Futures | None:
    """The futures that come with the package; None where there are none."""
    return read(STORED) if STORED.exists() else None


def fingerprint() -> str:
    """Version of the model and content of the baseline."""
    return f"{source_digest()}-{load_scenario(BASELINE).digest()}"


def _told(factor: Factor, mean: float) -> float:
    """Where values lie on average; of a rule with two choices, in which share its last one holds."""
    return float(mean if factor.values is None else 2.0 * mean - 0.5)


def _chance(won: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Adjusted p values of the differences in means, column by column; 1 where a side is a single future."""
    if min(len(won), len(lost)) < 2:
        return np.ones(won.shape[1])
    return holm(scipy.stats.ttest_ind(won, lost, axis=0, equal_var=False).pvalue)


def cheapest(costs: np.ndarray) -> np.ndarray:
    """(futures, scenarios) whether a scenario is the cheapest of its future; none where all are infinite."""
    won: np.ndarray = np.isfinite(costs) & (costs == costs.min(axis=1, keepdims=True))
    won &= np.cumsum(won, axis=1) == 1  # of costs that are equal to all figures stored, the first
    return won


def share_of(wins: int, futures: int) -> Share:
    """A share with Wilson's interval (1927, J. Am. Stat. Assoc. 22:209)."""
    interval = scipy.stats.binomtest(wins, futures).proportion_ci(LEVEL, method="wilson")
    return Share(wins, futures, float(interval.low), float(interval.high))
