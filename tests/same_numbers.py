"""Reference runs, and the command that raises the model's version where their numbers change.

Digests of every column of series, deals, ledger and municipalities, by name, stand in
``sim/model_versions.json``: of three scenarios on two worlds, and on the smaller one of a busy scenario with
every module, under every rule. A change of the model changes them; a change of the code does not. Where
numbers are meant to change, raise the version and tell users in both languages what changed::

    python -m tests.same_numbers --update "Lenders see the last project." "金融機関は直近の案件を見る。"
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

import sim
from sim.errors import InputError
from sim.files import write_text
from sim.provenance import VERSIONS_FILE
from sim.scenarios.schema import MODULES, RULES

SCENARIOS = ("baseline", "matching_first", "balanced")
RULED = "every rule and module"
#: Case -> world of its runs.
CASES = {"synthetic:60": "synthetic:60", "japan": "japan", RULED: "synthetic:60"}
REPLICATES = 3
TABLES = ("series", "deals", "ledger", "municipalities")

type Reference = dict[str, dict[str, str]]


def stored() -> dict[str, Any]:
    """Versions of the model and its reference runs as they are stored."""
    content: dict[str, Any] = json.loads(VERSIONS_FILE.read_text(encoding="utf-8"))
    return content


def digests(case: str) -> dict[str, str]:
    """Table -> digest of what all runs of a case left in it."""
    found = {name: hashlib.sha256() for name in TABLES}
    where = sim.load_world(CASES[case], 1)
    for scenario in _ruled() if case == RULED else map(sim.load_scenario, SCENARIOS):
        for replicate in range(REPLICATES):
            run = sim.simulate(where, scenario, 1, replicate)
            series = dict(zip(run.outcomes, run.series.T, strict=True))
            tables = (series, run.deals(), run.ledger, run.municipalities())
            for digest, columns in zip(found.values(), tables, strict=True):
                digest.update(b"".join(_bytes(columns)))
    return {name: digest.hexdigest()[:32] for name, digest in found.items()}


def _ruled() -> Iterator[sim.Scenario]:
    busy = sim.load_scenario("balanced").overlaid("busy", modules=dict.fromkeys(MODULES, True))
    for rule, choices in RULES.items():
        for choice in choices:
            yield busy.overlaid("busy", rules={rule: choice})


def _bytes(columns: Mapping[str, Any]) -> Iterable[bytes]:
    for name, column in columns.items():
        yield name.encode()
        yield np.ascontiguousarray(column).tobytes()


def raised(before: dict[str, Any], found: Reference, changed: Sequence[str], date: str) -> dict[str, Any]:
    """What is stored, with one version more whose reference runs are those found.

    Raises:
        InputError: no number changed, or it is not said in both languages what did.
    """
    number = before["versions"][-1]["number"]
    if found == before["reference"]:
        raise InputError(f"all numbers are those of model version {number}: there is nothing to update")
    if not all(sentence.strip() for sentence in changed):
        raise InputError('say what changed, in English and in Japanese: --update "..." "..."')
    said = dict(zip(("en", "ja"), changed, strict=True))
    one_more = {"number": number + 1, "date": date, "changed": said}
    return {"versions": [*before["versions"], one_more], "reference": found}


def main(
    arguments: Sequence[str] | None = None, digests_of: Callable[[str], dict[str, str]] = digests
) -> int:
    """Compare the reference runs with those stored, or raise the model's version.

    Returns:
        0, or 1 where numbers differ and no version was raised.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.same_numbers", description=main.__doc__)
    parser.add_argument("--update", nargs=2, metavar=("ENGLISH", "JAPANESE"), help="what changed, for users")
    asked = parser.parse_args(arguments)
    before, found = stored(), {case: digests_of(case) for case in CASES}
    if asked.update is None:
        differ = [case for case in CASES if found[case] != before["reference"].get(case)]
        print(*(f"{case}: {'differs' if case in differ else 'the same'}" for case in CASES), sep="\n")
        return int(bool(differ))
    try:
        after = raised(before, found, asked.update, datetime.now(UTC).date().isoformat())
    except InputError as error:
        parser.error(str(error))
    write_text(VERSIONS_FILE, json.dumps(after, indent=1, ensure_ascii=False) + "\n")
    print(f"model version {after['versions'][-1]['number']}, in {VERSIONS_FILE.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
