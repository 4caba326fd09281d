"""The tables of a world of one's own: their columns, what these may hold, and what officials call them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sim.kernel.world import GOALS, INSTITUTION_KINDS
from sim.worlds.given import SELECTIONS, industries


class Holds(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "0 or 1"
    CHOICE = "one of"
    GOALS = "goals"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: as we write it.
        holds: what its cells hold.
        required: whether the table and each row must have it.
        low, high: of numbers.
        above: numbers must lie above ``low``.
        choices: of ``Holds.CHOICE``.
        also: other names for it.
    """

    name: str
    holds: Holds = Holds.TEXT
    required: bool = False
    low: float = 0.0
    high: float = math.inf
    above: bool = False
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """What a number may be, in words."""
        if self.above:
            return f"above {self.low:g}"
        return f"{self.low:g} or more" if math.isinf(self.high) else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Table:
    """A table of a world: its name without ``.csv``, columns, columns that are left aside, and most rows."""

    name: str
    columns: tuple[Column, ...]
    aside: tuple[str, ...] = ()
    most: int = 50_000
    also: tuple[str, ...] = ()


def _numbers(*names: str, high: float = math.inf) -> tuple[Column, ...]:
    return tuple(Column(name, Holds.NUMBER, high=high) for name in names)


_GOALS = _numbers(*(f"goal_{goal:02d}" for goal in range(1, GOALS + 1)), high=1.0)
_FLAGS = tuple(Column(name, Holds.FLAG) for name in SELECTIONS)
_ROMAJI = ("name_en", "romaji", "ローマ字", "英語名")

MOST_COMPANIES, MOST_INSTITUTIONS = 500_000, 50_000


def municipalities() -> Table:
    """The one table that a world must have."""
    columns = (
        Column(
            "id",
            required=True,
            also=(
                "jis_code",
                "code",
                "団体コード",
                "市区町村コード",
                "市町村コード",
                "自治体コード",
                "全国地方公共団体コード",
                "標準地域コード",
                "地域コード",
            ),
        ),
        Column(
            "name",
            required=True,
            also=(
                "name_ja",
                "municipality",
                "市区町村名",
                "市区町村",
                "市町村名",
                "自治体名",
                "団体名",
                "名称",
            ),
        ),
        Column("region", required=True, also=("prefecture", "都道府県名", "都道府県", "地域", "地域名")),
        Column("latitude", Holds.NUMBER, True, -90.0, 90.0, also=("lat", "緯度")),
        Column("longitude", Holds.NUMBER, True, -180.0, 180.0, also=("lon", "lng", "long", "経度")),
        Column("population", Holds.NUMBER, True, 0.0, 1e9, also=("人口", "総人口", "人口総数")),
        Column("name_romaji", also=_ROMAJI),
        Column("share65plus", Holds.NUMBER, high=1.0, also=("高齢化率", "老年人口割合", "65歳以上人口割合")),
        Column("area_km2", Holds.NUMBER, above=True, also=("area", "面積", "総面積")),
        Column("habitable_area_km2", Holds.NUMBER, above=True, also=("habitable_area", "可住地面積")),
        Column("fiscal_capability", Holds.NUMBER, also=("fiscal_strength", "財政力指数")),
        Column("establishments", Holds.NUMBER, also=("事業所数", "民営事業所数")),
        Column("companies", Holds.WHOLE, high=MOST_COMPANIES, also=("企業数",)),
        *_FLAGS,
        *_GOALS,
        *_numbers(*(f"emp_{branch}" for branch in industries())),
    )
    return Table("municipalities", columns, ("type", *(f"est_{branch}" for branch in industries())))


def regions() -> Table:
    """Regions in their order, where other names or selections of them are to be given."""
    columns = (
        Column("name", required=True, also=("name_ja", "region", "都道府県名", "都道府県", "地域名")),
        Column("name_romaji", also=_ROMAJI),
        Column("cohort_2018", Holds.FLAG),
        Column("model_2018", Holds.FLAG),
    )
    return Table("regions", columns, ("code", "id", "団体コード"), also=("prefectures",))


def companies() -> Table:
    """Companies, one or several a row."""
    columns = (
        Column("municipality", also=("home", "団体コード", "市区町村コード")),
        Column("count", Holds.WHOLE, low=1.0, high=MOST_COMPANIES, also=("companies", "企業数")),
        Column("slots", Holds.WHOLE, low=1.0, high=200.0),
        Column("industry", Holds.CHOICE, choices=tuple(industries()), also=("産業",)),
        Column("goals", Holds.GOALS, high=GOALS, also=("sdgs",)),
    )
    return Table("companies", columns, ("id", "name", "企業名"), MOST_COMPANIES)


def institutions() -> Table:
    """Financial institutions, one or several of a sort a row."""
    columns = (
        Column("name", required=True, also=("name_ja", "金融機関名")),
        Column("kind", Holds.CHOICE, choices=INSTITUTION_KINDS[:-1], also=("業態",)),
        Column("count", Holds.WHOLE, low=1.0, high=MOST_INSTITUTIONS),
        Column("scope", Holds.CHOICE, choices=("regional", "national")),
        Column("region", also=("prefecture", "hq_prefecture", "都道府県名", "都道府県")),
        Column("capital", Holds.NUMBER, above=True, high=1e12),
        Column("capital_spread", Holds.NUMBER, high=5.0),
        Column("share_with_themes", Holds.NUMBER, high=1.0),
        Column("theme_chance", Holds.NUMBER, high=1.0),
        Column("themes", Holds.GOALS, high=GOALS - 1),
        Column("skill", Holds.NUMBER, high=1.0),
    )
    return Table("institutions", columns, most=MOST_INSTITUTIONS)


def tables() -> Sequence[Table]:
    """All tables that the folder of a world may hold."""
    return municipalities(), regions(), companies(), institutions()
