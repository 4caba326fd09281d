"""What the tutorial tells a newcomer to type works, and README and tutorial are the same in Japanese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples import ROOT, typed_in_order
from tests.snippets import TRANSLATED

BLOCK = re.compile(r"```\w*\n.*?```", re.DOTALL)


@pytest.mark.usefixtures("blank_figures", "one_core")
def test_commands_of_the_tutorial_work_in_order(tmp_path: Path) -> None:
    assert typed_in_order("docs/tutorial.md", "my_town.yaml", tmp_path) >= 9
    assert (tmp_path / "results/tutorial_own/report.html").stat().st_size > 10_000
    assert (tmp_path / "results/tutorial_own/report.ja.html").exists()


@pytest.mark.parametrize("page", TRANSLATED)
def test_the_japanese_page_has_the_same_sections_and_code(page: str) -> None:
    english, japanese = ((ROOT / f"{page}{suffix}.md").read_text(encoding="utf-8") for suffix in ("", ".ja"))
    assert BLOCK.findall(japanese) == BLOCK.findall(english)

    def levels(text: str) -> list[str]:
        return re.findall(r"(?m)^#+(?= )", BLOCK.sub("", text))

    assert levels(japanese) == levels(english)
    assert re.search(r"[\u3040-\u30ff]", japanese)


def test_the_japanese_readme_leads_where_the_english_one_does() -> None:
    """But for pages that are there in Japanese, and the links between the two."""

    def links(name: str) -> list[str]:
        found = re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        return sorted({link.replace(".ja.", ".") for link in found} - {"README.md"})

    assert links("README.ja.md") == links("README.md")


def test_the_japanese_readme_shows_figures_in_japanese() -> None:
    text = (ROOT / "README.ja.md").read_text(encoding="utf-8")
    assert [image for image in re.findall(r"!\[.*?\]\((.*?)\)", text) if ".ja." not in image] == []


def test_the_japanese_readme_names_every_command_that_the_english_one_names() -> None:
    english, japanese = (
        set(re.findall(r"`(sim [a-z]+|make [a-z]+)", (ROOT / name).read_text(encoding="utf-8")))
        for name in ("README.md", "README.ja.md")
    )
    assert japanese == english
