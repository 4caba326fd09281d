"""Leave to import code is given by the names of modules, and to no other code than these."""

from __future__ import annotations

import pytest

from sim.scenarios.allowed import Allowed, refusal

PATHS = ("first:lever", "second.part:outcome", "first:mechanism")


@pytest.mark.parametrize(
    "allowed",
    ["first,second.part", "second.part, first", ["first:lever", "second.part"], {"first,second.part"}],
)
def test_every_module_must_be_allowed(allowed: Allowed) -> None:
    assert refusal(PATHS, allowed) == ""


@pytest.mark.parametrize(
    "allowed", ["", (), "first", ["second", "first"], "second.part", "first.lever,second.part"]
)
def test_what_is_not_named_is_refused_with_the_words_that_would_allow_it(allowed: Allowed) -> None:
    told = refusal(PATHS, allowed)
    assert "--allow-extensions first,second.part (in Python: " in told
    assert refusal(PATHS, told.partition("--allow-extensions ")[2].partition(" ")[0]) == ""


def test_where_no_code_is_named_no_leave_is_asked_for() -> None:
    assert refusal((), ()) == ""
