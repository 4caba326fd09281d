"""The actors of the twin as a Mesa user would write them: chance from ``self.random``, vectors in NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.kernel.draws import Process
from sim.kernel.world import GOALS, SIZE_CLASSES
from tests.reference import agents, institutions
from tests.reference.agents import TRIES, distance, happens

if TYPE_CHECKING:
    from tests.reference.idiomatic.model import IdiomaticModel

Floats = npt.NDArray[np.float64]
CLASSES = np.arange(SIZE_CLASSES)


class Chance(agents.Actor):
    """Draws from the model's one generator: every draw is the next one, whatever it is for."""

    model: IdiomaticModel

    def uniform(self, process: Process, q: int | None = None) -> float:
        return self.random.random()

    def uniform2(self, process: Process, other: int) -> float:
        return self.random.random()

    def normal(self, process: Process) -> float:
        return self.random.gauss()

    def normal_pair(self, process: Process, other: int) -> tuple[float, float]:
        return self.random.gauss(), self.random.gauss()

    def pick(self, process: Process, first: int, pool: list[Any], tries: int = TRIES) -> Iterator[Any]:
        """Each try may miss, as in the ODD: it draws from the next power of two at or above the size."""
        bits = max(len(pool) - 1, 0).bit_length()
        for _ in range(tries):
            x = self.random.getrandbits(bits)
            if x < len(pool):
                yield pool[x]

    def join(self, process: Process, rate: float) -> bool:
        if not self.member and happens(self.random.random(), rate):
            self.member = 1
            return True
        return False


class FinancialInstitution(Chance, institutions.FinancialInstitution):
    """A financial institution."""


class Prefecture(Chance, agents.Prefecture):
    """A prefecture; exposure to model cases is a matrix of size classes and goals."""

    def __init__(self, model: IdiomaticModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.exposure = np.zeros((SIZE_CLASSES, GOALS))

    def forget_cases(self) -> None:
        self.exposure *= 1.0 - self.model.parameters.case_decay

    def see_case(self, municipality: agents.Municipality, theme: int) -> None:
        parameters = self.model.parameters
        km = distance(self.traits, municipality.prefecture.traits)
        near = parameters.case_nationwide + (1.0 - parameters.case_nationwide) * math.exp(
            -km / parameters.proximity_distance
        )
        alike = np.exp(
            -0.5 / parameters.case_size_bandwidth * np.abs(CLASSES - municipality.traits.size_class)
        )
        self.exposure[:, theme] += parameters.case_reach * parameters.case_promotion * near * alike

    def see_cases_from_abroad(self, theme: int) -> None:
        parameters = self.model.parameters
        reach = parameters.case_reach * parameters.case_promotion
        self.exposure[:, theme] += reach * parameters.overseas_cases * parameters.overseas_transfer

    def become_familiar(self) -> None:
        self.familiarity = (1.0 - np.exp(-self.exposure.sum(axis=1))).tolist()


class Municipality(Chance, agents.Municipality):
    """A municipality; its goals are NumPy vectors."""

    model: IdiomaticModel

    def __init__(self, model: IdiomaticModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.goals = np.array(traits.goals)
        self.goals_untouched = np.array(traits.goals)
        self.lot = 0.0  # decides for a year who is advised first
        self.joint = 0.0  # and who shares in a neighbour's capacity

    def joint_lot(self) -> float:
        return self.joint

    def weigh_neighbours(self) -> None:
        self.neighbour_share = sum([weight for other, weight in self.neighbours if other.adopted])

    def adopt(self, peers: list[float]) -> None:
        super().adopt(peers[self.id])

    def return_noise(self, renewal: int) -> float:
        return self.random.gauss()

    def most_wanted(self, u: float) -> int:
        gap = (1.0 - self.goals) * self.model.gap_scale
        cumulated = (self.model.salience * gap * gap).cumsum()
        theme = cumulated.searchsorted(u * cumulated[-1], side="right")
        return int(theme) if theme < GOALS else agents.NONE

    def advance(self, theme: int, cost: float) -> None:
        parameters = self.model.parameters
        people = max(self.traits.population, 200.0) / 23600.0
        effect = (
            parameters.project_effect
            * cost
            / parameters.effect_reference_cost
            * people**-parameters.effect_size
        )
        x = parameters.interlinkage_strength * effect * self.model.interlinkage[:, theme]
        if theme < GOALS - 1:
            x[theme] += effect
        else:
            self.partnership_gain += effect
        x[GOALS - 1] = 0.0
        self.goals = moved(self.goals, x)

    def drift(self) -> None:
        fade, lift = self.model.fade, self.model.lift
        self.goals = self.goals * fade + lift
        self.goals_untouched = self.goals_untouched * fade + lift

    def partner_up(self) -> None:
        start = self.goals_untouched[-1]
        effect = self.model.parameters.partnership_effect * self.active + self.partnership_gain
        self.goals[-1] = 1.0 - (1.0 - start) * math.exp(-effect)


def moved(state: Floats, x: Floats) -> Floats:
    """P13: the states of the goals after effects ``x``."""
    fade = np.exp(-np.abs(x))
    return state * fade + (x > 0.0) * (1.0 - fade)


class Company(Chance, agents.Company):
    """A company."""

    def hear(self, everywhere: float) -> None:
        parameters, home = self.model.parameters, self.home
        x = (
            parameters.awareness_base_company
            + everywhere
            + parameters.awareness_neighbours * home.adopted
            + parameters.awareness_cases * home.familiarity
        )
        self.awareness = (1.0 - parameters.awareness_decay) * (1.0 - (1.0 - self.awareness) * math.exp(-x))

    def searches(self) -> bool:
        if not self.member:
            return False
        free = self.traits.slots - self.active
        if free <= 0:
            return False
        rate = self.model.parameters.search_effort * self.awareness * free
        return happens(self.random.random(), rate)
