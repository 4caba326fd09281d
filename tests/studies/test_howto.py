"""docs/howto-studies.md works as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.batch.survival import environment
from tests.examples import example

PAGE = "docs/howto-studies.md"


def typed(folder: Path, name: str) -> str:
    """What an example of the page prints."""
    program = [sys.executable, "-c", example(PAGE, name)]
    done = subprocess.run(program, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_study_is_followed(tmp_path: Path) -> None:
    lines = typed(tmp_path, "follow.py").splitlines()
    assert [line.split(" runs")[0] for line in lines] == [f"{done} of 80" for done in (20, 40, 60, 80)]
    assert all("deals (" in line for line in lines)
    assert not list(tmp_path.iterdir())


def test_both_intervals_are_told(tmp_path: Path) -> None:
    lines = typed(tmp_path, "unknown.py").splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == ["90% of what may come", "by chance alone"]
    assert not any("nan" in line for line in lines)


def test_a_search_goes_on_from_its_folder(tmp_path: Path) -> None:
    first = typed(tmp_path, "search.py")
    assert "least public money per deal" in first
    parts = sorted((tmp_path / "results/search/series").iterdir())
    assert typed(tmp_path, "search.py") == first
    assert sorted((tmp_path / "results/search/series").iterdir()) == parts
