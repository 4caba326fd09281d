"""What an analysis of a design is asked about: outcomes of scenarios, or expressions over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis.expressions import Expression, Floats, Known, read_expression
from sim.analysis.varied import Varied, outcomes_of
from sim.errors import InputError
from sim.scenarios.yaml_file import suggestion

if TYPE_CHECKING:
    from sim.results.folder import Folder

#: The outcome that is meant where none is named.
USUAL = "deals_signed"


class Quantity(NamedTuple):
    """Numbers, or yes and no, of every run.

    Attributes:
        scenario: that it is of; empty where it is an expression.
        what: the outcome, or the expression.
        quarter: label.
        values: (points, replicates); NaN where a run is missing.
    """

    scenario: str
    what: str
    quarter: str
    values: Floats

    @property
    def keys(self) -> dict[str, str]:
        """Columns that name it in tables."""
        return {"scenario": self.scenario, "what": self.what, "quarter": self.quarter}


def known_in(folder: Folder, varied: Varied, outcome: str | None) -> Known:
    """What an expression about a folder may name.

    Args:
        folder: the folder.
        varied: what its runs vary.
        outcome: that a scenario's name alone means; None = deals signed, or the first that is kept.

    Raises:
        InputError: that outcome is not kept.
    """
    kept = folder.outcomes
    if outcome is not None and outcome not in kept:
        raise InputError(f"--outcome: no outcome {outcome} is kept{suggestion(outcome, kept)}")
    usual = outcome or (USUAL if USUAL in kept else kept[0])
    return Known(folder.scenarios, kept, varied.names, usual)


def quarter_of(folder: Folder, at: str | None) -> str:
    """The quarter asked for, or the last that is kept."""
    return folder.quarters[-1] if at is None else at


def outcomes_asked(folder: Folder, varied: Varied, outcome: str | None, at: str | None) -> list[Quantity]:
    """One outcome, of every scenario.

    Raises:
        InputError: the outcome or the quarter is not kept, or no run is stored.
    """
    usual = known_in(folder, varied, outcome).usual
    values = outcomes_of(folder, varied, [usual], at)
    return [
        Quantity(scenario, usual, quarter_of(folder, at), values[scenario, usual])
        for scenario in folder.scenarios
    ]


def condition_asked(
    folder: Folder, varied: Varied, text: str, outcome: str | None, at: str | None
) -> Quantity:
    """Where a condition holds: 1, 0, or NaN.

    Raises:
        InputError: the condition is wrong, or what it needs is not kept.
    """
    expression = read_expression(text, known_in(folder, varied, outcome))
    values = outcomes_of(folder, varied, expression.names, at)
    found = expression.condition(values, natural(varied))
    return Quantity("", expression.text, quarter_of(folder, at), found)


def quantity_asked(
    folder: Folder, varied: Varied, text: str, outcome: str | None, at: str | None
) -> Quantity:
    """Numbers of an expression.

    Raises:
        InputError: the expression is wrong, or what it needs is not kept.
    """
    expression: Expression = read_expression(text, known_in(folder, varied, outcome), "--of")
    values = outcomes_of(folder, varied, expression.names, at)
    return Quantity("", expression.text, quarter_of(folder, at), expression.quantity(values, natural(varied)))


def natural(varied: Varied) -> dict[str, Any]:
    """Values of the factors in natural units, (points, 1) by name."""
    found = {}
    for factor, column in zip(varied.factors, varied.points.T, strict=True):
        values: Sequence[Any] = [factor.at(float(u)) for u in column]
        words = any(isinstance(value, str | bool) for value in values)
        found[factor.name] = np.array(values, object if words else np.float64)[:, None]
    return found
