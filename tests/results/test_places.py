"""Results by place: the panel as it is stored, sums over places, contrasts and ranks of places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.kernel.outcomes import BY_NAME, BY_PLACE, Kind, Reduction
from sim.results import Results, load
from sim.results.places import LESS_IS_BETTER, read_places
from sim.scenarios.scenario import load_scenarios
from sim.statistics.contrasts import paired
from sim.statistics.multiplicity import holm
from tests.identities.cases import BUSY, with_parameters

REPLICATES = 4
COUNTS = ("deals_signed", "meetings", "projects_completed")


def experiment(by: str | None, **fields: object) -> Experiment:
    scenarios = [with_parameters(one, **BUSY) for one in load_scenarios(["baseline", "matching_first"])]
    whole = Experiment(
        "p", tuple(scenarios), "synthetic:120", 8, replicates=REPLICATES, baseline="baseline", by=by
    )
    return replace(whole, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("places") / "results"
    run_experiment(experiment("prefecture"), path)
    return path


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return load(folder)


def test_the_panel_is_tidy(results: Results) -> None:
    panel = results.panel
    assert list(panel.columns) == ["scenario", "point", "replicate", "quarter", "prefecture", *BY_PLACE]
    assert len(panel) == 2 * REPLICATES * 8 * 3
    assert not panel.duplicated(["scenario", "replicate", "quarter", "prefecture"]).any()
    assert sorted(panel["prefecture"].unique()) == [1, 2, 3]


def test_places_sum_to_the_nation(results: Results) -> None:
    keys = ["scenario", "replicate", "quarter"]
    sums = results.panel.groupby(keys, observed=True)[list(COUNTS)].sum()
    assert sums.equals(results.series.set_index(keys)[list(COUNTS)].sort_index())


def test_a_contrast_by_place_is_that_of_its_runs(results: Results) -> None:
    table = results.contrast_by_place("matching_first", "baseline", ["deals_signed", "awareness_mean"])
    assert list(table["outcome"]) == ["deals_signed"] * 3 + ["awareness_mean"] * 3
    panel = results.panel.set_index("prefecture")
    for code in (1, 2, 3):
        own = panel.loc[code].pivot_table("deals_signed", "replicate", "scenario", "sum", observed=True)
        expected = paired(own[["matching_first"]].to_numpy(), own[["baseline"]].to_numpy())
        row = table[(table["outcome"] == "deals_signed") & (table["prefecture"] == code)].squeeze()
        assert row["effect"] == expected.effect[0] and row["p"] == pytest.approx(expected.p[0])
        assert (row["ci_low"], row["ci_high"]) == pytest.approx([end[0] for end in expected.interval()])
        assert row["level"] == own["baseline"].mean()
    deals = table[table["outcome"] == "deals_signed"]
    assert deals["p_adjusted"].to_numpy() == pytest.approx(holm(deals["p"].to_numpy()))
    whole = results.contrast("matching_first", "baseline", "deals_signed").squeeze()
    assert deals["effect"].sum() == pytest.approx(whole["effect"])


def test_ranks_go_by_the_effect_a_municipality(results: Results) -> None:
    table = results.contrast_by_place("matching_first", "baseline", "deals_signed")
    each = (table["effect"] / table["municipalities"]).round(12)
    order = each.rank(ascending=False, method="min")
    assert table["rank"].tolist() == order.tolist()
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).all()
    assert table["municipalities"].sum() == 120


def test_the_largest_fall_of_what_had_better_be_little_comes_first(results: Results) -> None:
    table = results.contrast_by_place("matching_first", "baseline", "municipalities_without_project_share")
    assert table["rank"].tolist() == table["effect"].round(12).rank(method="min").tolist()
    assert BY_PLACE.keys() >= LESS_IS_BETTER


def test_an_arm_against_itself_has_no_effect_and_any_rank(results: Results) -> None:
    table = results.contrast_by_place("baseline", "baseline", "deals_signed", family=None)
    assert (table["effect"] == 0).all() and (table["rank_high"] == 3).all() and (table["rank_low"] == 1).all()
    assert "p_adjusted" not in table


def test_tables_of_places_are_written(folder: Path, results: Results) -> None:
    results.write_tables()
    summary = pd.read_parquet(folder / "summary_places.parquet")
    assert set(summary["scenario"]) == {"baseline", "matching_first"} and len(summary) == 2 * 3 * len(
        BY_PLACE
    )
    compared = pd.read_csv(folder / "comparison_places.csv")
    assert set(compared["a"]) == {"matching_first"} and len(compared) == 3 * len(BY_PLACE)
    assert load(folder).stored.faults == ()


def test_single_municipalities_are_the_table_of_municipalities(tmp_path: Path) -> None:
    run_experiment(experiment("municipality", replicates=2), tmp_path / "r")
    results = load(tmp_path / "r")
    runs = read_places(results, ["deals_signed", "projects_completed", "projects_failed", "sdg_progress"])
    ends = results.municipalities.sort_values(["scenario", "replicate", "jis_code"])
    columns = ends[["projects_signed", "projects_completed", "projects_failed", "sdg_progress"]]
    expected = columns.to_numpy(float).reshape(4, 120, 4)
    assert np.array_equal(runs.values[:, :, :3], expected[:, :, :3])
    assert np.allclose(runs.values, expected, rtol=1e-9, atol=1e-9)
    assert results.panel["jis_code"].nunique() == 120


def test_flows_of_quarters_kept_are_sums_since_the_one_before(tmp_path: Path, results: Results) -> None:
    kept = experiment(
        "prefecture", recorded=(3, 7), outcomes=("deals_signed", "adoption_share", "project_gini")
    )
    run_experiment(kept, tmp_path / "r")
    some = load(tmp_path / "r")
    assert list(some.panel.columns)[5:] == ["adoption_share", "deals_signed"]
    for name in ("deals_signed", "adoption_share"):
        for at in ("2019Q1", "2020Q1"):
            assert np.array_equal(read_places(some, name, at).values, read_places(results, name, at).values)


def test_reduction_and_kind_of_outcomes_by_place() -> None:
    """Means are of stocks or shares, so that the last quarter holds them; sums may be flows."""
    for name, reduction in BY_PLACE.items():
        assert reduction is Reduction.SUM or BY_NAME[name].kind is not Kind.FLOW


def test_what_is_not_kept_by_place_is_told(results: Results, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="keeps no project_gini by place; it keeps adoption_share"):
        results.contrast_by_place("matching_first", "baseline", "project_gini")
    with pytest.raises(InputError, match="family 'bonferroni': give holm, or None"):
        results.contrast_by_place("matching_first", "baseline", family="bonferroni")  # type: ignore[arg-type]
    run_experiment(experiment(None, replicates=1), tmp_path / "plain")
    with pytest.raises(InputError, match="keeps no results by place; run it with record"):
        load(tmp_path / "plain").contrast_by_place("matching_first", "baseline")


def test_a_folder_keeps_to_its_places(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="keeps results by prefecture, not by size_class"):
        run_experiment(experiment("size_class"), folder)
    assert run_experiment(experiment(None), folder).failed == 0  # not asked for: they stay
    run_experiment(experiment(None, replicates=1), tmp_path / "plain")
    with pytest.raises(InputError, match="was made without the table panel"):
        run_experiment(experiment("prefecture", replicates=1), tmp_path / "plain")


def test_places_must_be_known_and_not_too_many() -> None:
    with pytest.raises(
        InputError, match=r"record.by: must be prefecture, municipality, size_class, not 'town'"
    ):
        experiment("town")
    with pytest.raises(InputError, match=r"record\.outcomes: none can be told by place"):
        experiment("prefecture", outcomes=("project_gini",))
    with pytest.raises(InputError, match=r"record\.by: .* numbers a run are more than 50,000,000"):
        experiment("municipality", world="synthetic:300_000")
