"""The words of the page, and the numbers that they tell."""

from __future__ import annotations

import numpy as np

from sim.analysis.futurecity.compare import Table
from sim.analysis.futurecity.forecast import WEIGHTS, pool_of
from sim.analysis.futurecity.places import MECHANISMS
from sim.analysis.futurecity.scoring import PENALTIES, Interval
from sim.analysis.futurecity.simulated import quotas
from sim.analysis.futurecity.study import (
    AS_IT_IS,
    HALF_MODEL,
    LOGISTIC,
    NO_BONUS,
    POOL_OVER,
    POPULATION,
    REFITTED,
    UNFITTED,
    Study,
)
from sim.kernel.parameters import parameters
from sim.provenance import MODEL_VERSION, source_digest

_LIKELY = 0.8

OPENING = """
# Who becomes an SDGs FutureCity, and who adopts

Made by `python -m sim.analysis.futurecity --write docs/futurecity.md` (about 3 minutes of one core; model
version {version}, sources `{model}`).

**In short.** Of 25 municipalities chosen in FY2018 among 1,741, with the place's own prefecture left out:

- Beyond population, **earlier plans** (selection in 2008-2013) and **land** tell who is chosen, and both
  are in the rule of selection already (P5 of [ODD.md](ODD.md)). Shown to add to population after Holm's
  correction: {found_population}. To population and earlier plans: {found_earlier}. To population, earlier
  plans and land: {found_land}.
- Many of these are one thing seen from several sides: places with much land have few people per hectare,
  much forest, more old people, weaker finances and more staff per head. With earlier plans and land in,
  **ageing, fiscal strength, density and staff per head are not shown to add anything**, nor are the own
  prefecture's designation, neighbours chosen earlier, the industry mix, the seat of the prefecture,
  migration, or a bonus that wears off. That is no proof that they have no effect: 25 names show little
  (below).
- The model as it is, whose weights of land and ageing saw the names, has AUC {model_auc}; with both set to
  0 {unfitted_auc}; with the bonus of earlier plans off as well {no_bonus_auc}, not told apart from
  population alone ({population_auc}). Nearly all of its edge is that bonus, which is assumed, though hardly
  in ignorance of the names.
- A logistic regression on the same four figures has AUC {logistic_auc}. Its log score is not told apart
  from the model's ({logistic_than_model} nats per name), half of each is a little better than the model
  ({half_than_model}; the best of seven looks, not corrected). **Forecasts should rest on half of each.**
- Of the 32 places selected earlier {pool} are left. By the model {pool_model} of them are designated by
  FY2025; if the effect of earlier plans is over, {pool_over}. One cohort cannot tell which, and it is what
  a forecast of single places hangs on most.
- Who **adopts** is not known by name or by size: nothing can be told (last section).
"""

METHOD = """
## How it was found out

Chances come from a logistic regression with an L2 penalty on standardised figures. Leaving out one
prefecture at a time, it is fitted to the other 46, the penalty chosen within these (five groups of
prefectures, C from {least_c} to {most_c}), and tells the chances of the one left out. How many are chosen
is an input of the model, so constants are shifted until 25 are expected. The code gives the coefficients of
scikit-learn's `LogisticRegression` (a test holds that) for many weightings at once.

- *AUC*: chance that a place chosen ranks above one not chosen. Intervals (95%) come from drawing the 25
  names again. Out of sample it is a little too low where a rule tells nothing: without its names a
  prefecture's chances fall.
- *More log score*: out of sample, against the base of the table, nats per place chosen; e to
  its power is the factor by which the chances of those chosen rose. Intervals come from drawing the 47
  prefectures again.
- *p in sample*: likelihood ratio. *p out of sample*: how often a mechanism that has nothing to do with the
  choice gains as much, in up to {draws} made-up cohorts drawn from the chances that the base gives, each
  through the whole comparison (sequentially, Besag and Clifford 1991, with a fixed penalty and one Newton
  step for each prefecture). The smallest possible is one over their number. *After Holm*: corrected for
  all mechanisms of the table.
- **Bold**: p after Holm below 5%. An interval of the gain that holds 0 beside it says that the gain hangs
  on a few prefectures: that the column tells something is shown, how much is not.
- † figures later than the choice, or of the same day: what is chosen may have changed them. Industry is of
  2021, staff (general administration) and migration of 2024. All others are of FY2018 or before.
- *Ambition* has no figure of its own before 2018. The number of earlier selections (0, 1, 2) stands for it;
  who applied in vain in 2008-2013 (82, 30, 25 and 8 applications, 36 selections) would be better and is not
  in the data.
"""

FORWARD = """
## Forward in time

Fitted to the 32 places selected in 2008-2013, tried on FY2018. Ten of the 25 names are among those 32; the
columns on the right leave all 32 out, so that no name is seen twice. Traits are of 2015 to 2018 in both.
What is made of the earlier selections themselves cannot be tried so; but what selection in 2008 did for
2011-2013 can be tried as what any earlier selection does for FY2018 (last row).
"""

AFTER_FORWARD = """
Land, fitted on other names, ranks the 15 new names with AUC {forward_land} against {forward_population} of
population: {forward_land_more}. That is the cleanest test here, since no name and no choice of figures that
anybody made after FY2018 went into the fit (that land is tried at all did see FY2018). Much else does so
too, since it goes with land, and what goes beyond it cannot be told apart so. The log score also rewards
whatever mends the slope of population; so it goes up for a city designated by ordinance while the ranking
does not. Eight of the 13 municipalities of 2011 lie in Iwate, Miyagi and Fukushima, chosen for their
recovery from the disaster of that year.
"""

REPEATS = """
## Selected again

Places selected in both programmes were all chosen again, of those with one {one_share}: p = {both_p}
(Fisher's exact test, one look among many; in the tables above *ambition* adds to earlier plans with p after
Holm {ambition_p}). There are none of the former left. The effect does not fade with the years: the oldest
were chosen again most often.
"""

POWER = """
## What 25 names can tell

A column of random numbers was planted in cohorts made up from population, {planted} for each effect. With
25 names an effect is found with 80% chance where it adds about {alone} to the AUC, if it is the only one
that is tried, and about {among} if it is one of {tried}. Differences below that are out of reach of this
cohort, whatever the method.
"""

BASIS = """
## What a probability should rest on

FY2018 once more, each chance without the place's own prefecture where it was fitted here; the defaults of
the model saw the names. Its chances are shares of {runs} first selections ({worlds} worlds, since
capacities are drawn with the world: in a single world noise lowers the AUC, to .76 in
[patterns.md](patterns.md)), at 25 expected. Weights of land and ageing are chosen from {weights} each by
the log score of the other prefectures: {times}.
"""

POOL = """
## A pool that empties

Selected in 2008-2013: 23 Eco-Model Cities and 13 municipalities of Environment FutureCities, {earlier}
places in all, of which {again} were chosen in FY2018 and **{pool} are left**. What becomes of them with the
numbers selected each year as published (municipalities: less prefectures, of which 8 among the 89
selections of FY2021-23):
"""

CHANGE = """
## What to change in P5

**No change of the formula.** The two mechanisms that are shown, earlier plans and land, are there
(`application_legacy`, `plan_legacy`, `plan_land`); no other is shown to add to them.

- `plan_land` and `plan_ageing`: defaults {land_now} and {ageing_now}. On all 25 names {best} does best;
  left out by prefecture the refit is better than the defaults by {refit_than_model} nats per name: **not
  told apart**. So the defaults may stay; in the posterior give both a uniform prior from 0 to 0.6 (the
  ranges end at 0.3, which cuts off what the names allow) and let the log score of the 25 names be the
  likelihood, over many worlds.
- `plan_ageing` is not shown to add to land (p after Holm {ageing_p}). It offsets the strong effect of size
  on capacity in the model; its source should say so, and 0 stays in its prior.
- `application_legacy` (0 to 4) and `plan_legacy` (0 to 0.5) keep their ranges, both ends included: with
  them on or off the pool above empties or does not. A bonus that wears off with the years since selection
  is not supported.

**For `docs/forecast/futurecity.csv`:** the mean of two chances of having been designated by the end of each
year. (1) The share of runs with posterior draws and a world of their own for each replicate,
`futurecity_quota` by year as published ({quotas}). (2)
[`logistic_by_year`](../sim/analysis/futurecity/forecast.py): the logistic regression on
population, number of earlier selections, land and ageing, its odds of FY2018 kept, the same numbers by
year. Both are calibrated on FY2018 (slopes near 1, table above), one cohort: whether later cohorts keep
these odds is not known.
"""

ADOPTERS = """
## Who adopts

All that the data say of promoting the SDGs to FY2021 is totals:
"""

TO_MEASURE = """
No figure is broken down by size, prefecture, or name, and response is known only as 45 of 47 prefectures
and 1,258 of 1,741 municipalities in FY2020. The 29 governments chosen in FY2018 promote by definition; they
are a third of the 87 of that year and were picked by a jury. Totals alone leave `adoption_size` to how the
curve bends, together with contagion and push. So **nothing can be told of who adopts**: no mechanism of P3
(size, contagion by distance or size, model cases) is tested by who adopted, and adoption forecasts for
single municipalities or prefectures rest on assumptions.

What would settle it is the Cabinet Office's survey by name (it asks every government each autumn), its
shares by prefecture or size class, or the platform's list of members in category 1. By name, drawn at
random, a mechanism is found with 80% chance (5%, two-sided) from:
"""


def numbers_of(found: Study) -> dict[str, str]:
    """What the texts tell of a study."""
    bases = {basis.words: basis for basis in found.bases}
    pools = {pool.words: f"{pool.by_year[-1]:.0%}" for pool in found.pools}
    effort, powers, repeats = found.effort, found.powers, found.repeats
    new = {row.words: row for row in found.onwards[1]}
    land, size = new[_words("land")], new[POPULATION]
    defaults = parameters().futurecity
    once = repeats["one programme"]
    weights = {name: f"{times} times {_pair(name)}" for name, times in found.weights.items()}
    return {
        "version": str(MODEL_VERSION),
        "model": source_digest(),
        "found_population": _named(found.tables[0]),
        "found_earlier": _named(found.tables[1]),
        "found_land": _named(found.tables[2]),
        "population_auc": _range(bases[POPULATION].auc),
        "model_auc": _range(bases[AS_IT_IS].auc),
        "unfitted_auc": _range(bases[UNFITTED].auc),
        "no_bonus_auc": _range(bases[NO_BONUS].auc),
        "logistic_auc": _range(bases[LOGISTIC].auc),
        "logistic_than_model": _signed(bases[LOGISTIC].than_model),
        "half_than_model": _signed(bases[HALF_MODEL].than_model),
        "refit_than_model": _signed(bases[REFITTED].than_model),
        "pool_model": pools[AS_IT_IS],
        "pool_over": pools[POOL_OVER],
        "earlier": str(int(found.places.earlier.sum())),
        "again": str(repeats["any"][0]),
        "pool": str(int(pool_of(found.places).sum())),
        "least_c": f"{1 / max(PENALTIES):.2g}",
        "most_c": f"{1 / min(PENALTIES):.2g}",
        "draws": f"{effort.draws:,}",
        "forward_land": f"{land.auc.value:.2f}",
        "forward_population": f"{size.auc.value:.2f}",
        "forward_land_more": f"{_signed(land.difference)}, p of the log score after Holm {land.adjusted:.3f}",
        "one_share": f"{once[0]} of {once[1]}",
        "both_p": f"{found.both:.3f}",
        "ambition_p": _adjusted(found.tables[1], "ambition"),
        "ageing_p": _adjusted(found.tables[2], "ageing"),
        "planted": str(effort.planted),
        "alone": f"{np.interp(_LIKELY, [p.alone for p in powers], [p.difference for p in powers]):.2f}",
        "among": f"{np.interp(_LIKELY, [p.among for p in powers], [p.difference for p in powers]):.2f}",
        "tried": str(powers[0].tried),
        "runs": str(effort.runs),
        "worlds": str(effort.worlds),
        "weights": ", ".join(f"{weight:g}" for weight in WEIGHTS),
        "times": ", ".join(weights.values()),
        "best": _pair(found.best),
        "land_now": f"{defaults.plan_land:g}",
        "ageing_now": f"{defaults.plan_ageing:g}",
        "quotas": ", ".join(f"{number:g}" for number in quotas().values()),
    }


def _named(table: Table) -> str:
    """The mechanisms that are shown to add to a base, in words."""
    return "; ".join(f"{m.words}{' †' * (not m.clean)}" for m in table.found) or "**none**"


def _words(key: str) -> str:
    return next(mechanism.words for mechanism in MECHANISMS if mechanism.key == key)


def _adjusted(table: Table, key: str) -> str:
    return next(f"{row.adjusted:.2f}" for row in table.rows if row.mechanism.key == key)


def _pair(name: str) -> str:
    """Name of a pair of weights in words."""
    _, land, _, ageing = name.split("_")
    return f"land {int(land) / 100:g} with ageing {int(ageing) / 100:g}"


def _range(value: Interval) -> str:
    return f"{value.value:.2f} ({value.low:.2f} to {value.high:.2f})"


def _signed(value: Interval) -> str:
    return f"{value.value:+z.2f} ({value.low:+z.2f} to {value.high:+z.2f})"
