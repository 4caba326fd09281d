"""Levers, behaviour and outcomes of one's own: the worked examples of docs/extending.md, and the rules."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import extensions
from sim.acts.quarter import QUARTER
from sim.errors import InputError
from sim.extensions import ACTS, Now, lever, mechanism, outcome
from sim.scenarios.scenario import Scenario, load_scenario
from sim.simulation import Simulation, simulate
from tests.examples import commands, example, python
from tests.extensions.levers import check_lever
from tests.identities.cases import CASES, scenario_of, world_of
from tests.properties.test_same_chance import fingerprint

PAGE = "docs/extending.md"
#: Scripts of the page, and what it says that they print.
OUTPUTS = {
    "use_lottery.py": "lottery.txt",
    "read_advisers.py": "advisers.txt",
    "read_deterred.py": "deterred.txt",
    "branch.py": "branch.txt",
}
MODULES = ("lottery.py", "local_advisers.py", "hold_back.py")
WORLD = world_of("synthetic:60", 1)
BASE = load_scenario("baseline")


@mechanism(after="adopt")
def looks_on(now: Now) -> None:
    assert now.municipalities.adopted.sum() >= 0


@mechanism(instead_of="select_futurecities")
def proceeds(now: Now) -> None:
    now.proceed()


@lever(after="send_advice", appropriation={2019: 500.0})
def gifts(now: Now) -> None:
    now.spend(now.remaining / now.clock.quarters_left)


@lever(before="post_needs")
def idle_money(now: Now) -> None:
    assert now.affordable(1.0) >= 0


@outcome(unit="share")
def even_ids(now: Now) -> float:
    return float(now.municipalities.adopted[::2].mean())


@mechanism(before="post_needs")
def lucky_municipalities(now: Now) -> None:
    lucky = now.uniforms(len(now.municipalities.awareness)) < 0.1
    now.municipalities.awareness[lucky] = 1.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with the examples of the page."""
    for name in (*MODULES, "advisers.yaml", "watched.yaml", "deterred.yaml", *OUTPUTS):
        (tmp_path / name).write_text(example(PAGE, name), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = list(sys.path)
    yield tmp_path
    sys.path[:] = before
    for name in MODULES:
        sys.modules.pop(name.removesuffix(".py"), None)


@pytest.mark.parametrize("name", MODULES)
def test_examples_take_under_thirty_lines(name: str) -> None:
    assert 5 < len(example(PAGE, name).splitlines()) < 30


def test_the_page_runs_as_it_stands(folder: Path) -> None:
    for command in commands(PAGE):
        done = python(folder, "-m", "sim.cli", *command[1:])
        assert done.returncode == 0, done.stderr
    for script, output in OUTPUTS.items():
        done = python(folder, script)
        assert done.returncode == 0, done.stderr
        assert done.stdout == example(PAGE, output), f"{script}: put what it prints into {PAGE}"
    results = sim.load(folder / "results/advisers")
    spent = results.ledger[results.ledger["lever"] == "local_advisers"]
    assert set(spent["scenario"]) == {"local_advisers"}
    assert spent["spent"].sum() > 0
    series = results.series
    assert series.loc[series["scenario"] == "baseline", "small_with_project"].isna().all()
    assert series.loc[series["scenario"] == "local_advisers", "small_with_project"].between(0, 1).all()
    assert "small_with_project" in set(results.summary["outcome"])


def test_the_lottery_draws_lots_among_the_applicants(folder: Path) -> None:
    lottery, _ = extensions.import_extension("lottery:lottery")
    world = world_of("synthetic:300", 1)
    scored, drawn = simulate(world, BASE, 7), simulate(world, BASE, 7, extensions=[lottery])
    chosen = [run.municipalities()["designated_quarter"] > 0 for run in (scored, drawn)]
    cities = scored.outcomes.index("futurecities")
    assert scored.series[-1, cities] == drawn.series[-1, cities] > 30, "the quota is the same"
    assert (chosen[0] != chosen[1]).any()
    assert scored.series[:4].tobytes() == drawn.series[:4].tobytes()  # up to the first selection
    capacity = [world.municipalities.capacity[by].mean() for by in chosen]
    assert capacity[0] > capacity[1], "scores favour capacity, lots do not"


def test_failures_nearby_deter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_back, _ = extensions.import_extension("hold_back:hold_back")
    warned_share, _ = extensions.import_extension("hold_back:warned_share")
    watched = simulate(WORLD, BASE, extensions=[warned_share])
    deterred = simulate(WORLD, BASE, extensions=[warned_share, hold_back])
    first = int(np.flatnonzero(watched.series[:, -1])[0])
    assert first > 4, "projects take some time to fail"
    assert deterred.series[: first + 1].tobytes() == watched.series[: first + 1].tobytes()
    posted = watched.outcomes.index("needs_posted")
    assert deterred.series[:, posted].sum() < watched.series[:, posted].sum()
    monkeypatch.setattr(sys.modules["hold_back"], "HELD_BACK", 0.0)
    unmoved = simulate(WORLD, BASE, extensions=[warned_share, hold_back])
    assert unmoved.series.tobytes() == watched.series.tobytes()


def test_the_lever_pays_small_municipalities_only(folder: Path) -> None:
    advisers, _ = extensions.import_extension("local_advisers:local_advisers")
    world = world_of("synthetic:300", 1)
    plain, run = simulate(world, BASE), simulate(world, BASE, extensions=[advisers])
    gain = run.municipalities()["capacity"] - plain.municipalities()["capacity"]
    small = world.municipalities.population < 10_000
    assert gain[small].mean() > 0.01 > abs(gain[~small].mean())
    assert run.ledger["appropriated"][-1, 1] == pytest.approx(400 * world.scale)
    check_lever(advisers, world, BASE, quarters=8)


def test_who_looks_on_changes_nothing() -> None:
    """Acts called one by one are the compiled quarter, bit for bit."""
    scenario = scenario_of(CASES["busy"])
    plain = fingerprint(simulate(WORLD, scenario))
    watched = simulate(WORLD, scenario, extensions=[looks_on, proceeds, idle_money])
    series = slice(0, len(sim.OUTCOMES))
    assert fingerprint(simulate(WORLD, scenario, extensions=[looks_on, proceeds])) == plain
    assert watched.series[:, series].tobytes() == simulate(WORLD, scenario).series.tobytes()


def test_own_draws_are_keyed() -> None:
    runs = [simulate(WORLD, BASE, seed, extensions=[lucky_municipalities]) for seed in (1, 1, 2)]
    assert fingerprint(runs[0]) == fingerprint(runs[1]) != fingerprint(runs[2])
    seen: dict[str, Any] = {}

    @mechanism(after="record")
    def keeps(now: Now) -> None:
        seen[f"{now.policy.award}/{now.clock.quarter}"] = now.uniforms(5)
        assert sorted(now.in_lot_order(np.array([3, 1, 2])).tolist()) == [1, 2, 3]

    for award in ("scored", "lottery"):
        simulate(WORLD, BASE.overlaid(award, rules={"award": award}), quarters=2, extensions=[keeps])
    assert (seen["0/1"] == seen["2/1"]).all(), "two scenarios see the same lots"


def test_levers_have_funds_of_their_own() -> None:
    check_lever(gifts, WORLD, BASE)
    run = simulate(WORLD, BASE, extensions=[gifts, idle_money.appropriating(70.0)])
    assert run.scenario.funds[-2:] == ("gifts", "idle_money")
    books = {name: table * 1741 / 60 for name, table in run.ledger.items()}
    assert books["spent"][-2, :3] == pytest.approx([0.0, 500.0, 500.0])
    assert books["lapsed"][-1, :3] == pytest.approx([70.0, 70.0, 70.0])


def test_outcomes_have_columns_of_their_own() -> None:
    run = simulate(WORLD, BASE, quarters=6, extensions=[even_ids])
    assert run.outcomes[-1] == "even_ids"
    assert run.series[-1, -1] == run.state.municipalities.adopted[::2].mean()
    assert run.series[:, :-1].tobytes() == simulate(WORLD, BASE, quarters=6).series.tobytes()


def test_runs_with_extensions_stop_and_go_on_and_branch(tmp_path: Path) -> None:
    own = [lucky_municipalities, gifts, even_ids]
    whole = simulate(WORLD, BASE, 4, quarters=20, extensions=own)
    part = Simulation(WORLD, BASE, 4, quarters=20, extensions=own)
    part.run(9)
    path = part.save(tmp_path / "own.npz")
    with pytest.raises(InputError, match="runs with the extensions"):
        sim.resume(path)
    assert fingerprint(sim.resume(path, extensions=own).run()) == fingerprint(whole)
    assert fingerprint(pickle.loads(pickle.dumps(part)).run()) == fingerprint(whole)
    later = Simulation(WORLD, BASE, 4, quarters=20)
    later.run(4)
    branch = later.branch(BASE, extensions=[gifts, even_ids])
    assert branch.run().ledger["spent"][-1, 1] == pytest.approx(500.0 * WORLD.scale)
    assert len(later.run().outcomes) == len(sim.OUTCOMES)


def goes_on(now: Now) -> None:
    now.proceed()


def says_nothing(now: Now) -> Any:
    return None


def spends_too_much(now: Now) -> None:
    now.spend(now.remaining + 1.0)


def test_misuse_ends_in_one_clear_error() -> None:
    with pytest.raises(InputError, match="no act 'adpot'; acts are open_quarter"):
        mechanism(after="adpot")
    with pytest.raises(InputError, match="exactly one of before, after and instead_of"):
        mechanism(after="adopt", before="adopt")
    for money in (-1.0, float("nan"), "much", True):
        with pytest.raises(InputError, match="spends_too_much: appropriate 0 or more"):
            lever(after="adopt", appropriation={2019: money})(spends_too_much)  # type: ignore[dict-item]
    for year in (2017, 2101, 20190, "2019", 2019.5):
        with pytest.raises(InputError, match="fiscal years are from 2018 to 2100, not"):
            lever(after="adopt", appropriation={year: 1.0})(spends_too_much)  # type: ignore[dict-item]
    with pytest.raises(InputError, match="says_nothing gave None; an outcome gives one number"):
        simulate(WORLD, BASE, quarters=1, extensions=[outcome("x")(says_nothing)])
    with pytest.raises(InputError, match="cannot spend"):
        simulate(WORLD, BASE, extensions=[lever(after="adopt")(spends_too_much)])
    with pytest.raises(InputError, match="has no money of its own"):
        simulate(WORLD, BASE, extensions=[mechanism(after="adopt")(spends_too_much)])
    with pytest.raises(InputError, match="stands in for no act"):
        simulate(WORLD, BASE, extensions=[mechanism(after="adopt")(goes_on)])
    subsidy = extensions.Extension("subsidy", spends_too_much, "adopt", "after")
    with pytest.raises(InputError, match=r"the name subsidy is taken \(a lever\)"):
        simulate(WORLD, BASE, extensions=[subsidy])
    with pytest.raises(InputError, match="decorate a function"):
        simulate(WORLD, BASE, extensions=[spends_too_much])  # type: ignore[list-item]


def test_acts_are_those_of_the_schedule() -> None:
    assert list(ACTS) == [act.__name__ for act in QUARTER]


def load(folder: Path, text: str, allow: str = "local_advisers,nowhere") -> Scenario:
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    return load_scenario(folder / "own.yaml", allow)


def test_code_in_a_file_needs_leave(folder: Path) -> None:
    (folder / "evil.py").write_text("open('ran', 'w').write('x')\n", encoding="utf-8")
    text = "name: own\nextensions: ['evil:anything']\n"
    with pytest.raises(InputError, match=r"own.yaml:2:1: extensions: names code .*--allow-extensions evil "):
        load(folder, text, allow="")
    assert not (folder / "ran").exists()
    for command in (["check"], ["run", "--quick"]):
        done = python(folder, "-m", "sim.cli", *command, "own.yaml")
        assert done.returncode == 2
        assert "--allow-extensions evil " in done.stderr and "Traceback" not in done.stderr
    assert not (folder / "ran").exists()


def test_scenarios_that_extend_one_with_code_need_leave_too(folder: Path) -> None:
    (folder / "child.yaml").write_text(
        "name: child\nextends: advisers.yaml\nlevers: {local_advisers: 10}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="--allow-extensions"):
        load_scenario(folder / "child.yaml")
    child = load_scenario(folder / "child.yaml", allow_extensions="local_advisers")
    assert child.levers["local_advisers"] == {2018: 10.0}
    assert simulate(WORLD, child, quarters=8).ledger["appropriated"][-1, 0] == pytest.approx(10 * WORLD.scale)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extensions: [local_advisers]", "own.yaml:2:14: extensions.0: must be an import path such as"),
        ("extensions: ['nowhere:x']", "extensions.0: nowhere:x cannot be imported .ModuleNotFoundError"),
        ("extensions: ['local_advisers:SMALL']", "has no mechanism, lever or outcome of that name"),
        ("levers: {local_advisers: 5}", "levers.local_advisers: unknown key"),
        (
            "extensions: ['local_advisers:small_with_project']\nlevers: {small_with_project: 5}",
            "is an extension, but no lever",
        ),
    ],
)
def test_mistakes_in_a_file_are_named(folder: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(folder, f"name: own\n{text}\n")


def test_changed_code_is_another_scenario(folder: Path) -> None:
    scenario = load_scenario("advisers.yaml", allow_extensions="local_advisers")
    digest = scenario.digest()
    source = folder / "local_advisers.py"
    source.write_text(source.read_text().replace("SMALL = 10_000", "SMALL = 20_000"))
    sys.modules.pop("local_advisers")
    with pytest.raises(InputError, match="source of local_advisers:local_advisers has changed"):
        simulate(WORLD, scenario)
    assert load_scenario("advisers.yaml", allow_extensions="local_advisers").digest() != digest


def test_equal_budget_counts_own_levers(folder: Path) -> None:
    from sim.scenarios.budget import rescaled, rescalings

    own = load_scenario("advisers.yaml", allow_extensions="local_advisers")
    reference = BASE.overlaid("reference", levers={"subsidy": {2019: 1_250.0}})
    factors = rescalings([reference, own], [2019])
    assert len(factors) == 1
    assert rescaled(own, factors, [2019]).appropriations([2019]).sum() == pytest.approx(
        reference.appropriations([2019]).sum()
    )
