"""Who promotes the SDGs: what the data can tell, and what would have to be measured."""

from __future__ import annotations

from math import ceil

from scipy import stats

from sim.worlds.tables import read_table

#: Share of all local governments that promoted and answered in FY2021.
SHARE = 0.521


def published() -> list[tuple[str, str, str, str]]:
    """Fiscal year, figure, base and number behind it: all that is published of promoting, to FY2021."""
    rows = read_table("sdgs_adoption")
    kinds = ("working_on_sdgs", "promoting_sdgs", "promoting_sdgs_count", "survey_response_rate")
    return [
        (row["fiscal_year"], f"{row['indicator']} {row['value']} {row['unit']}", row["base"], row["n"])
        for row in rows
        if row["indicator"] in kinds and int(row["fiscal_year"]) <= 2021
    ]


def names_needed(effect: float, share: float = SHARE, power: float = 0.8, level: float = 0.05) -> int:
    """Named municipalities, drawn at random, in which an effect is found with probability ``power``.

    By the information of a logistic regression near no effect (Hsieh, Bloch and Larsen 1998, Statistics in
    Medicine 17:1623).

    Args:
        effect: logit of promoting per standard deviation.
        share: that promotes.
        power: probability to find it.
        level: of the two-sided test.
    """
    reach = float(stats.norm.ppf(1.0 - level / 2.0) + stats.norm.ppf(power))
    return ceil((reach / effect) ** 2 / (share * (1.0 - share)))
