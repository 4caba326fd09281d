"""Every word that a user reads, in one catalogue per language: ``en.yaml`` and ``ja.yaml``."""

from sim.text.catalogue import (
    LANGUAGES,
    Language,
    label,
    meaning,
    paragraphs,
    say,
    saying_regions,
    says_regions,
    short,
    unit,
)

__all__ = [
    "LANGUAGES",
    "Language",
    "label",
    "meaning",
    "paragraphs",
    "say",
    "saying_regions",
    "says_regions",
    "short",
    "unit",
]
