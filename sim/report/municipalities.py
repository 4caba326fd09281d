"""What is known of a world's municipalities beside their results: names, codes, regions, sizes."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sim.kernel.world import World
from sim.text import Language
from sim.worlds.places import region_of

QUARTERS = 4
_SUFFIX = re.compile(r" (Ken|Fu|To)$")  # what prefectures are called besides their name


def places_of(world: World) -> pd.DataFrame:
    """A row per municipality.

    Returns:
        ``jis_code`` (five digits, or the id of the table), ``municipality``, ``municipality_romaji``,
        ``prefecture``, ``prefecture_romaji``, ``region`` (id; empty outside ``japan``), ``geography`` (of the
        world), ``latitude``, ``longitude``, ``population``, ``fiscal_strength``, and the quarter of
        municipalities that it belongs to by ``size`` and by ``strength`` (1: lowest).
    """
    labels, municipalities = world.labels, world.municipalities
    geography = geography_of(world)
    codes = labels.jis_code
    table = pd.DataFrame(
        {
            "jis_code": codes,
            "municipality": labels.municipality,
            "municipality_romaji": labels.municipality_romaji,
            "prefecture": [labels.prefecture[p] for p in municipalities.prefecture],
            "prefecture_romaji": [labels.prefecture_romaji[p] for p in municipalities.prefecture],
            "region": [region_of(int(code[:2])) if geography == "japan" else "" for code in codes],
            "geography": geography,
            "latitude": labels.latitude,
            "longitude": labels.longitude,
            "population": municipalities.population,
            "fiscal_strength": municipalities.fiscal_strength,
        }
    )
    return table.assign(size=quarter_of(table["population"]), strength=quarter_of(table["fiscal_strength"]))


def geography_of(world: World) -> str:
    """How a world is drawn: ``japan``, by ``degrees`` of latitude and longitude, or in a ``plane``."""
    if world.name == "japan":
        return "japan"
    return "degrees" if world.municipalities.z.any() else "plane"


def quarter_of(values: pd.Series) -> np.ndarray:
    """The quarter of all rows that each row belongs to, 1 (lowest) to 4; quarters are equal in size."""
    rank = values.rank(method="first").to_numpy() - 1
    return np.asarray(np.minimum((QUARTERS * rank // max(len(values), 1)).astype(int) + 1, QUARTERS))


def prefecture_name(world: World, prefecture: int, lang: Language) -> str:
    """What a prefecture is called in the language; in letters without Ken, Fu or To."""
    labels = world.labels
    return (
        labels.prefecture[prefecture]
        if lang == "ja"
        else _SUFFIX.sub("", labels.prefecture_romaji[prefecture])
    )


def town_name(world: World, municipality: int, lang: Language) -> str:
    """What a municipality is called in the language."""
    labels = world.labels
    return (labels.municipality if lang == "ja" else labels.municipality_romaji)[municipality]
