"""Figure of places: the effect in every prefecture, in order, one place and its neighbours marked."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from sim.kernel.world import World
from sim.report.municipalities import prefecture_name
from sim.report.palette import MUTED
from sim.report.style import Sheet, plain, wrap
from sim.report.words import Names
from sim.results import Results
from sim.text import say
from sim.worlds.groups import is_japanese, prefecture_numbers

OUTCOME = "deals_signed"
#: Colours of the place, of its neighbours and of all others.
MARKED = {"here": "#D55E00", "neighbours": "#0072B2", "elsewhere": MUTED}


class Marked(NamedTuple):
    """A prefecture and those next to it, by number."""

    prefecture: int
    neighbours: tuple[int, ...]


def regions_of_its_own(results: Results) -> bool:
    """Whether the world is a user's own and its regions are no prefectures of Japan."""
    return results.experiment.world_kind == "own" and not is_japanese(results.world)


def places_by_number(world: World) -> dict[int, int]:
    """Place of every prefecture in the world by its number."""
    return {int(number): p for p, number in enumerate(prefecture_numbers(world))}


def places_data(results: Results) -> pd.DataFrame:
    """Effect of every scenario on deals signed in every prefecture, a municipality.

    Returns:
        As ``Results.comparison_by_place``, with ``scenario``, effects divided by ``municipalities``, and
        ``name_en`` and ``name_ja``. Empty where nothing is kept by prefecture, or there is no baseline.
    """
    manifest = results.manifest
    if manifest.by != "prefecture" or manifest.baseline is None or len(results.scenarios) < 2:
        return pd.DataFrame()
    world = results.world
    table = results.comparison_by_place
    table = table[table["outcome"] == OUTCOME].rename(columns={"a": "scenario"})
    for column in ("effect", "ci_low", "ci_high"):
        table[column] = table[column] / table["municipalities"]
    places = places_by_number(world)
    rows = [places[int(code)] for code in table["prefecture"]]
    return table.assign(
        name_en=[prefecture_name(world, p, "en") for p in rows],
        name_ja=[prefecture_name(world, p, "ja") for p in rows],
    )


def places_sheet(data: pd.DataFrame, names: Names, baseline: str, marked: Marked | None) -> Sheet:
    """A panel for every scenario, with the prefectures in the order of its effect."""
    lang = names.lang
    facts = {"baseline": names.of(baseline), "n": int(data["n"].max())}
    compared = {name: data[data["scenario"] == name] for name in dict.fromkeys(data["scenario"].astype(str))}
    return Sheet(
        title=say("figures.places.title", lang),
        subtitle=say("figures.places.subtitle", lang, **facts),
        panels=[
            partial(draw_places, data=rows, names=names, marked=marked, title=names.of(name))
            for name, rows in compared.items()
        ],
        height=3.1 * len(compared),
        handles=_handles(next(iter(compared.values())), names, marked),
        share="y",
    )


def draw_places(axes: Axes, data: pd.DataFrame, names: Names, marked: Marked | None, title: str = "") -> None:
    """One panel: a mark with its interval for every prefecture, from the largest effect to the smallest."""
    axes.set_title(plain("\n".join(wrap(title, 100))))
    rows = data.sort_values(["effect", "prefecture"], ascending=[False, True], ignore_index=True)
    kinds = _kinds(rows, marked)
    axes.axhline(0, color=MUTED, lw=0.8, zorder=0)
    numbers = rows[["effect", "ci_low", "ci_high"]].to_numpy(float)
    for x, ((middle, low, high), kind) in enumerate(zip(numbers, kinds, strict=True)):
        colour, here = MARKED[kind], kind == "here"
        axes.vlines(x, low, high, color=colour, lw=2.0 if here else 1.1)
        axes.plot(x, middle, "o", color=colour, markersize=6 if here else 4)
    axes.set_xticks(range(len(rows)), list(rows[f"name_{names.lang}"]), rotation=90, fontsize=7)
    for label, kind in zip(axes.get_xticklabels(), kinds, strict=True):
        label.set_color(MARKED[kind] if kind != "elsewhere" else "#1a1a1a")
    axes.set_xlim(-0.8, len(rows) - 0.2)
    axes.set_ylabel(say("figures.places.axis", names.lang))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.tick_params(axis="x", length=0)
    axes.grid(axis="y")


def _kinds(rows: pd.DataFrame, marked: Marked | None) -> list[str]:
    """For each prefecture whether it is the place, next to it or elsewhere."""
    here, near = (-1, ()) if marked is None else marked
    return ["here" if p == here else "neighbours" if p in near else "elsewhere" for p in rows["prefecture"]]


def _handles(rows: pd.DataFrame, names: Names, marked: Marked | None) -> list[Artist]:
    if marked is None:
        return []
    own = rows.loc[rows["prefecture"] == marked.prefecture, f"name_{names.lang}"]
    words = {
        "here": str(own.iloc[0]),
        "neighbours": say("figures.places.neighbours", names.lang),
        "elsewhere": say("figures.places.elsewhere", names.lang),
    }
    return [
        Line2D([], [], color=MARKED[kind], marker="o", markersize=5, lw=1.3, label=label)
        for kind, label in words.items()
    ]
