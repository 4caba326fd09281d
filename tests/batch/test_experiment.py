from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.batch.experiment import Experiment
from sim.batch.experiment_file import load_experiment
from sim.batch.sessions import experiment_yaml
from sim.errors import InputError


@pytest.mark.parametrize(
    "change",
    [{"replicates": 7}, {"record": ("series",)}, {"name": "other"}, {"baseline": None}],
    ids=lambda change: next(iter(change)),
)
def test_identity_leaves_out_what_changes_no_run(experiment: Experiment, change: dict[str, Any]) -> None:
    assert replace(experiment, **change).digest() == experiment.digest()


@pytest.mark.parametrize("change", [{"seed": 2}, {"quarters": 9}, {"world": "synthetic:31"}])
def test_identity_holds_what_changes_runs(experiment: Experiment, change: dict[str, Any]) -> None:
    assert replace(experiment, **change).digest() != experiment.digest()


def test_identity_holds_the_content_and_order_of_scenarios(experiment: Experiment) -> None:
    first, second = experiment.scenarios
    changed = first.overlaid(first.name, levers={"subsidy": 1})
    assert replace(experiment, scenarios=(second, first)).digest() != experiment.digest()
    assert replace(experiment, scenarios=(changed, second)).digest() != experiment.digest()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"replicates": 0}, "replicates: must be from 1 to 1,000,000, not 0"),
        ({"quarters": 4.5}, "quarters: 4.5 is not a whole number"),
        ({"replicates": "2"}, "replicates: '2' is not a whole number"),
        ({"seed": True}, "seed: True is not a whole number"),
        ({"quarters": 0}, "quarters: must be from 1 to 200, not 0"),
        ({"seed": -1}, "seed: -1"),
        ({"seed": 2**63}, "seed"),
        ({"scenarios": ()}, "none given"),
        ({"name": "../up"}, "name"),
        ({"name": ".hidden"}, "name"),
        ({"baseline": "nobody"}, "baseline: 'nobody'"),
    ],
)
def test_bad_values_are_one_clear_line(experiment: Experiment, change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        replace(experiment, **change)
    assert "\n" not in str(error.value)


def test_a_scenario_given_twice_is_refused(experiment: Experiment) -> None:
    with pytest.raises(InputError, match="named twice"):
        replace(experiment, scenarios=experiment.scenarios * 2)


def test_series_is_always_kept(with_replicates: Callable[[int], Experiment]) -> None:
    assert replace(with_replicates(1), record=("deals",)).record == ("deals", "series")


def test_the_written_experiment_is_the_same_experiment(experiment: Experiment, tmp_path: Path) -> None:
    path = tmp_path / "experiment.yaml"
    path.write_text(experiment_yaml(experiment), encoding="utf-8")
    again = load_experiment(path)
    assert again == experiment and again.digest() == experiment.digest()
