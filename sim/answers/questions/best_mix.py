"""Best mix for a fixed budget? Mixes that no other beats in all objectives, measured with fresh draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.frontier import Frontier, find
from sim.analysis.frontier.frontier import found_in
from sim.analysis.frontier.tables import tables
from sim.answers.question import Answer, Question, Words, Work
from sim.answers.reading import Estimate, told
from sim.batch.frontier_file import problem_of
from sim.report.frontier import frontier_data, frontier_sheet, sentences
from sim.text import LANGUAGES, short
from sim.text.numbers import money

if TYPE_CHECKING:
    from sim.batch.experiment_file import LoadedExperiment
    from sim.results import Results

_MIX = Words(
    "Most {objective} of the mixes shown: {mix} (JPY M a year); against the scenario as it is {effects}.",
    "示した配分のうち{objective}が最良：{mix}（年度当たり百万円）。元のシナリオとの差は{effects}。",
)
_LEAST = Words(
    "Least {objective} of the mixes shown: {mix} (JPY M a year); against the scenario as it is {effects}.",
    "示した配分のうち{objective}が最小：{mix}（年度当たり百万円）。元のシナリオとの差は{effects}。",
)
_SHARED = Words(
    "JPY {budget} a fiscal year among {levers} levers: {front}", "年{budget}を{levers}施策に配分：{front}"
)


def carry_out(loaded: LoadedExperiment, work: Work) -> Results:
    """Search, and run what is found again.

    Raises:
        InputError: as ``find``.
    """
    from sim.results import load

    problem = problem_of(loaded.document, loaded.frontier, loaded.experiment)
    find(problem, work.folder, work.workers, listener=work.listener)
    return load(work.folder)


def analyse(results: Sequence[Results]) -> Answer:
    """The front with fresh draws, and for each objective the mix that is best in it."""
    found = found_in(results[0].folder)
    made = tables(found)
    front, *others = (
        Words(*texts) for texts in zip(*(sentences(found, lang) for lang in LANGUAGES), strict=True)
    )
    budget = Words(*(money(found.mixes.budget, lang).removeprefix("JPY ") for lang in LANGUAGES))
    said = [_SHARED.filled(budget=budget, levers=len(found.mixes.names), front=front)]
    said += best(found, made["mixes"])
    return Answer(
        (*said, *others[:-1]), (others[-1],), made,
        lambda language: frontier_sheet(frontier_data(found), found, language),
    )  # fmt: skip


def best(found: Frontier, mixes: pd.DataFrame) -> list[Words]:
    """The mix that is best in each objective by the search, with its effects by fresh draws."""
    section = found.problem.section
    rows = []
    for name, sense in section.objectives.items():
        own = mixes[mixes["outcome"] == name].set_index("mix")["effect"]
        letter = own.idxmax() if sense == "max" else own.idxmin()
        mix = mixes[mixes["mix"] == letter]
        words = _MIX if sense == "max" else _LEAST
        objective = Words(short(name, "en"), short(name, "ja"))
        made = made_of(found, mix.iloc[0])
        rows.append(words.filled(objective=objective, mix=made, effects=effects(mix)))
    return rows


def made_of(found: Frontier, row: pd.Series) -> Words:
    """The levers of a mix with what each gets, largest first."""
    levers = sorted((name for name in found.mixes.names if row[name] > 0), key=lambda name: -row[name])
    return Words(*(
        (", " if lang == "en" else "、").join(f"{short(name, lang)} {row[name]:,.0f}" for name in levers)
        for lang in LANGUAGES
    ))  # fmt: skip


def effects(mix: pd.DataFrame) -> Words:
    """Every outcome of a mix against the scenario as it is, with intervals."""
    parts = []
    for row in mix.to_dict("records"):
        name = str(row["outcome"])
        estimate = Estimate(row["effect"], row["effect_low"], row["effect_high"], int(row["n"]))
        value = told(name, estimate)
        parts.append(Words(f"{short(name, 'en')} {value.en}", f"{short(name, 'ja')} {value.ja}"))
    return Words("; ".join(part.en for part in parts), "、".join(part.ja for part in parts))


QUESTION = Question(
    name="best_mix",
    number=2,
    asked=Words("Which mix of levers is best for a fixed budget?", "一定の予算で最良の施策の組合せはどれか"),
    experiments=("best_mix.yaml",),
    analyse=analyse,
    carry_out=carry_out,
)
