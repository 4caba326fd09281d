"""The model as docs/ODD.md tells it: a plain Mesa model, one object per agent.

It is the readable specification and the oracle of the compiled kernel, and is written from
the ODD alone. Bit for bit equality asks for ``math`` functions, ``x * x`` for squares, and
sums from left to right.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from sim.kernel.world import GOALS, World
from sim.scenarios.scenario import Scenario
from sim.simulation.policy import appropriated, clock_at, parameters_at, policy_of
from sim.simulation.programmes import depend_on_adoption, programmes_of
from tests.reference import abroad, agreements, deal, execution, futurecity, groups, programmes, search
from tests.reference.agents import (
    NONE,
    Company,
    Municipality,
    Prefecture,
    drawn_in_proportion,
    faded,
)
from tests.reference.draws import run_key, stream, uniform
from tests.reference.institutions import FinancialInstitution
from tests.reference.ledger import Ledger
from tests.reference.places import places
from tests.reference.projects import Project
from tests.reference.record import outcomes

FLOWS = (
    "lost_to_capacity", "lost_to_awareness", "lost_to_distance", "loan_losses", "guarantee_calls",
    "futurecity_applicants", "overseas_deals", "overseas_concessional", "meetings_intermediary",
)  # fmt: skip


class ReferenceModel(mesa.Model):
    """One run of the model; one step is a quarter.

    Args:
        world: fixed traits.
        policy_scenario: a resolved scenario.
        seed, replicate: key of the run.
        quarters: horizon from 2018Q2.
        by: what outcomes by place are kept by, if any.

    Attributes:
        municipalities, companies, institutions, prefectures: the agents in the order of their ids.
        projects: rows of the deals table; open_projects, loans, ended: those under way, with a loan
            outstanding, ended this quarter.
        series: outcomes by name, one mapping a quarter.
        places: the same of each place, where the run is asked for them; one list a quarter.
    """

    def __init__(
        self,
        world: World,
        policy_scenario: Scenario,
        seed: int = 1,
        replicate: int = 0,
        quarters: int = 51,
        by: str | None = None,
    ) -> None:
        super().__init__(rng=seed)  # Mesa's own randomness is not used: every draw is keyed
        self.policy_scenario = policy_scenario
        self.quarters = quarters
        self.key = run_key(seed, replicate)
        self.policy = policy_of(policy_scenario, world)
        self.scale = world.scale
        self.salience: list[float] = self.policy.salience.tolist()
        self.gap_scale: list[float] = self.policy.gap_scale.tolist()
        self.market: list[float] = self.policy.market.tolist()
        self.drift: list[float] = self.policy.drift.tolist()
        self.interlinkage: list[list[float]] = self.policy.interlinkage.tolist()
        self.ledger = Ledger(appropriated(policy_scenario, quarters, world.scale).tolist())
        self.quarter = 0
        self.look_at_clock()
        self.create_agents(world)
        self.world = world
        self.look_at_programmes()
        self.projects: list[Project] = []
        self.open_projects: list[Project] = []
        self.loans: list[Project] = []
        self.ended: list[Project] = []
        self.series: list[dict[str, float]] = []
        self.by = by
        self.places: list[list[dict[str, float]]] = []

    def create_agents(self, world: World) -> None:
        """All actors, who is whose neighbour, and who is to be found where."""
        self.create_actors(world)
        self.domestic = [institution for institution in self.institutions if not institution.foreign]
        for municipality in self.municipalities:
            municipality.neighbours = [
                (self.municipalities[i], weight)
                for i, weight in zip(
                    municipality.traits.neighbours, municipality.traits.neighbour_weight, strict=True
                )
            ]
        self.by_size = [self.municipalities[i] for i in world.municipalities.size_order.tolist()]
        self.list_whereabouts(world)
        self.choose_first_adopters()

    def create_actors(self, world: World) -> None:
        """Actors in the order of their ids."""
        self.prefectures = [Prefecture(self, i, row) for i, row in enumerate(rows(world.prefectures))]
        self.municipalities = [Municipality(self, i, row) for i, row in enumerate(rows(world.municipalities))]
        self.companies = [Company(self, i, row) for i, row in enumerate(rows(world.companies))]
        self.institutions = [
            FinancialInstitution(self, i, row) for i, row in enumerate(rows(world.institutions))
        ]

    def list_whereabouts(self, world: World) -> None:
        """Companies (each once per slot) and lenders by prefecture, and those of national scope."""
        directory = SimpleNamespace(
            **{name: column.tolist() for name, column in world.directory._asdict().items()}
        )
        for p, prefecture in enumerate(self.prefectures):
            companies = directory.companies[directory.company_start[p] : directory.company_start[p + 1]]
            lenders = directory.institutions[
                directory.institution_start[p] : directory.institution_start[p + 1]
            ]
            prefecture.companies = [self.companies[j] for j in companies]
            prefecture.institutions = [self.institutions[f] for f in lenders]
        self.national_by_slots = [self.companies[j] for j in directory.national_by_slots]
        self.national_companies = [self.companies[j] for j in directory.national_companies]
        self.national_institutions = [self.institutions[f] for f in directory.national_institutions]
        self.insurers = [self.institutions[f] for f in directory.insurers]
        self.foreign_fund = next((self.institutions[f] for f in directory.foreign_fund), None)

    def choose_first_adopters(self) -> None:
        """The cohort of FY2018, and those whom waiting times put first."""
        parameters = self.parameters

        def waiting(municipality: Municipality) -> float:
            lot = municipality.uniform(Process.ADOPTION_START, 0)
            return -math.log(lot) / math.exp(parameters.adoption_size * municipality.traits.size)

        number = round(parameters.adopted_at_start * len(self.municipalities))
        early = sorted(self.municipalities, key=waiting)[:number]
        for municipality in self.municipalities:
            if municipality.traits.cohort_2018 or municipality in early:
                municipality.adopted, municipality.adopted_quarter = 1, 0

    def stream(self, process: Process, q: int | None = None) -> int:
        """Key of the process in this quarter, or in quarter (fiscal year) ``q``."""
        return stream(self.key, process, self.quarter if q is None else q)

    def uniform(self, process: Process) -> float:
        """The one draw of a process in this quarter."""
        return uniform(self.stream(process), 0)

    def spend(self, row: int, amount: float) -> None:
        self.ledger.spend(row, self.clock.year, amount)

    def affordable(self, row: int, cost: float) -> int:
        """Whole units that an even share of what is left buys."""
        return math.floor(self.ledger.remaining[row] / self.clock.quarters_left / cost + 1e-9)

    def salient_theme(self, u: float) -> int:
        """Theme that draw ``u`` picks by salience alone."""
        return max(drawn_in_proportion(u, self.salience), 0)

    def step(self) -> None:
        """One quarter: the acts in their order."""
        self.look_at_clock()
        if depend_on_adoption(self.policy_scenario):
            self.look_at_programmes()
        self.open_quarter()
        self.raise_awareness()
        self.join_platform()
        self.adopt()
        groups.hold_study_groups(self)
        groups.hold_subcommittees(self)
        groups.send_advice(self)
        futurecity.select_futurecities(self)
        agreements.sign_agreements(self)
        self.post_needs()
        search.hold_meetings(self)
        search.convert_meetings(self)
        deal.test_and_sign(self)
        execution.run_projects(self)
        execution.service_loans(self)
        execution.learn(self)
        self.advance_goals()
        self.spread_cases()
        abroad.go_abroad(self)
        self.series.append(outcomes(self))
        self.places.append(places(self))
        self.ledger.close(self.clock.year, self.clock.last_of_year)
        self.quarter += 1

    def look_at_clock(self) -> None:
        """What the calendar and the scenario say of this quarter."""
        in_force = parameters_at(self.policy_scenario, self.quarter)
        self.clock = clock_at(
            self.policy_scenario, in_force, self.scale, self.key, self.quarter, self.quarters
        )
        self.parameters = SimpleNamespace(**{k: v for group in in_force for k, v in group._asdict().items()})

    def look_at_programmes(self) -> None:
        """Whom programmes may serve, as things stand."""
        adopted = np.array([municipality.adopted for municipality in self.municipalities], np.uint8)
        laid_out = programmes_of(self.policy_scenario, self.world, adopted)
        self.programmes = programmes.listed(laid_out, self)

    def open_quarter(self) -> None:
        self.flows = dict.fromkeys(FLOWS, 0.0)
        self.ledger.open(self.clock.year, self.clock.first_of_year)
        if self.clock.first_of_year:
            for prefecture in self.prefectures:
                prefecture.pooled_debt = [0.0] * GOALS

    def raise_awareness(self) -> None:
        """P1."""
        for municipality in self.municipalities:
            municipality.weigh_neighbours()
        parameters = self.parameters
        contacts = dict.fromkeys((*self.municipalities, *self.companies), 0.0)
        for programme in self.programmes[Fund.PROMOTION]:
            audience = (*programme.municipalities, *programme.companies)
            if audience:
                money = self.ledger.remaining[programme.row] / self.clock.quarters_left
                self.spend(programme.row, money)
                for actor in audience:
                    contacts[actor] += money / parameters.promotion_contact_cost / len(audience)
        for actor, number in contacts.items():
            actor.hear(
                parameters.awareness_promotion * number
                + parameters.awareness_event * self.clock.event
                + faded(parameters.awareness_surge, parameters.surge_decay, self.clock.since_surge)
            )

    def join_platform(self) -> None:
        """P4."""
        if not self.clock.platform_open:
            return
        parameters = self.parameters
        self.municipalities_join()
        self.companies_join()
        for institution in self.domestic:
            institution.join(Process.MEMBERSHIP_INSTITUTION, parameters.join_institution)
        for prefecture in self.prefectures:
            prefecture.join(Process.MEMBERSHIP_PREFECTURE, parameters.join_prefecture)

    def municipalities_join(self) -> None:
        """P4: members leave and others join, by the membership at the start."""
        parameters = self.parameters
        joining = parameters.join_municipality + parameters.join_municipality_peers * share(
            self.municipalities
        )
        joining += faded(parameters.join_municipality_push, parameters.surge_decay, self.clock.since_surge)
        for municipality in self.municipalities:
            if municipality.member:
                municipality.leave(Process.LEAVING_MUNICIPALITY, parameters.leave_municipality)
                continue
            rate = joining * (1.0 if municipality.adopted else parameters.join_not_promoting)
            joins = municipality.join(Process.MEMBERSHIP_MUNICIPALITY, rate)
            if joins and municipality.member_quarter == NONE:
                municipality.member_quarter = self.quarter

    def companies_join(self) -> None:
        """P4, likewise."""
        parameters = self.parameters
        peers = share(self.companies) if self.companies else 0.0
        joining = parameters.join_company + parameters.join_company_peers * peers
        joining += faded(parameters.join_company_push, parameters.surge_decay, self.clock.since_surge)
        for company in self.companies:
            if company.member:
                company.leave(Process.LEAVING_COMPANY, parameters.leave_company)
            else:
                company.join(Process.MEMBERSHIP_COMPANY, joining)

    def adopt(self) -> None:
        """P3."""
        peers = self.shares_of_like_size()
        for municipality in self.municipalities:
            municipality.adopt(peers[municipality.id])
        for prefecture in self.prefectures:
            prefecture.adopt()

    def shares_of_like_size(self) -> list[float]:
        """P3: for every municipality the share of adopters among all others, weighted by likeness of size."""
        weighted = [0.0] * len(self.municipalities)
        total = [0.0] * len(self.municipalities)
        for sweep in (self.by_size, self.by_size[::-1]):
            adopters = everyone = 0.0
            before: Municipality | None = None
            for municipality in sweep:
                if before is not None:
                    apart = abs(municipality.traits.size - before.traits.size)
                    fade = math.exp(-apart / self.parameters.size_bandwidth)
                    adopters = fade * (adopters + before.adopted)
                    everyone = fade * (everyone + 1.0)
                weighted[municipality.id] += adopters
                total[municipality.id] += everyone
                before = municipality
        return [w / n if n > 0 else 0.0 for w, n in zip(weighted, total, strict=True)]

    def post_needs(self) -> None:
        """P6."""
        for municipality in self.municipalities:
            municipality.clear_post()
            municipality.post_need()

    def advance_goals(self) -> None:
        """P13."""
        for municipality in self.municipalities:
            municipality.drift()
        for project in execution.completed(self):
            project.municipality.advance(project.goal, project.cost)
        for municipality in self.municipalities:
            municipality.partner_up()

    def spread_cases(self) -> None:
        """P13."""
        for prefecture in self.prefectures:
            prefecture.forget_cases()
        if self.policy.international:
            theme = self.salient_theme(self.uniform(Process.OVERSEAS_CASE))
            for prefecture in self.prefectures:
                prefecture.see_cases_from_abroad(theme)
        for project in execution.completed(self):
            if project.municipality.designated:
                for prefecture in self.prefectures:
                    prefecture.see_case(project.municipality, project.goal)
        for prefecture in self.prefectures:
            prefecture.become_familiar()


def rows(columns: Any) -> list[SimpleNamespace]:
    """Columns of arrays as one namespace of plain numbers and lists per actor."""
    lists = [column.tolist() for column in columns]
    return [
        SimpleNamespace(**dict(zip(columns._fields, row, strict=True))) for row in zip(*lists, strict=True)
    ]


def share(actors: list[Any]) -> float:
    """Share of members."""
    return len([actor for actor in actors if actor.member]) / len(actors)
