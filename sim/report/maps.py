"""Maps of the municipalities: who has a project, and where a scenario changes that.

There is no data on boundaries. The land is drawn as what lies near an office, and a prefecture as what lies
nearer to one of its offices than to any other.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from scipy.ndimage import binary_fill_holes
from scipy.spatial import cKDTree

from sim.report.municipalities import places_of
from sim.report.palette import CHANGE_COLOURS, INK, MAP_COLOURS, MUTED
from sim.report.places import ENDS
from sim.report.style import Sheet
from sim.report.words import Names, replicates
from sim.results import Results
from sim.text import say

Floats = npt.NDArray[np.float64]

_STRETCH = math.cos(math.radians(36.5))  # a degree of longitude against one of latitude, mid Japan
_FAR_ISLANDS = (
    # (longitudes, latitudes, shift, name): far islands are moved next to the rest, at the same scale
    ((122.4, 131.8), (23.7, 29.0), (6.4, 15.6), "okinawa"),
    ((141.2, 143.2), (26.1, 28.1), (1.6, 5.4), "ogasawara"),
)
_BORDER = "#9a9a9a"
_REACH = 0.22  # degrees of latitude from an office that are drawn as land: about 24 km
_CELL = 0.03  # degrees of latitude to a cell of the land
_SMALLEST_LIMIT = 0.05  # colours of a change span at least this


def map_data(results: Results) -> pd.DataFrame:
    """Share of runs in which each municipality ever signed a project, by scenario; see ``reach``."""
    places = places_of(results.world)
    return reach(results.table("municipalities", ENDS), places)


def reach(ends: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """``scenario``, ``jis_code``, ``probability``, mean ``projects``, ``runs``, and columns of ``places``."""
    signed = ends.assign(
        jis_code=ends["jis_code"].astype(str), probability=(ends["projects_signed"] > 0).astype(float)
    )
    groups = signed.groupby(["scenario", "jis_code"], observed=True, sort=False)
    means = groups.agg(
        probability=("probability", "mean"),
        projects=("projects_signed", "mean"),
        runs=("probability", "size"),
    )
    return means.reset_index().merge(places, on="jis_code", how="left")


def change(data: pd.DataFrame, scenario: str, baseline: str) -> pd.DataFrame:
    """Rows of the baseline with the difference of a scenario from it as ``probability``."""
    base = data[data["scenario"] == baseline]
    other = data.loc[data["scenario"] == scenario, ["jis_code", "probability"]]
    both = base.merge(other, on="jis_code", suffixes=("", "_other"))
    return both.assign(probability=both["probability_other"] - both["probability"])


class Position(NamedTuple):
    """Where municipalities are drawn, in degrees or the unit square; Japan's far islands next to the rest.

    ``stretch`` is a degree of longitude against one of latitude, ``reach`` how far from an office is drawn as
    land, and ``cell`` the size of a cell of the land, both in degrees of latitude.
    """

    x: Floats
    y: Floats
    geography: str
    stretch: float
    reach: float
    cell: float

    @property
    def japan(self) -> bool:
        """Whether it is Japan, with its far islands."""
        return self.geography == "japan"


def _positions(table: pd.DataFrame) -> Position:
    x, y = (table[name].to_numpy(dtype=float).copy() for name in ("longitude", "latitude"))
    geography = str(table["geography"].iloc[0]) if len(table) else "plane"
    if geography == "degrees":
        return _by_degrees(x, y)
    if geography == "plane":
        return Position(x, y, geography, 1.0, math.inf, 0.005)
    for (west, east), (south, north), (right, up), _ in _FAR_ISLANDS:
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        x[inside] += right
        y[inside] += up
    return Position(x, y, geography, _STRETCH, _REACH, _CELL)


def _by_degrees(x: Floats, y: Floats) -> Position:
    """Somewhere on the globe: land and cells by how far its places lie apart."""
    if np.ptp(x) > 180.0:  # on both sides of the date line
        x = x % 360.0
    stretch = max(math.cos(math.radians(float(y.mean()))), 0.05)
    points = np.column_stack([x * stretch, y])
    extent = max(float(np.ptp(points, axis=0).max()), 0.1)
    reach = extent / 4
    if len(points) > 1:
        reach = min(reach, 1.5 * float(np.median(cKDTree(points).query(points, k=2)[0][:, 1])))
    return Position(x, y, "degrees", stretch, max(reach, extent / 100), extent / 300)


def draw_map(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """Each municipality as a dot at its office: size by population, colour by ``probability``."""
    table = data.dropna(subset=["latitude", "longitude"]).sort_values("population", ascending=False)
    place = _positions(table)
    land = _land(place, table["prefecture"])
    _draw_land(axes, land, np.full(land.owner.shape, 0.5), "Greys", Normalize(0, 5))
    dots = axes.scatter(
        place.x, place.y, s=_area(table["population"].to_numpy(), place.japan), c=table["probability"],
        cmap=MAP_COLOURS, norm=Normalize(0, 1), edgecolors="#404040", linewidths=0.25, rasterized=True,
    )  # fmt: skip
    _finish(axes, place, names)
    _colour_bar(axes, dots, say("figures.map.probability", names.lang), PercentFormatter(1, decimals=0))


def draw_change(axes: Axes, data: pd.DataFrame, names: Names) -> None:
    """Prefectures in the colour of the mean change of their municipalities, light where nothing changes.

    Single municipalities are not shown: with few replicates their changes are mostly chance.
    """
    table = data.dropna(subset=["latitude", "longitude"])
    place = _positions(table)
    land = _land(place, table["prefecture"])
    means = table.groupby("prefecture", sort=False)["probability"].mean().to_numpy(float)
    limit = max(_SMALLEST_LIMIT, float(np.abs(means).max(initial=0.0)))
    values = np.where(land.owner >= 0, means[land.owner], np.nan)
    shades = _draw_land(axes, land, values, CHANGE_COLOURS, Normalize(-limit, limit))
    _finish(axes, place, names)
    whole = PercentFormatter(1, decimals=0, symbol="")
    _colour_bar(axes, shades, say("figures.map.change", names.lang), whole)


class Land(NamedTuple):
    """Cells of a picture: the number of the prefecture of each, -1 for the sea; and where it lies."""

    owner: npt.NDArray[np.int64]
    extent: tuple[float, float, float, float]


def _land(place: Position, prefectures: pd.Series) -> Land:
    """The land by the nearest office, enclosed gaps filled; in the unit square everything is land."""
    stretch, cell = place.stretch, place.cell
    margin = {"japan": 0.5, "plane": 0.02}.get(place.geography, 1.2 * place.reach / stretch)
    xs, ys = (
        np.arange(values.min() - margin, values.max() + margin, size)
        for values, size in ((place.x, cell / stretch), (place.y, cell))
    )
    cells = np.stack(np.meshgrid(xs * stretch, ys), axis=-1)
    distance, nearest = cKDTree(np.column_stack([place.x * stretch, place.y])).query(cells)
    dry = binary_fill_holes(distance < place.reach)
    owner = np.where(dry, pd.factorize(prefectures)[0][nearest], -1)
    return Land(owner, (xs[0], xs[-1], ys[0], ys[-1]))


def _draw_land(axes: Axes, land: Land, values: Floats, colours: str, norm: Normalize) -> AxesImage:
    """Cells in their colours, prefectures set apart by thin lines."""
    shaded = np.ma.masked_where(land.owner < 0, values)
    where: dict[str, Any] = {
        "extent": land.extent,
        "origin": "lower",
        "interpolation": "nearest",
        "zorder": 0,
    }
    picture = axes.imshow(shaded, cmap=colours, norm=norm, **where)
    owner, border = land.owner, np.zeros(land.owner.shape, bool)
    border[:, 1:] |= (owner[:, 1:] != owner[:, :-1]) & ((owner[:, 1:] >= 0) | (owner[:, :-1] >= 0))
    border[1:] |= (owner[1:] != owner[:-1]) & ((owner[1:] >= 0) | (owner[:-1] >= 0))
    axes.imshow(np.ma.masked_equal(border, 0), cmap=ListedColormap([_BORDER]), **where)
    return picture


def _finish(axes: Axes, place: Position, names: Names) -> None:
    axes.set_axis_off()
    if place.japan:
        _frame_far_islands(axes, names)
    axes.set_aspect(1 / place.stretch, anchor="C")


def _colour_bar(axes: Axes, shown: ScalarMappable, label: str, numbers: PercentFormatter) -> None:
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    bar = figure.colorbar(shown, ax=axes, format=numbers, shrink=0.45, anchor=(0, 0.1), pad=0.01)
    bar.outline.set_visible(False)
    bar.set_label(label)


def _frame_far_islands(axes: Axes, names: Names) -> None:
    for (west, east), (south, north), (right, up), name in _FAR_ISLANDS:
        box, size = (west + right, south + up), (east - west, north - south)
        axes.add_patch(Rectangle(box, *size, fill=False, edgecolor="#bfbfbf", lw=0.7, zorder=0))
        corner, label = (west + right, north + up), say(f"figures.map.{name}", names.lang)
        axes.annotate(label, corner, (2, 3), textcoords="offset points", fontsize=7.5, color=MUTED)


def _area(population: Floats, japan: bool) -> Floats:
    """Area of a dot in square points: grows with the root of population, so that villages stay visible."""
    largest = 90.0 if japan else 160.0
    return np.asarray(3.5 + largest * np.sqrt(np.clip(population, 0, None) / 3.7e6))


def _size_handles(japan: bool, names: Names) -> list[Line2D]:
    """What the legend needs to tell the size of a dot."""
    sizes = {"small": 5_000, "middle": 100_000, "large": 1_000_000}
    return [
        Line2D([], [], linestyle="none", marker="o", markerfacecolor="white", markeredgecolor=INK,
               markeredgewidth=0.6, markersize=float(np.sqrt(_area(np.array([float(size)]), japan)[0])),
               label=say(f"figures.map.{name}", names.lang))
        for name, size in sizes.items()
    ]  # fmt: skip


def map_sheet(data: pd.DataFrame, names: Names, subject: str, *, difference: bool = False) -> Sheet:
    """The map of one scenario, or of its difference from the baseline.

    Args:
        data: one row per municipality.
        names: for the language.
        subject: what the map is of, for the title.
        difference: ``probability`` is a change, shown by prefecture.
    """
    runs = int(data["runs"].max()) if len(data) else 0
    japan = _positions(data.dropna(subset=["latitude"])).japan
    facts = {"municipalities": len(data), "runs": replicates(runs, names.lang)}
    kind, draw = ("change", draw_change) if difference else ("level", draw_map)
    return Sheet(
        title=say("figures.map.title", names.lang, subject=subject),
        subtitle=say(f"figures.map.subtitle_{kind}", names.lang, **facts),
        panels=[partial(draw, data=data, names=names)],
        height=5.9,
        note=say("figures.map.note", names.lang) if japan else "",
        handles=[] if difference else _size_handles(japan, names),
    )
