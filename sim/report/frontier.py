"""Figure of a search for the best mixes: trade-offs, what the mixes are made of, how the search went."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sim.analysis.frontier import Frontier
from sim.analysis.frontier.tables import front, hypervolumes, mixes, tried
from sim.report.palette import INK, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.words import in_unit, is_share, percent, short, unit
from sim.text import Language, say

_GREY, _CLAIMED, _AGAIN = "#c9c9c9", "#E69F00", "#0072B2"
#: Hatches tell the levers of a bar apart where their colours return.
_COLOURS = 7
_HATCHES = ("", "////", "....", "xxxx")


def frontier_data(found: Frontier) -> dict[str, pd.DataFrame]:
    """Tables that the figure is drawn from: see ``sim.analysis.frontier.tables``."""
    return {
        "tried": tried(found), "front": front(found), "mixes": mixes(found), "progress": found.progress,
        "hypervolume": hypervolumes(found),
    }  # fmt: skip


def draw_trade_off(axes: Axes, data: dict[str, pd.DataFrame], pair: tuple[str, str], lang: Language) -> None:
    """Effects on two objectives: mixes tried, those that the search claims, and these with fresh draws."""
    across, up = pair
    every, final = _scaled(data["tried"], pair), _scaled(data["front"], pair)
    axes.plot(every[across], every[up], ".", color=_GREY, ms=4, zorder=1)
    axes.plot(0.0, 0.0, "*", color=INK, mfc="white", ms=9, zorder=3)
    claimed = final[final["claimed"]]
    seen = claimed[f"{across}_claimed"], claimed[f"{up}_claimed"]
    axes.plot(*seen, "^", color=_CLAIMED, mfc="none", ms=5, zorder=2)
    for row in final.to_dict("records"):
        at, colour = (row[across], row[up]), INK if row["mix"] else _AGAIN
        if row["mix"]:
            ends = [[[row[name] - row[f"{name}_low"]], [row[f"{name}_high"] - row[name]]] for name in pair]
            axes.errorbar(*at, xerr=ends[0], yerr=ends[1], color=colour, fmt="none", elinewidth=0.9, zorder=3)
            axes.annotate(row["mix"], at, xytext=(4, 4), textcoords="offset points", fontsize=9, zorder=5)
        axes.plot(*at, "o", color=colour, mfc=colour if row["stays"] else "white", ms=4, zorder=4)
    axes.set_xlabel(plain("\n".join(wrap(_axis(across, lang), 40))))
    axes.set_ylabel(plain("\n".join(wrap(_axis(up, lang), 40))))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5))
    axes.grid()


def _scaled(table: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """The table with shares as per cent."""
    names = [
        f"{name}{end}" for name in outcomes if is_share(name) for end in ("", "_claimed", "_low", "_high")
    ]
    return table.assign(**{name: 100.0 * table[name] for name in names if name in table})


def draw_mixes(axes: Axes, data: pd.DataFrame, levers: Sequence[str], lang: Language) -> None:
    """What the mixes that are shown are made of, as bars of JPY M a fiscal year."""
    rows = data.drop_duplicates("mix")
    left = np.zeros(len(rows))
    looks = marks(["", *levers])
    for number, lever in enumerate(levers):
        amounts = rows[lever].to_numpy(np.float64)
        axes.barh(
            range(len(rows)), amounts, left=left, color=looks[lever].colour, height=0.62, edgecolor="white",
            hatch=_hatch(number),
        )  # fmt: skip
        left += amounts
    axes.set_yticks(range(len(rows)), list(rows["mix"]))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel(say("frontier.money", lang))
    axes.set_title(say("frontier.made_of", lang))


def draw_progress(axes: Axes, data: dict[str, pd.DataFrame], lang: Language) -> None:
    """Hypervolume against evaluations as the search sees it, and at the end with fresh draws."""
    progress, volumes = data["progress"], data["hypervolume"].set_index("which")
    axes.plot(
        progress["evaluations"], progress["hypervolume"], color=_CLAIMED, marker="^", ms=3.5, mfc="none"
    )
    again, last = volumes.loc["again"], float(progress["evaluations"].iloc[-1])
    if np.isfinite(again["low"]):
        axes.plot([last, last], [again["low"], again["high"]], color=_AGAIN, lw=1.4)
    axes.plot([last], [again["hypervolume"]], "o", color=_AGAIN, ms=5)
    axes.set_ylim(0, None)
    axes.set_xlabel(say("frontier.evaluations", lang))
    axes.set_ylabel(say("frontier.hypervolume", lang))
    axes.set_title(say("frontier.progress", lang))
    axes.grid(axis="y")


def frontier_sheet(data: dict[str, pd.DataFrame], found: Frontier, lang: Language) -> Sheet:
    """The figure: the first objective against each other one, the mixes, and how the search went."""
    first, *others = found.problem.section.objectives
    levers = list(found.mixes.names)
    panels = [partial(draw_trade_off, data=data, pair=(first, other), lang=lang) for other in others]
    panels.append(partial(draw_mixes, data=data["mixes"], levers=levers, lang=lang))
    panels.append(partial(draw_progress, data=data, lang=lang))
    looks = marks(["", *levers])
    handles: list[Line2D | Patch] = [
        Line2D([], [], ls="none", marker=".", color=_GREY, label=say("frontier.tried", lang)),
        Line2D(
            [], [], ls="none", marker="^", mfc="none", color=_CLAIMED, label=say("frontier.claimed", lang)
        ),
        Line2D([], [], ls="none", marker="o", color=_AGAIN, label=say("frontier.again", lang)),
    ]
    handles += [
        Patch(facecolor=looks[lever].colour, edgecolor="white", label=short(lever, lang), hatch=_hatch(n))
        for n, lever in enumerate(levers)
    ]
    return Sheet(
        title=say("frontier.title", lang),
        subtitle=subtitle(found, lang),
        panels=panels,
        columns=2,
        height=2.9 * -(-len(panels) // 2),
        handles=handles,
        note=say("frontier.note", lang),
    )


def subtitle(found: Frontier, lang: Language) -> str:
    """What was tried and what the marks stand for, with n and both hypervolumes."""
    from sim.text.numbers import money

    again = found.again
    return say(
        "frontier.subtitle", lang, budget=money(found.mixes.budget, lang), tried=len(found.amounts),
        n=len(found.seen), fresh=len(found.fresh), claimed=percent(found.claimed_volume),
        again=percent(again.volume), low=percent(again.low), high=percent(again.high),
    )  # fmt: skip


def sentences(found: Frontier, lang: Language) -> list[str]:
    """What was found, with n and intervals, and what it hangs on."""
    stays = found.stays[: len(found.claimed)]
    again, base = found.again, found.fresh[:, 0]
    facts = {"tried": len(found.amounts), "claimed": len(found.claimed), "n": len(found.seen)}
    told = [
        say("frontier.said_front", lang, **facts, stay=int(stays.sum()), fresh=len(base)),
        say(
            "frontier.said_volume", lang, claimed=percent(found.claimed_volume), again=percent(again.volume),
            low=percent(again.low), high=percent(again.high), bias=percent(max(again.bias, 0.0)),
            n=len(found.seen), fresh=len(base),
        ),
    ]  # fmt: skip
    more = len(found.final) - len(found.claimed)
    if found.near:
        told.append(say("frontier.said_near", lang, near=found.near, more=more))
    return [*told, say("frontier.said_hangs", lang)]


def _hatch(number: int) -> str:
    """Hatch of a lever: another one each time that colours return."""
    return _HATCHES[number // _COLOURS % len(_HATCHES)]


def _axis(name: str, lang: Language) -> str:
    return in_unit(say("frontier.axis", lang, name=short(name, lang)), unit(name, lang), lang)
