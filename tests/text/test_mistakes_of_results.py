"""What is wrong with results, statistics, extensions, worlds and options is told in Japanese."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.cli import main
from sim.errors import InputError
from sim.extensions.loading import import_extension
from sim.page.folders import Folders
from sim.page.serving import listening
from sim.page.settings import Settings
from sim.report.answered import stored_answers
from sim.results import Results, load
from sim.results.network import read_network
from sim.scenarios.scenario import load_scenario
from sim.statistics.discovery import check_enough
from sim.statistics.given_data import regional_sensitivity
from sim.statistics.sobol import Sampled, sobol_indices
from sim.statistics.total_variance import split
from sim.text.mistakes import told, where_known
from sim.worlds import load_world
from sim.worlds.lines import LONGEST

#: Words that are the same in both languages: names, units, formats.
SAME = re.compile(r"--[a-z-]+|sim [a-z]+|make demo|CSV|record(\.tables)?|@\w+|\{[^}]*\}")
LETTERS = re.compile(r"[A-Za-z]{2,}")
JAPANESE = re.compile(r"[ぁ-んァ-ン一-龯]")


def assert_japanese(line: str, *values: str) -> None:
    """No English is left in a line but values, which are there still, and words that are the same."""
    text = told(line, "ja")
    assert JAPANESE.search(text), text
    for value in sorted(values, key=len, reverse=True):
        assert value in text, (value, text)
        text = text.replace(value, "")
    assert not LETTERS.search(SAME.sub("", text)), text


def error_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        attempt()
    (line,) = caught.value.lines
    return line


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Two runs of a scenario, in a folder whose name has what ends a key and joins a list."""
    folder = tmp_path_factory.mktemp("mistakes") / "a: b, c"
    scenarios = (load_scenario("baseline"),)
    experiment = Experiment(
        "m", scenarios, world="synthetic:30", quarters=8, replicates=2, record=("series",)
    )
    run_experiment(experiment, folder)
    return load(folder)


def test_of_results(results: Results) -> None:
    folder = str(results.folder)
    line = error_of(lambda: results.runs("gdp"))
    assert_japanese(line, folder, "gdp", *results.outcomes[:8])
    assert_japanese(
        error_of(lambda: results.runs("spent", at="2031Q1")), folder, "2031Q1", "2018Q2", "2020Q1"
    )
    assert_japanese(error_of(lambda: results.table("deals")), folder, "deals")
    assert_japanese(error_of(lambda: read_network(results)), folder, "deals")
    assert_japanese(error_of(lambda: results.summary_by_place), folder)


def test_of_a_folder_that_the_page_opens(results: Results, tmp_path: Path) -> None:
    folder = tmp_path / "browsed"
    shutil.copytree(results.folder, folder)
    for part in folder.glob("series/*.parquet"):
        part.unlink()
    line = error_of(lambda: Folders(folder).opened("browsed", "ja"))
    assert "browsed: " in line and JAPANESE.search(line) and str(folder) not in line, line


def test_of_answers(tmp_path: Path) -> None:
    path = tmp_path / "answers" / "mine" / "answer.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    line = error_of(lambda: stored_answers(tmp_path))
    assert where_known(line, "ja").startswith(f"{path}: 壊れています（")
    path.unlink()
    path.mkdir()
    assert_japanese(error_of(lambda: stored_answers(tmp_path)), str(path))


def test_of_statistics() -> None:
    few = Sampled.of_rows(np.arange(4.0).reshape(1, 4, 1))
    assert_japanese(error_of(lambda: sobol_indices(few)))
    assert_japanese(error_of(lambda: split(np.ones((20, 1)))))
    assert_japanese(error_of(lambda: split(np.ones((20, 2)))))
    assert_japanese(error_of(lambda: check_enough(np.ones(200, bool), np.arange(200))))
    assert_japanese(error_of(lambda: check_enough(np.ones(2, bool), np.arange(2))))
    points = np.linspace(0.0, 1.0, 40)[:, None]
    assert_japanese(error_of(lambda: regional_sensitivity(points, np.ones(40))))
    assert_japanese(error_of(lambda: regional_sensitivity(points, np.full(40, np.nan))))


def test_of_extensions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = tmp_path / "levers_in_error.py"
    code.write_text("1 / 0\n", encoding="utf-8")
    line = error_of(lambda: import_extension("levers_in_error:gini"))
    assert_japanese(line, "extensions", "levers_in_error:gini", "ZeroDivisionError: division by zero")
    code.write_text("from sim.extensions import outcome\n\n@outcome('%', kind='rate')\ndef gini(now): ...\n")
    line = error_of(lambda: import_extension("levers_in_error:gini"))
    assert_japanese(line, "extensions", "rate", "flow", "stock", "cumulative")
    code.write_text("gini = 3\n", encoding="utf-8")
    line = error_of(lambda: import_extension("levers_in_error:gini"))
    assert_japanese(line, "extensions", "levers_in_error:gini", str(code))


def test_of_runs_that_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = "from sim.extensions import outcome\n\n@outcome('%', kind='flow')\ndef gini(now): return 'x'\n"
    (tmp_path / "failing_outcome.py").write_text(code, encoding="utf-8")
    scenario = "name: mine\nextends: baseline\nextensions: ['failing_outcome:gini']\n"
    (tmp_path / "mine.yaml").write_text(scenario, encoding="utf-8")
    small = ["--world", "synthetic:30", "--quarters", "4", "--replicates", "1", "--workers", "1"]
    out = ["--out", str(tmp_path / "out"), "--allow-extensions", "failing_outcome", "--lang", "ja"]
    assert main(["run", str(tmp_path / "mine.yaml"), *small, *out]) == 3
    assert "extensions: giniの値が'x'です。" in capsys.readouterr().err


def test_of_worlds(tmp_path: Path) -> None:
    path = tmp_path / "places: mine.csv"
    path.write_text("id,name,population\n1," + "x" * (LONGEST + 1) + ",3\n", encoding="utf-8")
    assert_japanese(error_of(lambda: load_world(str(path), 1)), str(path))


def test_of_an_address_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = error_of(lambda: listening(Settings(host="127.0.0.1", port=port)))
    assert_japanese(line, "page")


@pytest.mark.parametrize(
    "command",
    [
        ["calibrate", "--quick", "--write"],
        ["export", "japan", "--quarter", "2020Q1"],
        ["page", "--results", "nothing: here"],
        ["validate", "--write", "--docs", "nothing: here"],
    ],
)
def test_of_options(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--lang", "ja"]) == 2
    said = capsys.readouterr().err.replace("nothing: here", "").replace("sdgs-partnership-sim", "")
    assert JAPANESE.search(said) and "英文" not in said
    assert not LETTERS.search(SAME.sub("", said)), said
