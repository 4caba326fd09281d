"""How far a ranking holds where what is assumed is otherwise: from the stored futures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.analysis.futures import Standing, Turn, stored
from sim.analysis.futures.draws import BASELINE
from sim.report.words import money, percent, short
from sim.text import Language, say

#: Assumptions that are named, and scenarios besides the one that is spoken of.
_TURNS = _OTHERS = 2
#: Quotient of two sums beyond which what holds at one says little of the other.
_FAR = 2.5


class Robustness(NamedTuple):
    """What the stored futures say of the scenarios compared.

    Attributes:
        date: when they were run.
        standing: of these scenarios at the sum nearest to theirs; None where the futures are those of another
            version of the model.
    """

    date: str
    standing: Standing | None


def robustness_of(
    names: Sequence[str], baseline: str, amount: float, world: str, quarters: int
) -> Robustness | None:
    """What the stored futures say of some scenarios.

    Args:
        names: scenarios that are compared with the baseline.
        baseline: what they are compared with.
        amount: JPY M a fiscal year that they spend beyond it, about.
        world, quarters: where and how long they were run.

    Returns:
        None where there are no futures of them: of another world, baseline or horizon, of scenarios of one's
        own, or of sums far from theirs.
    """
    futures = stored()
    if futures is None or (world, quarters, baseline) != (futures.world, futures.quarters, BASELINE):
        return None
    if not amount > 0.0 or not set(names) <= set(futures.scenarios):
        return None
    near = futures.nearest(amount)
    if not near / _FAR <= amount <= near * _FAR:
        return None
    if not futures.fits:
        return Robustness(futures.date, None)
    standing = futures.standing(amount, names)
    return None if standing is None else Robustness(futures.date, standing)


def holds(found: Robustness | None, name: str) -> bool:
    """Whether a scenario may be called the cheapest: it is in two thirds of the futures at least."""
    if found is None or found.standing is None:
        return False
    return found.standing.robust and found.standing.winner == name


def sentences(found: Robustness | None, name: str, called: dict[str, str], lang: Language) -> list[str]:
    """In how many futures a scenario is the cheapest, and what turns that.

    Args:
        found: as ``robustness_of`` gives it.
        name: the scenario that is cheapest with the assumptions as they stand.
        called: scenarios in quotation marks, by name.
        lang: of the words.
    """
    if found is None:
        return [say("report.answers.futures_unknown", lang)]
    if found.standing is None:
        return [say("report.answers.futures_old", lang, date=found.date)]
    if name not in found.standing.shares:
        return [say("report.answers.futures_unable", lang, name=called[name])]
    standing, own = found.standing, found.standing.shares[name]
    key = "robust" if holds(found, name) else "open" if name == standing.winner else "other"
    told = say(
        f"report.answers.futures_{key}", lang, n=own.futures, share=percent(own.share), low=percent(own.low),
        high=percent(own.high), sum=money(standing.sum, lang),
        others=_others(standing, name, called, lang),
    )  # fmt: skip
    if not standing.turns:
        return [told]
    facts = {"name": called[standing.winner], "turns": _turns(standing, lang)}
    return [told, say("report.answers.futures_turns", lang, **facts), *_by_chance(standing, lang)]


def _others(standing: Standing, name: str, called: dict[str, str], lang: Language) -> str:
    others = [(other, share) for other, share in standing.shares.items() if other != name and share.wins]
    parts = [
        say("report.answers.futures_part", lang, name=called[other], share=percent(share.share))
        for other, share in others[:_OTHERS]
    ]
    return "".join(parts)


def _turns(standing: Standing, lang: Language) -> str:
    """The assumptions that turn the winner most, each with the end of its range at which it loses."""
    parts = []
    for turn in standing.turns[:_TURNS]:
        part = _where(turn, lang)
        parts.append(part if turn.shown else say("report.answers.perhaps", lang, turn=part))
    return say("report.answers.and", lang).join(parts)


def _where(turn: Turn, lang: Language) -> str:
    """Where the winner loses, by one assumption."""
    if turn.rule:
        facts = {
            "rule": say(f"report.rules.{turn.assumption}", lang),
            "choice": say(f"report.choices.{turn.lost_at}", lang),
        }
        return say("report.answers.loses_with", lang, **facts)
    return say(f"report.answers.loses_{turn.lost_at}", lang, name=short(turn.assumption, lang))


def _by_chance(standing: Standing, lang: Language) -> list[str]:
    """What the mark of an assumption says that chance may have named."""
    if all(turn.shown for turn in standing.turns[:_TURNS]):
        return []
    return [say("report.answers.futures_chance", lang, assumptions=len(standing.turns))]
