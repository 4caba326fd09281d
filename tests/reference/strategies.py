"""Any combination of world, scenario and key on which the two implementations are compared."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.calendar import FIRST_YEAR
from sim.kernel.funds import FUND_NAMES
from sim.kernel.parameters import declared
from sim.kernel.world import World
from sim.scenarios.levers import LEVERS, SETTINGS
from sim.scenarios.programmes import Payer, Programme, Target
from sim.scenarios.scenario import Scenario, load_scenario
from sim.scenarios.schema import MODULES, PILLARS, RULES
from sim.simulation.targets import served_by
from sim.worlds import synthetic
from sim.worlds.groups import GROUPINGS
from tests.identities.cases import BUSY, RISKY, nested
from tests.reference.directed import OPEN, Combination, distinguished


@st.composite
def combinations(draw: st.DrawFn, longest: int = 30) -> Combination:
    """Mostly 3 to 40 municipalities and 1 to 16 quarters; now and then smaller, empty or longer."""
    quarters = draw(st.one_of(st.integers(1, 16), st.integers(12, longest)))
    world = draw(worlds())
    return Combination(
        world,
        serving(draw(scenarios()), world),
        seed=draw(st.integers(0, 2**63 - 1)),
        replicate=draw(st.integers(0, 1_000)),
        quarters=quarters,
        by=draw(st.sampled_from((None, *GROUPINGS))),
    )


def serving(scenario: Scenario, world: World) -> Scenario:
    """The scenario without the programmes that have nobody to serve in the world."""
    some = {
        name: programme
        for name, programme in scenario.programmes.items()
        if served_by(programme.target.model_copy(update={"adopters": None}), world).any()
    }
    return scenario.model_copy(update={"programmes": some})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    few = st.one_of(st.none(), st.none(), st.integers(0, 12))
    world = synthetic.build(
        draw(st.one_of(st.integers(3, 40), st.integers(1, 40), st.integers(60, 130))),
        draw(st.integers(0, 2**64 - 1)),
        companies=draw(few),
        institutions=draw(few),
    )
    return draw(st.one_of(st.just(world), st.builds(distinguished, st.just(world), st.integers(0, 2**32))))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any levers, settings, rules, modules, calendar and emphasis; parameters that let much happen."""
    money = st.one_of(st.just(0.0), st.floats(0.0, 50_000.0))
    paths = st.one_of(money, st.dictionaries(st.integers(FIRST_YEAR, FIRST_YEAR + 8), money, min_size=1))
    levers: dict[str, Any] = {lever.name: draw(paths) for lever in LEVERS}
    levers |= {setting.name: draw(st.floats(setting.low, setting.high)) for setting in SETTINGS}
    scenario = load_scenario("baseline").overlaid(
        "any",
        levers=nested(levers),
        rules={name: draw(st.sampled_from(choices)) for name, choices in RULES.items()},
        modules={name: draw(st.booleans()) for name in MODULES},
        calendar={"national_target": draw(st.sampled_from(("2018Q2", "2019Q1", "2020Q1", "never")))},
        emphasis={name: draw(st.floats(0.0, 5.0)) for name in PILLARS},
    )
    update = {"parameters": draw(parameter_paths()), "programmes": draw(programmes())}
    return scenario.model_copy(update=update)


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Programme]:
    """Mostly none; else some for some, paid by somebody."""
    money = st.dictionaries(st.integers(FIRST_YEAR + 1, FIRST_YEAR + 3), st.floats(0.0, 3_000.0), max_size=1)
    one = st.builds(
        Programme,
        lever=st.sampled_from(FUND_NAMES),
        payer=st.sampled_from((Payer(), Payer(prefecture=1), Payer(municipality="01100"))),
        target=targets(),
        money=st.builds(dict.__or__, st.fixed_dictionaries({FIRST_YEAR: st.floats(0.0, 3_000.0)}), money),
    )
    names = st.sampled_from(("coordinators", "help", "a_third", "fourth", "last"))
    return draw(st.one_of(st.just({}), st.dictionaries(names, one, min_size=1, max_size=5)))


def targets() -> st.SearchStrategy[Target]:
    """Everybody, or some."""
    some = st.lists(st.integers(1, 4), min_size=1, max_size=2, unique=True).map(tuple)
    return st.one_of(
        st.just(Target()),
        st.builds(Target, prefecture=some),
        st.builds(Target, size_class=st.lists(st.integers(0, 11), min_size=3, max_size=8).map(tuple)),
        st.builds(Target, need=st.just("bottom_quartile")),
        st.builds(Target, where=st.sampled_from(("population < 20000", "ageing > 0 and slots <= 2"))),
        st.builds(Target, adopters=st.booleans(), prefecture=st.one_of(st.just(()), some)),
    )


@st.composite
def parameter_paths(draw: st.DrawFn) -> dict[str, dict[int, float]]:
    """Some parameters anywhere in their range, some changing on the way, in a busy world."""
    values = {**BUSY, **draw(st.sampled_from(({}, {}, RISKY))), **draw(st.sampled_from(({}, OPEN, OPEN)))}
    paths = {name: {0: value} for name, value in values.items()}
    for name in draw(st.lists(st.sampled_from(sorted(declared())), max_size=25, unique=True)):
        if name in values and draw(st.booleans()):
            continue
        record = declared()[name]
        within = st.floats(record.low, record.high, allow_subnormal=False)
        paths[name] = {0: draw(within)}
        if draw(st.booleans()):
            paths[name][draw(st.integers(1, 12))] = draw(within)
    return paths
