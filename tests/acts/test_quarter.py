"""The quarter: its list of acts, whole and in pieces."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

from sim.acts import quarter
from sim.extensions import ACTS
from sim.simulation.run import advance
from tests.acts.stepping import start
from tests.acts.worlds import EVERYTHING_SIGNS, plain
from tests.identities.cases import all_levers, world_of

SOURCE = Path(quarter.__file__)


def test_some_acts_are_numbered_in_the_order_of_the_quarter() -> None:
    branches = [node for node in ast.walk(ast.parse(SOURCE.read_text())) if isinstance(node, ast.If)]
    numbered = {ast.literal_eval(ast.unparse(branch.test).rpartition(" ")[2]): branch for branch in branches}
    acts = [ast.unparse(numbered[number].body[0]).partition("(")[0] for number in sorted(numbered)]
    assert acts == list(ACTS)


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
