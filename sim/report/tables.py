"""From the frames of a results folder to the small tables that figures and the report show.

Bands are 5-95% of runs. Differences between scenarios are paired: run by run on the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

import numpy as np
import pandas as pd

from sim.results.money import by_programme

LOW, HIGH = 0.05, 0.95
LOCAL_GOVERNMENTS = 1_788  # municipalities, special wards and prefectures, whom the Cabinet Office asks
RUN = ["scenario", "point", "replicate"]


def scenario_order(table: pd.DataFrame, titles: Mapping[str, str] | None = None) -> list[str]:
    """Scenarios of ``table``: those of ``titles`` in its order, then the others as they come."""
    present = [str(name) for name in pd.unique(table["scenario"])]
    first = [name for name in (titles or {}) if name in present]
    return first + [name for name in present if name not in first]


def years(quarters: pd.Series) -> np.ndarray:
    """Middle of each quarter as a calendar year: ``2018Q2`` is 2018.375."""
    text = quarters.astype(str)
    year = text.str[:4].astype(int).to_numpy()
    return np.asarray(year + (text.str[-1].astype(int).to_numpy() - 0.5) / 4, dtype=np.float64)


def runs_of(table: pd.DataFrame) -> int:
    """Largest number of runs (replicates, or points times replicates) of any scenario."""
    keys = [key for key in RUN if key in table]
    runs = table[keys].drop_duplicates()
    return int(runs.groupby("scenario", observed=True).size().max()) if len(runs) else 0


def spread(table: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Median and 5-95% of ``value`` over runs for each group of ``by``; missing values are left out."""
    groups = table.groupby(list(by), observed=True, sort=False)[value]
    reduced = pd.DataFrame(
        {
            "median": groups.median(), "low": groups.quantile(LOW),
            "high": groups.quantile(HIGH), "runs": groups.count(),
        }
    )  # fmt: skip
    return reduced.reset_index()


def over_time(runs: pd.DataFrame, outcome: str, quarters: Sequence[str]) -> pd.DataFrame:
    """Median and band of an outcome by scenario and quarter, with ``year``.

    Args:
        runs: as of ``Results.runs(outcome, quarters)``.
        outcome, quarters: what the runs hold.
    """
    columns = (
        {f"{outcome}@{label}": label for label in quarters} if len(quarters) > 1 else {outcome: quarters[0]}
    )
    long = runs.melt("scenario", list(columns), "quarter", "value").rename(columns={"value": outcome})
    long["quarter"] = long["quarter"].map(columns)
    reduced = spread(long, ["scenario", "quarter"], outcome)
    return reduced.assign(year=years(reduced["quarter"])).sort_values(["scenario", "year"])


def ends_of_deals(deals: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Deals of each run in ``runs`` that were completed, failed or still ran at the end; no renewals."""
    signed = deals[(deals["state"] != "not_signed") & (deals["verdict"] != "renewal")].assign(one=1)
    signed = signed.assign(state=signed["state"].astype(str).replace("defaulted", "failed"))
    keys = [signed[key].astype(runs[key].dtype) for key in RUN]
    counts = signed.groupby([*keys, "state"], observed=True)["one"].sum().unstack("state")
    index = pd.MultiIndex.from_frame(runs[RUN])
    return counts.reindex(index=index, columns=["completed", "failed", "active"]).fillna(0.0).reset_index()


def with_point(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with a column ``point``, which tables without a design may leave out."""
    return table if "point" in table else table.assign(point=0)


def money(ledger: pd.DataFrame) -> pd.DataFrame:
    """One row per run: public money appropriated, spent and lapsed over the horizon, in JPY M."""
    columns = ["appropriated", "spent", "lapsed"]
    return with_point(ledger).groupby(RUN, observed=True, sort=False)[columns].sum().reset_index()


def absorbed_by_year(ledger: pd.DataFrame) -> pd.DataFrame:
    """Money of every programme by fiscal year, mean of runs in JPY M; a lever's own has its name.

    Returns:
        ``scenario``, ``lever``, ``fiscal_year``, ``appropriated``, ``spent``, ``lapsed``, ``low``,
        ``high`` (5-95% of runs of what was spent), ``runs``, ``pays_for`` (the lever of a programme).
    """
    rows = with_point(by_programme(ledger))
    groups = rows.groupby(["scenario", "lever", "fiscal_year"], observed=True, sort=False)
    table = (
        groups[["appropriated", "spent", "lapsed"]]
        .mean()
        .assign(
            low=groups["spent"].quantile(LOW),
            high=groups["spent"].quantile(HIGH),
            runs=groups.size(),
            pays_for=groups["pays_for"].first(),
        )
        .reset_index()
    )
    return table.sort_values("fiscal_year", kind="stable", ignore_index=True)


def deadweight(runs: pd.DataFrame) -> pd.DataFrame:
    """Deals that took a grant and would have been signed without it, over the horizon, mean of runs.

    Args:
        runs: as of ``Results.runs``, with ``deals_subsidised`` and ``deals_additional``.

    Returns:
        ``scenario``, ``subsidised``, ``anyway`` and ``share`` (of the subsidised; null where there are none).
    """
    means = runs.groupby("scenario", observed=True, sort=False)[
        ["deals_subsidised", "deals_additional"]
    ].mean()
    subsidised, additional = means["deals_subsidised"], means["deals_additional"]
    anyway = subsidised - additional
    share = (anyway / subsidised).where(subsidised > 0)
    return pd.DataFrame({"subsidised": subsidised, "anyway": anyway, "share": share}).reset_index()


def observed_adoption() -> pd.DataFrame:
    """Survey points of adoption: ``quarter``, ``share``, ``base`` (all or responding), ``source``.

    The Cabinet Office asks local governments each autumn; a fiscal year's point stands in its Q4. Those who
    promote and answer are published as a number, or else as a share of all.
    """
    with (files("sim.worlds") / "data" / "sdgs_adoption.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    asked = table[table["indicator"].isin(["promoting_sdgs_count", "promoting_sdgs"])]
    bases = {"all 1,788 local governments": "all", "responding local governments": "responding"}
    asked = asked.assign(
        base=asked["base"].map(bases), whole=asked["unit"].map({"%": 100, "governments": LOCAL_GOVERNMENTS})
    ).dropna(subset=["base"])
    counts_first = asked.sort_values(["fiscal_year", "indicator"], ascending=[True, False])
    asked = counts_first.drop_duplicates(["fiscal_year", "base"])
    return pd.DataFrame(
        {
            "quarter": asked["fiscal_year"].astype(str) + "Q4",
            "share": asked["value"].astype(float) / asked["whole"],
            "base": asked["base"],
            "source": asked["source"],
        }
    ).reset_index(drop=True)
