"""A Mesa user's session from beginning to end, in whichever version of Mesa is installed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import mesa
import numpy as np
import pytest

import sim
from sim.agents import Municipality

OTHER = Path(__file__).parents[2] / ".venv" / "bin" / "python"
NUMBERS = """
import hashlib, mesa, sim
model = sim.PartnershipModel("matching_first", world="synthetic:60", rng=7)
model.schedule_event(lambda: model.intervene(levers={"subsidy": 2_500}), at="2022Q3")
model.run_for(51)
series = model.datacollector.get_model_vars_dataframe().iloc[:, 1:].to_numpy()
said = mesa.__version__, series.shape, hashlib.sha256(series.tobytes()).hexdigest()
"""


def test_a_session(tmp_path: Path) -> None:
    # create
    model = sim.PartnershipModel("baseline", world="synthetic:60", rng=3)
    assert (model.time, model.running) == (0.0, True)

    # step, on a date change policy, and go on to the end
    model.step()
    assert model.time == 1.0
    model.schedule_event(lambda: model.intervene(levers={"subsidy": 30_000}), at="2023Q2")
    model.run_for(19)
    municipalities = model.agents_by_type[Municipality]
    adopted_by_then = len(municipalities.select(lambda municipality: municipality.adopted))
    while model.running:
        model.step()
    assert model.time == 51.0

    # select, aggregate, group
    adopted = municipalities.select(lambda municipality: municipality.adopted)
    assert adopted_by_then < len(adopted) <= len(municipalities) == 60
    awareness = municipalities.agg("awareness", np.mean)
    assert 0.0 < awareness < 1.0
    by_prefecture = municipalities.groupby("prefecture_name").agg("signed", sum)
    assert len(by_prefecture) > 1
    assert sum(by_prefecture.values()) == sum(municipalities.get("signed")) > 0

    # collect
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["quarter"].iloc[[0, -1]].tolist() == ["2018Q2", "2030Q4"]
    assert frame["adoption_share"].iloc[-1] == len(adopted) / 60
    assert frame["awareness_mean"].iloc[-1] == pytest.approx(awareness)
    untouched = sim.simulate(sim.load_world("synthetic:60", 3), sim.load_scenario("baseline"), seed=3)
    same = (frame[list(untouched.outcomes)].to_numpy() == untouched.series).all(axis=1)
    dated = frame["quarter"].tolist().index("2023Q2")
    assert same[:dated].all()
    assert not same[dated + 4 :].any()

    # plot
    axes = frame.plot(x="quarter", y=["deals_signed", "deals_additional"])
    assert len(axes.lines) == 2
    axes.figure.savefig(tmp_path / "deals.png")
    plt.close(axes.figure)

    # batch_run, which Mesa 4 no longer has
    if hasattr(mesa, "batch_run"):
        rows = mesa.batch_run(
            sim.PartnershipModel,
            parameters={"world": "synthetic:60", "scenario": ["baseline", "no_policy"]},
            rng=[3],
            display_progress=False,
        )
        last = {row["scenario"]: row["awareness_mean"] for row in rows}
        assert last["baseline"] == untouched.series[-1, untouched.outcomes.index("awareness_mean")]
        assert last["no_policy"] != last["baseline"]
    else:
        assert int(mesa.__version__.split(".")[0]) >= 4


@pytest.mark.skipif(
    not OTHER.exists() or Path(sys.prefix) == OTHER.parents[1],
    reason="compares Mesa of .venv with that of another environment; `make test-mesa` runs it there",
)
def test_both_versions_of_mesa_give_the_same_numbers() -> None:
    here: dict[str, Any] = {}
    exec(NUMBERS, here)
    code = NUMBERS + "print(repr(said))"
    there = subprocess.run([str(OTHER), "-c", code], capture_output=True, text=True, check=True)
    version, *numbers = ast.literal_eval(there.stdout)
    assert version != here["said"][0]
    assert tuple(numbers) == here["said"][1:]
    assert numbers[0] == (51, len(sim.OUTCOMES))
