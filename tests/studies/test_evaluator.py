"""Points that are asked for one batch after the other: stored once, resumed, refused where they are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar

from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.errors import InputError
from sim.scenarios.scenario import load_scenario
from sim.studies import Evaluator, Event, Study

FACTORS = (
    Factor("subsidy", "lever", 0.0, 20_000.0),
    Factor("matching", "rule", values=("den_haan", "cobb_douglas")),
)
EXPERIMENT = Experiment(
    "points",
    (load_scenario("baseline"),),
    "synthetic:20",
    8,
    replicates=3,
    design=Design("table", FACTORS, ()),
)


def asked(money: float, rule: str = "den_haan") -> dict[str, object]:
    return {"subsidy": money, "matching": rule}


def test_points_are_run_once_and_come_in_the_order_asked_for(tmp_path: Path) -> None:
    runs: list[int] = []

    def count(event: Event) -> None:
        if event.report is not None:
            runs.append(event.report.total - event.report.stored)

    with Evaluator(EXPERIMENT, tmp_path / "e", workers=2) as evaluator:
        first = evaluator.evaluate([asked(100.0), asked(9_000.0)], "deals_signed", listener=count)
        second = evaluator.evaluate(
            [asked(9_000.0), asked(5.0, "cobb_douglas"), asked(9_000.0)], "deals_signed", listener=count
        )
    assert runs == [6, 3]
    assert first["point"].tolist() == [0, 0, 0, 1, 1, 1]
    assert second["point"].tolist() == [1, 1, 1, 2, 2, 2, 1, 1, 1]
    assert second["subsidy"].iloc[3] == 5.0 and second["matching"].iloc[3] == "cobb_douglas"
    pd.testing.assert_frame_equal(
        second.iloc[:3].reset_index(drop=True), first.iloc[3:].reset_index(drop=True)
    )


def test_what_a_point_gives_is_what_a_design_of_it_gives(tmp_path: Path) -> None:
    points = ((100.0, "den_haan"), (9_000.0, "cobb_douglas"))
    design = Design("table", FACTORS, points)
    whole = Study(
        Experiment("whole", EXPERIMENT.scenarios, "synthetic:20", 8, 1, 3, design=design), tmp_path / "w"
    )
    expected = whole.run().runs(["deals_signed", "meetings"], ["2018Q4", "2020Q1"])
    with Evaluator(EXPERIMENT, tmp_path / "e") as evaluator:
        for point in points:
            evaluator.evaluate([asked(*point)])
        found = evaluator.evaluate(
            [asked(*point) for point in points], ["deals_signed", "meetings"], ["2018Q4", "2020Q1"]
        )
    pd.testing.assert_frame_equal(found, expected)


def test_an_optimiser_that_is_started_anew_runs_nothing_twice(tmp_path: Path) -> None:
    fresh: list[int] = []

    def search() -> float:
        with Evaluator(EXPERIMENT, tmp_path / "e") as evaluator:

            def loss(money: float) -> float:
                rows = evaluator.evaluate([asked(float(money))], "deals_signed", listener=count)
                return float(-rows["deals_signed"].mean() + money / 1e4)

            found = minimize_scalar(loss, bounds=(0.0, 20_000.0), method="bounded", options={"maxiter": 6})
            return float(found.x)

    def count(event: Event) -> None:
        if event.report is not None:
            fresh.append(event.report.total - event.report.stored)

    first = search()
    calls, ran = len(fresh), sum(fresh)
    assert ran == 3 * calls > 0
    assert search() == first
    assert sum(fresh[calls:]) == 0 and len(fresh) == 2 * calls


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"subsidi": 1.0}, "point 0: 'subsidi' is no factor; factors are subsidy, matching"),
        ({"subsidy": -1.0}, "subsidy: -1.0 is not what the factor allows"),
        ({"subsidy": np.nan}, "subsidy: nan is not what the factor allows"),
        ({"matching": "random"}, "matching: 'random' is not what the factor allows"),
    ],
)
def test_a_point_that_cannot_be_is_refused(tmp_path: Path, point: dict[str, object], message: str) -> None:
    with Evaluator(EXPERIMENT, tmp_path / "e") as evaluator, pytest.raises(InputError, match=message):
        evaluator.evaluate([point])
    assert not (tmp_path / "e").exists()


def test_what_no_factor_says_is_as_in_the_scenario(tmp_path: Path) -> None:
    with Evaluator(EXPERIMENT, tmp_path / "e") as evaluator:
        plain = evaluator.evaluate([{}], "deals_signed")
    alone = Study(Experiment("alone", EXPERIMENT.scenarios, "synthetic:20", 8, 1, 3), in_memory=True).run()
    assert plain["deals_signed"].tolist() == alone.runs("deals_signed")["deals_signed"].tolist()
    assert plain["subsidy"].isna().all()


def test_two_evaluators_of_one_folder_see_each_others_points(tmp_path: Path) -> None:
    one, two = Evaluator(EXPERIMENT, tmp_path / "e"), Evaluator(EXPERIMENT, tmp_path / "e")
    first = one.evaluate([asked(100.0)], "deals_signed")
    second = two.evaluate([asked(9_000.0), asked(100.0)], "deals_signed")
    assert second["point"].tolist() == [1, 1, 1, 0, 0, 0]
    pd.testing.assert_frame_equal(second.iloc[3:].reset_index(drop=True), first)
    assert one.evaluate([asked(9_000.0)], "deals_signed")["point"].tolist() == [1, 1, 1]


def test_a_folder_of_other_factors_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    before = Evaluator(EXPERIMENT, folder).evaluate([asked(9_000.0)], "deals_signed")
    assert EXPERIMENT.design is not None
    narrow = Factor("subsidy", "lever", 0.0, 4_000.0), FACTORS[1]
    other = Factor("posting_rate", "uncertainty", 0.2, 1.6), FACTORS[1]
    for factors, message in (
        (narrow, "holds points with subsidy 9000.0"),
        (other, "points of other factors"),
    ):
        with pytest.raises(InputError, match=message):
            Evaluator(replace(EXPERIMENT, design=Design("table", factors, ())), folder)
    beginning = Design("table", narrow, ((1.0, None),))
    with pytest.raises(InputError):
        Study(replace(EXPERIMENT, design=beginning), folder).run()
    pd.testing.assert_frame_equal(
        Evaluator(EXPERIMENT, folder).evaluate([asked(9_000.0)], "deals_signed"), before
    )


def test_no_points_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="evaluate: no point is given"):
        Evaluator(EXPERIMENT, tmp_path / "e").evaluate([])


def test_without_a_context_it_runs_on_threads_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> None:
        raise AssertionError("a process was about to be started")

    monkeypatch.setattr("sim.batch.workers._processes", refused)
    rows = Evaluator(EXPERIMENT, tmp_path / "e", workers=2).evaluate([asked(1.0), asked(2.0)], "deals_signed")
    assert rows["point"].tolist() == [0, 0, 0, 1, 1, 1]
