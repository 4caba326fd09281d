"""How far apart the effects of single histories lie: by chance alone, and with what is not known, too.

The interval of a mean narrows with every replicate; this one does not. It holds 90% of what may come of a
policy in one history, whose chance, parameters and, where there are many, world are those of one replicate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.statistics.contrasts import Contrast, Floats

if TYPE_CHECKING:
    import pandas as pd

#: Folder, inside a results folder, of the same scenarios and replicates at default parameters.
CHANCE_ALONE = "chance_alone"
#: Quantiles of the paired effects that an interval reaches from and to.
ENDS = (0.05, 0.95)
#: Columns of the two intervals, with what is not known of parameters and by chance alone.
SPREAD, BY_CHANCE = ("low", "high"), ("chance_low", "chance_high")
_KEYS = ["scenario", "outcome", "quarter"]


def spread_of(contrast: Contrast, drawn: bool) -> dict[str, Floats]:
    """Both intervals of a contrast, of which its own runs give one; the other is NaN.

    Args:
        contrast: of two arms; NaN unless it is paired and of two pairs or more.
        drawn: whether its replicates have parameter sets of their own.
    """
    low = high = none = np.full(contrast.effect.shape, np.nan)
    if contrast.kind == "paired" and contrast.n > 1:
        low, high = np.quantile(contrast.samples[0], ENDS, axis=0)
    own, other = (SPREAD, BY_CHANCE) if drawn else (BY_CHANCE, SPREAD)
    return dict(zip(own, (low, high), strict=True)) | dict.fromkeys(other, none)


def with_chance(effects: pd.DataFrame, alone: pd.DataFrame) -> pd.DataFrame:
    """Effects with the interval by chance alone that the same runs at default parameters give.

    Args:
        effects, alone: with ``scenario``, ``outcome``, ``quarter`` and the columns of ``spread_of``.
    """
    found = alone.set_index(_KEYS)[list(BY_CHANCE)]
    rows = found.reindex(effects.set_index(_KEYS).index)
    return effects.assign(**{name: rows[name].to_numpy() for name in BY_CHANCE})
