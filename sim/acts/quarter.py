"""One quarter, act by act. This page reads as the table of contents of the model.

Every act reads what the acts before it left and writes its own columns. Within an act all
actors look at the same start of the stage, so their order is irrelevant.
"""

from __future__ import annotations

from typing import Any

from sim.acts.abroad import go_abroad
from sim.acts.adoption import adopt
from sim.acts.agreements import sign_agreements
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
from sim.kernel.compiled import act, entry
from sim.kernel.lent import lent
from sim.kernel.parameters import Parameters
from sim.kernel.state import OPEN, ROWS, Clock, Columns, Policy
from sim.kernel.world import Traits


@act
def quarter(clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> None:
    """Run one quarter: the acts in the order of docs/ODD.md."""
    # 1 the year's money is at hand in April
    open_quarter(clock, parameters, policy, world, state)
    # 2 who has adopted nearby is seen, and word of the SDGs spreads
    weigh_neighbours(clock, parameters, policy, world, state)
    spread_awareness(clock, parameters, policy, world, state)
    # 3 governments, companies and institutions join the platform
    join_platform(clock, parameters, policy, world, state)
    # 4 governments begin to promote the SDGs
    adopt(clock, parameters, policy, world, state)
    # 5 levers teach: appraisal skill, trust among members, capacity
    hold_study_groups(clock, parameters, policy, world, state)
    hold_subcommittees(clock, parameters, policy, world, state)
    send_advice(clock, parameters, policy, world, state)
    # 6 the year's SDGs FutureCities are chosen in June; agreements and donations need no choice of projects
    select_futurecities(clock, parameters, policy, world, state)
    sign_agreements(clock, parameters, policy, world, state)
    # 7 municipalities with a free slot say what they need
    post_needs(clock, parameters, policy, world, state)
    # 8 posts meet companies, and some meetings become proposals
    hold_meetings(clock, parameters, policy, world, state)
    convert_meetings(clock, parameters, policy, world, state)
    # 9 proposals are signed, with a grant or without, where it suits all three parties
    test_and_sign(clock, parameters, policy, world, state)
    # 10 projects go on, end, and are sometimes renewed
    run_projects(clock, parameters, policy, world, state)
    # 11 loans earn, default and mature
    service_loans(clock, parameters, policy, world, state)
    # 12 who carried out a project learns from how it ended
    learn(clock, parameters, policy, world, state)
    # 13 completed projects move the goals, and become cases for others
    advance_goals(clock, parameters, policy, world, state)
    spread_cases(clock, parameters, policy, world, state)
    # 14 what proved itself at home goes abroad, and capital comes in
    go_abroad(clock, parameters, policy, world, state)
    # 15 the quarter is written down, and in March what is left of the money lapses
    record(clock, parameters, policy, world, state)
    close_quarter(clock, parameters, policy, world, state)


@entry
def quarters(clocks: Any, parameters: Parameters, policy: Policy, world: Traits, state: Columns) -> int:
    """Run a quarter for every row of ``clocks`` (a Clock of columns) while the deals table has room for it.

    A call from Python unpacks some two hundred columns, which takes as long as a heavy act: so it is made for
    several quarters.

    Returns:
        Quarters run.
    """
    policy, world, state = lent(policy), lent(world), lent(state)
    tally, most = state.deals.tally, len(state.deals.quarter) - len(state.municipalities.active)
    done = 0
    while done < len(clocks.quarter) and tally[ROWS] + tally[OPEN] <= most:  # as in with_room
        clock = Clock(
            clocks.key[done], clocks.quarter[done], clocks.year[done], clocks.quarters_left[done],
            clocks.first_of_year[done], clocks.last_of_year[done], clocks.since_target[done],
            clocks.platform_open[done], clocks.since_surge[done], clocks.selection[done],
            clocks.quota[done], clocks.model_quota[done], clocks.event[done],
        )  # fmt: skip
        quarter(clock, parameters, policy, world, state)
        done += 1
    return done


@entry
def some_acts(
    first: int, last: int, clock: Clock, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> None:
    """Run the acts number ``first`` to ``last`` - 1 of the quarter: what stands between two extensions."""
    policy, world, state = lent(policy), lent(world), lent(state)
    for number in range(first, last):
        if number == 0:
            open_quarter(clock, parameters, policy, world, state)
        elif number == 1:
            weigh_neighbours(clock, parameters, policy, world, state)
        elif number == 2:
            spread_awareness(clock, parameters, policy, world, state)
        elif number == 3:
            join_platform(clock, parameters, policy, world, state)
        elif number == 4:
            adopt(clock, parameters, policy, world, state)
        elif number == 5:
            hold_study_groups(clock, parameters, policy, world, state)
        elif number == 6:
            hold_subcommittees(clock, parameters, policy, world, state)
        elif number == 7:
            send_advice(clock, parameters, policy, world, state)
        elif number == 8:
            select_futurecities(clock, parameters, policy, world, state)
        elif number == 9:
            sign_agreements(clock, parameters, policy, world, state)
        elif number == 10:
            post_needs(clock, parameters, policy, world, state)
        elif number == 11:
            hold_meetings(clock, parameters, policy, world, state)
        elif number == 12:
            convert_meetings(clock, parameters, policy, world, state)
        elif number == 13:
            test_and_sign(clock, parameters, policy, world, state)
        elif number == 14:
            run_projects(clock, parameters, policy, world, state)
        elif number == 15:
            service_loans(clock, parameters, policy, world, state)
        elif number == 16:
            learn(clock, parameters, policy, world, state)
        elif number == 17:
            advance_goals(clock, parameters, policy, world, state)
        elif number == 18:
            spread_cases(clock, parameters, policy, world, state)
        elif number == 19:
            go_abroad(clock, parameters, policy, world, state)
        elif number == 20:
            record(clock, parameters, policy, world, state)
        elif number == 21:
            close_quarter(clock, parameters, policy, world, state)
