"""docs/howto-studies.md works as it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples import run

PAGE = "docs/howto-studies.md"


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Says what an example of the page prints."""
    monkeypatch.chdir(tmp_path)

    def printed(name: str) -> str:
        run(PAGE, name)
        return capsys.readouterr().out

    return printed


def test_a_study_is_followed(typed: Callable[[str], str], tmp_path: Path) -> None:
    lines = typed("follow.py").splitlines()
    assert [line.split(" runs")[0] for line in lines] == [f"{done} of 80" for done in (20, 40, 60, 80)]
    assert all("deals (" in line for line in lines)
    assert not list(tmp_path.iterdir())


def test_both_intervals_are_told(typed: Callable[[str], str]) -> None:
    lines = typed("unknown.py").splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == ["90% of what may come", "by chance alone"]
    assert not any("nan" in line for line in lines)


def test_a_search_goes_on_from_its_folder(typed: Callable[[str], str], tmp_path: Path) -> None:
    first = typed("search.py")
    assert "least public money per deal" in first
    parts = sorted((tmp_path / "results/search/series").iterdir())
    assert typed("search.py") == first
    assert sorted((tmp_path / "results/search/series").iterdir()) == parts
