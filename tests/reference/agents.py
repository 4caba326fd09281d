"""The actors, one Python object each: who they are, what they know and how they decide."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from sim.draws import Process
from sim.worlds.world import (
    BANK,
    GOALS,
    LIFE_INSURER,
    SECURITIES,
    SIZE_CLASSES,
    TRUST_BANK,
)
from tests.reference.draws import uniform, uniform2

if TYPE_CHECKING:
    from tests.reference.model import ReferenceModel

PARTNERS = 32
NONE = -1


def happens(u: float, rate: float) -> bool:
    """Whether an event of that rate happens on draw ``u``."""
    return u < rate and u < 1.0 - math.exp(-rate)


def distance(a: Any, b: Any) -> float:
    """Chord in km between two places."""
    dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
    return math.sqrt(dx * dx + dy * dy + dz * dz)


class Actor(mesa.Agent):
    """An agent with a number within its kind, fixed traits and keyed chance."""

    model: ReferenceModel

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model)
        self.id = number
        self.traits = traits
        self.member = 0

    @property
    def parameters(self) -> Any:
        return self.model.parameters

    def uniform(self, process: Process) -> float:
        return uniform(self.model.stream(process), self.id)

    def join(self, process: Process, rate: float) -> bool:
        """P4: join the platform at that rate; True for one who joins now."""
        if not self.member and happens(self.uniform(process), rate):
            self.member = 1
            return True
        return False


class Prefecture(Actor):
    """A prefecture: adopts and joins, and holds what its municipalities see of model cases."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.adopted: int = traits.cohort_2018
        self.pooled_debt = [0.0] * GOALS
        self.exposure = [[0.0] * GOALS for _ in range(SIZE_CLASSES)]
        self.familiarity = [0.0] * SIZE_CLASSES
        self.companies: list[Company] = []  # each once per slot
        self.lenders: list[FinancialInstitution] = []

    def adopt(self, target_in_force: float) -> None:
        """P3."""
        rate = self.parameters.prefecture_own + self.parameters.prefecture_push * target_in_force
        if not self.adopted and happens(self.uniform(Process.ADOPTION_PREFECTURE), rate):
            self.adopted = 1

    def forget_cases(self) -> None:
        """P13: exposure to model cases fades."""
        for themes in self.exposure:
            for k in range(GOALS):
                themes[k] = themes[k] * (1.0 - self.parameters.case_decay)

    def see_case(self, place: Municipality, theme: int) -> None:
        """P13: a success of a designated city is seen near by and by those of like size."""
        rules = self.parameters
        km = distance(self.traits, place.prefecture.traits)
        near = rules.case_nationwide + (1.0 - rules.case_nationwide) * math.exp(
            -km / rules.proximity_distance
        )
        for c in range(SIZE_CLASSES):
            alike = math.exp(-(abs(c - place.traits.size_class) * 0.5) / rules.case_size_bandwidth)
            self.exposure[c][theme] += rules.case_reach * near * alike

    def become_familiar(self) -> None:
        """P13: familiarity follows from all exposure."""
        for c, themes in enumerate(self.exposure):
            total = 0.0
            for exposure in themes:
                total += exposure
            self.familiarity[c] = 1.0 - math.exp(-total)


@dataclass
class Partner:
    """A company that a municipality remembers."""

    company: Company
    trust: float


class Municipality(Actor):
    """A municipality: grows aware, adopts, posts needs, learns."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.prefecture: Prefecture = model.prefectures[traits.prefecture]
        self.neighbours: list[tuple[Municipality, float]] = []  # with weights
        self.awareness = 0.05 + 0.1 * uniform(model.stream(Process.AWARENESS_START, 0), number)
        self.capacity: float = traits.capacity
        if traits.cohort_2018 or traits.legacy:
            self.capacity += self.parameters.capacity_designation * (1.0 - self.capacity)
        self.capacity_base = self.capacity
        self.reputation = 0.0
        self.adopted, self.adopted_quarter = 0, NONE
        self.member_quarter = NONE
        self.designated: int = traits.cohort_2018
        self.designated_quarter = 0 if self.designated else NONE
        self.model_project: int = traits.model_2018
        self.active = self.signed = self.completed = self.failed = 0
        self.goals: list[float] = list(traits.goals)
        self.partners: list[Partner] = []
        self.neighbour_share = 0.0
        self.clear_post()

    def clear_post(self) -> None:
        """Nothing is posted, nobody met."""
        self.theme = NONE
        self.supported = False
        self.company: Company | None = None
        self.proposed = False
        self.friction = (0.0, 0.0, 0.0)

    @property
    def familiarity(self) -> float:
        """How well model cases are known here."""
        level: float = self.prefecture.familiarity[self.traits.size_class]
        return level

    def trust_in(self, company: Company) -> float:
        for partner in self.partners:
            if partner.company is company:
                return partner.trust
        return 0.0

    def weigh_neighbours(self) -> None:
        """P1: weighted share of neighbours that have adopted."""
        self.neighbour_share = 0.0
        for neighbour, weight in self.neighbours:
            self.neighbour_share += weight * neighbour.adopted

    def hear(self, everywhere: float) -> None:
        """P1: awareness rises with what is heard, and fades."""
        rules = self.parameters
        x = everywhere
        x += rules.awareness_neighbours * self.neighbour_share
        x += rules.awareness_cases * self.familiarity
        if self.designated and self.model.quarter - self.designated_quarter < 12:
            x += rules.awareness_designation
        self.awareness = (1.0 - rules.awareness_decay) * (1.0 - (1.0 - self.awareness) * math.exp(-x))

    def adopt(self, peers: float, target_in_force: float) -> None:
        """P3; ``peers`` is the share of adopters among municipalities of like size."""
        if self.adopted:
            return
        rules = self.parameters
        push = rules.national_push * target_in_force
        rate = math.exp(rules.adoption_size * self.traits.size) * (
            rules.adoption_own
            + rules.contagion_neighbours * self.neighbour_share
            + rules.contagion_size * peers
            + rules.contagion_cases * self.familiarity
            + push * (0.3 + 0.7 * self.awareness)
        )
        if happens(self.uniform(Process.ADOPTION), rate):
            self.adopted, self.adopted_quarter = 1, self.model.quarter

    def post_need(self) -> None:
        """P6: post a theme, where there is a free slot."""
        if self.active >= self.traits.slots:
            return
        rate = self.parameters.posting_rate * self.capacity * self.awareness * (1.0 + 2.0 * self.adopted)
        if happens(self.uniform(Process.NEED), rate):
            self.theme = self.most_wanted(self.uniform(Process.THEME))

    def most_wanted(self, u: float) -> int:
        """P6: theme drawn in proportion to salience and squared gap."""
        cumulated, total = [], 0.0
        for salience, state in zip(self.model.salience, self.goals, strict=True):
            gap = 1.0 - state
            total += salience * gap * gap
            cumulated.append(total)
        for k, below in enumerate(cumulated):
            if u * total < below:
                return k
        return NONE

    def trust_more(self, company: Company) -> None:
        """P12: a success with this company; a new partner takes an empty slot or the least trusted one's."""
        gain = self.parameters.trust_success
        for partner in self.partners:
            if partner.company is company:
                partner.trust += gain * (1.0 - partner.trust)
                return
        newcomer = Partner(company, gain)
        if len(self.partners) < PARTNERS:
            newcomer.trust = 0.0 + gain * (1.0 - 0.0)
            self.partners.append(newcomer)
        else:
            least = min(range(PARTNERS), key=lambda slot: self.partners[slot].trust)  # the first among equals
            self.partners[least] = newcomer

    def trust_less(self, company: Company) -> None:
        """P12: a failure with this company."""
        for partner in self.partners:
            if partner.company is company:
                partner.trust *= 1.0 - self.parameters.trust_failure

    def learn(self, learning: float) -> None:
        """P2: capacity grows with what was learned and returns towards its base."""
        learned = 1.0 - (1.0 - self.capacity) * math.exp(-learning)
        self.capacity = learned - self.parameters.capacity_rotation * (learned - self.capacity_base)

    def advance(self, theme: int, cost: float) -> None:
        """P13: a completed project moves goals 1 to 16."""
        rules = self.parameters
        people = max(self.traits.population, 200.0) / 23600.0
        effect = (
            rules.project_effect * (cost / rules.effect_reference_cost) * math.pow(people, -rules.effect_size)
        )
        for g in range(GOALS - 1):
            x = effect if g == theme else 0.0
            x = x + rules.interlinkage_strength * self.model.interlinkage[g][theme] * effect
            state = self.goals[g]
            if x >= 0:
                self.goals[g] = state + (1.0 - state) * (1.0 - math.exp(-x))
            else:
                self.goals[g] = state - state * (1.0 - math.exp(x))

    def partner_up(self) -> None:
        """P13: goal 17 follows from the partnerships under way."""
        start = self.traits.goals[GOALS - 1]
        effect = self.parameters.partnership_effect
        self.goals[GOALS - 1] = 1.0 - (1.0 - start) * math.exp(-effect * self.active)


class Company(Actor):
    """A company: grows aware, searches posts, carries projects."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.home: Municipality = model.municipalities[traits.municipality]
        self.awareness = 0.05 + 0.1 * uniform(model.stream(Process.AWARENESS_START, 1), number)
        self.reputation = 0.0
        self.active = self.signed = 0

    @property
    def free(self) -> int:
        """Slots that are free."""
        free: int = self.traits.slots - self.active
        return free

    def hear(self, everywhere: float) -> None:
        """P1, as a municipality, with the home as neighbour."""
        rules = self.parameters
        x = everywhere
        x += rules.awareness_neighbours * self.home.adopted
        x += rules.awareness_cases * self.home.familiarity
        self.awareness = (1.0 - rules.awareness_decay) * (1.0 - (1.0 - self.awareness) * math.exp(-x))

    def searches(self) -> bool:
        """P7: whether a member with free slots searches the platform this quarter."""
        if not self.member or self.free <= 0:
            return False
        rate = self.parameters.search_effort * self.awareness * self.free
        return happens(self.uniform(Process.SEARCHING), rate)

    def nearness(self, place: Municipality, scale: float, least: float) -> float:
        """Nearness to a municipality; national companies are nowhere farther than ``least``."""
        near = math.exp(-distance(place.traits, self.traits) / scale)
        if self.traits.national and near < least:
            near = least
        return near


class FinancialInstitution(Actor):
    """A financial institution: learns to appraise, prices loans."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.capital: float = traits.capital
        self.skill: float = traits.skill
        self.exposure = 0.0

    def study(self, attends: bool) -> None:
        """Study groups: skill rises with attendance and returns to its start as staff rotate."""
        e = self.skill
        if attends:
            e = 1.0 - (1.0 - e) * math.exp(-self.parameters.skill_study)
        self.skill = e - self.parameters.skill_rotation * (e - self.traits.skill)

    def sits(self, place: Municipality, theme: int) -> bool:
        """P9: whether the institution asked comes to the desk."""
        probability = self.skill + 0.5 * (1.0 - self.skill) * self.traits.mandate[theme]
        return bool(uniform2(self.model.stream(Process.APPRAISAL), place.id, self.id) < probability)

    def room(self, capital: float) -> float:
        """P9: debt that it may still take on, at that capital."""
        rules = self.parameters
        limit: float = rules.lending_share * capital / rules.capital_requirement
        return limit - self.exposure

    def ticket_fits(self, debt: float, pooled: float) -> bool:
        """P9: whether the loan is of a size that this kind of institution makes."""
        rules = self.parameters
        kind = self.traits.kind
        if kind == BANK:
            return bool(rules.ticket_bank_low <= debt <= rules.ticket_bank_high)
        least = {
            TRUST_BANK: rules.ticket_trust,
            SECURITIES: rules.ticket_securities,
            LIFE_INSURER: rules.ticket_life,
        }[kind]
        return bool(debt + pooled >= least)

    def funding(self, years: int) -> float:
        """Cost of funds over the life of a loan."""
        rules = self.parameters
        yearly: float = rules.funding_rate_life if self.traits.kind == LIFE_INSURER else rules.funding_rate
        return yearly * years

    def perceived_default(self, default: float) -> float:
        """P9: the default probability that it sees."""
        seen: float = 1.0 - (1.0 - default) * (1.0 - self.parameters.pessimism * (1.0 - self.skill))
        return seen

    def buys_cover(self, default: float) -> bool:
        """P9: whether it insures the loan, if there is an insurer."""
        return bool(self.perceived_default(default) > self.parameters.insurance_loading * default)

    def premium_per_yen(self, default: float, guarantee: float) -> float:
        """P9: premium that it asks as an insurer per yen of debt, beside a public guarantee."""
        rules = self.parameters
        premium: float = (
            rules.insurance_loading * default * rules.insurance_cover * rules.loss_given_default
        ) * (1.0 - guarantee)
        return premium
