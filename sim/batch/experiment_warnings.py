"""What deserves a word about an experiment file: its scenarios, the ranges of its factors, its design."""

from __future__ import annotations

from collections.abc import Iterator

from sim.batch.design_warnings import about_equal_scenarios, about_factors
from sim.batch.experiment_file import LoadedExperiment
from sim.scenarios.warnings import implausible, scenario_warnings
from sim.text import Language


def experiment_warnings(loaded: LoadedExperiment, language: Language) -> list[str]:
    """What deserves a word about an experiment, a line each that names the file."""
    experiment = loaded.experiment
    lines = scenario_warnings(loaded.scenarios, experiment.quarters, language)
    lines += _about_ranges(loaded, language)
    lines += [
        loaded.document.at(("factors", name), line) for name, line in about_factors(experiment, language)
    ]
    equal = about_equal_scenarios(experiment.scenarios, language, experiment.design)
    return lines + [f"{loaded.document.path}: {line}" for line in equal]


def _about_ranges(loaded: LoadedExperiment, language: Language) -> Iterator[str]:
    """A line for each factor with a value that is not plausible."""
    design = loaded.experiment.design
    for factor in () if design is None else design.factors:
        if factor.kind not in ("lever", "uncertainty"):
            continue
        for value in factor.values or (factor.low, factor.high):
            words = implausible(factor.name, value, language) if isinstance(value, float) else None
            if words is not None:
                yield loaded.document.at(("factors", factor.name), f"factors.{words}")
                break
