"""The model of docs/ODD.md as a Mesa user would write it: the same in distribution, not in its draws.

Every draw comes from ``model.random``, in the order in which agents act; there are no keys.
Where the ODD's keys make the model look at the same draw again, the draw is stored: lots for a
year, the ring of a quarter, the approval of a proposal. Vectors over the 17 goals are NumPy
arrays inside their agent, agents are activated through their ``AgentSet``, and outcomes are
counted with NumPy. ``do`` is used rather than ``shuffle_do``: within an act all actors look at
the start of the stage, so shuffling would cost time and change nothing.

What neither draws nor handles vectors is the twin's: arithmetic of deals, books, deferred
acceptance. It is plain Python over objects in both.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, NoReturn

import mesa
import numpy as np

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from tests.reference import abroad, agreements, deal, execution, futurecity, groups, search
from tests.reference.agents import faded
from tests.reference.idiomatic.agents import Company, FinancialInstitution, Municipality, Prefecture
from tests.reference.idiomatic.record import outcomes
from tests.reference.model import ReferenceModel, rows


class Subcommittee(NamedTuple):
    """Who may sit in one group of a year: for every seat those asked, one after another."""

    theme: int
    companies: list[list[Company]]
    municipalities: list[list[Municipality]]


class IdiomaticModel(ReferenceModel):
    """One run of the model; one step is a quarter.

    Args:
        world: fixed traits.
        policy_scenario: a resolved scenario.
        seed: of ``model.random``.
        quarters: horizon from 2018Q2.
    """

    def __init__(self, world: World, policy_scenario: Scenario, seed: int = 1, quarters: int = 51) -> None:
        super().__init__(world, policy_scenario, seed, quarters=quarters)
        self.salience = np.array(self.salience)
        self.gap_scale = np.array(self.gap_scale)
        self.fade = np.exp(-np.abs(self.drift))  # of the states of the goals, each quarter
        self.lift = (self.policy.drift > 0.0) * (1.0 - self.fade)
        self.interlinkage = np.array(self.interlinkage)

    def stream(self, process: Process, q: int | None = None) -> NoReturn:
        raise AssertionError("no draw of this model has a key")

    def uniform(self, process: Process) -> float:
        return self.random.random()

    def create_actors(self, world: World) -> None:
        self.prefectures = [Prefecture(self, i, row) for i, row in enumerate(rows(world.prefectures))]
        self.municipalities = [Municipality(self, i, row) for i, row in enumerate(rows(world.municipalities))]
        self.companies = [Company(self, i, row) for i, row in enumerate(rows(world.companies))]
        self.institutions = [
            FinancialInstitution(self, i, row) for i, row in enumerate(rows(world.institutions))
        ]

    def agents_of(self, kind: type[mesa.Agent]) -> mesa.agent.AgentSet:
        """All agents of a kind; the set is empty where a world has none."""
        return self.agents_by_type.get(kind, mesa.agent.AgentSet([], random=self.random))

    def step(self) -> None:
        """One quarter: the acts in their order."""
        self.look_at_clock()
        self.open_quarter()
        if self.clock.first_of_year:
            self.draw_lots()
        self.raise_awareness()
        self.join_platform()
        self.adopt()
        self.hold_study_groups()
        self.hold_subcommittees()
        self.send_advice()
        futurecity.select_futurecities(self)
        agreements.sign_agreements(self)
        self.agents_of(Municipality).do("clear_post").do("post_need")
        self.hold_meetings()
        search.convert_meetings(self)
        deal.test_and_sign(self)
        execution.run_projects(self)
        execution.service_loans(self)
        execution.learn(self)
        self.advance_goals()
        self.spread_cases()
        abroad.go_abroad(self)
        self.series.append(outcomes(self))
        self.ledger.close(self.clock.year, self.clock.last_of_year)
        self.quarter += 1

    def draw_lots(self) -> None:
        """What is drawn once a year: who studies, who sits together, who is advised first."""
        self.study_queue = self.random.sample(self.domestic, len(self.domestic))
        self.adviser_queue = self.by_size
        if self.policy.advisers:
            self.adviser_queue = self.random.sample(self.municipalities, len(self.municipalities))
        self.subcommittees: list[Subcommittee] = []
        for municipality in self.municipalities:
            municipality.lot = self.random.random()
            municipality.joint = self.random.random()

    def raise_awareness(self) -> None:
        parameters = self.parameters
        money = self.ledger.remaining[Fund.PROMOTION] / self.clock.quarters_left
        self.spend(Fund.PROMOTION, money)
        contacts = (
            money / parameters.promotion_contact_cost / (len(self.municipalities) + len(self.companies))
        )
        everywhere = parameters.awareness_promotion * contacts
        everywhere += parameters.awareness_event * self.clock.event
        everywhere += faded(parameters.awareness_surge, parameters.surge_decay, self.clock.since_surge)
        self.agents_of(Municipality).do("weigh_neighbours").do("hear", everywhere)
        self.agents_of(Company).do("hear", everywhere)

    def join_platform(self) -> None:
        if not self.clock.platform_open:
            return
        parameters = self.parameters
        self.municipalities_join()
        self.companies_join()
        for institution in self.domestic:
            institution.join(Process.MEMBERSHIP_INSTITUTION, parameters.join_institution)
        self.agents_of(Prefecture).do("join", Process.MEMBERSHIP_PREFECTURE, parameters.join_prefecture)

    def adopt(self) -> None:
        self.agents_of(Municipality).do("adopt", self.shares_of_like_size())
        self.agents_of(Prefecture).do("adopt")

    def shares_of_like_size(self) -> list[float]:
        sizes = np.array([municipality.traits.size for municipality in self.by_size])
        fade = np.exp(-np.diff(sizes) / self.parameters.size_bandwidth).tolist()
        adopted = [municipality.adopted for municipality in self.by_size]
        below, above = _faded(adopted, fade), _faded(adopted[::-1], fade[::-1])[::-1]
        shares = [0.0] * len(self.by_size)
        for municipality, (w1, n1), (w2, n2) in zip(self.by_size, below, above, strict=True):
            shares[municipality.id] = (w1 + w2) / (n1 + n2) if n1 + n2 > 0.0 else 0.0
        return shares

    def hold_study_groups(self) -> None:
        cost, seats = self.parameters.study_group_cost / 4.0, round(self.parameters.study_group_seats)
        number = min(self.affordable(Fund.STUDY_GROUPS, cost), math.ceil(len(self.domestic) / seats))
        self.spend(Fund.STUDY_GROUPS, number * cost)
        for place, institution in enumerate(self.study_queue):
            institution.study(attends=place < number * seats)

    def hold_subcommittees(self) -> None:
        cost = self.parameters.subcommittee_cost / 4.0
        most = math.ceil(len(self.municipalities) / round(self.parameters.subcommittee_seats))
        number = min(self.affordable(Fund.SUBCOMMITTEES, cost), most)
        self.spend(Fund.SUBCOMMITTEES, number * cost)
        while len(self.subcommittees) < number:
            self.subcommittees.append(self.found_subcommittee())
        for theme, companies, municipalities in self.subcommittees[:number]:
            able = seated(companies, partial(_is_able, theme))
            for municipality in seated(municipalities, lambda municipality: municipality.member):
                for company in able:
                    municipality.trust_more(company, self.parameters.trust_subcommittee)

    def found_subcommittee(self) -> Subcommittee:
        """Draw the theme of a group, and who is asked to sit in it this year."""
        anybody = self.municipalities[0]
        seats = range(round(self.parameters.subcommittee_seats))

        def asked(process: Process, pool: list) -> list[list]:
            return [list(anybody.pick(process, 0, pool, groups.TRIES)) for _ in seats]

        return Subcommittee(
            self.salient_theme(self.random.random()),
            asked(Process.SUBCOMMITTEE_COMPANY, self.companies),
            asked(Process.SUBCOMMITTEE_MUNICIPALITY, self.municipalities),
        )

    def send_advice(self) -> None:
        parameters = self.parameters
        for municipality in self.municipalities:
            municipality.coaching = 0.0
        advised = [municipality for municipality in self.municipalities if municipality.newly_designated]
        advised.sort(key=lambda municipality: municipality.lot)
        groups.coach(self, Fund.ADVICE, parameters.advice_cost / 4.0, advised, parameters.capacity_advice)
        groups.coach(
            self,
            Fund.ADVISERS,
            parameters.adviser_cost / 4.0,
            self.adviser_queue,
            parameters.capacity_adviser,
        )

    def hold_meetings(self) -> None:
        own, platform, introduced = search.channels(self)
        searching = self.agents_of(Company).select(Company.searches).to_list()
        search.support(self, platform)
        posts = search.served(self, platform, searching)
        self.random.shuffle(searching)
        positions = sorted(self.random.random() for _ in searching)
        seen = range(min(search.RING_CANDIDATES, len(searching)))
        candidates = [search.own_network(self, post) for post in own]
        for _ in posts:
            start = bisect_left(positions, self.random.random())
            candidates.append([searching[(start + step) % len(searching)] for step in seen])
        candidates += [search.introductions(post) for post in introduced]
        search.match(own + posts + introduced, candidates)
        search.count_introductions(self, introduced)

    def advance_goals(self) -> None:
        everybody = self.agents_of(Municipality)
        if any(self.drift):
            everybody.do("drift")
        for project in execution.completed(self):
            project.municipality.advance(project.goal, project.cost)
        everybody.do("partner_up")


def _faded(adopted: list[int], fade: list[float]) -> list[tuple[float, float]]:
    """Adopters and all who come before in the list, each fading with the distance in size."""
    adopters = everyone = 0.0
    found = [(0.0, 0.0)]
    for before, kept in zip(adopted[:-1], fade, strict=True):
        adopters = kept * (adopters + before)
        everyone = kept * (everyone + 1.0)
        found.append((adopters, everyone))
    return found


def _is_able(theme: int, company: Company) -> bool:
    return company.member and company.traits.capability[theme] > 0


def seated(seats: list[list[Any]], comes: Callable[[Any], bool]) -> list[Any]:
    """The first of those asked for every seat who comes; a seat for which nobody comes stays empty."""
    found = (next(filter(comes, asked), None) for asked in seats)
    return [actor for actor in found if actor is not None]
