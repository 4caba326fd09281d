"""Look up words by id and language.

A catalogue is nested YAML; an id is the way down to a text, with dots: ``outcomes.deals_signed.label``.
A name may hold dots itself (``levers.esg_finance.guarantee.label``). Lists are paragraphs, counted from 1:
``report.limits.1``.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

type Language = Literal["en", "ja"]

LANGUAGES: tuple[Language, ...] = get_args(Language.__value__)
#: Sections whose entries are names of the model; a name stands in one of them only.
NAMED = ("outcomes", "levers", "settings", "parameters")
FOLDER = Path(__file__).parent
#: Whether prefectures are called regions, and the words for it.
_REGIONS: ContextVar[bool] = ContextVar("regions", default=False)
_PREFECTURE: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (("prefecture", "region"), ("Prefecture", "Region")),
    "ja": (("都道府県", "地域"),),
}
_HEAD = re.compile(r"^(\w+):", re.MULTILINE)


class MissingTextWarning(UserWarning):
    """A text or one of its values is missing: a fault of the program, not of its user."""


def say(id: str, language: Language, /, **values: Any) -> str:
    """The text of that id, with the values filled in.

    Of a whole number the formats ``s`` and ``es`` are endings of a plural: ``{runs:,} run{runs:s}``.
    A missing text is shown as its id, a missing value as its place, and Python warns of either.
    """
    found = _find(id, language)
    if found is None:
        warnings.warn(f"no text {id!r} in {language}.yaml", MissingTextWarning, stacklevel=1)
        return id
    try:
        return found.format(**_counts(values)) if values or "{" in found else found
    except (KeyError, IndexError, ValueError) as error:
        warnings.warn(f"text {id!r} in {language}.yaml: {error!r}", MissingTextWarning, stacklevel=1)
        return found


class _Count(int):
    """A whole number that says the ending of what it counts: ``{runs:,} run{runs:s}``."""

    def __format__(self, spec: str) -> str:
        if spec in ("s", "es"):
            return "" if self == 1 else spec
        return super().__format__(spec)


def _counts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _Count(value) if type(value) is int else value for name, value in values.items()}


def paragraphs(id: str, language: Language) -> list[str]:
    """The texts of a list, in order; empty if there is no such list."""
    texts, number = [], 1
    while (text := _find(f"{id}.{number}", language)) is not None:
        texts.append(text)
        number += 1
    return texts


def label(name: str, language: Language) -> str:
    """What an outcome, lever, setting or parameter is called; of an unknown name, the name in words."""
    return _named(name, "label", language) or _named(name, "meaning", language) or name.replace("_", " ")


def short(name: str, language: Language) -> str:
    """The shortest wording there is, for figures and tables: that of ``short``, or else the label."""
    return _named(name, "short", language) or label(name, language)


def meaning(name: str, language: Language) -> str:
    """What an outcome, lever, setting or parameter means, in a sentence; empty if the name is unknown."""
    return _named(name, "meaning", language) or ""


def unit(declared: str, language: Language) -> str:
    """A unit as people read it, from the way outcomes, levers and parameters declare it (``JPY M/year``)."""
    known = _find(f"units.{declared}", language)
    return declared if known is None else known


def _named(name: str, what: str, language: Language) -> str | None:
    texts = (_find(f"{section}.{name}.{what}", language) for section in NAMED)
    return next((text for text in texts if text is not None), None)


@contextmanager
def saying_regions(instead: bool) -> Iterator[None]:
    """Inside, texts say region for prefecture if ``instead``: where the world has none of Japan's."""
    before = _REGIONS.set(instead)
    try:
        yield
    finally:
        _REGIONS.reset(before)


def says_regions() -> bool:
    """Whether texts say region for prefecture here, which another process has to be told."""
    return _REGIONS.get()


def _find(id: str, language: Language) -> str | None:
    found = texts_of(id.partition(".")[0], language).get(id)
    if found is None or not _REGIONS.get():
        return found
    for prefecture, region in _PREFECTURE[language]:
        found = found.replace(prefecture, region)
    return found


@cache
def texts_of(section: str, language: Language) -> dict[str, str]:
    """Every text of a section (the first part of an id) by id, read on first use; empty if there is none."""
    source = _sections(language).get(section)
    if source is None:
        return {}
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # base: `no` and `1` are words here
    return dict(_flat(yaml.load(source, Loader=loader)))


@cache
def _sections(language: Language) -> dict[str, str]:
    """Source of each section: a command needs few of them, and parsing is what takes time."""
    source = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(source))
    ends = [*(head.start() for head in heads[1:]), len(source)]
    return {head[1]: source[head.start() : end] for head, end in zip(heads, ends, strict=True)}


def _flat(node: Any, way: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield way, node
        return
    pairs = node.items() if isinstance(node, dict) else ((str(n), item) for n, item in enumerate(node, 1))
    for name, below in pairs:
        yield from _flat(below, f"{way}.{name}" if way else name)
