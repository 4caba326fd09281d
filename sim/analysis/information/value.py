"""What knowing one parameter would be worth: how often another lever would be chosen, and what that gains.

Expected value of partial perfect information, by thirds of a parameter's range: in each third the lever with
the most deals per yen is chosen instead of the one that is best over all draws. Thirds of few draws differ by
chance, so that the gain is compared with that of the same values dealt out at random.

Source: Strong, Oakley and Brennan 2014 (doi 10.1177/0272989X13505910) for the quantity.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.information.runs import Knowledge
from sim.analysis.standing import by_sum
from sim.kernel.world import Floats, Integers
from sim.statistics.multiplicity import holm

_PARTS = 3
_DEALT = 19_999  # so that a p value can pass the correction for two hundred parameters


def value(known: Knowledge, table: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """What knowing each parameter alone would be worth, most first.

    Args:
        known: the draws.
        table: ``costs`` in them.
        seed: of the values dealt out at random.

    Returns:
        Columns ``sum``, ``parameter``, ``changed`` (share of the draws in which another lever would be
        chosen), ``gain`` (share of deals per yen gained by choosing so), ``chance`` (mean of the same for
        values dealt out at random), ``p`` (adjusted for the number of parameters, Holm) and ``instead``, the
        levers chosen in the thirds from low to high, or with each choice of a rule. Chance is that of thirds.
    """
    found = []
    for amount, wide in by_sum(table):
        benefit = 1.0 / wide.to_numpy(np.float64)  # deals per JPY M; nothing where the cost is infinite
        parts = np.stack([_parts(column) for column in known.where.T], axis=1)
        best = int(benefit.mean(axis=0).argmax())
        chance, thirds = np.random.default_rng(seed), np.arange(len(benefit)) * _PARTS // len(benefit)
        dealt = np.array([_gain(benefit, chance.permutation(thirds))[0] for _ in range(_DEALT)])
        rows = []
        for name, part in zip(known.names, parts.T, strict=True):
            gain, chosen = _gain(benefit, part)
            p = (1 + int((dealt >= gain).sum())) / (1 + _DEALT)
            changed = float(np.isin(part, np.flatnonzero(chosen != best)).mean())
            instead = " / ".join(str(wide.columns[lever]) for lever in chosen)
            rows.append((amount, name, changed, gain, float(dealt.mean()), p, instead))
        own = pd.DataFrame(rows, columns=["sum", "parameter", "changed", "gain", "chance", "p", "instead"])
        own["gain"] = own["gain"].where(own["changed"] > 0.0, 0.0)  # what is left is rounding
        found.append(own.assign(p=holm(own["p"].to_numpy())).sort_values("gain", ascending=False))
    return pd.concat(found, ignore_index=True)


def _parts(places: Floats) -> Integers:
    """Thirds of the draws by where a value lies; of a rule with few choices, the choices."""
    choices, part = np.unique(places, return_inverse=True)
    if len(choices) <= _PARTS:
        return np.asarray(part, np.int64)
    thirds: Integers = np.argsort(np.argsort(places, kind="stable")) * _PARTS // len(places)
    return thirds


def _gain(benefit: Floats, part: Integers) -> tuple[float, Integers]:
    """Share of the benefit gained by choosing in each part, and the lever chosen there."""
    sizes = np.bincount(part) / len(part)
    means = np.array([benefit[part == number].mean(axis=0) for number in range(len(sizes))])
    without = benefit.mean(axis=0).max()
    return float(sizes @ means.max(axis=1) / without - 1.0), means.argmax(axis=1)
