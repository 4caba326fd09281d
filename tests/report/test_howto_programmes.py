"""docs/howto-programmes.md and its Japanese summary work as they stand, with fewer replicates."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from tests.examples import ROOT, commands, example

SCENARIO = "experiments/scenarios/nagano.yaml"
FEW = ("--replicates", "2")


def test_the_page_shows_the_scenario_that_it_names() -> None:
    assert example("docs/howto-programmes.md", "nagano.yaml") == (ROOT / SCENARIO).read_text(encoding="utf-8")


@pytest.mark.usefixtures("blank_figures", "one_core")
@pytest.mark.parametrize(
    ("page", "name", "place", "report"),
    [
        ("docs/howto-programmes.md", SCENARIO, "One place: Nagano", "report.html"),
        ("docs/howto-programmes.ja.md", "small.yaml", "一つの地域：長野県", "report.ja.html"),
    ],
    ids=["en", "ja"],
)
def test_what_the_page_tells_to_type_works(
    page: str, name: str, place: str, report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(example(page, Path(name).name), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    check, compare = commands(page)
    assert main(check[1:]) == 0
    assert main([*compare[1:], *FEW]) == 0
    assert place in (tmp_path / "results/nagano" / report).read_text(encoding="utf-8")
