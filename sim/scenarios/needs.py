"""What municipalities ask for: salience of the goals, and the pillars that weigh them."""

from __future__ import annotations

#: Governments that name goal 1..17 a priority so far: Cabinet Office survey FY2023 (n = 1,485) for the
#: ten goals reported; 150 is assumed for the others, below the least one reported. Goal 17 is a means.
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
    0,
)

#: Goals of the three pillars of the national SDGs Action Plan (mapping assumed).
PILLAR_GOALS: dict[str, tuple[int, ...]] = {
    "society_5_0": (9,),
    "regional_innovation": (7, 11, 13, 15),
    "next_generation_women": (4, 5, 8),
}
