"""One quarter, act by act. This page reads as the table of contents of the model.

Every act reads what the acts before it left and writes its own columns. Within an act all
actors look at the same start of the stage, so their order is irrelevant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

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
from sim.kernel.calls import UNLINKED, call_act, fits, linked
from sim.kernel.compiled import entry
from sim.kernel.lent import lent
from sim.kernel.parameters import Parameters
from sim.kernel.state import OPEN, ROWS, Clock, Columns, Policy
from sim.kernel.world import Traits

#: The acts of a quarter in the order of docs/ODD.md.
QUARTER = (
    # 1 the year's money is at hand in April
    open_quarter,
    # 2 who has adopted nearby is seen, and word of the SDGs spreads
    weigh_neighbours,
    spread_awareness,
    # 3 governments, companies and institutions join the platform
    join_platform,
    # 4 governments begin to promote the SDGs
    adopt,
    # 5 levers teach: appraisal skill, trust among members, capacity
    hold_study_groups,
    hold_subcommittees,
    send_advice,
    # 6 the year's SDGs FutureCities are chosen in June; agreements and donations need no choice of projects
    select_futurecities,
    sign_agreements,
    # 7 municipalities with a free slot say what they need
    post_needs,
    # 8 posts meet companies, and some meetings become proposals
    hold_meetings,
    convert_meetings,
    # 9 proposals are signed, with a grant or without, where it suits all three parties
    test_and_sign,
    # 10 projects go on, end, and are sometimes renewed
    run_projects,
    # 11 loans earn, default and mature
    service_loans,
    # 12 who carried out a project learns from how it ended
    learn,
    # 13 completed projects move the goals, and become cases for others
    advance_goals,
    spread_cases,
    # 14 what proved itself at home goes abroad, and capital comes in
    go_abroad,
    # 15 the quarter is written down, and in March what is left of the money lapses
    record,
    close_quarter,
)


#: What ``_run`` gives where the acts are not linked for arguments of these types.
_UNFIT = -1


def quarters(
    clocks: Sequence[Clock], parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> int:
    """Run a quarter for every clock, the first in any case, while the deals table has room for another.

    Returns:
        Quarters run.
    """
    return _linked_run(0, len(QUARTER), clocks, parameters, policy, world, state)


def some_acts(first: int, last: int, clock: Clock, *what: Any) -> None:
    """Run the acts number ``first`` to ``last`` - 1 of a quarter: what stands between two extensions."""
    _linked_run(first, last, [clock], *what)


def compile_alone(act: str, clock: Clock, *what: Any) -> None:
    """Load or compile one act, or by the name ``""`` what runs the acts, for arguments of these types."""
    if act:
        linked([one for one in QUARTER if one.__name__ == act], (clock, *what))
    else:
        _run(*UNLINKED, _columns([clock]), *what)


class _Quarter:
    """The acts as this process has linked them last."""

    linked = UNLINKED


def _linked_run(first: int, last: int, clocks: Sequence[Clock], *what: Any) -> int:
    """Run acts; link them before the first call, and where arguments are of other types than before."""
    columns = _columns(clocks)
    digest, acts = _Quarter.linked
    done = _run(digest, acts[first:last], columns, *what)
    if done == _UNFIT:
        digest, acts = _Quarter.linked = linked(QUARTER, (clocks[0], *what))
        done = _run(digest, acts[first:last], columns, *what)
    return done


def _columns(clocks: Sequence[Clock]) -> Clock:
    """One clock whose fields are columns."""
    columns: list[Any] = [np.array(column) for column in zip(*clocks, strict=True)]
    return Clock(*columns)


@entry
def _run(
    digest: int, acts: Any, clocks: Any, parameters: Parameters, policy: Policy, world: Traits, state: Columns
) -> int:
    """Run acts for every row of ``clocks``, a Clock of columns; see ``quarters``.

    A call from Python unpacks some two hundred columns, which takes as long as a heavy act: so it is made for
    several quarters.
    """
    policy, world, state = lent(policy), lent(world), lent(state)
    tally, most = state.deals.tally, len(state.deals.quarter) - len(state.municipalities.active)
    for done in range(len(clocks.quarter)):
        if done > 0 and tally[ROWS] + tally[OPEN] > most:  # as in with_room
            return done
        clock = Clock(
            clocks.key[done], clocks.quarter[done], clocks.year[done], clocks.quarters_left[done],
            clocks.first_of_year[done], clocks.last_of_year[done], clocks.since_target[done],
            clocks.platform_open[done], clocks.since_surge[done], clocks.selection[done],
            clocks.quota[done], clocks.model_quota[done], clocks.event[done],
        )  # fmt: skip
        if not fits(digest, clock, parameters, policy, world, state):
            return _UNFIT
        for act in acts:
            call_act(act, clock, parameters, policy, world, state)
    return len(clocks.quarter)
