"""Phrases that sentences of the report share: titles in quotation marks, lists, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.report import words
from sim.report.findings import Findings
from sim.results.spread import BY_CHANCE, SPREAD
from sim.text import Language, say


def interval(row: pd.Series, lang: Language) -> str:
    """An interval with its n, or that one pair of runs has none."""
    low, high = float(row["ci_low"]), float(row["ci_high"])
    if not math.isfinite(low):
        return say("report.one_pair", lang)
    ends = {"low": words.effect(str(row["outcome"]), low), "high": words.effect(str(row["outcome"]), high)}
    return say("report.interval_n", lang, n=int(row["replicates"]), **ends)


def given(findings: Findings) -> str:
    """What a comparison goes by: the assumptions as they stand, or the mean over parameter sets."""
    return say(f"report.given{'' if findings.sets is None else '_sets'}", findings.names.lang)


def single_histories(row: pd.Series, name: str, lang: Language) -> list[str]:
    """What 90% of single histories lie between, with what is not known of parameters and by chance alone.

    Args:
        row: of ``sim.report.effect_tables.main_effects``.
        name: what the scenario is called.
        lang: of the words.

    Returns:
        One sentence; none for runs at default parameters, or a single one.
    """
    ends = {end: float(row[end]) for end in (*SPREAD, *BY_CHANCE)}
    if not row["sets"] or not math.isfinite(ends["low"]):
        return []
    key = "spread" if math.isfinite(ends["chance_low"]) else "spread_alone"
    shown = {end: words.effect(str(row["outcome"]), value) for end, value in ends.items()}
    n = {"n": int(row["replicates"]), "sets": int(row["sets"])}
    return [say(f"report.answers.{key}", lang, name=name, **shown, **n)]


def between(low: str, high: str, lang: Language) -> str:
    """The ends of an interval in brackets."""
    return say("report.between", lang, low=low, high=high)


def quoted(findings: Findings, names: Sequence[str]) -> str:
    """Titles of scenarios in quotation marks, in a row."""
    lang = findings.names.lang
    return listed([say("report.quoted", lang, title=findings.names.of(name)) for name in names], lang)


def listed(items: Sequence[str], lang: Language) -> str:
    """Items in a row: a, b and c."""
    if lang == "ja" or len(items) < 2:
        return "、".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
