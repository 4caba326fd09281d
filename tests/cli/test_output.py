"""What stands above tables."""

from __future__ import annotations

import pytest

from sim.batch.experiment import Experiment
from sim.cli.output import plain, setting
from sim.scenarios.scenario import load_scenario


@pytest.mark.parametrize(("world", "size"), [("synthetic", "300"), ("synthetic:1_000", "1,000")])
def test_a_made_up_world_is_told_with_its_size(world: str, size: str) -> None:
    experiment = Experiment("e", (load_scenario("no_policy"),), world, quarters=8, replicates=3)
    assert f"{size} made-up municipalities" in setting(experiment, "en")
    assert f"{size}" in setting(experiment, "ja")


def test_words_from_elsewhere_do_not_steer_the_terminal() -> None:
    assert plain("deliberate \x1b[31mred\n  and\twhite\u200b 赤") == "deliberate [31mred and white 赤"
