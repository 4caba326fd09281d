"""Futures: known answers of shares and of what turns them, the draws, and runs of a tiny world."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.futures.__main__ import main
from sim.analysis.futures.draws import BASELINE, STRUCTURAL, coordinates, factors, in_future, points
from sim.analysis.futures.stored import OUTCOMES, STORED, Futures, fingerprint, read, share_of
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.scenario import load_scenario
from sim.scenarios.schema import RULES
from sim.scenarios.spending import Absorbed

SAMPLES = 80
PAGE = Path(__file__).parents[2] / "docs" / "levers_compared.md"


def made(costs: dict[str, np.ndarray], able: list[str] | None = None, amount: float = 300.0) -> Futures:
    """Futures of made-up costs per deal at one sum."""
    table = pd.DataFrame({"future": range(SAMPLES), "sum": amount, "outcome": OUTCOMES[0], **costs})
    names = list(costs) if able is None else able
    facts = {"date": "2026-11-26", "model": fingerprint(), "world": "japan", "quarters": 51, "seed": 2018}
    return Futures(**facts, samples=SAMPLES, given={amount: given(costs, names)}, costs=table)  # type: ignore[arg-type]


def given(names: Iterable[str], able: Collection[str]) -> dict[str, Absorbed]:
    return {
        name: Absorbed(
            factor=1.0, appropriated=9.0, spent=9.0, verdict="equal" if name in able else "at_most"
        )
        for name in names
    }


def test_the_interval_of_a_share_is_wilsons() -> None:
    found = share_of(8, 10)
    assert (found.share, found.low, found.high) == pytest.approx((0.8, 0.4901625, 0.9433178), abs=1e-6)
    assert (share_of(0, 10).low, share_of(10, 10).high) == (0.0, 1.0)


def test_the_cheapest_is_counted_future_by_future() -> None:
    b = np.where(np.arange(SAMPLES) < 60, 1.0, 3.0)
    found = made({"a": np.full(SAMPLES, 2.0), "b": b, "c": np.full(SAMPLES, np.inf)}).standing(250.0)
    assert found is not None and found.winner == "b" and found.robust and found.sum == 300.0
    assert {name: share.wins for name, share in found.shares.items()} == {"b": 60, "a": 20, "c": 0}


def test_nobody_wins_a_future_in_which_nothing_is_gained_and_one_wins_a_tie() -> None:
    nothing = np.where(np.arange(SAMPLES) < 4, np.inf, 1.0)
    found = made({"a": nothing, "b": nothing}).standing(300.0)
    assert found is not None and {name: share.wins for name, share in found.shares.items()} == {
        "a": 76,
        "b": 0,
    }


def test_what_cannot_spend_the_sum_takes_no_part() -> None:
    costs = {"a": np.full(SAMPLES, 2.0), "b": np.full(SAMPLES, 1.0), "c": np.full(SAMPLES, 3.0)}
    futures = made(costs, able=["a", "c"])
    found = futures.standing(300.0)
    assert found is not None and found.winner == "a" and "b" not in found.shares
    assert futures.standing(300.0, ["a", "b"]) is None  # there is nothing to compare with
    assert futures.standing(300.0, ["a", "c", "of one's own"]) is None


@pytest.mark.parametrize("name", ["posting_rate", "coordinator_cost"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_assumption_that_decides_is_found(name: str, sign: float) -> None:
    column = [factor.name for factor in factors()].index(name)
    where = coordinates(points(SAMPLES))[:, column]
    b = np.where(sign * (where - 0.45) > 0.0, 1.0, 3.0)
    found = made({"a": np.full(SAMPLES, 2.0), "b": b}).standing(300.0)
    assert found is not None
    first, second = found.turns[:2]
    assert first.assumption == name
    assert abs(first.won - first.lost) > 1.5 * abs(second.won - second.lost)
    assert first.shown and not second.shown
    assert np.sign(first.won - first.lost) == (sign if found.winner == "b" else -sign)


@pytest.mark.parametrize("name", STRUCTURAL)
def test_a_rule_that_decides_is_found_and_named_by_its_choice(name: str) -> None:
    column = [factor.name for factor in factors()].index(name)
    last = np.array([point[column] == RULES[name][-1] for point in points(SAMPLES)])
    found = made({"a": np.full(SAMPLES, 2.0), "b": np.where(last, 3.0, 1.0)}).standing(300.0)
    assert found is not None
    first = found.turns[0]
    assert (first.assumption, first.rule, first.shown) == (name, True, True)
    assert abs(first.won - first.lost) == 1.0
    assert first.lost_at == RULES[name][-1 if found.winner == "b" else 0]


def test_an_assumption_named_for_noise_is_not_shown() -> None:
    b = np.random.default_rng(3).uniform(1.0, 3.0, SAMPLES)
    found = made({"a": np.full(SAMPLES, 2.0), "b": b}).standing(300.0)
    assert found is not None and not any(turn.shown for turn in found.turns)


@pytest.mark.parametrize("bad", [["--samples", "1"], ["--sums", "nan"], ["--sums", "0"], ["--samples", "x"]])
def test_options_out_of_range_are_refused(bad: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(bad)
    assert f"argument {bad[0]}: must be" in capsys.readouterr().err


def test_all_that_is_assumed_is_drawn_within_its_range() -> None:
    drawn = points(SAMPLES)
    known = declared()
    names = [factor.name for factor in factors()]
    assert {"coordinator_cost", "posting_rate", *STRUCTURAL} <= set(names) and len(names) > 80
    assert "contagion_threshold" not in names and "contagion" not in STRUCTURAL, "read with that rule alone"
    for name in STRUCTURAL:
        column = [point[names.index(name)] for point in drawn]
        assert sorted(column) == sorted(RULES[name] * (SAMPLES // 2)) and len(RULES[name]) == 2
    drawn, names = [point[: -len(STRUCTURAL)] for point in drawn], names[: -len(STRUCTURAL)]
    assert not [name for name in names if known[name].source.startswith(("fitted", "set"))]
    for name, column in zip(names, zip(*drawn, strict=True), strict=True):
        assert known[name].low <= min(map(float, column)) and max(map(float, column)) <= known[name].high  # type: ignore[arg-type]
    cube = coordinates(points(SAMPLES))[:, : -len(STRUCTURAL)]
    for column in cube.T:  # one of a Latin hypercube in every stratum
        assert sorted((column * SAMPLES).astype(int)) == list(range(SAMPLES))


def test_a_future_changes_assumptions_and_nothing_else() -> None:
    scenario = load_scenario("matching_first")
    there = in_future(scenario, points(3)[1])
    assert there.levers == scenario.levers
    assert {name for name in RULES if there.rules[name] != scenario.rules[name]} <= set(STRUCTURAL)
    baseline = load_scenario(BASELINE).parameters
    changed = {name for name, path in there.parameters.items() if path != scenario.parameters.get(name)}
    assert changed == {factor.name for factor in factors()} - set(STRUCTURAL)
    assert not {name for name, path in baseline.items() if len(path) > 1} & changed


def test_tiny_futures_are_run_stored_and_read(tmp_path: Path) -> None:
    size = ["--samples", "2", "--world", "synthetic:30", "--quarters", "6", "--workers", "1"]
    size += ["--sums", "400", "--scenarios", "promotion_first", "advisers_first"]
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (first, second):
        main([*size, "--write", str(path)])
    assert first.read_bytes() == second.read_bytes()
    found = read(first)
    assert found.fits and found.scenarios == ["promotion_first", "advisers_first"] and found.sums == [400.0]
    assert len(found.costs) == 2 * len(OUTCOMES)
    found.write(second)
    assert second.read_bytes() == first.read_bytes()


def test_futures_are_confirmed_by_running_some_again_or_are_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "futures.csv"
    size = ["--samples", "4", "--world", "synthetic:30", "--quarters", "6", "--workers", "1", "--sums", "400"]
    main([*size, "--scenarios", "promotion_first", "matching_first", "--write", str(path)])
    whole = read(path)
    replace(whole, model="an older version").write(path)
    assert not read(path).fits
    main(["--confirm", "2", "--workers", "1", "--write", str(path)])
    found = read(path)
    assert found.fits and found.confirmed == 2 and found.costs.equals(whole.costs)
    other = whole.costs.assign(matching_first=12_345.0)
    replace(whole, model="an older version", costs=other).write(path)
    with pytest.raises(SystemExit):
        main(["--confirm", "2", "--workers", "1", "--write", str(path)])
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"{path}: " in said and said.endswith("costs are others now: run all anew")
    assert not read(path).fits


def test_what_is_no_table_of_futures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="is no table of futures"):
        read(path)


def test_the_stored_futures_can_be_read() -> None:
    found = read(STORED)
    assert found.world == "japan" and found.samples >= 100 and len(found.sums) == 3
    assert found.costs.groupby(["sum", "outcome"]).size().eq(found.samples).all()


def test_the_stored_futures_and_their_page_are_of_this_model() -> None:
    found, page = read(STORED), PAGE.read_text(encoding="utf-8")
    assert found.fits, "run python -m sim.analysis.futures anew, or --confirm 10 where no run has changed"
    baseline = found.model.partition("-")[2]
    assert page.count(f"-{baseline}`") == 2, "run python -m sim.analysis.levers_compared"
