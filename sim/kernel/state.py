"""State: every column that changes during a run, with unit and range, in one place.

Columns are grouped by whose they are. Each group is a named tuple of arrays that goes into
the compiled acts as it is; acts write into the arrays and nothing else is ever mutated.
``-1`` stands for "never" in columns of quarters and "none" in columns of ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.kernel.world import Flags, Floats, Ids, Integers

#: Partners whose trust a municipality remembers; the least trusted makes room for who is trusted more.
PARTNERS = 32
#: Comprehensive agreements that a municipality can hold at once.
AGREEMENTS = 32

NEVER = -1
NONE = -1


class Clock(NamedTuple):
    """What time it is, and what the calendar says of this quarter."""

    key: Any  # uint64, key of the run
    quarter: int  # t, 0 = 2018Q2
    year: int  # index of the fiscal year, 0 = FY2018
    quarters_left: int  # quarters of this fiscal year still inside the horizon, this one included
    first_of_year: bool
    last_of_year: bool
    since_target: int  # quarters since a national target came into force, NEVER before
    platform_open: float  # 1 once the platform exists (2018Q3), else 0
    since_surge: int  # quarters since membership surged (2020Q3), NEVER before
    selection: bool  # FutureCities are selected this quarter (each June from FY2019)
    quota: int  # FutureCities to be designated this quarter, scaled to the world
    model_quota: int  # of these with a model project
    event: float  # summed weight of the quarter's dated events


class Programmes(NamedTuple):
    """Who pays for a lever, and whom it may serve: one row of the ledger for every programme.

    A lever's own row, the last of its rows in order of priority, is the national programme for everybody.
    Flags and lists have a row for every target, not for every programme: programmes of the same target
    share it, and target 0 is everybody.
    """

    first: Integers  # (levers + 1); the rows of lever l are rows[first[l]:first[l + 1]], first served first
    rows: Integers  # rows of the ledger, by lever and in order of priority
    target: Integers  # (L) target of each row of the ledger
    code: Any  # (L) uint64, what a programme's own draws are keyed by; 0 for a lever's own row
    municipalities: Flags  # (targets, M) 1 = may be served
    companies: Flags  # (targets, C)
    institutions: Flags  # (targets, F)
    municipality_start: Integers  # (targets + 1); ids of target n are municipality_ids[start[n]:start[n + 1]]
    municipality_ids: Integers
    company_start: Integers  # (targets + 1)
    company_ids: Integers


class Policy(NamedTuple):
    """Rules and settings of the scenario in this quarter. Goals' arrays have length 17."""

    award: int  # 0 scored, 1 need-weighted, 2 lottery
    matching: int  # 0 den Haan, Ramey and Watson; 1 Cobb-Douglas
    advisers: int  # 0 smallest municipalities first, 1 lottery
    study_effect: int  # 0 skill moves how loans are priced, 1 also whether they are appraised at all
    grant_choice: (
        int  # who decides on a grant without which the deal is signed, too: 0 company, 1 municipality
    )
    contagion: int  # 0 linear in the share of adopters, 1 nothing below a threshold
    insurance: bool  # casualty insurers sell cover
    election_gate: bool  # neighbours count only in the quarter of the mayor's election
    international: bool  # the channel abroad is open
    intermediaries: bool  # prefectures and regional lenders introduce companies to posts that nobody searches
    joint_projects: bool  # small municipalities act with the capacity of an able neighbour
    agreements: bool  # agreements are signed and donations received
    guarantee_cover: float
    interest_subsidy_rate: float
    salience: Floats  # weight of each goal in the needs posted, >= 0
    gap_scale: Floats  # mean gap of all goals / mean gap of the goal at the start, over municipalities
    market: Floats  # SDG market size of each goal, mean 1
    drift: Floats  # change of each goal without projects, as an effect per quarter
    interlinkage: Floats  # (17, 17) spillover on row's goal from column's goal, -1..1
    programmes: Programmes


class Municipalities(NamedTuple):
    """State of M municipalities."""

    awareness: Floats  # 0..1
    capacity: Floats  # 0..1
    capacity_base: Floats  # 0..1, to which capacity returns
    reputation: Floats  # 0..1
    adopted: Flags
    adopted_quarter: Integers
    member: Flags
    member_quarter: Integers
    designated: Flags
    designated_quarter: Integers
    model_project: Flags
    active: Integers  # projects under way, <= slots
    signed: Integers  # deals ever signed
    completed: Integers
    failed: Integers
    goals: Floats  # (M, 17) 0..1
    goals_untouched: Floats  # (M, 17) 0..1, the same without any project
    partnership_gain: Floats  # effect of completed projects on goal 17, summed
    coaching: Floats  # learning from advice and advisers this quarter
    model_credit: Floats  # JPY M of model grant that the city has left for its plan
    model_fund: Integers  # row of the ledger that paid the model grant, NONE without one
    network: Flags  # 1 = in the global city network
    partners: Ids  # (M, PARTNERS) company ids, NONE where empty
    trust: Floats  # (M, PARTNERS) 0..1
    neighbour_share: Floats  # weighted share of neighbours that have adopted, this quarter
    agreements: Integers  # comprehensive agreements in force, <= AGREEMENTS
    agreement_partners: Ids  # (M, AGREEMENTS) company ids, NONE where empty
    agreement_quarter: Integers  # in which the last agreement was signed, NEVER without any
    donation_quarter: Integers  # of the last fiscal year's first corporate donation, NEVER without any


class Companies(NamedTuple):
    """State of C companies."""

    awareness: Floats  # 0..1
    reputation: Floats  # 0..1
    member: Flags
    active: Integers  # projects under way, <= slots
    signed: Integers  # deals ever signed
    abroad: Integers  # overseas deals under way; they hold slots too
    exportable: Integers  # projects completed in network cities on exportable themes
    agreements: Integers  # comprehensive agreements in force


class Institutions(NamedTuple):
    """State of F financial institutions."""

    capital: Floats  # JPY M
    exposure: Floats  # JPY M of debt outstanding, <= limit
    skill: Floats  # 0..1
    member: Flags


class Prefectures(NamedTuple):
    """State of P prefectures."""

    adopted: Flags
    member: Flags
    designated: Flags
    pooled_debt: Floats  # (P, 17) JPY M of debt signed this fiscal year, by theme
    exposure: Floats  # (P, SIZE_CLASSES, 17) exposure to model cases
    familiarity: Floats  # (P, SIZE_CLASSES) X = 1 - exp(-sum of exposure)


class Posts(NamedTuple):
    """Needs and meetings of this quarter, by municipality."""

    goal: Integers  # theme posted, NONE = no post
    supported: Flags  # 1 = a coordinator helps
    company: Integers  # company met, NONE = no meeting
    proposed: Flags  # 1 = the meeting became a proposal
    friction: Floats  # (M, 3) terms of the friction: capacity, awareness, distance


class Deals(NamedTuple):
    """One row per proposal or renewal; the first ``tally[ROWS]`` rows are in use. Money in JPY M."""

    quarter: Integers
    municipality: Integers
    company: Integers
    institution: Integers  # lead funder, NONE without debt
    insurer: Integers
    goal: Integers
    cost: Floats
    equity: Floats
    municipal: Floats
    grant: Floats
    grant_fund: Integers  # row of the ledger that pays the grant, NONE without one
    debt: Floats
    rate: Floats  # over the loan's life
    margin: Floats  # JPY M per quarter that the lender earns net of funding
    tenor: Integers  # quarters
    success_probability: Floats
    ordinary_guarantee: Floats  # expected share of the loss covered by credit guarantee associations
    guarantee: Floats  # share of what is left of the loss that the lever covers
    reserve: Floats  # JPY M set aside for the guarantee
    guarantee_fund: Integers  # row of the ledger that pays the reserve, NONE without one
    interest_subsidy: Floats  # JPY M set aside
    interest_fund: Integers  # row of the ledger that pays the interest subsidy, NONE without one
    premium: Floats  # JPY M paid to the insurer
    friction: Floats  # (rows, 3)
    verdict: Integers  # see Verdict
    state: Integers  # see ProjectState
    end_quarter: Integers
    renewed_from: Integers  # row of the partnership's first project, NONE for a first project
    open_projects: Integers  # rows under way, the first tally[OPEN]
    ended: Integers  # rows that ended this quarter, the first tally[ENDED]
    loans: Integers  # rows whose loan is outstanding, the first tally[LOANS]
    tally: Integers  # counts: ROWS, OPEN, ENDED, LOANS; FIRST is the quarter's first row


ROWS, OPEN, ENDED, LOANS, FIRST = range(5)


class Verdict:
    """How a proposal ended."""

    REFUSED_BY_MUNICIPALITY = 0
    REFUSED_BY_COMPANY = 1
    REFUSED_BY_LENDERS = 2
    UNSUBSIDISED = 3
    INFRAMARGINAL = 4
    ADDITIONAL = 5
    RENEWAL = 6


VERDICTS = (
    "refused_by_municipality", "refused_by_company", "refused_by_lenders",
    "unsubsidised", "inframarginal", "additional", "renewal",
)  # fmt: skip


class ProjectState:
    """Where a project stands."""

    NOT_SIGNED = 0
    ACTIVE = 1
    COMPLETED = 2
    FAILED = 3
    DEFAULTED = 4


PROJECT_STATES = ("not_signed", "active", "completed", "failed", "defaulted")


class Ledger(NamedTuple):
    """Public money by fund (rows as in ``Scenario.funds``) and fiscal year, in JPY M."""

    appropriated: Floats  # (L, Y)
    spent: Floats  # (L, Y)
    lapsed: Floats  # (L, Y), booked when the fiscal year closes
    remaining: Floats  # (L,) of the year that is open


class Flows(NamedTuple):
    """Sums of this quarter that no column holds, by name in ``FLOWS``, and the series."""

    now: Floats  # (len(FLOWS),)
    series: Floats  # (quarters, outcomes): those of OUTCOMES, then those of extensions
    group: Integers  # (M,) group of each municipality; empty where no results by place are kept
    places: Floats  # (quarters, groups, outcomes of BY_PLACE); no groups where none are kept


FLOWS = (
    "lost_to_capacity", "lost_to_awareness", "lost_to_distance",
    "loan_losses", "guarantee_calls", "public_spending",
    "futurecity_applicants", "overseas_deals", "overseas_concessional",
    "meetings_intermediary",
)  # fmt: skip
LOST_TO_CAPACITY, LOST_TO_AWARENESS, LOST_TO_DISTANCE, LOAN_LOSSES, GUARANTEE_CALLS, PUBLIC_SPENDING = range(
    6
)
APPLICANTS, OVERSEAS_DEALS, OVERSEAS_CONCESSIONAL, MEETINGS_INTERMEDIARY = range(6, 10)


class Columns(NamedTuple):
    """State as acts are handed it: the columns of every kind of actor, and of what is between them."""

    municipalities: Municipalities
    companies: Companies
    institutions: Institutions
    prefectures: Prefectures
    posts: Posts
    deals: Deals
    ledger: Ledger
    flows: Flows


@dataclass
class State:
    """All columns of one run."""

    municipalities: Municipalities
    companies: Companies
    institutions: Institutions
    prefectures: Prefectures
    posts: Posts
    deals: Deals
    ledger: Ledger
    flows: Flows

    def groups(self) -> Iterator[tuple[str, Any]]:
        """Name and columns of every group."""
        yield from vars(self).items()

    @property
    def columns(self) -> Columns:
        """The same columns as acts are handed them."""
        return Columns(**vars(self))

    def lay_out(self, places: Sequence[int], rows: int) -> None:
        """Move the rows of the ledger to other places among ``rows``; what is new is zero.

        Args:
            places: for every row where it goes.
            rows: how many there are then.
        """
        if list(places) == list(range(len(places))):
            return  # what is new comes last
        moved = []
        for column in self.ledger:
            larger = np.zeros((rows, *column.shape[1:]))
            larger[places] = column
            moved.append(larger)
        self.ledger = Ledger(*moved)
        new = np.array([*places, NONE])  # the last stands for NONE
        deals = self.deals
        for payers in (
            self.municipalities.model_fund, deals.grant_fund, deals.guarantee_fund, deals.interest_fund,
        ):  # fmt: skip
            payers[:] = new[payers]

    def make_room(self, funds: int, outcomes: int) -> None:
        """Widen the ledger to ``funds`` rows and the series to ``outcomes`` columns; what is new is zero."""
        more = funds - len(self.ledger.remaining)
        if more > 0:
            self.ledger = Ledger(
                *(np.concatenate((column, np.zeros((more, *column.shape[1:])))) for column in self.ledger)
            )
        more = outcomes - self.flows.series.shape[1]
        if more > 0:
            quarters = len(self.flows.series)
            self.flows = self.flows._replace(
                series=np.concatenate((self.flows.series, np.zeros((quarters, more))), axis=1)
            )


_DEAL_FLOATS = {
    "cost", "equity", "municipal", "grant", "debt", "rate", "margin", "success_probability",
    "ordinary_guarantee", "guarantee", "reserve", "interest_subsidy", "premium",
}  # fmt: skip


def empty_deals(rows: int) -> Deals:
    """Deals table with room for ``rows`` rows."""
    columns: dict[str, Any] = {}
    for name in Deals._fields:
        if name == "tally":
            columns[name] = np.zeros(5, np.int64)
        elif name == "friction":
            columns[name] = np.zeros((rows, 3))
        else:
            columns[name] = np.zeros(rows) if name in _DEAL_FLOATS else np.full(rows, NONE)
    return Deals(**columns)


def with_room(deals: Deals, municipalities: int) -> Deals:
    """The same table with room for another quarter, or a larger one.

    A quarter adds at most a proposal of every municipality and a renewal of every project under way.
    """
    rows, size = municipalities + int(deals.tally[OPEN]), len(deals.quarter)
    if deals.tally[ROWS] + rows <= size:
        return deals
    larger = empty_deals(2 * size + rows)
    for old, new in zip(deals, larger, strict=True):
        new[: len(old)] = old
    return larger
