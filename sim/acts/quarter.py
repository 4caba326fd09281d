"""One quarter, act by act. This page reads as the table of contents of the model.

Every act reads what the acts before it left and writes its own columns. Within an act all
actors look at the same start of the stage, so their order is irrelevant.
"""

from __future__ import annotations

from sim.acts.abroad import go_abroad
from sim.acts.adoption import adopt
from sim.acts.awareness import spread_awareness, weigh_neighbours
from sim.acts.conversion import convert_meetings
from sim.acts.deals import test_and_sign
from sim.acts.execution import run_projects
from sim.acts.futurecity import select_futurecities
from sim.acts.groups import hold_study_groups, hold_subcommittees, send_advice
from sim.acts.learning import learn
from sim.acts.ledger import close_quarter, open_quarter
from sim.acts.lending import service_loans
from sim.acts.meetings import hold_meetings
from sim.acts.membership import join_platform
from sim.acts.posting import post_needs
from sim.acts.progress import advance_goals, spread_cases
from sim.acts.record import record
from sim.kernel.compiled import act
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    ROWS,
    Clock,
    Companies,
    Deals,
    Flows,
    Institutions,
    Ledger,
    Municipalities,
    Policy,
    Posts,
    Prefectures,
)
from sim.kernel.world import CompanyTraits, Directory, InstitutionTraits, MunicipalityTraits, PrefectureTraits


@act
def quarter(
    clock: Clock,
    rules: Parameters,
    policy: Policy,
    places: MunicipalityTraits,
    firms: CompanyTraits,
    institutions: InstitutionTraits,
    prefectures: PrefectureTraits,
    directory: Directory,
    towns: Municipalities,
    companies: Companies,
    lenders: Institutions,
    regions: Prefectures,
    posts: Posts,
    deals: Deals,
    ledger: Ledger,
    flows: Flows,
) -> None:
    """Run one quarter: the acts in the order of docs/ODD.md."""
    # 1 ledger and calendar
    open_quarter(clock, ledger, flows, regions)
    first_row = deals.tally[ROWS]
    # 2 awareness
    weigh_neighbours(places, towns)
    spread_awareness(
        clock, rules.awareness, rules.costs, places, firms, towns, companies, regions, ledger, flows
    )
    # 3 platform membership
    domestic = len(lenders.member) - len(directory.foreign_fund)
    join_platform(clock, rules.membership, towns, companies, lenders, regions, domestic)
    # 4 adoption
    adopt(clock, rules.adoption, policy, places, towns, regions)
    # 5 study groups, subcommittees, advice
    hold_study_groups(clock, rules.learning, rules.costs, institutions, lenders, ledger, flows, domestic)
    hold_subcommittees(clock, rules.learning, rules.costs, policy, firms, towns, companies, ledger, flows)
    send_advice(clock, rules.futurecity, rules.capacity, rules.costs, policy, places, towns, ledger, flows)
    # 6 FutureCity selection
    select_futurecities(
        clock, rules.futurecity, rules.capacity, policy, places, towns, regions, ledger, flows
    )
    # 7 needs
    post_needs(clock, rules.needs, policy, places, towns, posts)
    # 8 meetings, and what becomes of them
    hold_meetings(
        clock, rules.needs, rules.search, rules.costs, policy, places, firms, directory,
        towns, companies, posts, ledger, flows,
    )  # fmt: skip
    convert_meetings(clock, rules.conversion, rules.search, places, firms, towns, companies, posts, flows)
    # 9 deals and grants
    test_and_sign(
        clock, rules.deal, rules.finance, rules.grants, policy, places, firms, institutions, directory,
        towns, companies, lenders, regions, posts, deals, ledger, flows,
    )  # fmt: skip
    # 10 execution
    run_projects(
        clock, rules.execution, rules.deal, rules.finance, policy, places, firms, institutions,
        towns, companies, lenders, regions, deals,
    )  # fmt: skip
    # 11 finance
    service_loans(clock, rules.finance, lenders, deals, flows)
    # 12 learning
    learn(rules.capacity, rules.learning, towns, companies, deals)
    # 13 progress and model cases
    advance_goals(rules.progress, policy, places, towns, deals)
    spread_cases(
        clock,
        rules.progress,
        rules.international,
        rules.search,
        policy,
        places,
        prefectures,
        towns,
        regions,
        deals,
    )
    # 14 abroad
    go_abroad(
        clock, rules.international, rules.costs, policy, firms, institutions, directory,
        towns, companies, lenders, deals, ledger, flows, first_row,
    )  # fmt: skip
    # 15 record
    record(
        clock,
        places,
        institutions,
        towns,
        companies,
        lenders,
        regions,
        posts,
        deals,
        flows,
        directory,
        first_row,
    )
    close_quarter(clock, ledger)
