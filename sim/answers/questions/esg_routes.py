"""Does ESG finance matter, and by which route? Study groups, guarantees and interest subsidies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.answers import drawing
from sim.answers.question import Answer, Question, Words
from sim.answers.reading import Estimate, Grid, cost_of, grid, mean_of, named, told, told_money
from sim.report.style import Sheet
from sim.report.words import unit
from sim.text import Language, short

if TYPE_CHECKING:
    from sim.results import Results

OUTCOMES = ("deals_signed", "projects_completed", "esg_lending", "public_spending", "refused_by_lenders")
ROUTES = {
    "esg_finance.study_groups": (20, 270),
    "esg_finance.guarantee": (0, 250),
    "esg_finance.interest_subsidy": (0, 250),
}
_MANDATE, _USUAL = "appraisal_mandate", 0.5
_DEALS, _REFUSED = OUTCOMES[0], OUTCOMES[-1]

_MATTERS = Words(
    "All three routes together, JPY 250 million a year each, change deals signed by {deals} and lending to "
    "projects by {lending}; what is spent for each further deal is {cost}.",
    "三つの経路すべて（各年2.5億円）で連携成立は{deals}、事業への融資は{lending}変わる。連携成立1件の増"
    "加に要する支出は{cost}。",
)
_ROUTE = Words(
    "Alone, {first} brings most deals ({effect}), then {second} ({next}) and {third} ({last}); "
    "what they bring together differs from the sum of the three alone by {whole}.",
    "単独では{first}が最も多く（{effect}）、次いで{second}（{next}）、{third}（{last}）。三つを合わせた"
    "効果と単独の合計の差は{whole}。",
)
_COSTS = Words(
    "What is spent for each further deal, by route: {first} {cost}; {second} {next_cost}; {third} "
    "{last_cost}.",
    "経路別の連携成立1件の増加に要する支出：{first} {cost}、{second} {next_cost}、{third} {last_cost}。",
)
_HEADROOM = Words(
    "Proposals that no institution finances change by {refused} with all three routes. A full mandate to "
    "appraise instead of none changes what the three routes bring by {more}.",
    "三つの経路すべてで、引き受ける金融機関のない提案は{refused}変わる。評価の義務が全くない場合から完全"
    "な場合にすると、三経路の効果は{more}変わる。",
)
_HANGS_ON = Words(
    "How study groups work is a rule (they sharpen the price of credit here; if they move appraisal, "
    "they do more: docs/validation.md), and how many loans a mandate moves is assumed.",
    "研究会の効き方は規則の選択による（ここでは金利に反映。審査を変える場合はより大きい："
    "docs/validation.md）。義務の効果は仮定である。",
)


def analyse(results: Sequence[Results]) -> Answer:
    """Each route alone, all together, and how the mandate changes that."""
    found = grid(results[0], OUTCOMES)
    none, every = _at(found, ()), _at(found, tuple(ROUTES))
    alone = {route: found.effect(_DEALS, _at(found, (route,)), none) for route in ROUTES}
    ordered = sorted(alone, key=lambda route: -alone[route].value)
    first, second, third = (named(route) for route in ordered)
    sentences = (
        _MATTERS.filled(
            deals=told(_DEALS, found.effect(_DEALS, every, none)),
            lending=told("esg_lending", found.effect("esg_lending", every, none)),
            cost=told_money(_cost(found, every, none)),
        ),
        _ROUTE.filled(
            first=first, second=second, third=third, effect=told(_DEALS, alone[ordered[0]]),
            next=told(_DEALS, alone[ordered[1]]), last=told(_DEALS, alone[ordered[2]]),
            whole=told(_DEALS, _beyond_the_parts(found)),
        ),
        _COSTS.filled(
            first=first, second=second, third=third,
            **{
                name: told_money(_cost(found, _at(found, (route,)), none))
                for name, route in zip(("cost", "next_cost", "last_cost"), ordered, strict=True)
            },
        ),
        _HEADROOM.filled(
            refused=told(_REFUSED, found.effect(_REFUSED, every, none)),
            more=told(_DEALS, _by_mandate(found)),
        ),
    )  # fmt: skip
    return Answer(sentences, (_HANGS_ON,), {"routes": table(found)}, lambda language: sheet(found, language))


def _at(found: Grid, funded: Sequence[str], mandate: float = _USUAL) -> int:
    levels = {route: ends[route in funded] for route, ends in ROUTES.items()}
    return found.point(**levels, **{_MANDATE: mandate})


def _cost(found: Grid, point: int, reference: int) -> Estimate:
    spent, gained = (
        found.of(name, point) - found.of(name, reference) for name in ("public_spending", _DEALS)
    )
    return cost_of(spent, gained)


def _beyond_the_parts(found: Grid) -> Estimate:
    """What all three together bring beyond the sum of what each brings alone."""
    none = found.of(_DEALS, _at(found, ()))
    parts = sum((found.of(_DEALS, _at(found, (route,))) - none for route in ROUTES), np.zeros_like(none))
    return mean_of(found.of(_DEALS, _at(found, tuple(ROUTES))) - none - parts)


def _by_mandate(found: Grid) -> Estimate:
    """How much more the three routes bring under a full mandate than under none."""
    brought = [
        found.of(_DEALS, _at(found, tuple(ROUTES), mandate)) - found.of(_DEALS, _at(found, (), mandate))
        for mandate in (0.0, 1.0)
    ]
    return mean_of(brought[1] - brought[0])


def table(found: Grid) -> pd.DataFrame:
    """Every outcome at every point, against no route at the same mandate."""
    return pd.DataFrame(
        {**row, "outcome": name, **found.effect(name, point, _at(found, (), row[_MANDATE])).columns()}
        for point, row in enumerate(found.design.to_dict("records"))
        for name in OUTCOMES
    )


def sheet(found: Grid, language: Language) -> Sheet:
    """Deals and lending gained by each route alone and by all, by mandate."""
    sets: list[tuple[Words, tuple[str, ...]]] = [(named(route), (route,)) for route in ROUTES]
    sets.append((_ALL, tuple(ROUTES)))
    mandates = sorted(set(found.design[_MANDATE]))

    def panel(axes: Axes, outcome: str) -> None:
        series = {
            words.said(language): [
                found.effect(outcome, _at(found, routes, mandate), _at(found, (), mandate))
                for mandate in mandates
            ]
            for words, routes in sets
        }
        drawing.responses(
            axes, mandates, series, outcome, (short(_MANDATE, language), unit(outcome, language))
        )
        axes.set_title(short(outcome, language))

    return Sheet(
        QUESTION.asked.said(language),
        drawing.band(found, language),
        [lambda axes: panel(axes, _DEALS), lambda axes: panel(axes, "esg_lending")],
        height=2.8,
        columns=2,
        handles=drawing.handles([words.said(language) for words, _ in sets]),
    )


_ALL = Words("all three", "三つすべて")

QUESTION = Question(
    name="esg_routes",
    number=8,
    asked=Words("Does ESG finance matter, and by which route?", "ESG金融は効くのか、どの経路で効くのか"),
    experiments=("esg_routes.yaml",),
    analyse=analyse,
)
