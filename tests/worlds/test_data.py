"""The packaged tables: whole, sourced, small, and the only ones that are read."""

from __future__ import annotations

import csv
from pathlib import Path

import sim.errors
from sim.kernel.world import GOALS
from sim.worlds.tables import numbers, read_table

PACKAGE = Path(sim.errors.__file__).parent
DATA = PACKAGE / "worlds" / "data"


def test_every_table_is_readable_and_its_source_named() -> None:
    described = {row["table"]: row["source"] for row in read_table("sources")}
    tables = {path.stem for path in DATA.glob("*.csv")} - {"sources"}
    assert set(described) == tables
    assert all(described.values())
    for path in DATA.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as text:
            widths = {len(row) for row in csv.reader(text)}
        assert len(widths) == 1, path.name
        assert path.stat().st_size < 500_000
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 800_000


def test_industry_table_matches_the_industries() -> None:
    branches = [
        name.removeprefix("emp_") for name in read_table("municipality_industry")[0] if "emp_" in name
    ]
    table = read_table("industry_to_goal")
    assert [row["industry"] for row in table] == branches
    assert len(branches) == 18
    weights = numbers(table, *(f"goal_{goal:02d}" for goal in range(1, GOALS + 1)))
    assert weights.min() >= 0
    assert weights.max() <= 1
    assert (weights.sum(axis=0) > 0).all()
    assert all(row["rationale"] and row["status"] == "assumed" for row in table)


def test_sums_of_the_data() -> None:
    industry = read_table("municipality_industry")
    employees = [name for name in industry[0] if name.startswith("emp_")]
    assert numbers(industry, *employees).sum() == 57_937_011
    places = read_table("municipalities")
    assert [row["jis_code"] for row in places] == [row["jis_code"] for row in industry]
    assert numbers(places, "establishments_2016").sum() == 5_340_205
    selections = [row["programme"] for row in read_table("futurecity_selections")]
    assert [selections.count(name) for name in ("Eco-Model City", "Environment FutureCity")] == [23, 13]
    assert selections.count("SDGs FutureCity") == 29
    assert len(read_table("regional_banks")) == 99


def test_the_package_reads_nothing_outside_itself() -> None:
    for path in [*PACKAGE.rglob("*.py"), *DATA.glob("*.csv")]:
        assert "../shared" not in path.read_text(encoding="utf-8"), path
