"""The glossary says what the catalogues say, and the same in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.text import say
from tests.examples import ROOT

GLOSSARY = "glossary.ja.md"
#: Files with Japanese words of the project's own.
JAPANESE = (
    "README.ja.md",
    "docs/**/*.ja.md",
    "docs/locale/**/*.po",
    "experiments/**/*.yaml",
    "notebooks/*.ja.ipynb",
    "sim/**/*.yaml",
    "sim/answers/**/*.py",
    "sim/report/**/*.py",
    "sim/page/**/*.py",
    "sim/page/static/*.js",
)
#: Where a word that is not used for a term of the glossary means something else, by that word.
OTHERWISE = {
    "要因": ("要因計画", "要因実験", "主要因", "阻害要因", "妨げる要因", "動かす要因"),
    "プログラム": ("読み書きするプログラム",),  # of a computer
    "仮想": ("仮想環境",),  # of Python
    "パートナーシップ": (  # the name of goal 17, and of this simulator's page
        "ゴール17：パートナーシップ",
        "ゴール17（パートナーシップ）",
        "'17': パートナーシップ",
        "SDGsパートナーシップ",
    ),
}


def tables(page: str) -> list[list[list[str]]]:
    """The tables of a page, each without its head."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [
        [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.splitlines()[2:]]
        for block in blocks
    ]


def rows(page: str) -> list[list[str]]:
    return tables(page)[0]


def unused() -> list[tuple[str, str]]:
    """Words that are not used, with the one that is used in their place."""
    terms, spellings = tables(GLOSSARY)
    listed = [(row[0], row[3]) for row in terms] + [(row[0], row[1]) for row in spellings]
    return [(used, word) for used, words in listed for word in words.split("、") if word]


def lines_with(word: str, used: str) -> Iterator[str]:
    """Places of a word, but where it is a part of what is used, or means something else."""
    for path in japanese_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if word not in line:
                continue
            rest = line
            for allowed in (used, *OTHERWISE.get(word, ())):
                rest = rest.replace(allowed, "")
            if word in rest:
                yield f"{path.relative_to(ROOT)}:{number}: {word} (say {used})"


def japanese_files() -> Iterator[Path]:
    for pattern in JAPANESE:
        yield from (path for path in sorted(ROOT.glob(pattern)) if path.name != GLOSSARY)


@pytest.mark.parametrize(("used", "word"), unused(), ids=lambda word: word)
def test_one_word_for_one_thing(used: str, word: str) -> None:
    found = list(lines_with(word, used))
    assert not found, "\n".join(found)


def test_what_means_something_else_is_there() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in japanese_files())
    words = {word for _, word in unused()}
    assert set(OTHERWISE) <= words and len(words) > 15
    assert not [allowed for words in OTHERWISE.values() for allowed in words if allowed not in text]


def test_terms_are_those_of_the_catalogues() -> None:
    taken = [row for row in rows("glossary.md") if re.fullmatch(r"`[\w.]+`", row[-1])]
    assert len(taken) >= 15
    for english, japanese, _, text in taken:
        id = text.strip("`")
        assert (english, japanese) == (say(id, "en"), say(id, "ja"))


def test_both_pages_have_the_same_terms() -> None:
    assert [row[:2] for row in rows("glossary.md")] == [row[1::-1] for row in rows("glossary.ja.md")]
    assert all(row[2] for page in ("glossary.md", "glossary.ja.md") for row in rows(page))
