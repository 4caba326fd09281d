"""What the structures say, as tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.analysis.structures.runs import Work
from sim.files import write_text
from sim.provenance import source_digest

RANKS, SCORES = "structures.csv", "structure_scores.csv"


def write(ranks: pd.DataFrame, scores: pd.DataFrame, work: Work, folder: Path) -> None:
    """Write both tables into a folder, below the version of the model and the work behind them."""
    facts = (f"model: {source_digest()}", "made by: python -m sim.analysis.structures", f"work: {work}")
    above = "".join(f"# {fact}\n" for fact in facts)
    for table, name in ((ranks, RANKS), (scores, SCORES)):
        text = table.to_csv(index=False, float_format="%.4g", lineterminator="\n")
        write_text(folder / name, above + text)


def read(path: Path) -> pd.DataFrame:
    """A table that ``write`` has written."""
    return pd.read_csv(path, comment="#")


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores over the figures of adoption, of all others and of all.

    Returns:
        A row for each structure, origin and group of figures: ``structure``, ``origin``, ``figures``
        (``adoption``, ``other``, ``all``), ``n``, ``log_score`` (sum) and ``crps`` (mean), both
        better if less, and ``covered`` (the share within their 90%).
    """
    adoption = scores["block"] == "adoption"
    groups = {"adoption": scores[adoption], "other": scores[~adoption], "all": scores}
    rows = []
    for name, group in groups.items():
        found = group.groupby(["structure", "origin"], sort=False).agg(
            n=("figure", "size"), log_score=("log_score", "sum"), crps=("crps", "mean"),
            covered=("covered", "mean"),
        )  # fmt: skip
        rows.append(found.reset_index().assign(figures=name))
    columns = ["structure", "origin", "figures", "n", "log_score", "crps", "covered"]
    return pd.concat(rows, ignore_index=True)[columns]
