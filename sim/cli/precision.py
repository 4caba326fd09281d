"""``sim compare --precision``: run on until intervals are narrow enough, and say how narrow they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.text import Language, say, short, unit
from sim.text.numbers import number

if TYPE_CHECKING:
    from sim.results.precise import Narrowness, Progress
    from sim.statistics.precision import Target

#: Most replicates where --replicates does not say: a minute or two of the national model on one core.
LIMIT, QUICK_LIMIT = 1_000, 200
#: The outcome whose interval counts where none is named.
USUAL = ("deals_signed",)


@dataclass(frozen=True)
class Precision:
    """How narrow the intervals of which outcomes are to be."""

    target: Target
    outcomes: tuple[str, ...]

    @classmethod
    def given(cls, text: str | None, outcomes: Sequence[str] | None) -> Precision | None:
        """The precision that the options ask for, None without one.

        Raises:
            InputError: it is no such number, or outcomes are named without it.
        """
        if text is None:
            if outcomes:
                raise InputError("--precision-of: says of which outcomes; give --precision, such as 5%, too")
            return None
        return cls(_target(text), tuple(dict.fromkeys(outcomes or USUAL)))

    def check(self, known: Sequence[str]) -> None:
        """Refuse outcomes that cannot be compared.

        Args:
            known: outcomes that every scenario measures.

        Raises:
            InputError: one is not among them.
        """
        from sim.scenarios.yaml_file import suggestion

        for name in self.outcomes:
            if name not in known:
                raise InputError(
                    f"--precision-of: {name}: no such outcome of every scenario{suggestion(name, known)}"
                )


def _target(text: str) -> Target:
    from sim.statistics.precision import Target

    try:
        size = float(text.removesuffix("%"))
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise InputError(
            f"--precision: {text!r} is no width; give a share of the effect such as 5%, "
            "or so many units such as 20"
        )
    return Target(share=size / 100) if text.endswith("%") else Target(width=size)


def aim(precision: Precision, limit: int, language: Language) -> str:
    """What is aimed at, in which unit, and the most replicates that it may take."""
    share, width = precision.target.share, precision.target.width
    if share is not None:
        outcomes = ", ".join(short(name, language) for name in precision.outcomes)
        facts = {"share": f"{100 * share:.4g}%", "outcomes": outcomes, "replicates": limit}
        return say("cli.aim_share", language, **facts)
    outcomes = ", ".join(_with_unit(name, language) for name in precision.outcomes)
    return say("cli.aim_width", language, width=f"{width:,.4g}", outcomes=outcomes, replicates=limit)


def _with_unit(outcome: str, language: Language) -> str:
    """An outcome with the unit that it is stored in."""
    from sim.kernel.outcomes import BY_NAME

    name = short(outcome, language)
    if outcome not in BY_NAME:
        return name
    return say("report.in_unit", language, name=name, unit=unit(BY_NAME[outcome].unit, language))


def sentences(progress: Progress, language: Language) -> list[str]:
    """How narrow each interval is, and whether that was asked for."""
    key = "cli.precise" if progress.reached else "cli.imprecise"
    lines = [say(key, language, replicates=progress.replicates)]
    return lines + [_line(row, language) for row in progress.rows if not row.reached]


def _line(row: Narrowness, language: Language) -> str:
    facts = {"scenario": row.scenario, "outcome": short(row.outcome, language)}
    if not math.isfinite(row.half):
        return say("cli.no_width", language, **facts)
    return say("cli.too_wide", language, **facts, half=_width(row.half), wanted=_width(row.wanted))


def _width(value: float) -> str:
    """Three figures, of a small number, too."""
    return number(value) if value >= 1.0 else f"{value:.3g}"
