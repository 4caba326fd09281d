from __future__ import annotations

import pytest

from sim.batch.experiment_file import load_experiment
from sim.cli.sizes import checked_precision, designs_told
from sim.errors import InputError
from tests.examples import ROOT


def test_designs_are_told_the_cheapest_first() -> None:
    experiment = load_experiment(ROOT / "experiments" / "sobol_of_ten.yaml")
    lines = designs_told(experiment, 0.1, "en")
    runs = [int(line.rpartition("= ")[2].split()[0].replace(",", "")) for line in lines[1:4]]
    assert runs == sorted(runs) == [456, 4_840, 49_152]
    assert lines[-1] == "This design (saltelli, 3,072 points): about ±0.21 at worst."


def test_a_precision_is_a_share() -> None:
    assert checked_precision(0.05) == 0.05
    with pytest.raises(InputError, match=r"--precision: must be from 0\.001 to below 1, a share, not 5"):
        checked_precision(5.0)
