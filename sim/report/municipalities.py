"""What is known of a world's municipalities beside their results: names, codes, regions, sizes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.kernel.world import World

#: Last prefecture (number in the JIS code) of each of Japan's eight regions, in order.
_REGIONS = {
    1: "hokkaido", 7: "tohoku", 14: "kanto", 23: "chubu", 30: "kinki", 35: "chugoku", 39: "shikoku",
    47: "kyushu",
}  # fmt: skip
QUARTERS = 4


def places_of(world: World) -> pd.DataFrame:
    """A row per municipality.

    Returns:
        ``jis_code`` (five digits), ``municipality``, ``municipality_romaji``, ``prefecture``,
        ``prefecture_romaji``, ``region`` (id; empty in a made-up world), ``latitude``, ``longitude``,
        ``population``, ``fiscal_strength``, and the quarter of municipalities that it belongs to by ``size``
        and by ``strength`` (1: lowest).
    """
    labels, municipalities = world.labels, world.municipalities
    real = world.name == "japan"
    codes = labels.jis_code
    table = pd.DataFrame(
        {
            "jis_code": codes,
            "municipality": labels.municipality,
            "municipality_romaji": labels.municipality_romaji,
            "prefecture": [labels.prefecture[p] for p in municipalities.prefecture],
            "prefecture_romaji": [labels.prefecture_romaji[p] for p in municipalities.prefecture],
            "region": [region(code) if real else "" for code in codes],
            "latitude": labels.latitude,
            "longitude": labels.longitude,
            "population": municipalities.population,
            "fiscal_strength": municipalities.fiscal_strength,
        }
    )
    return table.assign(size=quarter_of(table["population"]), strength=quarter_of(table["fiscal_strength"]))


def quarter_of(values: pd.Series) -> np.ndarray:
    """The quarter of all rows that each row belongs to, 1 (lowest) to 4; quarters are equal in size."""
    rank = values.rank(method="first").to_numpy() - 1
    return np.asarray(np.minimum((QUARTERS * rank // max(len(values), 1)).astype(int) + 1, QUARTERS))


def region(jis_code: str) -> str:
    """Id of the region of Japan that a municipality lies in."""
    prefecture = int(jis_code[:2])
    return next(name for last, name in _REGIONS.items() if prefecture <= last)


def with_check_digit(jis_code: str) -> str:
    """The six-digit code of local governments (全国地方公共団体コード) from the five digits of JIS X 0402.

    The check digit is the last one of 11 minus the remainder by 11 of the digits weighted by 6, 5, 4, 3, 2.
    """
    total = sum(int(digit) * weight for digit, weight in zip(jis_code, (6, 5, 4, 3, 2), strict=True))
    return f"{jis_code}{(11 - total % 11) % 10}"
