"""Interlinkages of the goals, estimated from Japan's SDG Index 2000-2018.

``python -m sim.analysis.interlinkages`` writes ``interlinkage_estimated.csv`` among the packaged tables
and prints how many links survive. A stylised fact about 18 yearly changes, no causal effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

import sim.worlds
from sim.analysis.command import bare_parser_of, told_in_a_line
from sim.files import write_text
from sim.kernel.world import Floats
from sim.scenarios.interlinkages import national_scores

FIRST_YEAR, LAST_YEAR = 2000, 2018
PERMUTATIONS = 20_000  # with 2,000 the least p-value, 1/2,001, exceeds what a single link of 136 needs
SEED = 2018
FALSE_DISCOVERY_RATE = 0.05
TABLE = Path(sim.worlds.__file__).parent / "data" / "interlinkage_estimated.csv"
_ROUNDING = 1e-12  # equal correlations may differ by this much when summed in another order


@dataclass(frozen=True)
class Estimate:
    """What the index says about links between goals.

    Attributes:
        shrinkage: weight of "no correlation", 0 to 1.
        same_year: a row per pair of goals: goal_first, goal_second, correlation of the yearly changes, link
            (the correlation after shrinkage), p_value, q_value.
        year_later: a row per ordered pair: goal_first, goal_second, correlation of the change of the first
            goal with that of the second a year later, p_value, q_value.
    """

    shrinkage: float
    same_year: pd.DataFrame
    year_later: pd.DataFrame


def estimate(scores: Floats, permutations: int = PERMUTATIONS, seed: int = SEED) -> Estimate:
    """Correlate yearly changes of goals, shrink, and test every link.

    Args:
        scores: score of each goal, shape (years, goals).
        permutations: draws of the null, in which the years of every goal are shuffled.
        seed: seed of the draws.
    """
    changes = np.diff(scores, axis=0)
    rng = np.random.default_rng(seed)
    same, later = correlations(changes, changes), correlations(changes[:-1], changes[1:])
    same_p = permutation_p(changes, changes, permutations, rng)
    later_p = permutation_p(changes[:-1], changes[1:], permutations, rng)
    pairs = np.triu_indices_from(same, 1)
    shrinkage = shrinkage_intensity(changes)
    same_year = _links(pairs, same, same_p)
    same_year.insert(3, "link", (1.0 - shrinkage) * same_year["correlation"])
    return Estimate(shrinkage, same_year, _links(np.nonzero(~np.eye(len(same), dtype=bool)), later, later_p))


def correlations(first: Floats, second: Floats) -> Floats:
    """Correlation of each column of ``first`` with each of ``second``; both may carry leading axes."""
    return np.swapaxes(_unit(first), -1, -2) @ _unit(second)


def _unit(columns: Floats) -> Floats:
    """Columns centred and of length one; a column that never changes becomes zero: no correlation."""
    centred = columns - columns.mean(axis=-2, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=-2, keepdims=True))
    return np.divide(centred, length, out=np.zeros_like(centred), where=length > _ROUNDING)


def shrinkage_intensity(observations: Floats) -> float:
    """Weight of "no correlation" that minimises the expected squared error, cut to [0, 1].

    Sum of the variances of the correlations over the sum of their squares (Schaefer and Strimmer 2005,
    doi 10.2202/1544-6115.1175, target of zero correlations).

    Args:
        observations: shape (observations, variables).
    """
    rows, variables = observations.shape
    scaled = _unit(observations) * np.sqrt(rows - 1.0)
    products = scaled[:, :, None] * scaled[:, None, :]
    variances = rows / (rows - 1.0) ** 3 * ((products - products.mean(axis=0)) ** 2).sum(axis=0)
    apart = ~np.eye(variables, dtype=bool)
    squares = (correlations(observations, observations)[apart] ** 2).sum()
    return float(np.clip(variances[apart].sum() / squares, 0.0, 1.0)) if squares > 0.0 else 1.0


def permutation_p(first: Floats, second: Floats, permutations: int, rng: np.random.Generator) -> Floats:
    """Two-sided p-value of each correlation when the rows of every column of ``second`` are shuffled.

    The observed order counts as one more draw, so no p-value is below 1 / (permutations + 1).
    """
    observed = np.abs(correlations(first, second)) - _ROUNDING
    shuffled = rng.permuted(np.broadcast_to(second, (permutations, *second.shape)), axis=1)
    reached = (np.abs(correlations(first, shuffled)) >= observed).sum(axis=0)
    return np.asarray((1.0 + reached) / (1.0 + permutations))


def _links(where: tuple[np.ndarray, ...], correlation: Floats, p: Floats) -> pd.DataFrame:
    """A row per link, with Benjamini and Hochberg's q-value over all of them."""
    first, second = where
    columns = {"goal_first": first + 1, "goal_second": second + 1, "correlation": correlation[where]}
    return pd.DataFrame(columns | {"p_value": p[where], "q_value": false_discovery_control(p[where])})


def survivors(links: pd.DataFrame) -> pd.DataFrame:
    """Links that survive a false discovery rate of 5%."""
    return links[links["q_value"] <= FALSE_DISCOVERY_RATE]


def report(estimated: Estimate) -> str:
    """Shrinkage and surviving links, in words."""
    lines = [
        f"Japan's SDG Index {FIRST_YEAR}-{LAST_YEAR}: {LAST_YEAR - FIRST_YEAR} yearly changes of 17 goals",
        f"shrinkage towards no correlation {estimated.shrinkage:.3f}, "
        f"largest link {estimated.same_year['link'].abs().max():.3f}",
    ]
    for name, links in (("same year", estimated.same_year), ("a year later", estimated.year_later)):
        lines.append(
            f"{name}: {len(survivors(links))} of {len(links)} links survive a false discovery rate of "
            f"{FALSE_DISCOVERY_RATE:.0%}; {(links['p_value'] < 0.05).sum()} have p < .05, "
            f"{0.05 * len(links):.0f} expected by chance; least q {links['q_value'].min():.2f}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Write the table of the preset ``estimated`` and say how many links survive."""
    parser = bare_parser_of("interlinkages", main.__doc__)
    parser.parse_args(arguments)
    with told_in_a_line(parser):
        estimated = estimate(national_scores(FIRST_YEAR, LAST_YEAR))
        write_text(TABLE, estimated.same_year.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
        print(report(estimated))


if __name__ == "__main__":
    main()
