"""Several comparisons at once: Holm's adjusted p values, and intervals that all hold together."""

from __future__ import annotations

import numpy as np

from sim.statistics.contrasts import LEVEL, Floats


def holm(p: Floats) -> Floats:
    """Adjusted p values (Holm 1979, Scand. J. Stat. 6:65), in the shape given.

    Rejecting where the adjusted value is below 5% makes a false rejection anywhere with probability 5% at
    most, whatever the dependence between the comparisons. NaN stays NaN and counts for nothing.
    """
    flat = p.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    order = known[np.argsort(flat[known], kind="stable")]
    steps = np.arange(len(order), 0, -1)
    adjusted = np.full(flat.shape, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(flat[order] * steps), 1.0)
    return adjusted.reshape(p.shape)


def simultaneous_level(comparisons: int, level: float = LEVEL) -> float:
    """Level of each of so many intervals so that all hold together with probability ``level`` at least.

    Bonferroni's: it needs no assumption on how the comparisons depend on each other.
    """
    return 1.0 - (1.0 - level) / max(comparisons, 1)
