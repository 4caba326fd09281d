"""Schematic shapes of Japan's municipalities, for maps: ``python -m sim.page.cells`` writes them.

There is no table of boundaries with clear terms, so none is used. A cell is what lies nearer to an office
than to any other, cut at a distance from it: ``REACH`` times the radius of a circle as large as the
municipality, ``LEAST`` to ``MOST`` km. Borders of prefectures are the edges between cells of two prefectures.
Both are drawn in a plane of equal areas (Lambert's azimuthal), in hundreds of metres, the far islands next to
the rest.
"""

from __future__ import annotations

import csv
import io
import math
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.files import write_text
from sim.worlds.places import prefectures
from sim.worlds.tables import read_table

DATA = Path(__file__).parent / "data"
#: Where cells are cut: times the radius of a circle as large as the municipality, and bounds in km.
REACH, LEAST, MOST = 1.75, 5.0, 42.0
#: Units of a km in the tables.
FINE = 10
_CORNERS = 20
_EARTH = 6371.0
_CENTRE = (137.5, 38.0)


class Island(NamedTuple):
    """Far islands: where they lie (longitudes, latitudes), their centre, and where that is drawn."""

    name: str
    longitudes: tuple[float, float]
    latitudes: tuple[float, float]
    centre: tuple[float, float]
    drawn_at: tuple[float, float]


ISLANDS = (
    Island("okinawa", (122.4, 131.8), (23.7, 29.0), (127.1, 26.4), (133.6, 41.6)),
    Island("ogasawara", (141.2, 143.2), (26.1, 28.1), (142.2, 27.1), (143.4, 32.6)),
)


class Office(NamedTuple):
    """An office in the plane: km to the east and to the south, and how far its cell reaches."""

    code: str
    x: float
    y: float
    reach: float


type Corner = tuple[float, float, int]  # where it is, and whose cell lies beyond the edge that starts there


def project(longitude: float, latitude: float, centre: tuple[float, float] = _CENTRE) -> tuple[float, float]:
    """Km to the east and to the south of a centre in Lambert's azimuthal equal-area projection."""
    lam = math.radians(longitude - centre[0])
    phi, phi0 = math.radians(latitude), math.radians(centre[1])
    cosine = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
    scale = _EARTH * math.sqrt(2.0 / (1.0 + cosine))
    east = scale * math.cos(phi) * math.sin(lam)
    north = scale * (math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam))
    return east, -north


def offices() -> list[Office]:
    """The offices of all municipalities, in the order of Japan's world."""
    found = []
    for row in read_table("municipalities"):
        x, y = _drawn(float(row["longitude"]), float(row["latitude"]))
        reach = REACH * math.sqrt(float(row["area_km2"]) / math.pi)
        found.append(Office(row["jis_code"], x, y, min(max(reach, LEAST), MOST)))
    return found


def _drawn(longitude: float, latitude: float) -> tuple[float, float]:
    for island in ISLANDS:
        (west, east), (south, north) = island.longitudes, island.latitudes
        if west <= longitude <= east and south <= latitude <= north:
            x, y = project(longitude, latitude, island.centre)
            right, down = project(*island.drawn_at)
            return x + right, y + down
    return project(longitude, latitude)


def cell(number: int, every: list[Office]) -> list[Corner]:
    """The corners of an office's cell."""
    own = every[number]
    angles = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    corners: list[Corner] = [
        (own.x + own.reach * math.cos(angle), own.y + own.reach * math.sin(angle), -1) for angle in angles
    ]
    near = [
        (math.hypot(other.x - own.x, other.y - own.y), place)
        for place, other in enumerate(every)
        if place != number and abs(other.x - own.x) < 2 * own.reach and abs(other.y - own.y) < 2 * own.reach
    ]
    for distance, place in sorted(near):
        if 0 < distance < 2 * own.reach:
            corners = _nearer(corners, own, every[place], place)
    return corners


def _nearer(corners: list[Corner], own: Office, other: Office, place: int) -> list[Corner]:
    """What of a convex cell lies nearer to its office than to another one."""
    east, south = other.x - own.x, other.y - own.y
    middle = ((own.x + other.x) / 2, (own.y + other.y) / 2)
    beyond = [(x - middle[0]) * east + (y - middle[1]) * south for x, y, _ in corners]
    kept: list[Corner] = []
    for i, (x, y, edge) in enumerate(corners):
        j = (i + 1) % len(corners)
        if beyond[i] <= 0:
            kept.append((x, y, edge))
        if (beyond[i] <= 0) != (beyond[j] <= 0):
            part = beyond[i] / (beyond[i] - beyond[j])
            across = (x + part * (corners[j][0] - x), y + part * (corners[j][1] - y))
            kept.append((*across, place if beyond[i] <= 0 else edge))
    return kept


def tables() -> dict[str, str]:
    """The tables as CSV by name: ``cells`` and ``borders``."""
    every = offices()
    outlines = [cell(number, every) for number in range(len(every))]
    cells = [
        (office.code, _fine(office.x), _fine(office.y), " ".join(_pairs(corners)))
        for office, corners in zip(every, outlines, strict=True)
    ]
    borders = [
        (every[i].code[:2], every[j].code[:2], " ".join(_pairs(edge)))
        for (i, j), edge in sorted(_edges(outlines).items())
        if every[i].code[:2] != every[j].code[:2]
    ]
    return {
        "cells": _csv(("jis_code", "x", "y", "outline"), cells),
        "borders": _csv(("prefecture", "other", "edge"), borders),
    }


def _edges(outlines: list[list[Corner]]) -> dict[tuple[int, int], list[Corner]]:
    """Edges between two cells, the longer where the two do not reach equally far."""
    found: dict[tuple[int, int], list[Corner]] = {}
    for number, corners in enumerate(outlines):
        for i, (x, y, place) in enumerate(corners):
            if place < 0:
                continue
            edge = [(x, y, place), corners[(i + 1) % len(corners)]]
            pair = (min(number, place), max(number, place))
            if pair not in found or _length(edge) > _length(found[pair]):
                found[pair] = edge
    return found


def _length(edge: list[Corner]) -> float:
    return math.hypot(edge[1][0] - edge[0][0], edge[1][1] - edge[0][1])


def _pairs(corners: list[Corner]) -> list[str]:
    return [f"{_fine(x)} {_fine(y)}" for x, y, _ in corners]


def _fine(km: float) -> int:
    return round(FINE * km)


def _csv(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def geometry() -> dict[str, Any]:
    """What the page draws Japan from, ready for JSON.

    Returns:
        ``fine`` (units of a km), ``codes``, ``x`` and ``y`` of the offices (east and south), ``cells`` (x and
        y of the corners in turn), ``borders`` (two ends each), ``islands`` (``name`` and ``box``: left, top,
        right, bottom), and ``tiles``: ``code``, ``column``, ``row``, ``ja`` and ``en`` of every prefecture.
    """
    cells = _read("cells")
    return {
        "fine": FINE,
        "codes": [row["jis_code"] for row in cells],
        "x": [int(row["x"]) for row in cells],
        "y": [int(row["y"]) for row in cells],
        "cells": [[int(each) for each in row["outline"].split()] for row in cells],
        "borders": [[int(each) for each in row["edge"].split()] for row in _read("borders")],
        "islands": [{"name": island.name, "box": _box(island)} for island in ISLANDS],
        "tiles": _tiles(),
    }


def _tiles() -> list[dict[str, Any]]:
    names = {one.code: one for one in prefectures()}
    rows = [{key: int(value) for key, value in row.items()} for row in _read("tiles")]
    return [row | {"ja": names[row["code"]].name, "en": names[row["code"]].romaji} for row in rows]


def _box(island: Island) -> list[int]:
    """Left, top, right and bottom of a far island's frame."""
    right, down = project(*island.drawn_at)
    corners = [
        project(longitude, latitude, island.centre)
        for longitude in island.longitudes
        for latitude in island.latitudes
    ]
    across, along = [x + right for x, _ in corners], [y + down for _, y in corners]
    return [_fine(min(across)), _fine(min(along)), _fine(max(across)), _fine(max(along))]


def main() -> None:
    """Write the tables."""
    for name, text in tables().items():
        write_text(DATA / f"{name}.csv", text)


if __name__ == "__main__":
    main()
