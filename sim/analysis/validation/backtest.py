"""Forecasts from what was known at an origin, scored on what followed, beside naive forecasts.

Whoever fits the model to the data of an origin hands over draws of the targets that follow it. What is
forecast, and what was known of its series at the origin, comes as ``Case``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.validation.benchmarks import Known, forecasts
from sim.analysis.validation.scores import coverage, scored
from sim.kernel.world import Floats

if TYPE_CHECKING:
    import pandas as pd

MODEL = "model"
NAIVE = ("persistence", "linear", "logistic")

#: Draws (n, targets) of the targets that follow an origin, from the model fitted to the data up to it.
type Predictive = Callable[[int], Mapping[str, Floats]]


@dataclass(frozen=True)
class Case:
    """One thing to forecast from one origin.

    Attributes:
        origin: last fiscal year whose data were used.
        target: name of what is forecast.
        date: when it was observed.
        time: the same in years.
        observed: what was observed.
        known: observations of the same series up to the origin.
    """

    origin: int
    target: str
    date: str
    time: float
    observed: float
    known: Known


def backtest(cases: Iterable[Case], predictive: Predictive) -> pd.DataFrame:
    """Score the model and the naive forecasts, each from its origin.

    Args:
        cases: what to forecast.
        predictive: draws by name of target for an origin, with parameters, chance, discrepancy and error of
            observation.

    Returns:
        A row per case and forecaster: origin, target, date, observed, forecaster, q05, q50, q95, inside,
        crps and log_score. Naive forecasts for which there are too few observations have no row, nor have
        targets without draws.
    """
    import pandas as pd

    rows, drawn = [], dict[int, Mapping[str, Floats]]()
    for case in cases:
        if case.origin not in drawn:
            drawn[case.origin] = predictive(case.origin)
        if case.target not in drawn[case.origin]:
            continue
        made = {MODEL: drawn[case.origin][case.target], **forecasts(case.known, case.time)}
        about = (case.origin, case.target, case.date, case.observed)
        rows += [(*about, name, *scored(case.observed, draws)) for name, draws in made.items()]
    heads = ("origin", "target", "date", "observed", "forecaster")
    scores = ("q05", "q50", "q95", "inside", "crps", "log_score")
    return pd.DataFrame(rows, columns=[*heads, *scores])


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How the model and each naive forecast did from each origin, on the same targets.

    Args:
        table: as ``backtest`` gives it.

    Returns:
        A row per origin and forecaster (the model against itself first): n targets that both forecast;
        inside and coverage of the 90% intervals; crps, the mean of CRPS over the observed value; the same of
        the model on these targets (model_crps) and mean log scores; model_better, whether the model has the
        lower CRPS.
    """
    import pandas as pd

    rows = []
    for origin, own in table.groupby("origin", sort=True):
        wide = {name: each.set_index(["target", "date"]) for name, each in own.groupby("forecaster")}
        rows += [
            (origin, name, *_beside(wide[name], wide[MODEL].loc[wide[name].index]))
            for name in (MODEL, *NAIVE)
            if name in wide
        ]
    columns = ("n", "inside", "coverage", "low", "high", "crps", "model_crps", "log_score", "model_log_score")
    found = pd.DataFrame(rows, columns=["origin", "forecaster", *columns])
    better = (found["model_crps"] < found["crps"]).map({True: "yes", False: "no"})
    return found.assign(model_better=better.where(found["forecaster"] != MODEL, ""))


def _beside(other: pd.DataFrame, model: pd.DataFrame) -> Sequence[float]:
    relative, own = (float((one["crps"] / one["observed"]).mean()) for one in (other, model))
    logs = float(other["log_score"].mean()), float(model["log_score"].mean())
    return *coverage(list(other["inside"])), relative, own, *logs


def unbeaten(found: pd.DataFrame) -> list[tuple[int, str]]:
    """Origins and naive forecasts that the model does not beat."""
    lost = found[found["model_better"] == "no"]
    return [(int(origin), str(name)) for origin, name in zip(lost["origin"], lost["forecaster"], strict=True)]
