"""The page's first act as a user of Solara would write it: ``solara run benchmarks/sim_page/solara_app.py``.

A slider, the same runs of the same kernel (the baseline's kept, pairs on two threads), the same contrasts, a
chart with bands. Frames follow each other as on the page: after 1, 2, 4, 8, 16 and 30 pairs.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
import solara
from matplotlib.figure import Figure

from sim.kernel.outcomes import COLUMN
from sim.scenarios.scenario import load_scenario
from sim.simulation import simulate
from sim.simulation.warmup import compile_kernel
from sim.statistics.contrasts import paired
from sim.worlds import load_world

STEPS = (1, 2, 4, 8, 16, 30)
OUTCOMES = ("adoption_share", "deals_signed", "sdg_progress", "public_spending")

compile_kernel()
world = load_world("japan", 1)
pool = ThreadPoolExecutor(2)
money = solara.reactive(300.0)
frame: solara.Reactive[tuple[float, int, Any]] = solara.reactive((0.0, 0, None))


@lru_cache(maxsize=400)
def run(amount: float | None, replicate: int) -> Any:
    """Outcomes of a run by quarter; of the baseline without an amount."""
    scenario = load_scenario("baseline")
    if amount is not None:
        scenario = scenario.overlaid("more", levers={"subsidy": {2019: amount}})
    series = simulate(world, scenario, replicate=replicate).series
    return np.asarray([series[:, COLUMN[name]] for name in OUTCOMES])


def drawn(amount: float, replicates: int) -> Figure:
    """The chart: the difference by outcome with its interval."""
    arms = [np.asarray([run(arm, number) for number in range(replicates)]) for arm in (amount, None)]
    contrast = paired(arms[0][:, :, -1], arms[1][:, :, -1])
    low, high = contrast.interval(0.95)
    figure = Figure(figsize=(7, 3))
    for place, name in enumerate(OUTCOMES):
        panel = figure.add_subplot(len(OUTCOMES), 1, place + 1)
        panel.plot([low[place], high[place]], [0, 0], "-")
        panel.plot([contrast.effect[place]], [0], "o")
        panel.set_ylabel(name, rotation=0, ha="right")
    return figure


def refine(amount: float, left: threading.Event) -> None:
    """Frames of a sum, until another one is asked for."""
    done = 0
    for step in STEPS:
        for _ in pool.map(lambda number: left.is_set() or run(amount, number), range(done, step)):
            pass
        if left.is_set():
            return
        done = step
        frame.set((amount, step, drawn(amount, step)))


for number in range(STEPS[-1]):
    run(None, number)


@solara.component
def Page() -> None:  # noqa: N802 - components are named so
    """The slider and what it changes."""
    solara.SliderFloat("subsidy", value=money, min=0, max=3_000, step=10)
    solara.use_thread(lambda left: refine(money.value, left), dependencies=[money.value])
    amount, replicates, figure = frame.value
    solara.Text(f"{amount:.0f}: {replicates} of {STEPS[-1]}", classes=["frame"])
    if figure is not None:
        solara.FigureMatplotlib(figure, dependencies=[amount, replicates])
