"""Programmes on the command line: refused where nobody is served, warned of where money is not scaled."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main

SMALL = ("--world", "synthetic:30", "--quarters", "4", "--replicates", "1", "--workers", "1")


def programme(folder: Path, target: str) -> str:
    path = folder / "local.yaml"
    path.write_text(
        "name: local\nextends: baseline\nprogrammes:\n  coaching:\n    lever: advisers\n"
        f"    for: {target}\n    money: {{2018: 8}}\n",
        encoding="utf-8",
    )
    return str(path)


@pytest.mark.parametrize("command", [("run",), ("compare", "baseline")])
def test_a_programme_for_a_place_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    file = programme(tmp_path, "{prefecture: Naganoo}")
    assert main([*command, file, *SMALL, "--out", str(tmp_path / "r")]) == 2
    told = capsys.readouterr().err
    assert "local.yaml:6:" in told and "Naganoo" in told and told.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_a_scenario_alone_is_held_against_japan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", programme(tmp_path, "{prefecture: Naganoo}")]) == 0
    told = capsys.readouterr().err
    assert "Naganoo" in told and "did you mean Nagano" in told
    assert main(["check", programme(tmp_path, "{prefecture: Nagano}")]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("without_figures")
def test_money_of_programmes_in_a_small_world_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = programme(tmp_path, "{where: population < 100_000}")
    assert main(["run", file, *SMALL, "--out", str(tmp_path / "r")]) == 0
    told = capsys.readouterr().err
    assert "money of programmes (coaching) is paid as written: in this world of 30 municipalities" in told
