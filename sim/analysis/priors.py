"""The range of a parameter as a distribution of what is not known of it."""

from __future__ import annotations

from sim.batch.factors import Factor
from sim.kernel.parameters import Parameter, declared


def prior(name: str) -> Factor:
    """A parameter over its plausible range: uniform, or uniform in the logarithm.

    A range that goes as many times below as above its default (0.005, 0.015, 0.045) is on a log scale.
    """
    parameter = declared()[name]
    return Factor(name, "uncertainty", parameter.low, parameter.high, _scale(parameter))


def _scale(parameter: Parameter) -> str:
    """Linear, unless the default lies nearer to the geometric middle of the range than to the other."""
    low, default, high = parameter.low, parameter.default, parameter.high
    if low <= 0.0:
        return "linear"
    return "log" if abs(default - (low * high) ** 0.5) < abs(default - (low + high) / 2.0) else "linear"
