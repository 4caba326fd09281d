"""Programmes in stored results: a row of the ledger each, with lever and payer, and in sums of money."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.batch.experiment import Experiment
from sim.batch.runner import run_experiment
from sim.results import load
from sim.results.money import beyond, ledger_summary
from sim.scenarios.scenario import load_scenario

HELP = {
    "lever": "advisers", "payer": {"prefecture": 1}, "for": {"prefecture": 1}, "money": {2019: 400},
}  # fmt: skip


def test_a_programme_has_its_row_of_the_ledger(tmp_path: Path) -> None:
    base = load_scenario("baseline")
    helped = base.overlaid("helped", levers={"advisers": 100}, programmes={"local_help": HELP})
    run_experiment(
        Experiment("e", (base, helped), "synthetic:40", 8, replicates=2, baseline="baseline"), tmp_path / "e"
    )
    results = load(tmp_path / "e")
    ledger = results.ledger.astype(dict.fromkeys(("scenario", "programme", "lever", "payer"), str))
    own = ledger[ledger["programme"] == "local_help"]
    assert set(own["lever"]) == {"advisers"} and set(own["payer"]) == {"prefecture:1"}
    assert set(own["scenario"]) == {"helped"}
    assert own.groupby("fiscal_year")["appropriated"].mean().to_dict() == {2018: 0.0, 2019: 400.0}
    rest = ledger[ledger["programme"] != "local_help"]
    assert (rest["programme"] == rest["lever"]).all() and set(rest["payer"]) == {"national"}
    assert ledger["appropriated"].to_numpy() == pytest.approx(ledger["spent"] + ledger["lapsed"])
    money = ledger_summary(results)
    row = money[money["lever"] == "local_help"].squeeze()
    assert (row["pays_for"], row["payer"], row["appropriated"]) == ("advisers", "prefecture:1", 400.0)
    assert 0.0 < row["spent"] < 400.0
    more = beyond(money, "baseline").set_index("lever")["appropriated"]
    assert more["local_help"] == 400.0 and more["advisers"] == pytest.approx(200.0 * 40 / 1741)
