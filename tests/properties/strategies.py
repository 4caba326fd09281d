"""Hypothesis strategies for whole runs: worlds, scenarios, parameters, seeds."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.kernel.parameters import declared
from sim.kernel.world import World
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.simulation import Run, simulate
from sim.worlds import synthetic
from tests.identities.cases import BUSY, nested, with_parameters


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of 1 to 40 municipalities; now and then without companies or institutions."""
    return synthetic.build(
        draw(st.integers(1, 40)),
        draw(st.integers(0, 2**64 - 1)),
        companies=draw(st.one_of(st.none(), st.integers(0, 60))),
        institutions=draw(st.one_of(st.none(), st.integers(0, 20))),
    )


def parameter_values() -> st.SearchStrategy[dict[str, float]]:
    """Some parameters, anywhere in their plausible range."""
    ranges = {
        name: st.floats(record.low, record.high, allow_subnormal=False) for name, record in declared().items()
    }
    return st.fixed_dictionaries({}, optional=ranges)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios with any levers, settings, rules, modules and emphasis, mostly in a busy world."""
    levers: dict[str, Any] = {
        lever.name: draw(st.one_of(st.just(0.0), st.floats(0.0, 50_000.0))) for lever in LEVERS
    }
    levers |= {setting.name: draw(st.floats(setting.low, setting.high)) for setting in SETTINGS}
    scenario = load_scenario("baseline").overlaid(
        "any",
        levers=nested(levers),
        rules={name: draw(st.sampled_from(choices)) for name, choices in RULES.items()},
        modules={name: draw(st.booleans()) for name in MODULES},
        emphasis={name: draw(st.floats(0.0, 5.0)) for name in PILLARS},
    )
    busy = BUSY if draw(st.booleans()) else {}
    return with_parameters(scenario, **busy | draw(parameter_values()))


@st.composite
def runs(draw: st.DrawFn) -> Run:
    return simulate(
        draw(worlds()),
        draw(scenarios()),
        seed=draw(st.integers(0, 2**63 - 1)),
        replicate=draw(st.integers(0, 1_000)),
        quarters=draw(st.integers(1, 51)),
    )
