"""Figure of scenario discovery: where a box lies, and what it is worth beside chance."""

from __future__ import annotations

from functools import partial

import numpy as np
from matplotlib.axes import Axes

from sim.analysis.discovery import Discovery, box_words
from sim.analysis.discovery.words import natural, values_inside
from sim.report import words
from sim.report.palette import MUTED, marks
from sim.report.style import Sheet, plain, wrap
from sim.report.words import Names, percent
from sim.statistics.discovery import HALVES, Band, Found
from sim.text import Language, say, short

_LOOK = list(marks(["", "box"]).values())[1]


def draw_limits(axes: Axes, discovery: Discovery, found: Found, names: Names) -> None:
    """The range of each limited factor in grey, the box in it in colour, its limits in natural units."""
    places = np.flatnonzero(found.box.restricted.any(axis=1))
    for y, place in enumerate(places):
        low, high = float(found.box.low[place]), float(found.box.high[place])
        ends = max(low, 0.0), min(high, 1.0)
        axes.plot([0, 1], [y, y], color="#d9d9d9", lw=7, solid_capstyle="butt", zorder=1)
        axes.plot(ends, [y, y], color=_LOOK.colour, lw=7, solid_capstyle="butt", zorder=2)
        factor = discovery.factors[place]
        inside = ", ".join(map(str, values_inside(factor, low, high)))
        for side, (value, coordinate) in enumerate(((low, ends[0]), (high, ends[1]))):
            if np.isfinite(value):
                told = inside if factor.values is not None else natural(factor, value)
                told = f"{told} ({percent(float(found.frequency[place, side]))})"
                axes.annotate(told, (coordinate, y), (0, 8), textcoords="offset points", fontsize=7,
                              ha="left" if coordinate < 0.5 else "right")  # fmt: skip
    if not len(places):
        nothing = say("discovery.figure.nothing", names.lang)
        axes.text(0.5, 0.0, nothing, ha="center", va="center", color=MUTED, fontsize=9)
    labels = [
        plain("\n".join(wrap(short(discovery.factors[place].name, names.lang), 24))) for place in places
    ]
    axes.set_yticks(range(len(places)), labels)
    axes.set_ylim(max(len(places), 1) - 0.4, -0.7)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title(say("discovery.figure.limits", names.lang))


def draw_worth(axes: Axes, discovery: Discovery, found: Found, names: Names) -> None:
    """Shares of runs in which the condition holds: everywhere, in the box, held out, and by chance alone."""
    alone = Band(found.quality.density, np.nan, np.nan)
    rows = {
        "all": Band(found.share, np.nan, np.nan),
        "box": alone,
        "held": found.held_density,
        "relabelled": found.null_density,
    }
    for y, (name, band) in enumerate(rows.items()):
        colour = MUTED if name in ("all", "relabelled") else _LOOK.colour
        axes.plot(band.mean, y, "o", color=colour, markersize=5, zorder=3)
        if np.isfinite(band.low):
            axes.plot([band.low, band.high], [y, y], color=colour, lw=1.6)
        axes.annotate(percent(band.mean), (1.02, y), xycoords=("axes fraction", "data"), fontsize=7.5,
                      va="center", annotation_clip=False)  # fmt: skip
    axes.set_yticks(range(len(rows)), [say(f"discovery.figure.{name}", names.lang) for name in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks(np.linspace(0.0, 1.0, 5), [percent(share) for share in np.linspace(0.0, 1.0, 5)])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_title(say("discovery.figure.worth", names.lang))


def discovery_sheet(discovery: Discovery, names: Names, number: int = 1) -> Sheet:
    """Two panels on one box.

    Args:
        discovery: what was found.
        names: what scenarios are called, and the language.
        number: of the box.
    """
    found, lang = discovery.found[number - 1], names.lang
    facts = {
        "what": discovery.condition,
        "share": percent(discovery.share),
        "runs": discovery.runs,
        "points": discovery.points,
        "quarter": words.quarter(discovery.quarter, lang),
        "number": number,
        "boxes": len(discovery.found),
        "words": box_words(found.box, discovery.factors, lang),
    }
    limited = int(found.box.restricted.any(axis=1).sum())
    return Sheet(
        title=say("discovery.figure.title", lang, what=discovery.condition),
        subtitle=say("discovery.figure.subtitle", lang, **facts),
        panels=[
            partial(draw_limits, discovery=discovery, found=found, names=names),
            partial(draw_worth, discovery=discovery, found=found, names=names),
        ],
        height=max(1.9, 0.9 + 0.42 * limited),
        columns=2,
        note=say("discovery.figure.note", lang),
    )


def sentences(discovery: Discovery, number: int, lang: Language) -> list[str]:
    """What a box is, what it holds, and what it is worth beside chance."""
    found = discovery.found[number - 1]
    limited = found.box.restricted.any()
    told = box_words(found.box, discovery.factors, lang)
    key = "discovery.box" if number == 1 else "discovery.further_box"
    head = say(key, lang, number=number, words=told) if limited else say("discovery.no_box", lang)
    quality, held, null = found.quality, found.held_density, found.null_density
    facts = {
        "density": percent(quality.density),
        "mass": percent(quality.mass),
        "coverage": percent(quality.coverage),
        "n": quality.n,
    }
    lines = [head]
    if limited:
        lines.append(say("discovery.inside", lang, **facts))
    out = {"density": percent(held.mean), "coverage": percent(found.held_coverage.mean), "halves": HALVES}
    lines.append(say("discovery.held", lang, **out, **_ends(held)))
    chance = {"density": percent(null.mean), "p": f"{found.p:.1%}"}
    lines.append(say("discovery.relabelled", lang, **chance, **_ends(null)))
    real = limited and found.p <= 0.05
    lines.append(say("discovery.real" if real else "discovery.chance", lang, p=f"{found.p:.3f}"))
    return lines


def _ends(band: Band) -> dict[str, str]:
    return {"low": percent(band.low), "high": percent(band.high)}
