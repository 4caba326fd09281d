"""Warnings: what is allowed and still deserves a word, with its place, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from sim.scenarios.scenario import load_all
from sim.scenarios.warnings import MUCH_MONEY, scenario_warnings
from sim.text import LANGUAGES

LATE = "comes after the last quarter (2030Q4), so what is given from then on changes nothing"


def warned(folder: Path, content: str, quarters: int = 51) -> list[str]:
    """Warnings of a scenario file, from the place on."""
    path = folder / "mine.yaml"
    path.write_text(f"name: mine\n{content}\n", encoding="utf-8")
    lines = scenario_warnings(load_all([path]), quarters, "en")
    return [line.removeprefix(f"{path}:") for line in lines]


CASES = {
    "levers: {subsidy: {2031: 5_000}}": [f"2:20: subsidy: FY2031 {LATE}"],
    "levers: {subsidy: {2030: 5_000}}": [],
    "levers: {subsidy: {2019: 1, 2032: 2, 2031: 3}}": [f"2:38: subsidy: FY2031 {LATE}"],
    "levers: {esg_finance: {guarantee: {2031: 1}}}": [f"2:36: esg_finance.guarantee: FY2031 {LATE}"],
    "parameters: {posting_rate: {2031Q1: 0.6}}": [f"2:29: posting_rate: 2031Q1 {LATE}"],
    "parameters: {posting_rate: {2030Q4: 0.6}}": [],
    "calendar: {national_target: 2031Q1}": [f"2:12: national_target: 2031Q1 {LATE}"],
    "calendar: {national_target: never}": [],
    "parameters: {contagion_neighbours: 5}": [
        "2:14: contagion_neighbours: 5 lies outside the plausible range, 0.005 to 0.15"
    ],
    "parameters: {contagion_neighbours: {2020Q1: 0.15, 2021Q1: 0.2, 2022Q1: 0.3}}": [
        "2:51: contagion_neighbours: 0.2 lies outside the plausible range, 0.005 to 0.15"
    ],
    "levers: {esg_finance: {guarantee_cover: 0.95}}": [
        "2:24: esg_finance.guarantee_cover: 0.95 lies outside the plausible range, 0 to 0.9"
    ],
    "levers: {matching_support: 2_500_000}": [
        "2:10: matching_support: 2,500,000 is JPY 2.5 trillion a fiscal year; levers are in millions of yen: "
        "if thousands were meant, write 2,500"
    ],
    f"levers: {{subsidy: {MUCH_MONEY}}}": [],
    "levers: {}": [],
}


@pytest.mark.parametrize("content", CASES)
def test_what_deserves_a_word_is_told_with_its_place(content: str, tmp_path: Path) -> None:
    assert warned(tmp_path, content) == CASES[content]


def test_what_lies_after_the_horizon_depends_on_the_horizon(tmp_path: Path) -> None:
    content = "levers: {subsidy: {2020: 5}}"
    assert warned(tmp_path, content, quarters=9) == []
    assert "FY2020 comes after the last quarter (2020Q1)" in warned(tmp_path, content, quarters=8)[0]


def test_files_below_are_looked_at_too_and_each_once(tmp_path: Path) -> None:
    (tmp_path / "below.yaml").write_text("name: below\nlevers: {subsidy: {2031: 5}}\n", encoding="utf-8")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\nextends: below.yaml\n", encoding="utf-8")
    lines = scenario_warnings(load_all([tmp_path / "below.yaml", tmp_path / "one.yaml"]), 51, "en")
    assert {line.partition(":")[0] for line in lines} == {str(tmp_path / "below.yaml")}


def test_built_in_scenarios_warn_only_where_they_have_no_effect_at_all() -> None:
    loaded = load_all(["baseline", "no_policy", "balanced", "subsidy_first"])
    assert scenario_warnings(loaded, 51, "en") == []
    assert scenario_warnings(loaded, 8, "en") == []
    late = scenario_warnings(loaded, 2, "en")
    assert len(late) == 6 and all("FY2019" in line for line in late)


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["check", "run", "compare", "batch"])
def test_every_command_warns_and_goes_on(
    command: str,
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("late.yaml").write_text("name: late\nlevers: {subsidy: {2031: 5_000}}\n", encoding="utf-8")
    text = "name: e\nworld: synthetic:5\nquarters: 2\nreplicates: 1\nscenarios: [baseline, late.yaml]\n"
    Path("experiment.yaml").write_text(text, encoding="utf-8")
    size = ["--world", "synthetic:5", "--quarters", "2", "--replicates", "1"]
    arguments = {
        "check": ["late.yaml"],
        "run": ["late.yaml", *size, "--workers", "1"],
        "compare": ["baseline", "late.yaml", *size, "--workers", "1"],
        "batch": ["experiment.yaml", "--workers", "1"],
    }
    assert main([command, *arguments[command], "--lang", language]) == 0
    lines = capsys.readouterr().err.splitlines()
    prefix, year = {"en": ("warning: ", "FY2031"), "ja": ("注意：", "2031年度")}[language]
    assert [line for line in lines if year in line] == [
        line for line in lines if line.startswith(f"{prefix}late.yaml:2:20: subsidy")
    ]
    assert sum(year in line for line in lines) == 1


LEVER = """from sim.extensions import lever

@lever(after="adopt", appropriation={money})
def late_lever(now):
    pass
"""


@pytest.mark.parametrize(
    ("money", "words"),
    [
        ({2031: 5.0}, f"late_lever: FY2031 {LATE}"),
        ({2019: 5.0, 2040: 6.0}, f"late_lever: FY2040 {LATE}"),
        (2_500_000.0, "late_lever: 2,500,000 is JPY 2.5 trillion a fiscal year"),
        ({2030: 5.0}, ""),
    ],
)
def test_money_that_an_extension_appropriates_is_looked_at_too(
    money: object, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    module = f"late_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{module}.py").write_text(LEVER.format(money=money), encoding="utf-8")
    path = tmp_path / "mine.yaml"
    text = f"name: mine\nextensions: ['{module}:late_lever']\n"
    path.write_text(text, encoding="utf-8")
    told = scenario_warnings(load_all([path], allow_extensions=module), 51, "en")
    assert [line.startswith(f"{path}:2:14: {words}") for line in told] == [True] * bool(words)
    path.write_text(text + "levers: {late_lever: 5}\n", encoding="utf-8")
    assert not scenario_warnings(load_all([path], allow_extensions=module), 51, "en"), (
        "the file says otherwise"
    )
