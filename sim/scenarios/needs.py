"""What municipalities ask for and what markets offer, by goal: salience, pillars, market size."""

from __future__ import annotations

#: Governments that name goal 1..17 a priority so far: Cabinet Office survey FY2023 (n = 1,485) for the
#: ten goals reported; 150 is assumed for the others, below the least one reported. A deal on goal 17 is a
#: project whose own purpose is partnership: a registration scheme, a platform of firms, a joint office.
SALIENCE: tuple[float, ...] = (
    150,
    150,
    470,
    448,
    150,
    225,
    246,
    290,
    273,
    150,
    492,
    150,
    214,
    150,
    219,
    150,
    275,
)

#: Goals of the three pillars of the national SDGs Action Plan (mapping assumed).
PILLAR_GOALS: dict[str, tuple[int, ...]] = {
    "society_5_0": (9,),
    "regional_innovation": (7, 11, 13, 15),
    "next_generation_women": (4, 5, 8),
}

#: World market of goal 1..16 in 2017, JPY trillion: Deloitte Tohmatsu Consulting, the five largest as told
#: by alterna.co.jp/24130, goal 4 (the smallest) by fullstack.co.jp/?p=603. The other ten are assumed at 150:
#: no figure was found. With them the sum is 3,709; the published total is "3,500 or more".
_MARKET_TRILLION: tuple[float, ...] = (
    150, 150, 150, 71, 237, 150, 803, 150, 426, 150, 338, 150, 334, 150, 150, 150,
)  # fmt: skip
_MEAN_MARKET = sum(_MARKET_TRILLION) / len(_MARKET_TRILLION)

#: Market size of goal 1..17 relative to the mean; goal 17, which has no market of its own, is at the mean.
MARKET_SIZE: tuple[float, ...] = (*(size / _MEAN_MARKET for size in _MARKET_TRILLION), 1.0)
