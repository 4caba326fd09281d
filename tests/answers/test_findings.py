"""The page of findings: made of stored answers and tables, and in step with what is stored."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.futures.stored import STORED, read
from sim.answers import findings
from sim.answers.known import known
from sim.report.answered import Answered, store
from tests.conftest import PIXEL

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "findings.md"
ANSWER = Answered(
    "showcases", 6, {"en": "Few or many?", "ja": "少数か"},
    [{"en": "Many: +64 deals (n = 30).", "ja": "多数"}, {"en": "Then.", "ja": "次"}],
    [{"en": "All of it.", "ja": "すべて"}], 900, ["quota"], ["quota.yaml"], "0123456789abcdef", False, 1,
)  # fmt: skip


def stored(folder: Path, answered: Answered = ANSWER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    place = store(answered, {}, folder)
    (place / "figure.png").write_bytes(PIXEL)


def sections(text: str) -> dict[str, str]:
    """Number and question -> what stands below."""
    parts = re.split(r"^## (\d+\. .*)$", text, flags=re.MULTILINE)
    return {
        head: body.partition("\n## ")[0].partition("<!-- end -->")[0]
        for head, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def bold(section: str) -> str:
    found = re.search(r"^\*\*(.*)\*\*$", section, re.MULTILINE)
    assert found is not None
    return found[1]


def test_findings_are_those_of_the_experiments() -> None:
    """Both are written by commands: after a change of the model both are written again."""
    here = sections(PAGE.read_text(encoding="utf-8"))
    there = sections((DOCS.parent / "experiments" / "README.md").read_text(encoding="utf-8"))
    assert set(here) <= set(there) and len(here) >= 10
    assert {head for head in here if bold(here[head]) != bold(there[head])} == set()


def test_findings_have_every_answer_or_say_which_are_not_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for question in known():
        assert f"(images/findings/{question.name}.png)" in text or f"`{question.name}`" in text.split("##")[0]


def test_figures_are_small() -> None:
    images = list((DOCS / findings.IMAGES).glob("*.png"))
    text = PAGE.read_text(encoding="utf-8")
    assert images and all(f"images/findings/{image.name}" in text for image in images)
    assert sum(image.stat().st_size for image in images) < 1_500_000


def test_tables_of_the_page_are_those_that_are_stored() -> None:
    text = PAGE.read_text(encoding="utf-8")
    levers, judged = (pd.read_csv(DOCS / f"{name}.csv") for name in ("levers_compared", "robustness"))
    for rows in (
        findings.cheapest(levers, read(STORED).samples),
        findings.criteria(judged),
        findings.forecasts(pd.read_csv(DOCS / "forecast" / "national.csv")),
    ):
        assert rows and all(f"| {' | '.join(row.values())} |" in text for row in rows)


def test_a_page_says_what_an_answer_says_and_which_are_lacking(tmp_path: Path) -> None:
    stored(tmp_path / "any" / "where")
    text = findings.page(findings.collected(tmp_path), DOCS)
    assert "**Many: +64 deals (n = 30).**\n\nThen.\n\n*It hangs on:* All of it." in text
    assert "900 runs in all" in text and "model version 1 of 2026-11-27, sources `0123456789abcdef`" in text
    assert "`which_lever`" in text and "`showcases`," not in text.split("##")[0]


def test_a_robust_choice_is_told_from_one_that_is_not() -> None:
    judged = pd.DataFrame(
        [("mean", "a", 1, 9.0), ("mean", "b", 2, 5.0), ("maximin", "a", 1, 9.0), ("maximin", "b", 1, 5.0),
         ("regret", "a", 2, 9.0), ("regret", "b", 1, 5.0)],
        columns=["criterion", "option", "rank", "nominal"],
    ).assign(over="some")  # fmt: skip
    (row,) = findings.criteria(judged)
    assert row["first by default"] == "`a`" and row["also first by"] == "2 of 3 criteria"
    assert row["not told apart by"] == "maximin" and row["not robust by"] == "regret: `b`"


def test_what_makes_no_page_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = {
        "none": (),
        "first look": (replace(ANSWER, quick=True),),
        "another answer": (ANSWER, ANSWER),
        "versions of the model": (ANSWER, replace(ANSWER, name="drivers", model="f" * 16)),
    }
    for words, answers in cases.items():
        folder = tmp_path / words.replace(" ", "_")
        for number, answered in enumerate(answers):
            stored(folder / str(number), answered)
        with pytest.raises(SystemExit) as ended:
            findings.main([str(folder), "--write", str(tmp_path / "findings.md")])
        error = capsys.readouterr().err
        assert ended.value.code == 2 and error.count("\n") == 1
        assert words in error or words == "none"
    assert not (tmp_path / "findings.md").exists()


def test_a_figure_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(tmp_path)
    (figure,) = tmp_path.rglob("figure.png")
    figure.write_bytes(b"no picture")
    with pytest.raises(SystemExit) as ended:
        findings.main([str(tmp_path), "--write", str(tmp_path / "findings.md")])
    assert ended.value.code == 2 and "figure.png" in capsys.readouterr().err
