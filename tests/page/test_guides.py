"""The workshop's guides name buttons and views as the page does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.text import Language
from sim.text.catalogue import texts_of

DOCS = Path(__file__).parents[2] / "docs"
#: How each guide sets what stands on the page, and what is said aloud instead.
NAMED = {"en": r"(?<!\*)\*([^*\n]+)\*(?!\*)", "ja": r"「([^」\n]{1,12})」"}
SAID = re.compile(r"[かいす]$")


@pytest.mark.parametrize(("lang", "name"), [("en", "workshop.md"), ("ja", "workshop.ja.md")])
def test_what_a_guide_tells_to_press_is_on_the_page(lang: Language, name: str) -> None:
    words = [text for id, text in texts_of("page", lang).items() if id.startswith("page.face.")]
    named = set(re.findall(NAMED[lang], (DOCS / name).read_text(encoding="utf-8"))) - {"?", "？"}
    told = {each for each in named if lang == "en" or not SAID.search(each)}
    assert len(told) > 12
    assert not [each for each in sorted(told) if not any(word.startswith(each) for word in words)]
