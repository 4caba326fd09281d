"""Governments and companies, one Python object each: what they are, what they know, how they decide."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from sim.kernel.draws import Process
from sim.kernel.world import GOALS, SIZE_CLASSES
from tests.reference.draws import normal, normal_pair, padded_index, uniform, uniform2

if TYPE_CHECKING:
    from tests.reference.institutions import FinancialInstitution
    from tests.reference.model import ReferenceModel

PARTNERS = 32
AGREEMENTS = 32
TRIES = 6
NONE = -1


def happens(u: float, rate: float) -> bool:
    """Whether an event of that rate happens on draw ``u``."""
    return u < rate and u < 1.0 - math.exp(-rate)


def faded(push: float, decay: float, quarters: int) -> float:
    """What is left of a push some quarters after it began; nothing before (a negative number)."""
    return push * math.exp(-decay * quarters) if quarters >= 0 else 0.0


def distance(a: Any, b: Any) -> float:
    """Chord in km between two places."""
    dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
    return math.sqrt(dx * dx + dy * dy + dz * dz)


def moved(state: float, x: float) -> float:
    """P13: the state of a goal after an effect."""
    if x >= 0:
        return state + (1.0 - state) * (1.0 - math.exp(-x))
    return state - state * (1.0 - math.exp(x))


def drawn_in_proportion(u: float, weights: list[float]) -> int:
    """The theme that draw ``u`` picks, NONE if none has weight."""
    cumulated, total = [], 0.0
    for weight in weights:
        total += weight
        cumulated.append(total)
    for k, below in enumerate(cumulated):
        if u * total < below:
            return k
    return NONE


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

    def uniform(self, process: Process, q: int | None = None) -> float:
        """Draw of the process in this quarter, or in quarter (fiscal year) ``q``."""
        return uniform(self.model.stream(process, q), self.id)

    def uniform2(self, process: Process, other: int) -> float:
        """Draw for this actor and another number."""
        return uniform2(self.model.stream(process), self.id, other)

    def normal(self, process: Process) -> float:
        return normal(self.model.stream(process), self.id)

    def normal_pair(self, process: Process, other: int) -> tuple[float, float]:
        """Two normal draws for this actor and another number."""
        return normal_pair(self.model.stream(process), self.id, other)

    def pick(self, process: Process, first: int, pool: list[Any], tries: int = TRIES) -> Iterator[Any]:
        """Those of the pool that a few tries find, in the order of the tries, which count from ``first``."""
        for attempt in range(first, first + tries):
            x = padded_index(self.model.stream(process), self.id, attempt, len(pool))
            if x != NONE:
                yield pool[x]

    def join(self, process: Process, rate: float) -> bool:
        """P4: join the platform at that rate; True for one who joins now."""
        if not self.member and happens(self.uniform(process), rate):
            self.member = 1
            return True
        return False

    def leave(self, process: Process, rate: float) -> None:
        """P4: leave the platform at that rate."""
        if happens(self.uniform(process), rate):
            self.member = 0

    def starting_awareness(self, side: int) -> float:
        """P1: uniform about the mean; ``side`` is 0 for municipalities, 1 for companies."""
        lot = self.uniform(Process.AWARENESS_START, side)
        return min(self.parameters.awareness_at_start * (0.5 + lot), 1.0)


class Prefecture(Actor):
    """A prefecture: adopts and joins, and holds what its municipalities see of model cases."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.adopted: int = traits.cohort_2018
        self.designated: int = traits.cohort_2018
        self.pooled_debt = [0.0] * GOALS
        self.exposure = [[0.0] * GOALS for _ in range(SIZE_CLASSES)]
        self.familiarity = [0.0] * SIZE_CLASSES
        self.companies: list[Company] = []  # each once per slot
        self.institutions: list[FinancialInstitution] = []

    def adopt(self) -> None:
        """P3: begin to promote the SDGs, or cease to."""
        parameters, clock = self.parameters, self.model.clock
        if self.adopted:
            if happens(self.uniform(Process.ADOPTION_LAPSE_PREFECTURE), parameters.adoption_lapse):
                self.adopted = 0
            return
        push = faded(parameters.prefecture_push, parameters.push_decay, clock.since_target)
        if happens(self.uniform(Process.ADOPTION_PREFECTURE), parameters.prefecture_own + push):
            self.adopted = 1

    @property
    def answers(self) -> float:
        """P3: probability of answering a survey."""
        probability: float = self.parameters.answer_prefecture
        return probability

    def forget_cases(self) -> None:
        """P13: exposure to model cases fades."""
        for themes in self.exposure:
            for k in range(GOALS):
                themes[k] = themes[k] * (1.0 - self.parameters.case_decay)

    def see_case(self, municipality: Municipality, theme: int) -> None:
        """P13: a success of a designated city is seen near by and by those of like size."""
        parameters = self.parameters
        reach = parameters.case_reach * parameters.case_promotion
        km = distance(self.traits, municipality.prefecture.traits)
        near = parameters.case_nationwide + (1.0 - parameters.case_nationwide) * math.exp(
            -km / parameters.proximity_distance
        )
        for c in range(SIZE_CLASSES):
            alike = math.exp(
                -(abs(c - municipality.traits.size_class) * 0.5) / parameters.case_size_bandwidth
            )
            self.exposure[c][theme] += reach * near * alike

    def see_cases_from_abroad(self, theme: int) -> None:
        """P13: cases from abroad are seen alike everywhere."""
        parameters = self.parameters
        reach = parameters.case_reach * parameters.case_promotion
        for themes in self.exposure:
            themes[theme] += reach * parameters.overseas_cases * parameters.overseas_transfer

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
        self.awareness = self.starting_awareness(0)
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
        self.goals_untouched: list[float] = list(traits.goals)  # as they would stand without projects
        self.partnership_gain = 0.0  # what completed projects did for goal 17
        self.coaching = 0.0
        self.model_credit = 0.0  # JPY M
        self.model_fund = NONE  # row of the ledger that paid it
        self.network: int = traits.network_2018
        self.partners: list[Partner] = []
        self.neighbour_share = 0.0
        self.agreed: list[Company] = []  # companies with a comprehensive agreement
        self.agreement_quarter = self.donation_quarter = NONE
        self.clear_post()

    def clear_post(self) -> None:
        """Nothing is posted, nobody met."""
        self.theme = NONE
        self.supported = False
        self.company: Company | None = None
        self.proposed = False
        self.friction = (0.0, 0.0, 0.0)

    @property
    def acting_capacity(self) -> float:
        """P6, P8: the own capacity, or what a small municipality shares in that of a neighbour."""
        parameters, small = self.parameters, self.traits.population < self.parameters.joint_population
        if not self.model.policy.joint_projects or not small:
            return self.capacity
        if self.joint_lot() >= parameters.joint_probability:
            return self.capacity
        able = [other.capacity for other, _ in self.neighbours if other.adopted]
        return max(self.capacity, parameters.joint_share * max(able, default=0.0))

    def joint_lot(self) -> float:
        """What decides for a fiscal year whether there is a joint project."""
        return self.uniform(Process.JOINT_PROJECT, self.model.clock.year)

    @property
    def familiarity(self) -> float:
        """How well model cases are known here."""
        level: float = self.prefecture.familiarity[self.traits.size_class]
        return level

    @property
    def newly_designated(self) -> bool:
        """Whether the city's plan runs."""
        age = self.model.quarter - self.designated_quarter
        return bool(self.designated) and age < self.parameters.plan_quarters

    def gap(self, theme: int) -> float:
        """P6: the gap of a goal as it is perceived, against the nation's."""
        return float((1.0 - self.goals[theme]) * self.model.gap_scale[theme])

    def return_noise(self, renewal: int) -> float:
        """P9: noise of what a new project returns, or of one that goes on."""
        return normal(self.model.stream(Process.RETURN), 2 * self.id + renewal)

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
        parameters = self.parameters
        x = parameters.awareness_base + everywhere
        x += parameters.awareness_neighbours * self.neighbour_share
        x += parameters.awareness_cases * self.familiarity
        if self.newly_designated:
            x += parameters.awareness_designation
        self.awareness = (1.0 - parameters.awareness_decay) * (1.0 - (1.0 - self.awareness) * math.exp(-x))

    def adopt(self, peers: float) -> None:
        """P3: begin to promote the SDGs, or cease to; ``peers`` is the share of adopters of like size."""
        parameters = self.parameters
        if self.adopted:
            if happens(self.uniform(Process.ADOPTION_LAPSE), parameters.adoption_lapse):
                self.adopted = 0
            return
        neighbours, peers = self.felt(self.neighbour_share), self.felt(peers)
        push = faded(parameters.national_push, parameters.push_decay, self.model.clock.since_target)
        rate = math.exp(parameters.adoption_size * self.traits.size) * (
            parameters.adoption_own
            + parameters.contagion_neighbours * neighbours * self.gate()
            + parameters.contagion_size * peers
            + parameters.contagion_cases * self.familiarity
            + push * (parameters.push_floor + (1.0 - parameters.push_floor) * self.awareness)
        )
        if happens(self.uniform(Process.ADOPTION), rate):
            self.adopted = 1
            if self.adopted_quarter == NONE:
                self.adopted_quarter = self.model.quarter

    @property
    def answers(self) -> float:
        """P3: probability of answering the survey of this fiscal year."""
        parameters = self.parameters
        logit = (
            parameters.answer_constant
            + parameters.answer_size * self.traits.size
            + parameters.answer_promoting * self.adopted
            + parameters.answer_trend * self.model.clock.year
        )
        return 1.0 / (1.0 + math.exp(-logit))

    def felt(self, share: float) -> float:
        """P3: with contagion from a threshold on, a smaller share of adopters pulls nobody."""
        below = self.model.policy.contagion and share < self.parameters.contagion_threshold
        return 0.0 if below else share

    def gate(self) -> float:
        """P3: with the election gate neighbours count in the quarter of the mayor's election alone."""
        if not self.model.policy.election_gate:
            return 1.0
        return 16.0 if (self.model.quarter + self.traits.election_phase) % 16 == 0 else 0.0

    def post_need(self) -> None:
        """P6: post a theme, where there is a free slot; a city with a model grant posts for sure."""
        if self.active >= self.traits.slots:
            return
        keener = 1.0 + self.parameters.posting_adopted * self.adopted
        rate = self.parameters.posting_rate * self.acting_capacity * self.awareness * keener
        if happens(self.uniform(Process.NEED), rate) or self.model_credit > 0:
            self.theme = self.most_wanted(self.uniform(Process.THEME))

    def most_wanted(self, u: float) -> int:
        """P6: theme drawn in proportion to its need."""
        return drawn_in_proportion(u, [self.need(k) for k in range(GOALS)])

    def need(self, theme: int) -> float:
        """P6: salience and squared gap."""
        gap = self.gap(theme)
        return self.model.salience[theme] * gap * gap

    def trust_more(self, company: Company, gain: float) -> None:
        """P12: a new partner takes an empty slot, or that of the least trusted one if trusted more."""
        for partner in self.partners:
            if partner.company is company:
                partner.trust += gain * (1.0 - partner.trust)
                return
        newcomer = Partner(company, gain)
        if len(self.partners) < PARTNERS:
            self.partners.append(newcomer)
            return
        least = min(range(PARTNERS), key=lambda slot: self.partners[slot].trust)  # the first among equals
        if self.partners[least].trust < gain:
            self.partners[least] = newcomer

    def trust_less(self, company: Company) -> None:
        """P12: a failure with this company."""
        for partner in self.partners:
            if partner.company is company:
                partner.trust *= 1.0 - self.parameters.trust_failure

    @property
    def readiness(self) -> float:
        """P15: what agreements and donations take: a little capacity, and more of those who adopted."""
        parameters = self.parameters
        staffed = 1.0 - parameters.agreement_capacity * (1.0 - self.capacity)
        return float(staffed * (1.0 + parameters.agreement_adopted * self.adopted))

    def end_agreement(self) -> None:
        """P15: at most one agreement ends; the last one takes its place."""
        held = len(self.agreed)
        rate = self.parameters.agreement_end * held
        if held and happens(self.uniform(Process.AGREEMENT_END), rate):
            place = min(int(self.uniform2(Process.AGREEMENT_END, 1) * held), held - 1)
            self.agreed[place].agreements -= 1
            self.agreed[place] = self.agreed[-1]
            self.agreed.pop()

    def sign_agreement(self, firms: list[Company]) -> Company | None:
        """P15: the company with which an agreement is signed, drawn from those of national scope by rank."""
        if not happens(self.uniform(Process.AGREEMENT), self.parameters.agreement_rate * self.readiness):
            return None
        if not firms or len(self.agreed) >= AGREEMENTS:
            return None
        met = math.exp(self.parameters.agreement_tail * math.log(self.uniform(Process.AGREEMENT_PARTNER)))
        rank = min(math.floor(math.exp(math.log(len(firms) + 1.0) * met)), len(firms))
        company = firms[rank - 1]
        if company in self.agreed:
            return None
        self.agreed.append(company)
        company.agreements += 1
        self.agreement_quarter = self.model.quarter
        return company

    def receive_donation(self) -> None:
        """P15: the first donation of a fiscal year."""
        if self.donation_quarter < 4 * self.model.clock.year and happens(
            self.uniform(Process.DONATION), self.parameters.donation_rate * self.readiness
        ):
            self.donation_quarter = self.model.quarter

    def learn(self, learning: float) -> None:
        """P2: capacity grows with what was learned and returns towards its base."""
        learned = 1.0 - (1.0 - self.capacity) * math.exp(-learning)
        self.capacity = learned - self.parameters.capacity_rotation * (learned - self.capacity_base)

    def advance(self, theme: int, cost: float) -> None:
        """P13: a completed project moves goals 1 to 16."""
        parameters = self.parameters
        people = max(self.traits.population, 200.0) / 23600.0
        effect = (
            parameters.project_effect
            * (cost / parameters.effect_reference_cost)
            * math.pow(people, -parameters.effect_size)
        )
        if theme == GOALS - 1:
            self.partnership_gain += effect
        for g in range(GOALS - 1):
            x = effect if g == theme else 0.0
            x = x + parameters.interlinkage_strength * self.model.interlinkage[g][theme] * effect
            self.goals[g] = moved(self.goals[g], x)

    def drift(self) -> None:
        """P13: what happens to the goals with and without projects."""
        for g, x in enumerate(self.model.drift):
            if x != 0:
                self.goals[g] = moved(self.goals[g], x)
                self.goals_untouched[g] = moved(self.goals_untouched[g], x)

    def partner_up(self) -> None:
        """P13: goal 17 follows from the partnerships under way and its own completed projects."""
        start = self.goals_untouched[GOALS - 1]
        effect = self.parameters.partnership_effect * self.active + self.partnership_gain
        self.goals[GOALS - 1] = 1.0 - (1.0 - start) * math.exp(-effect)


class Company(Actor):
    """A company: grows aware, searches posts, carries projects."""

    def __init__(self, model: ReferenceModel, number: int, traits: Any) -> None:
        super().__init__(model, number, traits)
        self.home: Municipality = model.municipalities[traits.municipality]
        self.awareness = self.starting_awareness(1)
        self.reputation = 0.0
        self.active = self.signed = 0
        self.abroad = self.exportable = 0
        self.agreements = 0

    @property
    def free(self) -> int:
        """Slots that are free."""
        free: int = self.traits.slots - self.active
        return free

    def hear(self, everywhere: float) -> None:
        """P1, as a municipality, with the home as neighbour."""
        parameters = self.parameters
        x = parameters.awareness_base_company + everywhere
        x += parameters.awareness_neighbours * self.home.adopted
        x += parameters.awareness_cases * self.home.familiarity
        self.awareness = (1.0 - parameters.awareness_decay) * (1.0 - (1.0 - self.awareness) * math.exp(-x))

    def searches(self) -> bool:
        """P7: whether a member with free slots searches the platform this quarter."""
        if not self.member or self.free <= 0:
            return False
        rate = self.parameters.search_effort * self.awareness * self.free
        return happens(self.uniform(Process.SEARCHING), rate)

    def nearness(self, municipality: Municipality, scale: float, least: float) -> float:
        """Nearness to a municipality; national companies are nowhere farther than ``least``."""
        near = math.exp(-distance(municipality.traits, self.traits) / scale)
        if self.traits.national and near < least:
            near = least
        return near
