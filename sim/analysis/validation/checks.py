"""The figures of the patterns as a table with verdicts and scores, and how often intervals hold."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.patterns.figure import Figure, Pattern, Use, Verdict
from sim.analysis.validation.scores import coverage, scored

if TYPE_CHECKING:
    import pandas as pd

#: What an observation was used for, as tables say it.
USES = {
    Use.FITTED: "calibrated",
    Use.CHECK: "checked",
    Use.INPUT: "input",
    Use.ONE_SIDED: "bound",
    Use.REPORT: "",
}
VERDICTS = {Verdict.HIT: "hit", Verdict.MISS: "miss", Verdict.NONE: ""}


def figures_table(patterns: Sequence[Pattern]) -> pd.DataFrame:
    """A row per figure of a pattern.

    Returns:
        pattern (number), figure, use (``USES``), unit, observed (where it is a number), error (that
        calibration states, a standard deviation of the logarithm or logit), low and high (bounds of a hit
        of the mean), mean, q05 and q95 of the model, hit (of the mean) and inside (of the interval, with the
        error around every run), and where a number was observed crps (in its unit) and pit (share of draws
        below it: near 0 or 1 where the model is surprised).
    """
    import pandas as pd

    rows = [_row(pattern, figure) for pattern in patterns for figure in pattern.figures]
    return pd.DataFrame(rows)


def _row(pattern: Pattern, figure: Figure) -> dict[str, Any]:
    low, high = figure.interval
    row = {
        "pattern": pattern.number, "figure": figure.what, "use": USES[figure.stands_for(pattern.use)],
        "unit": str(figure.unit), "observed": figure.value,
        "error": None if figure.target is None else figure.target.error,
        "low": nan if figure.low == -inf else figure.low, "high": nan if figure.high == inf else figure.high,
        "mean": float(figure.model.mean()), "q05": low, "q95": high,
        "hit": VERDICTS[figure.verdict], "inside": VERDICTS[figure.held],
    }  # fmt: skip
    return row | _scores(figure)


def _scores(figure: Figure) -> dict[str, float]:
    """CRPS and PIT of the draws with the error of the observation; missing where there is no number."""
    if figure.value is None or figure.model.size < 2:
        return {"crps": nan, "pit": nan}
    draws = figure.predicted
    below = (draws < figure.value).mean() + 0.5 * (draws == figure.value).mean()
    return {"crps": scored(figure.value, draws).crps, "pit": float(below)}


def coverage_table(figures: pd.DataFrame) -> pd.DataFrame:
    """How many 90% intervals hold the number that was observed, by what the observation was used for.

    Args:
        figures: as ``figures_table`` gives it.

    Returns:
        A row per use: use, n, inside, share with its 95% interval (Wilson) low to high, and hits of the mean.
    """
    import pandas as pd

    counted = figures[figures["observed"].notna()]
    rows = []
    for use in ("calibrated", "checked"):
        own = counted[counted["use"] == use]
        held = coverage(list(own["inside"] == "hit"))
        rows.append({"use": use, **held._asdict(), "hits": int(np.sum(own["hit"] == "hit"))})
    return pd.DataFrame(rows)
