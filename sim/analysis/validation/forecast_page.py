"""The words that stand beside the stored forecast: docs/forecast/README.md."""

from __future__ import annotations

from datetime import UTC, datetime

from sim.analysis.patterns.targets import target_of
from sim.analysis.validation.forecast import DATES, TARGETS, Series
from sim.analysis.validation.predictive import SCENARIO
from sim.batch.parameter_sets import ParameterSets
from sim.provenance import MODEL_VERSION, source_digest
from sim.scenarios.scenario import load_scenario

_README = """\
# Forecasts

Made on {date} by `sim validate --forecast --write`: {runs} runs of the scenario `{scenario}` (digest
`{digest}`) in the world `japan`, by model version {version} (sources `{model}`), each with a
set of parameters of `{sets}` (digest `{sets_digest}`), a drawn world and draws of its own.
`sim validate --forecast` makes the tables again and says where they differ. Data of years after FY2021 were
not used, but for how many FutureCities are chosen a year (to FY2024) and what
[targets.csv](../../sim/analysis/calibration/targets.csv) names with a later date.

- `national.csv`: `target`, `date`, `unit` and the quantiles `q05`, `q25`, `q50`, `q75`, `q95`
- `prefecture.csv`: the same with `prefecture`, its code from 1 (Hokkaido) to 47 (Okinawa)
- `futurecity.csv`: `jis_code`, `fiscal_year` and the `probability` of having been designated by its end
- `adoption_municipality.csv`: `jis_code`, `date` and the `probability` of promoting the SDGs by then

Dates are quarters, {first} to {last}, at their end; the survey of the autumn of 2023 is `2023Q4`.
`adoption_share_surveyed` is the share of all 1,788 governments that promote the SDGs and answer the survey,
`adoption_share` the true share of municipalities. Members are without ministries. `platform_municipalities`
are local governments, prefectures among them in `national.csv` but not in `prefecture.csv`;
`platform_companies` are companies and financial institutions. The model knows neither answers to the survey
nor members on the private side by prefecture: `prefecture.csv` has what it knows, of municipalities alone.

**What the quantiles hold:** what is not known of the parameters that were calibrated; chance; the drawn
companies; and what the model leaves out. Every run starts from the last observation: what separates it from
that is kept, and what comes since is a random walk, whose standard deviation after a year is

{sizes}
of the value at the last observation; after four years it is twice as much. What has a ceiling is shifted on
the scale of logits, the rest on that of logarithms. The true share is shifted as the surveyed one, and has
besides {unseen:.0%} of which no survey tells. How many municipalities have an agreement was never observed,
so that its discrepancy is wide by assumption. A prefecture has the nation's discrepancy and one of its own,
as large and never observed. The surveyed share has the chance of who answers and an error of {survey:.0%} of
the observation, the total of members is the sum of both sides. **What they do not hold:** parameters that
were not calibrated, another structure of the model, and what nobody foresees.

**Probabilities** of single places are the share of runs in which it happened, with one half added to these
and one to all (Jeffreys' prior), so that none is 0 or 1, but for the cohort of FY2018, which is known. They
hold no discrepancy. That of becoming a FutureCity is half of this, and half of a logistic regression on size,
land, ageing and earlier selections, which told the cohort of FY2018 better together
([futurecity.md](../futurecity.md)).

**Never forecast:** levels of the SDGs, deals, private investment, losses, inbound and overseas figures, and
what becomes of any single named city.
"""


def readme(parameters: ParameterSets, runs: int) -> str:
    """What has to be known of a forecast made now from so many runs."""
    sizes = "".join(f"- `{name}`: {_said(series)}\n" for name, series in TARGETS.items())
    return _README.format(
        date=datetime.now(UTC).date().isoformat(), runs=runs, scenario=SCENARIO,
        digest=load_scenario(SCENARIO).digest(), version=MODEL_VERSION, model=source_digest(),
        sets=parameters.label, sets_digest=parameters.digest, first=DATES[0], last=DATES[-1], sizes=sizes,
        unseen=TARGETS["adoption_share"].unseen,
        survey=target_of("promote_and_answer_2021").observation_error,
    )  # fmt: skip


def _said(series: Series) -> str:
    since = "never observed" if series.last is None else f"observed {series.last.date}"
    return f"{series.size:.0%} ({since})"
