"""Results folders are browsed by the same views, and nothing beside them is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.studies import Study
from tests.page.served import SMALL, Visitor, served

STUDY = {"world": "synthetic:40", "replicates": 5, "quarters": 24}


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    root = tmp_path_factory.mktemp("all")
    below = root / "results"
    sim.compare("baseline", "balanced", **STUDY, out=below / "two" / "compared")
    factor = Factor("subsidy", "lever", low=0.0, high=10.0)
    design = Design("table", (factor,), ((1.0,), (2.0,)), {})
    experiment = Experiment(
        "d", (sim.load_scenario("baseline"),), "synthetic:40", 8, replicates=1, design=design
    )
    Study(experiment, below / "designed").run()
    sim.run("no_policy", world="synthetic:40", replicates=1, quarters=4, out=root / "secret")
    (below / "link").symlink_to(root / "secret")
    (below / "designed" / "report.html").write_text("<p>told</p>")
    (below / "broken").mkdir()
    (below / "broken" / "manifest.json").write_text("{}")
    with served(replace(SMALL, results=below)) as (found, _):
        yield found


def test_folders_are_listed_with_what_they_hold(visitor: Visitor) -> None:
    status, found = visitor.json("/api/results")
    assert status == 200
    by_id = {folder["id"]: folder for folder in found["folders"]}
    assert list(by_id) == ["broken", "designed", "two/compared"]
    compared = by_id["two/compared"]
    assert compared["shown"] and compared["replicates"] == 5 and compared["baseline"] == "baseline"
    assert [one["name"] for one in compared["scenarios"]] == ["baseline", "balanced"]
    assert not by_id["designed"]["shown"] and by_id["designed"]["lines"] and by_id["designed"]["report"]
    assert not by_id["broken"]["shown"]
    assert str(Path("/tmp")) not in str(found)


def test_a_folder_is_shown_by_the_same_views(visitor: Visitor) -> None:
    status, frame = visitor.json("/api/results/two/compared/views?views=answer,effects&year=2023")
    assert status == 200 and frame["replicates"] == 5
    assert set(frame["views"]) == {"answer", "effects"}
    row = next(row for row in frame["views"]["answer"]["rows"] if row["place"] == 1)
    results = sim.compare("baseline", "balanced", **STUDY, in_memory=True)
    theirs = results.contrast("balanced", "baseline", row["outcome"], "2023Q4").iloc[0]
    assert [row["value"], row["low"], row["high"]] == pytest.approx(
        [theirs.effect, theirs.ci_low, theirs.ci_high]
    )


def test_the_map_of_a_folder_has_dates(visitor: Visitor) -> None:
    address = "/api/results/two/compared/views?views=map&dates="
    _, frame = visitor.json(f"{address}2019Q2,2020Q1")
    assert frame["views"]["map"]["shown"] == [4, 7]
    status, told = visitor.json(f"{address}2019Q2,soon")
    assert status == 400 and "dates.1" in told["lines"][0]


def test_a_report_is_handed_out_to_be_kept(visitor: Visitor) -> None:
    status, headers, content = visitor.ask("/api/results/designed/report?lang=ja")
    assert (status, content) == (200, b"<p>told</p>")
    assert headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "id",
    ["../secret", "link", "..%2fsecret", "two/../../secret", "two", "", ".", "/", "%2ftmp", "%00",
     "two/compared/series", "broken/../../secret", "two%2f..%2f..%2fsecret"],
)  # fmt: skip
def test_nothing_else_is_reached(visitor: Visitor, id: str) -> None:
    for what in ("views", "report"):
        status, _, content = visitor.ask(f"/api/results/{id}/{what}")
        assert status in (400, 404) and b"no_policy" not in content


def test_without_a_folder_there_is_nothing() -> None:
    with served() as (visitor, _):
        assert visitor.json("/api/results") == (200, {"folders": []})
        assert visitor.ask("/api/results/two/compared/views")[0] == 400
