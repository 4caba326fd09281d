"""Which mix is best for a fixed budget? A search for mixes that no other beats in all objectives at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.frontier import Frontier, find
from sim.analysis.frontier.tables import mixes, tables
from sim.answers.question import Answer, Number, Question, Words, Work
from sim.answers.reading import Estimate, named, sum_of, told
from sim.batch.frontier_file import problem_of
from sim.report.frontier import frontier_data, frontier_sheet, sentences

if TYPE_CHECKING:
    from sim.batch.experiment_file import LoadedExperiment

_DEALS, _REACH = "deals_signed", "municipalities_without_project_share"

_MOST = Words(
    "Of {tried} mixes of {budget} a year the one that brings most deals ({deals}, with "
    "fresh draws) is made of {money}; municipalities without a project change by {reach}.",
    "年{budget}の{tried}通りの配分のうち、連携成立が最も多いのは（新しい乱数で{deals}）{money}で"
    "、事業が一度もない市区町村の割合は{reach}変わる。",
)
_WIDEST = Words(
    "The one that leaves fewest municipalities out ({reach}) is made of {money}, and brings {deals}.",
    "取り残される市区町村が最も少ない配分（{reach}）は{money}で、連携成立は{deals}。",
)
_ALIKE = Words(
    "The same mix leaves fewest municipalities out.",
    "同じ配分で、取り残される市区町村も最も少ない。",
)
_AND = Words(", ", "、")
_PART = Words("{lever} ({money})", "{lever}（{money}）")
_HANGS_ON = Words(
    "What is appropriated is shared out, in twentieths of the budget; much of it may lapse, so that mixes "
    "spend differently. Costs and frictions are at their defaults: over other plausible futures "
    "another mix may win (q12).",
    "配分するのは予算であり、使われずに残る分により支出は異なる。費用や障害は既定値で、他の将来では別の"
    "配分が勝ることもある（q12）。",
)


def carry_out(loaded: LoadedExperiment, work: Work) -> Frontier:
    """Search, and run what is found again, as ``sim frontier`` does."""
    problem = problem_of(loaded.document, loaded.frontier, loaded.experiment)
    return find(problem, work.folder, work.workers, listener=work.listener)


def _runs(loaded: LoadedExperiment) -> int:
    return problem_of(loaded.document, loaded.frontier, loaded.experiment).section.runs


def analyse(found: Sequence[Frontier]) -> Answer:
    """The mix with most deals, the one with the widest reach, and what the search claimed."""
    (front,) = found
    shown = mixes(front)
    most = _best(shown, _DEALS, largest=True)
    widest = _best(shown, _REACH, largest=False)
    said = [
        _MOST.filled(
            tried=len(front.amounts), budget=sum_of(front.mixes.budget), **_facts(front, shown, most),
        ),
        _ALIKE if widest == most else _WIDEST.filled(**_facts(front, shown, widest)),
        Words.by(lambda language: sentences(front, language)[0]),
        Words.by(lambda language: sentences(front, language)[1], _volume(front)),
    ]  # fmt: skip
    data = frontier_data(front)
    return Answer(
        tuple(said), (_HANGS_ON,), tables(front), lambda language: frontier_sheet(data, front, language),
        front.runs,
    )  # fmt: skip


def _volume(front: Frontier) -> Number:
    """Hypervolume with fresh draws, in per cent of the box."""
    again = front.again
    ends = 100.0 * again.volume, 100.0 * again.low, 100.0 * again.high
    return Number("hypervolume", *ends, len(front.fresh), "per cent")


def _best(shown: pd.DataFrame, outcome: str, largest: bool) -> str:
    rows = shown[shown["outcome"] == outcome].set_index("mix")["effect"]
    return str(rows.idxmax() if largest else rows.idxmin())


def _facts(front: Frontier, shown: pd.DataFrame, mix: str) -> dict[str, Words]:
    """Effects of a mix with fresh draws, and what it is made of."""
    own = shown[shown["mix"] == mix].set_index("outcome")
    rows = own.to_dict("index")

    def effect(outcome: str) -> Words:
        row = rows[outcome]
        ends = float(row["effect_low"]), float(row["effect_high"])
        return told(outcome, Estimate(float(row["effect"]), *ends, int(row["n"])))

    money = own.iloc[0][list(front.mixes.names)]
    parts = {
        str(name): _PART.filled(lever=named(str(name)), money=sum_of(float(sum_)))
        for name, sum_ in money.items()
        if sum_ > 0
    }
    made = Words.by(
        lambda language: _AND.said(language).join(part.said(language) for part in parts.values()),
        *(number._replace(name=name) for name, part in parts.items() for number in part.numbers),
    )
    return {"deals": effect(_DEALS), "reach": effect(_REACH), "money": made}


QUESTION = Question(
    name="best_mix",
    number=2,
    asked=Words("Which mix is best for a fixed budget?", "一定の予算での最良の配分はどれか"),
    experiments=("best_mix.yaml",),
    analyse=analyse,
    carry_out=carry_out,
    reported="frontier/final",
    runs=_runs,
)
