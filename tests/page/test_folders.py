"""Results folders are browsed by the same views, and nothing beside them is reached."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.batch.design import Design
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.manifest import _checksum
from sim.errors import InputError
from sim.page import folders
from sim.page.folders import Folders
from sim.report.answered import Answered, store
from sim.results import Results
from sim.studies import Study
from tests.page.served import SMALL, Visitor, served
from tests.without_files import no_more_files

STUDY = {"world": "synthetic:40", "replicates": 5, "quarters": 24}


def _designed() -> Experiment:
    factor = Factor("subsidy", "lever", low=0.0, high=10_000.0)
    design = Design("grid", (factor,), ((0.0,), (9_000.0,)), {})
    return Experiment("d", (sim.load_scenario("baseline"),), "synthetic:40", 24, replicates=1, design=design)


def _answer() -> Answered:
    text = {"en": "It does: +2.5 deals (95% 1 to 4, n = 3).", "ja": "影響します。"}
    asked = {"en": "Does it matter?", "ja": "影響するか"}
    return Answered("matters", None, asked, [text], [asked], 6, ["d"], ["d.yaml"], "0", quick=True)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    root = tmp_path_factory.mktemp("all")
    below = root / "results"
    sim.compare("baseline", "balanced", **STUDY, out=below / "two" / "compared")
    Study(_designed(), below / "designed").run()
    sim.run("no_policy", world="synthetic:40", replicates=1, quarters=4, out=root / "secret")
    (below / "link").symlink_to(root / "secret")
    store(_answer(), {"numbers": pd.DataFrame({"sentence": [1], "estimate": [2.5]})}, below / "designed")
    (below / "designed" / "answers" / "matters" / "figure.svg").write_text("<svg/>")
    (below / "designed" / "answers" / "matters" / "other.csv").symlink_to(root / "secret" / "manifest.json")
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
    designed = by_id["designed"]
    assert (
        designed["shown"] and "2 points of 1 factor (all combinations of their values)" in designed["holds"]
    )
    assert designed["report"] and designed["answers"] == ["Does it matter?"]
    assert not by_id["broken"]["shown"] and "Cannot be read" in by_id["broken"]["lines"][0]
    assert str(Path("/tmp")) not in str(found)


def test_a_folder_is_shown_by_the_same_views(visitor: Visitor) -> None:
    status, frame = visitor.json("/api/results/two/compared/views?views=answer,effects&year=2023")
    assert status == 200 and frame["replicates"] == 5
    assert set(frame["views"]) == {"answer", "effects"} and frame["tabs"][0] == "effects"
    row = next(row for row in frame["views"]["answer"]["rows"] if row["place"] == 1)
    results = sim.compare("baseline", "balanced", **STUDY, in_memory=True)
    theirs = results.contrast("balanced", "baseline", row["outcome"], "2023Q4").iloc[0]
    assert [row["value"], row["low"], row["high"]] == pytest.approx(
        [theirs.effect, theirs.ci_low, theirs.ci_high]
    )


def test_a_design_shows_what_its_report_is_made_from(visitor: Visitor) -> None:
    status, frame = visitor.json("/api/results/designed/views?views=changes,levels")
    assert status == 200 and frame["tabs"] == ["answers", "changes", "response", "bought", "points", "levels"]
    changes = frame["views"]["changes"]
    (row,) = (row for row in changes["rows"] if row["panel"] == "baseline/deals_signed")
    theirs = Study(_designed(), in_memory=True).run().contrast(1, 0, "deals_signed").iloc[0]
    assert row["value"] == pytest.approx(theirs.effect) and row["n"] == 1
    assert changes["table"]["rows"] and frame["views"]["levels"]["table"]["rows"]


def test_an_answer_is_told_with_its_numbers_and_files(visitor: Visitor) -> None:
    _, frame = visitor.json("/api/results/designed/views?lang=ja")
    assert frame["views"]["answer"]["sentences"] == ["影響します。"]
    doubts = frame["views"]["answer"]["notes"]
    assert "数値に意味はない" in doubts[0], "what a first look is worth stands beside its sentence"
    (told,) = frame["views"]["answers"]["answers"]
    assert (told["asked"], told["sentences"], told["hangs_on"]) == (
        "影響するか",
        ["影響します。"],
        ["影響するか"],
    )
    assert told["tables"][0]["rows"] == [[1, 2.5]] and told["notes"] == doubts and len(doubts) == 2
    status, headers, content = visitor.ask("/api/results/designed/answers/matters/numbers.csv")
    assert status == 200 and b"2.5" in content and headers["content-type"].startswith("text/csv")
    for path in (
        "matters/other.csv",
        "matters/answer.json",
        "..%2f..%2fsecret/numbers.csv",
        "no/numbers.csv",
    ):
        assert visitor.ask(f"/api/results/designed/answers/{path}")[0] in (400, 404), path


def test_what_to_know_of_a_folder_is_one_line(visitor: Visitor, tmp_path: Path) -> None:
    sim.compare("baseline", "balanced", world="synthetic:40", replicates=2, quarters=4, out=tmp_path / "c")
    folder = tmp_path / "c"
    for part in (folder / "series").glob("*.parquet"):
        part.unlink()
    (told,) = Folders(folder).listed("en")
    assert told["lines"] == ["Unfinished: 0 of 4 runs are there."]
    with pytest.raises(InputError, match="no replicate"):
        Folders(folder).opened("c", "en")
    with pytest.raises(InputError, match="no such"):
        Folders(folder).path("d", "en")


def test_a_link_in_a_folder_leads_nowhere(visitor: Visitor, tmp_path: Path) -> None:
    """A folder of strangers may hold links to files of this machine."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "own.csv").write_text("word\nsecret\n")
    below = tmp_path / "below"
    sim.run("baseline", world="synthetic:40", replicates=1, quarters=4, out=below / "c")
    store(_answer(), {}, below / "c")
    for name in ("answers/matters/numbers.csv", "answers/matters/figure.svg", "report.html"):
        (below / "c" / name).symlink_to(secret / "own.csv")
    with served(replace(SMALL, results=below)) as (other, _):
        (told,) = other.json("/api/results")[1]["folders"]
        assert told["shown"] and not told["report"]
        assert other.ask("/api/results/c/report")[0] == 400
        _, frame = other.json("/api/results/c/views?views=answers")
        (answer,) = frame["views"]["answers"]["answers"]
        assert (answer["tables"], answer["figure"]) == ([], None)


def test_an_answer_cannot_call_itself_another_folder(tmp_path: Path) -> None:
    sim.run("baseline", world="synthetic:40", replicates=1, quarters=4, out=tmp_path / "c")
    path = store(_answer(), {}, tmp_path / "c") / "answer.json"
    path.write_text(path.read_text().replace('"matters"', '"../../../secret"'))
    (told,) = Folders(tmp_path / "c").listed("en")
    assert not told["shown"] and "answer.json: is the answer to another" in told["lines"][0]


@pytest.mark.parametrize(
    ("key", "value"), [("record", [{}]), ("points", "x"), ("scenarios", [3]), ("replicates", 10**13)]
)
def test_a_folder_of_strangers_hides_no_other(tmp_path: Path, key: str, value: object) -> None:
    """Whose manifest has its checksum, and holds what no manifest of ours does."""
    for name in ("good", "strange"):
        sim.run("baseline", world="synthetic:40", replicates=1, quarters=4, out=tmp_path / name)
    path = tmp_path / "strange" / "manifest.json"
    manifest = json.loads(path.read_text()) | {key: value}
    del manifest["checksum"]
    path.write_text(json.dumps(manifest | {"checksum": _checksum(manifest)}))
    with served(replace(SMALL, results=tmp_path)) as (other, _):
        status, found = other.json("/api/results")
        assert status == 200
        good, strange = found["folders"]
        assert good["shown"] and not strange["shown"] and len(strange["lines"]) == 1
        assert other.ask("/api/results/strange/views")[0] == 400


def test_a_table_that_claims_to_be_endless_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.run("baseline", world="synthetic:40", replicates=2, quarters=8, out=tmp_path / "c")
    monkeypatch.setattr(folders, "MOST_ROWS", 15)
    with pytest.raises(InputError, match="more than 15 rows"):
        Folders(tmp_path / "c").opened("c", "en")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2,3\n", b'"open\n1'])
def test_a_table_that_cannot_be_read_is_a_line(tmp_path: Path, content: bytes) -> None:
    sim.run("baseline", world="synthetic:40", replicates=1, quarters=4, out=tmp_path / "c")
    (store(_answer(), {}, tmp_path / "c") / "numbers.csv").write_bytes(content)
    with served(replace(SMALL, results=tmp_path)) as (other, _):
        status, found = other.json("/api/results/c/views?views=answers")
        assert status in (200, 400) and (status == 200 or found["lines"])


def test_a_folder_is_not_at_fault_for_a_machine_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.run("baseline", world="synthetic:40", replicates=1, quarters=4, out=tmp_path / "c")
    found, usual = Folders(tmp_path), folders._opened

    def hardly_opened(path: Path) -> Results:
        with no_more_files():
            return usual(path)

    usual(tmp_path / "c")  # with all that it imports
    monkeypatch.setattr(folders, "_opened", hardly_opened)
    (told,) = found.listed("en")
    assert not told["shown"] and told["lines"] == [
        "the machine that serves the page is at its limit (more files are open than may be (ulimit -n)); "
        "try again in a while"
    ]
    assert "余力がありません（開いているファイルが多すぎます" in found.listed("ja")[0]["lines"][0]
    monkeypatch.undo()
    assert found.listed("en")[0]["shown"]


def test_those_who_ask_at_once_wait_for_two_looks_at_most(tmp_path: Path) -> None:
    looks = 0

    class Counted(Folders):
        def _found(self) -> Iterator[Path]:
            nonlocal looks
            looks += 1
            time.sleep(0.2)
            yield from super()._found()

    folders = Counted(tmp_path)
    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(folders.listed, ["en"] * 12)) == [[]] * 12
    assert looks <= 2
    folders.listed("en")
    assert looks <= 3, "who comes later has it looked for anew"


def test_so_many_folders_are_listed_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_MOST", 3)
    for name in "abcde":
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    assert len(Folders(tmp_path).listed("en")) == 3


def test_a_folder_is_read_again_only_where_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim.run("baseline", world="synthetic:40", replicates=1, quarters=4, out=tmp_path / "c")
    found = Folders(tmp_path)
    first = found.listed("en")
    monkeypatch.setattr(folders, "_opened", lambda _: pytest.fail("it was read again"))
    assert found.listed("en") == first
    monkeypatch.undo()
    store(_answer(), {}, tmp_path / "c")
    (tmp_path / "c" / "report.html").write_text("<p>told</p>")
    (told,) = found.listed("en")
    assert told["answers"] == ["Does it matter?"] and told["report"]


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
     "two/compared/series", "broken/../../secret", "two%2f..%2f..%2fsecret", "a" * 200,
     "/".join(["a" * 199] * 30),
     "/".join(["%e6%9d%b1" * 199] * 4), "broken/" * 300],
)  # fmt: skip
def test_nothing_else_is_reached(visitor: Visitor, id: str) -> None:
    for what in ("views", "report"):
        status, _, content = visitor.ask(f"/api/results/{id}/{what}")
        assert status in (400, 404) and b"no_policy" not in content


def test_an_answer_of_a_name_that_no_file_has_is_none(visitor: Visitor) -> None:
    assert visitor.ask(f"/api/results/designed/answers/{'a' * 300}/numbers.csv")[0] == 400


def test_without_a_folder_there_is_nothing() -> None:
    with served() as (visitor, _):
        assert visitor.json("/api/results") == (200, {"folders": []})
        assert visitor.ask("/api/results/two/compared/views")[0] == 400
