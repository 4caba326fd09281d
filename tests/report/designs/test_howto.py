"""The commands and the code of docs/howto-reports.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import main
from tests.examples import ROOT, commands, run

PAGE = "docs/howto-reports.md"


@pytest.mark.usefixtures("blank_figures")
def test_its_commands_and_its_code_do_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "experiments").symlink_to(ROOT / "experiments")
    monkeypatch.chdir(tmp_path)
    for command in commands(PAGE):
        assert main([*command[1:], *(["--workers", "1"] if command[1] == "batch" else [])]) == 0, command
    written = {path.name for path in (tmp_path / "results/report").glob("report*")}
    assert written == {"report.html", "report.ja.html", "report.ja.xlsx", "report.ja.docx"}
    run(PAGE, "reports.py")
    assert "yield" in capsys.readouterr().out
