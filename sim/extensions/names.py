"""Names that extensions may not take, since tables, scenario files or designs use them already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from keyword import iskeyword

from sim.errors import InputError
from sim.kernel.funds import FUND_NAMES
from sim.kernel.outcomes import COLUMN
from sim.kernel.parameters import declared

#: Columns that tell the rows of stored tables apart.
KEYS = ("scenario", "point", "replicate", "quarter", "fiscal_year", "programme", "lever", "payer")
#: The other columns of stored tables, those of outcomes apart. ``tests/extensions/test_names.py`` holds
#: them against the tables of a run.
STORED: Mapping[str, tuple[str, ...]] = {
    "ledger": ("appropriated", "spent", "lapsed"),
    "deals": (
        "municipality", "company", "institution", "insurer", "goal", "cost", "equity", "municipal", "grant",
        "grant_fund", "debt", "rate", "margin", "tenor", "success_probability", "ordinary_guarantee",
        "guarantee", "reserve", "guarantee_fund", "interest_subsidy", "interest_fund", "premium", "verdict",
        "state", "end_quarter", "renewed_from", "loss_to_capacity", "loss_to_awareness", "loss_to_distance",
    ),
    "panel": ("prefecture", "jis_code", "size_class"),
    "municipalities": (
        "jis_code", "adopted_quarter", "member_quarter", "designated_quarter", "model_project", "awareness",
        "capacity", "network", "projects_signed", "projects_completed", "projects_failed", "sdg_index",
        "sdg_progress", "agreements", "donation_quarter",
    ),
    "failures": ("world", "seed", "quarters", "scenario_digest", "error", "message", "details"),
}  # fmt: skip


def taken_names(words: Iterable[str] = ()) -> dict[str, str]:
    """Names that are taken, in lower case, with what has them: databases read columns in any case.

    Args:
        words: keys of scenario files, besides levers and parameters.
    """
    taken = dict.fromkeys(words, "a key of scenario files")
    taken |= dict.fromkeys(declared(), "a parameter")
    for fund in FUND_NAMES:
        taken |= dict.fromkeys(fund.split("."), "a lever")
    taken |= dict.fromkeys(COLUMN, "an outcome")
    for table, columns in STORED.items():
        taken |= dict.fromkeys(columns, f"a column of {table}")
    taken |= dict.fromkeys(KEYS, "a column that tells the rows of results apart")
    return {name.casefold(): what for name, what in taken.items()}


def check_word(name: object) -> None:
    """Check that a name can be a column and stand in an import path.

    Raises:
        InputError: it is no identifier.
    """
    if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
        raise InputError(
            f"extensions: {name!r} cannot be a name; use a function with a name of letters, digits and _"
        )
