"""What the README tells a newcomer to type works as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples import ROOT, commands, example, python, typed_in_order


@pytest.mark.usefixtures("blank_figures", "one_core")
def test_commands_of_the_readme_work_in_order(tmp_path: Path) -> None:
    assert typed_in_order("README.md", "coordinators.yaml", tmp_path) >= 5
    assert (tmp_path / "results/third/report.html").stat().st_size > 10_000


def test_a_command_of_the_readme_works_as_it_is_typed(tmp_path: Path) -> None:
    first = next(command for command in commands("README.md") if command[1] == "run")
    done = python(tmp_path, "-m", "sim.cli", *first[1:])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert (tmp_path / first[first.index("--out") + 1] / "report.html").stat().st_size > 100_000


def test_python_of_the_readme_works(tmp_path: Path) -> None:
    done = python(tmp_path, "-c", example("README.md", "python"))
    assert done.returncode == 0, done.stderr
    assert "matching_first" in done.stdout and "ci_low" in done.stdout


def test_links_of_the_readme_lead_somewhere() -> None:
    found = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    links = [link for link in found if not link.startswith("https://")]
    assert len(links) >= 5
    assert [link for link in links if not (ROOT / link).exists()] == []
