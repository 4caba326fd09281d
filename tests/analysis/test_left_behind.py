"""Who is left behind: counts are those of the deals, indices those of the model, and by lot is by lot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.analysis.left_behind import (
    MEASURES,
    Reached,
    awards,
    by_goal_and_size,
    draw_heat,
    draw_lorenz,
    inequality,
    least_served,
    lorenz_curves,
    read_reached,
)
from sim.analysis.left_behind.reading import quarters_of
from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.errors import InputError
from sim.results import Results, load
from sim.scenarios.scenario import load_scenarios

PLACES = 40


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("left_behind") / "results"
    scenarios = tuple(load_scenarios(["baseline", "subsidy_first"]))
    run_experiment(Experiment("l", scenarios, world="synthetic:80", quarters=30, replicates=3), folder)
    return load(folder)


@pytest.fixture(scope="module")
def reached(kept: Results) -> Reached:
    return read_reached(kept)


def made(projects: np.ndarray, arms: tuple[str, ...] = ("a", "b")) -> Reached:
    """Arms with these projects (arms, replicates, places), all of goal 3; the larger half is prefecture 1."""
    by_goal = np.zeros((*projects.shape, 17))
    by_goal[..., 2] = projects
    people = np.arange(1.0, PLACES + 1)
    half = (np.arange(PLACES) >= PLACES // 2).astype(np.int64)
    quarter = quarters_of(people)
    return Reached(
        arms, by_goal, by_goal, projects * 2.0, people, quarter, 5 - quarter, half, half
    )  # fmt: skip


def test_counts_are_those_of_the_deals(kept: Results, reached: Reached) -> None:
    runs = kept.runs(["deals_signed"])
    assert reached.projects.sum(axis=(2, 3)).ravel().tolist() == runs["deals_signed"].tolist()
    deals = kept.deals.query(
        "scenario == 'subsidy_first' and replicate == 2 and grant > 0 and state != 'not_signed'"
    )
    own = reached.grants[reached.arm("subsidy_first"), 2]
    assert own.sum() == len(deals)
    assert reached.money[1, 2].sum() == pytest.approx(deals["grant"].sum())
    goals = deals["goal"].value_counts()
    assert all(own[:, goal - 1].sum() == count for goal, count in goals.items())


def test_what_the_smallest_and_the_weakest_hold() -> None:
    """Here the largest are the weakest in their finances, and have all projects."""
    projects = np.zeros((2, 3, PLACES))
    projects[..., -PLACES // 4 :] = 1.0
    table = inequality(made(projects)).set_index(["arm", "measure"])["value"]
    assert table["a", "share_of_smallest"] == 0.0 and table["a", "share_of_weakest"] == 1.0
    assert table["a", "part_between_quarters_of_finance"] == pytest.approx(1.0)


def test_places_are_ranked_by_their_fiscal_strength(kept: Results, reached: Reached) -> None:
    strength = kept.world.municipalities.fiscal_strength
    assert strength[reached.finance == 1].max() <= strength[reached.finance == 4].min()
    assert np.bincount(reached.finance)[1:].tolist() == [20] * 4


def test_indices_are_those_of_the_model(kept: Results, reached: Reached) -> None:
    """The kernel computes them by itself, with its own loops."""
    pairs = {
        "project_gini": "gini", "municipalities_without_project_share": "without_project",
        "theil_between": "theil_between_prefectures", "theil_within": "theil_within_prefectures",
    }  # fmt: skip
    means = kept.runs(list(pairs)).groupby("scenario", observed=True)[list(pairs)].mean()
    table = inequality(reached).set_index(["arm", "measure"])["value"]
    for outcome, measure in pairs.items():
        for arm in reached.arms:
            assert table[arm, measure] == pytest.approx(means.loc[arm, outcome]), outcome


def test_who_gets_by_lot_is_as_unequal_as_chance() -> None:
    rng = np.random.default_rng(1)
    lot = rng.multinomial(60, np.full(PLACES, 1 / PLACES), (1, 200))
    large = rng.multinomial(60, np.repeat([0.0, 2 / PLACES], PLACES // 2), (1, 200))
    table = inequality(made(np.concatenate([lot, large]).astype(float))).set_index(["arm", "measure"])
    for measure in MEASURES:
        row = table.loc["a", measure]
        assert row["value"] == pytest.approx(row["chance"], rel=0.1, abs=0.01), measure
        assert row["difference"] == 0.0
    assert table.loc[("b", "share_of_smallest"), "value"] == 0.0
    assert table.loc[("b", "without_project"), "difference_low"] > 0.2
    assert table.loc[("b", "theil_between_prefectures"), "value"] == pytest.approx(np.log(2))


def test_cells_are_projects_a_hundred_municipalities() -> None:
    projects = np.zeros((2, 5, PLACES))
    projects[0, :, 0], projects[1] = 1.0, 2.0
    table = by_goal_and_size(made(projects), "a").set_index(["goal", "size"])
    assert table.loc[(3, 1), "value"] == 10.0  # one in ten municipalities of the smallest quarter
    assert table["value"].sum() == 10.0 and table["p_adjusted"].isna().all()
    change = by_goal_and_size(made(projects), "b", "a").set_index(["goal", "size"])
    assert change.loc[(3, 1), "value"] == 190.0 and change.loc[(3, 4), "value"] == 200.0
    assert (change.loc[3, "p_adjusted"] == 0).all() and (change.loc[4, "p_adjusted"] == 1).all()


def test_awards_and_prefectures() -> None:
    projects = np.zeros((1, 4, PLACES))
    projects[0, :, -10:] = 1.0
    found = made(projects, ("a",))
    table = awards(found).set_index("size")
    assert (table.loc[4, "share"], table.loc[4, "money"], table.loc[1, "grants"]) == (1.0, 20.0, 0.0)
    worst = least_served(found, "a")
    assert worst["prefecture"].tolist() == [0, 1] and worst["value"].tolist() == [1.0, 0.5]
    with pytest.raises(InputError, match="no arm b; there are a"):
        by_goal_and_size(found, "b")


def test_lorenz_curves_begin_and_end_where_they_must(reached: Reached) -> None:
    for per_inhabitant in (False, True):
        table = lorenz_curves(reached, per_inhabitant)
        for _, rows in table.groupby("arm"):
            assert rows["held"].iloc[0] == 0 and rows["held"].iloc[-1] == pytest.approx(1)
            assert (np.diff(rows["held"]) >= -1e-12).all()
            assert (rows["held"] <= rows["places"] + 1e-9).all()


def test_figures_are_drawn_in_both_languages(reached: Reached) -> None:
    looks = dict.fromkeys(reached.arms, ("black", "-"))
    for lang in ("en", "ja"):
        axes = Figure().subplots(1, 3)
        draw_heat(axes[0], by_goal_and_size(reached, "baseline"), lang)
        draw_heat(axes[1], by_goal_and_size(reached, "subsidy_first", "baseline"), lang)
        draw_lorenz(axes[2], lorenz_curves(reached), looks, lang)
        assert len(axes[0].texts) == len(axes[1].texts) == 17 * 4


def test_a_folder_without_deals_is_refused(tmp_path: Path) -> None:
    bare = Experiment("b", tuple(load_scenarios(["baseline"])), "synthetic:5", 4, 1, replicates=1, record=())
    run_experiment(bare, tmp_path / "bare")
    with pytest.raises(InputError, match="without the table deals"):
        read_reached(load(tmp_path / "bare"))
