from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import provenance
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError


def test_it_says_where_results_come_from(experiment: Experiment, finished: Path) -> None:
    facts = json.loads((finished / "provenance.json").read_text(encoding="utf-8"))
    assert facts["experiment"] == experiment.digest()
    assert facts["model"] == provenance.model_digest()
    assert facts["model_version"] == provenance.MODEL_VERSION
    assert facts["root_seed"] == 1
    assert facts["scenarios"] == {one.name: one.digest() for one in experiment.scenarios}
    (session,) = facts["sessions"]
    assert session["wall_seconds"] > 0
    assert {"python", "numpy", "numba", "pandas", "pyarrow"} <= {
        k for k, v in session["versions"].items() if v
    }
    assert session["machine"]["cpu_count"] >= 1 and session["machine"]["platform"]
    assert session["command"]


def test_each_session_that_ran_something_is_kept(
    with_replicates: Callable[[int], Experiment], tmp_path: Path
) -> None:
    for replicates in (1, 2, 2):
        run_experiment(with_replicates(replicates), tmp_path)
    facts = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert len(facts["sessions"]) == 2


def test_damaged_provenance_is_one_clear_line(
    with_replicates: Callable[[int], Experiment], tmp_path: Path
) -> None:
    run_experiment(with_replicates(1), tmp_path)
    (tmp_path / "provenance.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        run_experiment(with_replicates(2), tmp_path)


def test_the_commit_is_that_of_the_package_or_none() -> None:
    commit = provenance.commit()
    assert commit is None or re.fullmatch(r"[0-9a-f]{40}(-dirty)?", commit)
