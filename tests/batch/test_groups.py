"""Groups of factors that a Saltelli design changes together."""

from __future__ import annotations

import numpy as np
import pytest

from sim.batch.factors import Factor
from sim.batch.methods import groups_of, points_of, size_of
from sim.errors import InputError

FACTORS = [Factor(name, "uncertainty", 0.0, 1.0) for name in ("a", "b", "c", "d")]
GROUPS = {"both": ["a", "c"]}


def test_a_group_changes_together_and_counts_as_one_factor() -> None:
    options = {"samples": 8, "groups": GROUPS}
    assert groups_of(FACTORS, options) == ("both", "b", "d")
    points = np.array(points_of("saltelli", FACTORS, 1, options)).reshape(8, 5, 4)
    assert size_of("saltelli", FACTORS, options) == 40
    changed = points[:, 1:] != points[:, :1]
    wanted = [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1], [1, 1, 1, 1]]
    assert (changed == np.array(wanted, bool)).all()
    single = np.array(points_of("saltelli", FACTORS, 1, {"samples": 8})).reshape(8, 6, 4)
    np.testing.assert_array_equal(points[:, [0, -1]], single[:, [0, -1]])


@pytest.mark.parametrize(
    ("groups", "line"),
    [
        ({"both": ["a", "z"]}, "both holds z, which is no factor"),
        ({"one": ["a"], "two": ["b", "a"]}, "a is in two groups, one and two"),
        ({"a": ["b"]}, "a is a factor; call the group something else"),
    ],
)
def test_groups_that_cannot_be_are_refused(groups: dict[str, list[str]], line: str) -> None:
    with pytest.raises(InputError, match=line):
        points_of("saltelli", FACTORS, 1, {"samples": 8, "groups": groups})
