"""The prose of the report, read from ``text_en.yaml`` and ``text_ja.yaml``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from sim.report.words import say


@dataclass(frozen=True)
class Text:
    """Words of the report in one language.

    Attributes:
        lang: ``en`` or ``ja``.
        words: headings, notes and heads of columns.
        sentences: sentences with places for names and numbers.
        assumptions, limits: paragraphs.
        captions: figure -> ``heading``, ``alt`` (for those who do not see it), ``text`` (how to read it).
    """

    lang: str
    words: dict[str, str]
    sentences: dict[str, str]
    assumptions: list[str]
    limits: list[str]
    captions: dict[str, dict[str, str]]

    def sentence(self, key: str, **values: str) -> str:
        """The sentence of that key with the values filled in."""
        return self.sentences[key].format(**values)

    def quoted(self, title: str) -> str:
        """A title in quotation marks."""
        return say(self.lang, f"“{title}”", f"「{title}」")

    def joined(self, sentences: Sequence[str]) -> str:
        """Sentences as one paragraph."""
        return say(self.lang, " ", "").join(sentences)

    def listed(self, items: Sequence[str]) -> str:
        """Items in a row: a, b and c."""
        if self.lang == "ja" or len(items) < 2:
            return "、".join(items)
        return f"{', '.join(items[:-1])} and {items[-1]}"


@cache
def read_text(lang: str) -> Text:
    """The prose in that language, ``en`` or ``ja``."""
    source = (files("sim.report") / f"text_{lang}.yaml").read_text(encoding="utf-8")
    return Text(lang=lang, **YAML(typ="safe", pure=True).load(source))
