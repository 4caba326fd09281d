"""Japanese speaks to people with です and ます, and states in documents with である.

Messages of the command line and all words of the page speak to their user. Reports, tables, figures and the
pages of the documentation are documents. Notes that stand in both end in nouns.
"""

from __future__ import annotations

import re

import pytest

from tests.examples import ROOT
from tests.text.test_catalogue import every_text

#: Ids of what speaks to its user begin so.
SPOKEN = (
    "calibration.",
    "cli.",
    "design_warnings.",
    "discovery.analysing",
    "doctor.",
    "mistakes.",
    "page.",
    "scenario_warnings.",
    "sensitivity.analysing",
)
#: Ids of what stands in reports and is spoken, too.
BOTH = ("made_by.", "world_notes.")
#: Where a text without a full stop is a label, such as the verb on a button.
LABELS = ("page.face.", "page.views.")
POLITE = re.compile(r"(?:で|ま)(?:す|した|しょう)|ません|ください")
#: How a sentence ends that states: a verb, an adjective or だ; not ます, nor nouns such as ばらつき.
PLAIN = re.compile(
    r"(?:(?<!ま)[うくぐすつぬぶむる]|(?<!で)(?<!まし)(?:った|いた|した|れた|えた|けた|めた)|[なたよ]い|しい|だ)$"
)
DOCUMENTS = ("README.ja.md", "docs/**/*.ja.md", "docs/locale/**/*.po")


def sentences(text: str) -> list[str]:
    """The sentences of a text, without what is in brackets or quoted."""
    bare = re.sub(r"（[^（）]*）|「[^「」]*」", "", text)
    return [part.strip(" 、：…'") for part in re.split(r"[。？！\n]|：$", bare)]


def plain(id: str, text: str) -> list[str]:
    """Sentences that state."""
    if id.startswith(LABELS) and "。" not in text:
        return []
    return [one for one in sentences(text) if PLAIN.search(one) and not POLITE.search(one[-5:])]


def test_what_speaks_to_its_user_is_polite() -> None:
    texts = {id: text for id, text in every_text("ja").items() if id.startswith((*SPOKEN, *BOTH))}
    assert len(texts) > 500
    assert not {id: found for id, text in texts.items() if (found := plain(id, text))}


def test_what_stands_in_documents_states() -> None:
    texts = {id: text for id, text in every_text("ja").items() if not id.startswith(SPOKEN)}
    assert len(texts) > 500
    assert not {id: text for id, text in texts.items() if POLITE.search(text)}


def test_pages_of_the_documentation_state() -> None:
    found = []
    for path in (path for pattern in DOCUMENTS for path in sorted(ROOT.glob(pattern))):
        text = re.sub(r"「[^「」]*」", "", path.read_text(encoding="utf-8"))
        found += [
            f"{path.relative_to(ROOT)}: {one[0]}" for one in re.finditer(rf".*({POLITE.pattern}).*", text)
        ]
    assert not found


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("コンパイルしています", False),
        ("確認できませんでした（原因は不明である）", False),
        ("ばらつき", False),
        ("試行ごとに1組を使う", True),
        ("結果は同じである。もう一度実行してください", True),
        ("フォルダーがない", True),
        ("済んだ。", True),
    ],
)
def test_registers_are_told_apart(text: str, states: bool) -> None:
    assert bool(plain("cli.something", text)) == states
    assert not plain("page.face.close", "閉じる") and plain("page.face.foot", "閉じる。")
