"""The checks can fail: each of them is shown a kernel that was broken on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]


class Mutation(NamedTuple):
    """One change of a source file, and the check that must notice it."""

    file: str
    old: str
    new: str
    check: str


MUTATIONS: dict[str, Mutation] = {
    "lapsed_money_is_not_booked": Mutation(
        "acts/ledger.py",
        "ledger.lapsed[fund, clock.year] = ledger.remaining[fund]",
        "ledger.lapsed[fund, clock.year] = 0.0",
        "ledger_balances",
    ),
    "half_the_grant_is_booked": Mutation(
        "acts/booking.py",
        "spend(ledger, flows, fund, clock.year, grant)",
        "spend(ledger, flows, fund, clock.year, 0.5 * grant)",
        "deals_are_the_ledger",
    ),
    "guarantee_reserves_are_free": Mutation(
        "acts/booking.py",
        "spend(ledger, flows, _GUARANTEE, clock.year, reserve)",
        "spend(ledger, flows, _GUARANTEE, clock.year, 0.0)",
        "deals_are_the_ledger",
    ),
    "repaid_loans_stay_on_the_book": Mutation(
        "acts/lending.py",
        "lenders.exposure[f] -= deals.debt[row]",
        "lenders.exposure[f] -= 0.0",
        "loan_books_balance",
    ),
    "lenders_bear_the_insured_part_too": Mutation(
        "acts/lending.py",
        "lenders.capital[deals.institution[row]] -= loss - called - insured",
        "lenders.capital[deals.institution[row]] -= loss - called",
        "loan_books_balance",
    ),
    "lenders_forget_what_they_have_lent": Mutation(
        "acts/deals.py",
        "desk.room[n] = limit - lenders.exposure[f]",
        "desk.room[n] = limit",
        "loan_books_balance",
    ),
    "what_is_financed_is_not_recorded": Mutation(
        "acts/record.py",
        "financed[institutions.kind[f]] += deals.debt[n]",
        "financed[institutions.kind[f]] += 0.0",
        "lending_by_kind_is_all_lending",
    ),
    "interest_subsidy_is_not_earned": Mutation(
        "acts/booking.py", "* offer.debt + deals.interest_subsidy[row]", "* offer.debt", "loan_terms_add_up"
    ),
    "full_municipalities_post": Mutation(
        "acts/posting.py",
        "if towns.active[i] >= places.slots[i]:",
        "if towns.active[i] > places.slots[i]:",
        "slots_are_never_exceeded",
    ),
    "slots_are_never_freed": Mutation(
        "acts/execution.py", "companies.active[j] -= 1", "companies.active[j] -= 0", "counts_agree"
    ),
    "trust_runs_away": Mutation(
        "acts/learning.py",
        "trust[slot] += share * (1.0 - trust[slot])",
        "trust[slot] += share",
        "shares_stay_in_range",
    ),
    "projects_move_every_goal": Mutation(
        "acts/progress.py", "own = effect if goal == k else 0.0", "own = effect", "goals_follow_projects"
    ),
    "projects_run_a_quarter_longer": Mutation(
        "acts/execution.py", "PROJECT_QUARTERS = 12", "PROJECT_QUARTERS = 13", "partnerships_flow"
    ),
    "additional_deals_are_miscounted": Mutation(
        "acts/deals.py", "_INFRAMARGINAL if signs else _ADDITIONAL", "_INFRAMARGINAL", "no_deal_lost"
    ),
    "needs_without_awareness": Mutation(
        "agents/municipality.py",
        "return rate * capacity * awareness",
        "return rate * capacity",
        "zero_awareness",
    ),
    "guarantee_without_money": Mutation(
        "acts/deals.py", "        cover = 0.0\n", "        pass\n", "zero_levers"
    ),
    "a_declined_grant_kills_the_deal": Mutation(
        "acts/deals.py", "        elif signs:\n", "        elif signs and grant == 0.0:\n", "no_deal_lost"
    ),
    "every_replicate_is_the_same": Mutation(
        "draws.py",
        "return absorb(mix(np.uint64(seed) ^ _GOLDEN), replicate)",
        "return mix(np.uint64(seed) ^ _GOLDEN)",
        "replicates_differ",
    ),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Exit code of the check on every broken copy; ``sound`` is the copy in which nothing is broken."""
    folder = tmp_path_factory.mktemp("mutants").resolve()
    orders = [f"{a_copy(folder / 'sound')}=all"]
    for name, mutation in MUTATIONS.items():
        orders.append(f"{a_copy(folder / name, mutation)}={mutation.check}")
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.mutants", *orders],
        env=os.environ
        | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    lines = [line.split() for line in found.stdout.splitlines()]
    return {Path(copy).name: int(code) for copy, code in lines}


def a_copy(folder: Path, mutation: Mutation | None = None) -> Path:
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    if mutation is not None:
        path = folder / "sim" / mutation.file
        text = path.read_text()
        assert text.count(mutation.old) == 1, f"{mutation.file} no longer says {mutation.old!r}"
        path.write_text(text.replace(mutation.old, mutation.new))
    return folder


def test_all_checks_hold_on_the_sound_kernel(verdicts: dict[str, int]) -> None:
    assert verdicts["sound"] == 0


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_kernel_is_noticed(name: str, verdicts: dict[str, int]) -> None:
    """1: the check failed. 0 would be a blind check, 2 a kernel too broken to run."""
    assert verdicts[name] == 1
