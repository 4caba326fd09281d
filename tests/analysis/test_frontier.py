"""Search for mixes: budgets are spent, a planted front is found under noise, nothing is lost by a kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.analysis.frontier import Frontier, find
from sim.analysis.frontier.frontier import found_in
from sim.analysis.frontier.mixes import PARTS, Mixes, in_parts
from sim.analysis.frontier.runs import Runs
from sim.analysis.frontier.search import Measured, search
from sim.analysis.frontier.tables import tables
from sim.batch.experiment_file import load_problem
from sim.batch.frontier_file import Bound, FrontierSection, Problem
from sim.cli import main
from sim.errors import InputError
from sim.statistics.fronts import hypervolume, non_dominated
from tests.batch.survival import environment
from tests.examples import ROOT, commands, example

PAGE = "docs/howto-frontier.md"

FILE = """
name: tiny
world: synthetic:20
quarters: 8
seed: 3
scenarios: [baseline]
design: {method: oat}
factors:
  subsidy: {kind: lever, low: 0, high: 20_000, from: 2018}
  matching_support: {kind: lever, low: 0, high: 20_000, from: 2018}
  promotion: {kind: lever, low: 0, high: 5_000, from: 2018}
frontier:
  budget: 20_000
  objectives: {deals_signed: max, adoption_share: max}
  evaluations: 24
  population: 8
  replicates: 2
  final_replicates: 4
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a search that was not interrupted."""
    folder = tmp_path_factory.mktemp("frontier")
    (folder / "tiny.yaml").write_text(FILE)
    assert main(command(folder / "tiny.yaml", folder / "found")[3:]) == 0
    return folder / "found"


@pytest.fixture(scope="module")
def found(whole: Path) -> Frontier:
    return find(load_problem(whole.parent / "tiny.yaml"), whole)


def test_every_mix_spends_the_budget_within_the_ranges() -> None:
    mixes = Mixes(("a", "b", "c"), np.array([0.0, 10.0, 0.0]), np.array([30.0, 100.0, 100.0]), 110.0)
    genes = np.vstack([np.random.default_rng(1).random((200, 3)), np.eye(3), np.zeros(3), np.ones(3)])
    amounts = mixes.amounts(genes)
    assert amounts.sum(axis=1) == pytest.approx(np.full(len(genes), 110.0))
    assert (amounts >= mixes.low).all() and (amounts <= mixes.high).all()
    assert amounts[201] == pytest.approx([5.0, 100.0, 5.0], abs=4) and amounts[201, 1] == 100.0
    assert amounts[202] == pytest.approx([0.0, 10.0, 100.0])
    assert amounts[203] == pytest.approx(amounts[204], abs=20)  # no gene above a half: as if all were equal
    assert amounts[200, 0] == 30.0 and (amounts[200, 1:] > mixes.low[1:]).all()  # the rest by their room


def test_shares_are_twentieths_and_add_up() -> None:
    found = in_parts(np.array([1.0, 1.0, 1.0]))
    assert found.tolist() == [7 / PARTS, 7 / PARTS, 6 / PARTS]
    assert in_parts(np.array([0.0, 3.0, 0.0])).tolist() == [0, 1, 0]


def planted(genes: np.ndarray) -> np.ndarray:
    """Two objectives whose front is where all genes but the first are 0 (ZDT1, turned to be maximised)."""
    g = 1.0 + 4.0 * genes[:, 1:].mean(axis=1)
    first = genes[:, 0]
    return np.column_stack([1.0 - first, 2.0 - g * (1.0 - np.sqrt(first / g))])


def noisy(genes: np.ndarray, noise: float) -> Measured:
    """The planted front with noise that a point keeps, as one that is stored does."""
    seeds = (genes * 1e6).astype(np.int64)
    errors = np.array([np.random.default_rng(list(row)).normal(0.0, noise, 2) for row in seeds])
    return Measured(planted(genes) + errors, np.empty((len(genes), 0)))


def test_a_planted_front_is_found_under_noise_and_fresh_draws_tell_how_good_it_is() -> None:
    along = np.linspace(0.0, 1.0, 501)
    best = hypervolume(planted(np.column_stack([along, *np.zeros((3, 501))])), [0, 0])
    found = search(lambda genes: noisy(genes, 0.1), 4, 2, evaluations=800, population=40, seed=1)
    drawn = hypervolume(planted(found.genes[:40]), [0, 0])
    claimed = non_dominated(found.objectives)
    true = planted(found.genes[claimed])
    again = true + np.random.default_rng(2).normal(0.0, 0.1, (200, *true.shape)).mean(axis=0)
    assert hypervolume(found.objectives, [0, 0]) > best  # a noisy front flatters itself
    assert hypervolume(again, [0, 0]) == pytest.approx(hypervolume(true, [0, 0]), abs=0.03)
    assert hypervolume(true, [0, 0]) > drawn + 0.6 * (best - drawn)


def test_constraints_keep_the_search_where_it_may_be() -> None:
    def measure(genes: np.ndarray) -> Measured:
        return Measured(planted(genes), genes[:, [0]] - 0.3)

    found = search(measure, 3, 2, evaluations=200, population=20, seed=1)
    assert found.feasible[-100:].mean() > found.feasible[:20].mean() + 0.2
    kept = found.objectives[found.feasible]
    assert 1.0 - kept[non_dominated(kept), 0].min() == pytest.approx(0.3, abs=0.02)  # up to the bound


def test_nothing_is_said_of_what_optuna_may_change(recwarn: pytest.WarningsRecorder) -> None:
    four = Measured(np.zeros((4, 4)), np.empty((4, 0)))
    search(lambda _: four, 3, 4, 4, 4, 1)
    assert not [str(each.message) for each in recwarn]


def test_the_same_seed_asks_for_the_same_points() -> None:
    runs = [search(lambda genes: noisy(genes, 0.1), 3, 2, 60, 20, seed) for seed in (1, 1, 2)]
    assert (runs[0].genes == runs[1].genes).all() and (runs[0].genes != runs[2].genes).any()


def read(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.name: pd.read_csv(path) for path in sorted((folder / "frontier").glob("*.csv"))}


def command(file: Path, folder: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "sim.cli",
        "frontier",
        str(file),
        "--out",
        str(folder),
        "--workers",
        "1",
        "--quiet",
    ]


def test_a_search_that_is_killed_goes_on_and_finds_the_same(file: Path, tmp_path: Path, whole: Path) -> None:
    cut = tmp_path / "cut"
    process = subprocess.Popen(command(file, cut), env=environment(), stdout=subprocess.DEVNULL)
    while not list(cut.glob("series/part-*.parquet")) and process.poll() is None:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = {path: path.read_bytes() for path in cut.glob("**/series/part-*.parquet")}
    assert before and not list(cut.glob("frontier/*.csv"))
    assert main(command(file, cut)[3:]) == 0
    assert all(path.read_bytes() == content for path, content in before.items())
    expected, found = read(whole), read(cut)
    assert set(expected) == {"mixes.csv", "front.csv", "tried.csv", "hypervolume.csv", "progress.csv"}
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table)


def test_what_is_claimed_and_what_fresh_draws_say_stand_side_by_side(found: Frontier) -> None:
    made = tables(found)
    again = made["hypervolume"].set_index("which")
    assert again.loc["claimed", "n"] == 2 and again.loc["again", "n"] == 4
    assert 0.0 <= again.loc["claimed", "hypervolume"] <= 1.0
    assert made["progress"]["hypervolume"].is_monotonic_increasing
    assert made["progress"]["hypervolume"].iloc[-1] == pytest.approx(found.claimed_volume)
    levers = list(found.mixes.names)
    assert made["tried"][levers].sum(axis=1).to_numpy() == pytest.approx(20_000.0)
    assert set(made["mixes"]["mix"]) == set(made["front"]["mix"]) - {""}
    own = made["mixes"].query("outcome == 'deals_signed'")
    base = found.fresh[:, 0, 0].mean()
    assert (own["mean"] - own["effect"]).to_numpy() == pytest.approx(base)
    front = made["front"].query("mix != ''").set_index("mix")
    assert own.set_index("mix")["effect"].sort_index().to_numpy() == pytest.approx(
        front["deals_signed"].sort_index().to_numpy()
    )


def test_fresh_draws_are_replicates_that_the_search_has_not_seen(found: Frontier, tmp_path: Path) -> None:
    """Its first mix, run with as many replicates as both together, gives both."""
    with Runs(found.problem, tmp_path / "both", 6) as runs:
        both = runs.values(found.mixes.points(found.amounts[found.final[:1]]))
    assert (both[:2, 0] == found.seen[:, 1 + found.final[0]]).all()
    assert (both[2:, 0] == found.fresh[:, 1]).all()


def test_what_a_search_left_is_read_again(found: Frontier, whole: Path, tmp_path: Path) -> None:
    again = found_in(whole)
    assert again.problem.section == found.problem.section and (again.fresh == found.fresh).all()
    with pytest.raises(InputError, match="holds no search for mixes"):
        found_in(tmp_path)


def with_section(problem: Problem, **changes: object) -> Problem:
    return problem._replace(section=problem.section.model_copy(update=changes))


def test_constraints_that_no_mix_keeps_to_are_said(file: Path, tmp_path: Path) -> None:
    problem = with_section(load_problem(file), constraints={"meetings": Bound(at_least=1e9)}, evaluations=8)
    with pytest.raises(InputError, match=r"none of .* mixes keeps to them; the nearest misses meetings"):
        find(problem, tmp_path / "found")


def test_mixes_that_break_a_constraint_are_not_on_the_front(found: Frontier, tmp_path: Path) -> None:
    spent = found.seen.mean(axis=0)[:, found.problem.section.outcomes.index("public_spending")]
    most = float(np.median(spent[1:]))
    bound = with_section(
        found.problem,
        constraints={"public_spending": Bound(at_most=most)},
        evaluations=16,
        final_replicates=2,
    )
    again = find(bound, tmp_path / "bound")
    place = bound.section.outcomes.index("public_spending")
    assert (again.seen.mean(axis=0)[1 + again.claimed, place] <= most).all() and len(again.claimed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("budget: 20_000", "budget: 90_000"), "frontier.budget: must be from 0 to 45,000"),
        (("deals_signed: max", "deals_singed: max"), "no such outcome, did you mean deals_signed"),
        (("deals_signed: max", "deals_signed: best"), "must be max or min, not best"),
        (("deals_signed: max, ", ""), "objectives"),
        (("subsidy: {kind: lever, low: 0, high: 20_000,", "subsidy: {kind: lever, values: [0, 9],"),
         "a lever of a mix has a range"),
        (("promotion: {kind: lever, low: 0, high: 5_000, from: 2018}", "posting_rate: {kind: uncertainty}"),
         "a mix is made of levers alone"),
        (("scenarios: [baseline]", "scenarios: [baseline, balanced]"), "mixes are laid over one scenario"),
        (("final_replicates: 4", "final_replicates: 1"), "final_replicates"),
        (("budget: 20_000", "budget: .inf"), "frontier.budget"),
        (("frontier:\n", "frontier:\n  constraints: {deals_signed: {at_least: .nan}}\n"), "at_least"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(
    file: Path, change: tuple[str, str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FILE.replace(*change)
    assert text != FILE
    file.write_text(text)
    assert main(["frontier", str(file)]) == 2
    told = capsys.readouterr().err
    assert message in told and f"{file}:" in told and len(told.splitlines()) == 1


def test_a_file_without_the_section_is_told_what_to_add(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE.partition("frontier:")[0])
    assert main(["frontier", str(file)]) == 2
    assert "has no section frontier; add frontier: {budget" in capsys.readouterr().err


def test_optuna_that_is_not_there_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert main(["frontier", str(file)]) == 2
    assert "pip install 'sdgs-partnership-sim[analysis]'" in capsys.readouterr().err


def test_the_command_says_it_in_both_languages_and_draws_it(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = whole.parent / "tiny.yaml"
    for language, word in (("en", "Hypervolume: "), ("ja", "ハイパーボリューム: ")):
        assert main(["frontier", str(file), "--out", str(whole), "--workers", "1", "--lang", language]) == 0
        told = capsys.readouterr().out
        assert word in told and "n = 4" in told
    names = {path.name for path in (whole / "frontier").iterdir()}
    assert {"frontier.svg", "frontier.png"} <= names


def test_quick_is_the_small_version_of_the_file() -> None:
    path = ROOT / "experiments" / "best_mix.yaml"
    small, whole = load_problem(path, quick=True), load_problem(path)
    assert small.section.evaluations == 60 and whole.section.evaluations == 400
    assert small.section.objectives == whole.section.objectives
    assert small.experiment.world == "synthetic:300"


def test_what_the_page_shows_is_a_section_and_its_commands_and_code_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    shown = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])["frontier"]
    section = FrontierSection.model_validate(shown, strict=False)
    own = load_problem(ROOT / "experiments" / "best_mix.yaml").section
    assert section.model_copy(update={"constraints": {}}) == own
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    monkeypatch.chdir(tmp_path)
    search, futures = commands(PAGE)
    assert search[1] == "frontier" and futures[1] == "batch"
    assert main([*search[1:], "--workers", "1"]) == 0
    assert "fresh draws" in capsys.readouterr().out
    assert main([*futures[1:], "--workers", "1", "--quiet"]) == 0
    exec(compile(example(PAGE, "robust.py"), PAGE, "exec"), {})
    told = capsys.readouterr().out
    assert "minimax_regret" in told and "rank_low" in told
