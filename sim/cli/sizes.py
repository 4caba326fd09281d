"""``sim check FILE --precision``: which design would give indices of a stated precision, and at what cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.batch.methods import groups_of
from sim.errors import InputError
from sim.text import Language, say

if TYPE_CHECKING:
    from sim.batch.experiment import Experiment

#: Replicates that tell chance from parameters.
_REPLICATES = 2
#: Designs that give no indices.
_TELL_NOTHING = ("oat", "fractional")


def checked_precision(precision: float | None) -> float | None:
    """The half-width asked for.

    Raises:
        InputError: it is none of an index.
    """
    if precision is not None and not 0.001 <= precision < 1.0:
        raise InputError(f"--precision: must be from 0.001 to below 1, a share, not {precision:g}")
    return precision


def designs_told(experiment: Experiment, half_width: float, language: Language) -> list[str]:
    """What designs of the factors of an experiment take for that precision, the cheapest first.

    Raises:
        InputError: the experiment varies nothing.
    """
    from sim.statistics.design_sizes import base_samples_for, points_for, trajectories_for

    design = experiment.design
    if design is None or not design.factors:
        raise InputError(f"--precision: {experiment.name} has no factors, so there are no indices")
    groups, factors = len(groups_of(design.factors, design.options)), len(design.factors)
    samples = {
        "sobol": base_samples_for(half_width),
        "given": points_for(half_width),
        "morris": trajectories_for(half_width),
    }
    points = {
        "sobol": samples["sobol"] * (groups + 2),
        "given": samples["given"],
        "morris": samples["morris"] * (factors + 1),
    }
    facts = {"half": f"{half_width:g}", "groups": groups, "factors": factors, "replicates": _REPLICATES}
    lines = [say("sensitivity.check.line", language, **facts)]
    for name in sorted(points, key=points.__getitem__):
        runs = points[name] * _REPLICATES * len(experiment.scenarios)
        lines.append(say(f"sensitivity.check.{name}", language, samples=samples[name], runs=runs, **facts))
    lines.append(say("sensitivity.check.two", language))
    return lines if design.method in _TELL_NOTHING else [*lines, _this_design(experiment, language)]


def _this_design(experiment: Experiment, language: Language) -> str:
    from sim.statistics.design_sizes import half_width_of

    design = experiment.design
    assert design is not None
    size = int(design.options.get("samples", design.options.get("trajectories", experiment.points)))
    expected = half_width_of(design.method, size)
    facts = {"method": design.method, "points": experiment.points, "expected": f"{expected:.2g}"}
    return say("sensitivity.check.this", language, **facts)
