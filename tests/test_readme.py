"""What the README tells a newcomer to type works as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def _example(name: str) -> str:
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def _commands() -> list[list[str]]:
    lines = [line for block in _blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("sim ")]


def test_commands_of_the_readme_work_in_order(tmp_path: Path) -> None:
    (tmp_path / "coordinators.yaml").write_text(_example("coordinators.yaml"), encoding="utf-8")
    commands = _commands()
    assert len(commands) >= 5
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-m", "sim.cli", *command[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip()
    assert (tmp_path / "results/third/report.html").stat().st_size > 10_000


def test_python_of_the_readme_works(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _example("python")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "matching_first" in done.stdout and "ci_low" in done.stdout


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) >= 5
    root = Path(__file__).parents[1]
    assert [link for link in links if not (root / link).exists()] == []
