"""``sim validate``: what it prints, writes, compares and refuses."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.validation import made
from sim.analysis.validation.made import Made
from sim.batch.parameter_sets import ParameterSets
from sim.cli import main

SETS = ParameterSets(("join_company",), ((0.003,), (0.004,)), "trial")


@pytest.fixture
def sets(tmp_path: Path) -> str:
    path = tmp_path / "sets.csv"
    path.write_text(SETS.text(), encoding="utf-8")
    return str(path)


def test_a_quick_look_prints_and_compares_nothing(sets: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--quick", "--parameters", sets]) == 0
    printed = capsys.readouterr().out
    assert "calibrated" in printed and "base_rate" in printed


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["--quick", "--write"], "give one of the two"),
        (["--docs", "nowhere"], "nowhere: holds no validation"),
        (["--write", "--docs", "nowhere"], "--docs: nowhere: no such folder"),
        (["--quick", "--parameters", "none.csv"], "none.csv"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", *arguments]) == 2
    assert wrong in capsys.readouterr().err


def test_it_writes_compares_and_says_what_differs(
    sets: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "validation").mkdir()
    told = ["validate", "--forecast", "--parameters", sets, "--docs", str(tmp_path)]

    def value(number: float) -> None:
        table = pd.DataFrame({"target": ["adoption_share"], "date": ["2022Q4"], "q50": [number]})
        files, notes = {"forecast/national.csv": table.to_csv(index=False)}, {"forecast/README.md": "words"}
        monkeypatch.setattr(made, "forecasted", lambda *_: Made({"national": table}, files, notes))

    value(0.5)
    assert main(told) == 1 and "is not there" in capsys.readouterr().out
    assert main([*told, "--write"]) == 0 and (tmp_path / "forecast" / "README.md").read_text() == "words"
    (tmp_path / "forecast" / "README.md").write_text("of another day")
    capsys.readouterr()
    assert main(told) == 0 and "1 file" in capsys.readouterr().err
    value(0.6)
    assert main([*told, "--lang", "ja", "--quiet"]) == 1
    assert "0.5 is now adoption_share,2022Q4,0.6" in capsys.readouterr().out
