"""The quarter: its list of acts, whole and in pieces."""

from __future__ import annotations

import itertools

import numpy as np

from sim.acts import quarter
from sim.extensions import ACTS
from sim.kernel.state import ROWS, Deals, empty_deals
from sim.simulation import Simulation
from sim.simulation.policy import clock_at
from sim.simulation.run import advance
from tests.acts.stepping import start
from tests.acts.worlds import EVERYTHING_SIGNS, changed, plain
from tests.identities.cases import all_levers, world_of


def test_a_quarter_in_pieces_is_the_quarter() -> None:
    scenario = plain(**EVERYTHING_SIGNS).overlaid("busy", levers=all_levers(2_000.0))
    world, pieces = world_of("synthetic:60", 1), (0, 1, 5, 11, 20, len(ACTS))
    whole, split = start(world, scenario), start(world, scenario)

    def in_pieces(*arguments: object) -> None:
        for first, last in itertools.pairwise(pieces):
            quarter.some_acts(first, last, *arguments)

    advance(world, whole.state, [whole.clock], whole.parameters, whole.policy)
    advance(world, split.state, [split.clock], split.parameters, split.policy, in_pieces)
    for group, same in zip(whole.state.columns, split.state.columns, strict=True):
        assert [column.tobytes() for column in group] == [column.tobytes() for column in same]
    assert whole.state.flows.series[0].any()


def test_a_year_at_once_stops_where_the_deals_table_is_full_and_goes_on() -> None:
    scenario = plain(**EVERYTHING_SIGNS).overlaid("busy", levers=all_levers(2_000.0))
    world, quarters = world_of("synthetic:60", 1), 4
    whole = start(world, scenario)
    one_by_one, at_once = whole.state, start(world, scenario).state
    clocks = [
        clock_at(scenario, whole.parameters, world.scale, whole.clock.key, t, 51) for t in range(quarters)
    ]
    for clock in clocks:
        assert advance(world, one_by_one, [clock], whole.parameters, whole.policy) == 1
    at_once.deals = empty_deals(len(world.municipalities.size))
    stops = [0]
    while stops[-1] < quarters:
        more = advance(world, at_once, clocks[stops[-1] :], whole.parameters, whole.policy)
        stops.append(stops[-1] + more)
    assert stops[1] < quarters
    assert at_once.flows.series.tobytes() == one_by_one.flows.series.tobytes()
    rows = one_by_one.deals.tally[ROWS]
    assert rows == at_once.deals.tally[ROWS] > 0
    assert at_once.deals.debt[:rows].tobytes() == one_by_one.deals.debt[:rows].tobytes()


def test_the_deals_table_holds_a_quarter_in_which_projects_of_several_quarters_end() -> None:
    signs = plain(**EVERYTHING_SIGNS | {"success_constant": 10.0, "renewal": 1.0})
    paths = signs.parameters | {"project_quarters": {0: 20.0, 9: 2.0}}
    world = world_of("synthetic:20", 1)
    for group in ("municipalities", "companies"):
        world = changed(world, group, slots=np.full_like(getattr(world, group).slots, 9))
    run = Simulation(world, signs.model_copy(update={"parameters": paths}))
    run.run(until=9)
    before, municipalities = int(run.state.deals.tally[ROWS]), len(world.municipalities.size)
    run.state.deals = shortened(run.state.deals, before + 2 * municipalities)
    run.run(until=10)
    added = int(run.state.deals.tally[ROWS]) - before
    assert 2 * municipalities < added < len(run.state.deals.quarter) - before


def shortened(deals: Deals, rows: int) -> Deals:
    """The table with ``rows`` rows in all."""
    columns = {name: column[:rows].copy() for name, column in deals._asdict().items() if name != "tally"}
    return deals._replace(**columns)
