"""docs/howto-world.md is true: its smallest table is a world, and its commands work."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.experiment_file import load_experiment
from sim.cli import main
from sim.kernel.world import INSTITUTION_KINDS
from sim.worlds import columns, municipalities_of
from sim.worlds.given import industries
from sim.worlds.own import MOST_BYTES
from tests.examples import ROOT, commands, example

PAGE = "docs/howto-world.md"


def test_the_smallest_table_is_a_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my_places.csv").write_text(example(PAGE, "my_places.csv"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "my_places.csv"]) == 0
    said = capsys.readouterr()
    assert "municipalities: 3, regions: 2, companies: 10" in said.out
    assert "drawn with the seed as in synthetic" in said.err


@pytest.mark.usefixtures("blank_figures", "one_core")
def test_its_commands_work_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    (tmp_path / "my_places.csv").write_text(example(PAGE, "my_places.csv"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for words in commands(PAGE):
        assert main(words[1:]) == 0, words
    assert (tmp_path / "results/mine/report.html").exists()
    assert municipalities_of("my_japan") == 1741


def test_its_lists_are_whole() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8").replace("\n  ", " ")
    assert ", ".join(industries()) in text
    most = columns.municipalities().most, columns.MOST_COMPANIES, columns.MOST_INSTITUTIONS
    assert "At most {:,} municipalities, {:,} companies, {:,} institutions".format(*most) in text
    assert f"and {MOST_BYTES // 1_000_000} MB a file" in text
    assert all(kind in text for kind in INSTITUTION_KINDS[:-1])


def test_the_made_up_isles_are_small_and_their_experiment_runs_on_them() -> None:
    experiment = load_experiment(ROOT / "experiments" / "made_up_isles.yaml")
    assert (experiment.world_kind, experiment.municipalities) == ("own", 54)
    assert experiment.source is not None
    assert sum(len(file.content) for file in experiment.source.files) < 10_000
