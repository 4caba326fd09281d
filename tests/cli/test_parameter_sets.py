"""``--parameters`` and ``--worlds``: what they are taken from, what is said of them, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.provenance import source_digest
from sim.results import load

TABLE = "# made up for tests\n# model: {model}\nnational_push,posting_rate\n0.1,0.4\n0.2,1.2\n"
ISLES = Path(__file__).parents[2] / "experiments" / "worlds" / "made_up_isles.csv"
SMALL = ("--world", "synthetic:20", "--quarters", "4", "--replicates", "3", "--workers", "1")


@pytest.fixture
def sets(tmp_path: Path) -> str:
    path = tmp_path / "sets.csv"
    path.write_text(TABLE.format(model="0123456789abcdef"))
    return str(path)


def test_a_run_takes_its_sets_and_says_so(
    sets: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r"
    assert main(["run", "baseline", *SMALL, "--parameters", sets, "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "parameters: sets (2 sets of 2 parameters, digest " in said.err
    assert f"another version of the model (0123456789abcdef, now {source_digest()})" in said.err
    assert "parameters: sets" in " ".join(said.out.split())
    experiment = load(out).experiment
    assert experiment.parameters is not None
    assert [experiment.scenario_at(0, 0, r).parameters["posting_rate"][0] for r in range(3)] == [
        0.4,
        1.2,
        0.4,
    ]
    Path(sets).write_text(TABLE.format(model=source_digest()).replace("0.4", "0.5"))
    assert main(["run", "baseline", *SMALL, "--parameters", sets, "--out", str(out)]) == 2
    assert "was made with the parameter sets sets (digest" in capsys.readouterr().err


def test_the_version_of_the_model_is_told_where_it_is_another(
    sets: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Path(sets).write_text(TABLE.format(model=source_digest()))
    scenario = tmp_path / "s.yaml"
    scenario.write_text("name: s\ntitle: {en: s, ja: s}\n")
    assert main(["check", str(scenario), "--parameters", sets]) == 0
    said = capsys.readouterr()
    assert "2 sets of 2 parameters" in said.out and "another version" not in said.out


def test_many_worlds_are_those_of_japan_or_of_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ("--world", str(ISLES), *SMALL[2:])
    assert main(["run", "baseline", *small, "--worlds", "many", "--out", str(tmp_path / "r")]) == 0
    assert "a world for each replicate" in " ".join(capsys.readouterr().out.split())
    assert load(tmp_path / "r").experiment.worlds == "many"
    assert main(["run", "baseline", *SMALL, "--worlds", "many", "--out", str(tmp_path / "s")]) == 2
    assert "places of synthetic:20 are drawn, too" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "check"])
def test_mistakes_are_told_with_the_option(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, scenario = tmp_path / "bad.csv", tmp_path / "s.yaml"
    scenario.write_text("name: s\ntitle: {en: s, ja: s}\n")
    table.write_text("posting_rat\nx\n")
    assert main([command, str(scenario), "--parameters", str(table)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"--parameters: {table}:1: posting_rat: no such parameter, did you mean posting_rate?",
        f"--parameters: {table}:2:posting_rat: 'x' is no number",
    ]
    assert main([command, str(scenario), "--worlds", "few"]) == 2
    assert capsys.readouterr().err == "--worlds: must be one or many, not 'few'\n"


def test_an_experiment_is_checked_with_what_the_options_say(
    sets: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "e.yaml"
    file.write_text("name: e\nworld: synthetic:20\nquarters: 2\nreplicates: 2\nscenarios: [greedy.yaml]\n")
    (tmp_path / "greedy.yaml").write_text(
        "name: greedy\ntitle: {en: g, ja: g}\nparameters: {municipal_share: 0.7}\n"
    )
    assert main(["check", str(file), "--parameters", sets, "--worlds", "many"]) == 0
    assert "experiment e, digest" in capsys.readouterr().out
    Path(sets).write_text("equity_share\n0.4\n")
    assert main(["check", str(file), "--parameters", sets]) == 2
    assert "sets, set 1, greedy: parameters: equity_share and municipal_share are" in capsys.readouterr().err


def test_a_comparison_tells_both_intervals(
    sets: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r"
    words = ("compare", "baseline", "matching_first", *SMALL, "--parameters", sets, "--out", str(out))
    assert main([*words]) == 0
    said = capsys.readouterr().out
    assert "may come (90%)" in said and "by chance (90%)" in said and "replicates needed" not in said
    alone = load(out / "chance_alone")
    assert (alone.experiment.parameters, alone.manifest.replicates, alone.manifest.runs) == (None, 3, 6)
