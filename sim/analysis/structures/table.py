"""The structural alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.analysis.calibration.space import CALIBRATED, Space
from sim.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Structure:
    """A model that differs in one part. What it is called is said under ``structures`` in ``sim.text``.

    Attributes:
        name: of the alternative.
        rules: rules of the scenario that make it.
        held: parameters that make it; they are not calibrated.
        freed: parameters calibrated besides, which only this alternative reads.
    """

    name: str
    rules: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[str, float] = field(default_factory=dict)
    freed: tuple[str, ...] = ()

    @property
    def space(self) -> Space:
        """What is calibrated: the same as by default, less what is held, and what is freed."""
        return Space((*(name for name in CALIBRATED if name not in self.held), *self.freed))

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario in this structure."""
        return scenario.overlaid(scenario.name, rules=dict(self.rules), parameters=dict(self.held))


def _only(part: str) -> dict[str, float]:
    """Coordinators who do nothing but that."""
    parts = ("consultation_noise", "consultation_capacity", "consultation_efficiency")
    return dict.fromkeys((one for one in parts if one != part), 0.0)


STRUCTURES: dict[str, Structure] = {
    one.name: one
    for one in (
        Structure("default"),
        Structure("push_step", held={"push_decay": 0.0}),
        Structure("contagion_threshold", rules={"contagion": "threshold"}, freed=("contagion_threshold",)),
        Structure(
            "no_contagion",
            held=dict.fromkeys(("contagion_neighbours", "contagion_size", "contagion_cases"), 0.0),
        ),
        Structure("no_size_effect", held={"adoption_size": 0.0}),
        Structure("coordinators_order", held=_only("consultation_noise")),
        Structure("coordinators_relieve", held=_only("consultation_capacity")),
        Structure("coordinators_speed", held=_only("consultation_efficiency")),
        Structure("cobb_douglas", rules={"matching": "cobb_douglas"}),
        Structure("study_groups_appraisal", rules={"study_effect": "access"}),
    )
}
