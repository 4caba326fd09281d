from __future__ import annotations

from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from sim.analysis.discovery import box_words, discovery_of
from sim.analysis.sensitivity import sensitivity_of
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.parameter_sets import ParameterSets
from sim.batch.runner import run_experiment
from sim.cli import main
from sim.errors import InputError
from sim.results import Results, load
from sim.scenarios.scenario import load_scenario
from tests.analysis.known_answers import CHANCE, EDGES, FACTORS, experiment
from tests.statistics.functions import ISHIGAMI_FIRST, ISHIGAMI_TOTAL, ISHIGAMI_VARIANCE


def results_of(folder: Path, method: str, replicates: int, **options: int) -> Results:
    folder.mkdir()
    run_experiment(experiment(folder, method, replicates, **options), folder / "results")
    return load(folder / "results")


@pytest.fixture(scope="module")
def saltelli(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """128 base samples of three parameters, two replicates."""
    return results_of(tmp_path_factory.mktemp("known") / "s", "saltelli", 2, samples=128)


@pytest.fixture(scope="module")
def lhs(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return results_of(tmp_path_factory.mktemp("known") / "l", "lhs", 1, samples=200)


def test_ishigami_through_real_runs(saltelli: Results) -> None:
    found = sensitivity_of(saltelli, "ishigami")
    table = found.indices.set_index("factor").loc[[one.name for one in FACTORS]]
    for measure, truth in (("first", ISHIGAMI_FIRST), ("total", ISHIGAMI_TOTAL)):
        assert (table[f"{measure}_low"] <= truth + 1e-3).all() and (table[f"{measure}_high"] >= truth).all()
    np.testing.assert_allclose(table["total"], ISHIGAMI_TOTAL, atol=0.1)
    assert set(found.convergence["samples"]) == {16, 32, 64, 128}
    assert not found.notes


def test_the_part_of_chance_through_real_runs(saltelli: Results) -> None:
    """Chance is alike at all points: its index of first order is its index in total."""
    chance = sensitivity_of(saltelli, "ishigami").chance.set_index("source")
    truth = CHANCE**2 / (CHANCE**2 + ISHIGAMI_VARIANCE)
    assert chance.loc["chance", "low"] <= truth <= chance.loc["chance", "high"]
    assert chance.loc["seed_with_parameters", "share"] == pytest.approx(0.0, abs=1e-9)
    assert chance.loc["parameters", "share"] + chance.loc["chance", "share"] == pytest.approx(1.0)


def test_given_data_and_regional_sensitivity(lhs: Results) -> None:
    table = sensitivity_of(lhs, "ishigami").indices.set_index("factor")
    assert list(table.index[:2]) == ["matching_efficiency", "posting_rate"]
    assert table.loc["matching_efficiency", "pawn"] > table.loc["matching_efficiency", "null"]
    table = sensitivity_of(lhs, when="planted > 0.5").indices.set_index("factor")
    assert (table.loc[["posting_rate", "matching_efficiency"], "p_adjusted"] < 0.01).all()
    assert table.loc["posting_rate", "toward"] > 0.1 > -0.1 > table.loc["matching_efficiency", "toward"]


def test_one_replicate_has_indices_and_no_split(lhs: Results) -> None:
    found = sensitivity_of(lhs, "ishigami")
    assert not len(found.chance)
    assert found.notes == (
        "made.ishigami: chance and parameters cannot be told apart with 1 replicate of each point; "
        "run 2 or more (--replicates 2)",
    )


def test_runs_that_are_gone_are_told_of(
    lhs: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copytree(lhs.folder, tmp_path / "gone")
    next((tmp_path / "gone" / "series").glob("*.parquet")).unlink()
    assert main(["sensitivity", str(tmp_path / "gone"), "--outcome", "ishigami"]) == 0
    assert "of 200 runs are stored" in capsys.readouterr().err
    assert main(["discover", str(tmp_path / "gone"), "--when", "made < 0"]) == 2
    assert "of 200 runs are stored" in capsys.readouterr().err


def test_morris_through_real_runs(tmp_path: Path) -> None:
    results = results_of(tmp_path / "m", "morris", 1, trajectories=12)
    table = sensitivity_of(results, "ishigami").indices
    assert set(table["factor"]) == {one.name for one in FACTORS}
    assert (table["mu_star_low"] <= table["mu_star"]).all() and (table["trajectories"] == 12).all()


def test_a_planted_box_through_real_runs(saltelli: Results) -> None:
    pytest.importorskip("ema_workbench")
    found = discovery_of(saltelli, "planted > 0.5", boxes=1)
    box = found.found[0]
    assert box.box.restricted.tolist() == [[True, False], [False, True], [False, False]]
    assert box.box.low[0] == pytest.approx(EDGES[0], abs=0.06)
    assert box.box.high[1] == pytest.approx(EDGES[1], abs=0.06)
    assert box.p < 0.05 and box.held_density.mean > 0.7
    assert (found.runs, found.points, found.blocks) == (1280, 640, 128)
    limit = FACTORS[0].at(float(box.box.low[0]))
    assert box_words(box.box, FACTORS, "en").startswith(f"Posting rate at least {limit:.2f}"[:-1])
    assert found.tables["limits"]["found_again"].min() > 0.5
    assert {"words_ja", "density"} <= set(found.tables["tree"])


def test_what_cannot_be_had_is_one_clear_line(saltelli: Results) -> None:
    for wanted, line in (
        ({"outcome": "ishigamy"}, "no outcome ishigamy is kept, did you mean ishigami"),
        ({"at": "2030Q4"}, "keeps no quarter 2030Q4"),
        ({"of": "ishigami", "when": "ishigami > 1"}, "--of and --when: give one of the two"),
        ({"when": "ishigami > 1000"}, "all 256 points say no"),
        ({"of": "made.deals_signed * 0"}, "varies no more than chance"),
    ):
        with pytest.raises(InputError, match=line) as refused:
            sensitivity_of(saltelli, **wanted)
        assert len(refused.value.lines) == 1
    with pytest.raises(InputError, match=r"holds in 0 of 1,280 runs; scenario discovery needs 10"):
        discovery_of(saltelli, "ishigami > 1000")


@pytest.mark.parametrize(
    ("design", "line"),
    [
        (None, "varies nothing: its experiment has neither a design nor parameter sets"),
        (Design("oat", FACTORS[:1], ((None,), (0.2,), (1.6,))), "tells nothing of factors together"),
        (
            Design("table", FACTORS[:1], ((None,), (0.2,))),
            "leave posting_rate as in the scenario",
        ),
    ],
)
def test_designs_that_say_nothing_of_ranges_are_refused(
    design: Design | None, line: str, tmp_path: Path
) -> None:
    small = ("synthetic:5", 1, 1, 1, ("series",))
    scenarios = (load_scenario("baseline"),)
    run_experiment(Experiment("x", scenarios, *small, design=design), tmp_path)
    with pytest.raises(InputError, match=line):
        sensitivity_of(load(tmp_path))
    with pytest.raises(InputError, match=line):
        discovery_of(load(tmp_path), "baseline > 1")


def test_parameter_sets_are_points(tmp_path: Path) -> None:
    """Scenarios run with a set for each replicate: the sets are what is varied."""
    rng = np.random.default_rng(1)
    rows = tuple(map(tuple, rng.uniform((0.2, 0.0), (1.6, 2.0), (70, 2)).tolist()))
    sets = ParameterSets(("posting_rate", "friction_capacity"), rows, "by hand")
    small = ("synthetic:30", 6, 1, 70, ("series",))
    run_experiment(Experiment("x", (load_scenario("baseline"),), *small, parameters=sets), tmp_path)
    table = sensitivity_of(load(tmp_path), "deals_signed").indices
    assert set(table["factor"]) == {"posting_rate", "friction_capacity"}
    assert (table["points"] == 70).all()
