"""Figures of the patterns that calibration knows: observation, error and use come from its table."""

from __future__ import annotations

from sim.analysis.calibration.targets import Target, targets
from sim.analysis.calibration.targets import Use as Served
from sim.analysis.patterns.evidence import SCENARIO, Evidence
from sim.analysis.patterns.figure import Figure, Unit, Use, near

_USES = {Served.CALIBRATED: Use.FITTED, Served.CHECKED: Use.CHECK}


def target_of(name: str) -> Target:
    """A row of the table of targets."""
    return next(target for target in targets() if target.name == name)


def aimed(evidence: Evidence, target: Target, what: str, said: str = "") -> Figure:
    """A target as a figure: what was observed, the model, and the error that is stated for it.

    Args:
        evidence: what the runs say.
        target: a row of the table, or made of some.
        what: what is counted.
        said: what has to be known of the observation, before its source.
    """
    model = target.measured(evidence.runs[SCENARIO])
    unit = Unit.COUNT if target.scale == "log" else Unit.SHARE
    source = ", ".join(filter(None, (said, link(target.source))))
    return near(what, target.value, source, model, unit, _USES[target.use], target)


def link(source: str) -> str:
    """The first address of a source as a short link."""
    address = source.split(" ")[0]
    return f"[{address.split('/')[2].removeprefix('www.')}]({address})"
