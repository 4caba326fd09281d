"""A factor of each kind, and strategies for factors, shared by tests of designs."""

from __future__ import annotations

from hypothesis import strategies as st

from sim.batch.factors import DISTRIBUTIONS, SCALES, Factor

MONEY = Factor("subsidy", "lever", 0.0, 1_000.0, start=2019)
COVER = Factor("esg_finance.guarantee_cover", "lever", 0.1, 0.9)
RATE = Factor("posting_rate", "uncertainty", 0.1, 10.0, scale="log")
AWARD = Factor("award", "rule", values=("scored", "need_weighted", "lottery"))
MATCHING = Factor("matching", "rule", values=("den_haan", "cobb_douglas"))
TARGET = Factor("national_target", "event", values=("2019Q1", "never"))
ABROAD = Factor("international", "module", values=(False, True))
ALL = (MONEY, COVER, RATE, AWARD, TARGET, ABROAD)

ranges = st.builds(
    lambda low, width, scale, distribution: Factor("x", "uncertainty", low, low + width, scale, distribution),
    st.floats(1e-6, 1e6),
    st.floats(1e-3, 1e6),
    st.sampled_from(SCALES),
    st.sampled_from(DISTRIBUTIONS),
)
choices = st.integers(1, 5).map(
    lambda number: Factor("y", "uncertainty", values=tuple(map(float, range(number))))
)
some_factors = st.lists(ranges | choices, min_size=1, max_size=4).map(tuple)
