"""docs/howto-sensitivity.md works as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import main
from tests.batch.survival import environment
from tests.examples import commands, example

PAGE = "docs/howto-sensitivity.md"


@pytest.mark.slow
def test_what_the_page_says_to_type_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ema_workbench")
    pytest.importorskip("sklearn")
    (tmp_path / "drivers.yaml").write_text(example(PAGE, "drivers.yaml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said, notes = [], Path("results/drivers/sensitivity/my_notes.csv")
    for words in commands(PAGE):
        workers = ["--workers", "1"] if words[1] == "batch" else []
        assert main([*words[1:], *workers]) == 0, words
        said.append(capsys.readouterr().out)
        if notes.parent.is_dir():
            notes.touch()
    check, _, indices, of, when, boxes = said
    assert "saltelli): 2,048 base samples x (3 + 2) points" in check
    assert "32 base samples x 2 replicates" in indices and "frictions" in indices
    assert "The seed as a factor: alone" in indices
    assert "balanced - baseline" in of and "p (Holm)" in when
    assert "By chance alone" in boxes and "Held out" in boxes
    written = {str(path.relative_to("results/drivers")) for path in Path("results/drivers").glob("*/*.*")}
    assert {"sensitivity/indices.csv", "sensitivity/sensitivity.svg", "discovery/boxes.csv"} <= written
    assert "sensitivity/chance.csv" not in written, "the last analysis, --when, tells nothing of chance"
    assert "sensitivity/my_notes.csv" in written, "it is none of the analysis"

    done = subprocess.run(
        [sys.executable, "-c", example(PAGE, "drivers.py")],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "held" not in done.stdout and "Band(mean=" in done.stdout


def test_japanese_and_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.yaml").write_text(
        example(PAGE, "drivers.yaml")
        .replace("synthetic:60", "synthetic:20")
        .replace("saltelli", "morris")
        .replace("samples: 32", "trajectories: 4")
        .replace("  groups: {frictions: [friction_capacity, friction_awareness]}\n", ""),
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert main(["batch", "m.yaml", "--out", "m", "--workers", "1", "--quiet"]) == 0
    assert main(["sensitivity", "m", "--lang", "ja", "--outcome", "meetings"]) == 0
    assert "偶然のμ*" in capsys.readouterr().out
    assert main(["discover", "m", "--when", "balansed < baseline"]) == 2
    assert "balansed is no scenario, outcome or factor" in capsys.readouterr().err
    assert main(["discover", "m", "--when", "balanced < baseline"]) == 2
    assert "needs 20 points" in capsys.readouterr().err
