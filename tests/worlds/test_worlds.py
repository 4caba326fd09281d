"""Worlds: columns as declared, real totals kept, draws repeatable and apart from one another."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.errors
from sim.errors import InputError
from sim.kernel.world import (
    CASUALTY_INSURER,
    FOREIGN_FUND,
    GOALS,
    INSTITUTION_KINDS,
    NEIGHBOURS,
    Flags,
    Floats,
    Ids,
    Integers,
)
from sim.worlds import WORLDS, World, goals, japan, load_world, synthetic
from sim.worlds.chance import Column, generator
from sim.worlds.institutions import head_offices
from sim.worlds.tables import numbers, read_table

PACKAGE = Path(sim.errors.__file__).parent
GROUPS = ("municipalities", "companies", "institutions", "prefectures", "directory")
DTYPES = {Floats: np.float64, Integers: np.int64, Ids: np.int32, Flags: np.uint8}


@pytest.fixture(scope="module")
def real() -> World:
    return load_world("japan", 1)


@pytest.fixture(scope="module", params=["japan", "synthetic", "synthetic:1", "synthetic:2", "synthetic:31"])
def world(request: pytest.FixtureRequest) -> World:
    return load_world(request.param, 7)


def columns(world: World) -> Iterator[tuple[str, Any, Any]]:
    """Every column as (name, declared type, array)."""
    for group in GROUPS:
        values = getattr(world, group)
        hints = get_type_hints(type(values))
        for name, value in values._asdict().items():
            yield f"{group}.{name}", hints[name], value


def assert_same(one: World, other: World) -> None:
    for (name, _, left), (_, _, right) in zip(columns(one), columns(other), strict=True):
        assert left.tobytes() == right.tobytes(), name


def check_shapes(world: World) -> None:
    lengths = {
        "municipalities": len(world.municipalities.population),
        "companies": len(world.companies.slots),
        "institutions": len(world.institutions.kind),
        "prefectures": len(world.prefectures.x),
    }
    wide = {"goals": GOALS, "capability": GOALS, "mandate": GOALS, "neighbours": NEIGHBOURS}
    wide["neighbour_weight"] = NEIGHBOURS
    for name, hint, value in columns(world):
        group, column = name.split(".")
        assert value.dtype == DTYPES[hint], name
        assert value.flags.c_contiguous, name
        assert not value.flags.writeable, name
        if group in lengths:
            expected = (lengths[group], wide[column]) if column in wide else (lengths[group],)
            assert value.shape == expected, name
        if hint is Floats:
            assert np.isfinite(value).all(), name
        if hint is Flags:
            assert value.size == 0 or value.max() <= 1, name


def check_ranges(world: World) -> None:
    municipalities, companies, institutions = world.municipalities, world.companies, world.institutions
    prefectures = len(world.prefectures.x)
    assert municipalities.population.min() >= 0
    assert municipalities.fiscal_strength.min() >= 0.05
    assert municipalities.fiscal_strength.max() <= 2.5
    assert municipalities.capacity.min() > 0
    assert municipalities.capacity.max() < 1
    assert municipalities.size_class.min() >= 0
    assert municipalities.size_class.max() <= 11
    assert municipalities.slots.min() >= 1
    assert set(np.unique(municipalities.prefecture)) == set(range(prefectures))
    assert set(np.unique(municipalities.election_phase)) <= set(range(16))
    assert municipalities.goals.min() >= 0.02
    assert municipalities.goals.max() <= 0.98
    assert municipalities.bottom_quartile.sum() == max(1, len(municipalities.x) // 4)
    assert (municipalities.model_2018 <= municipalities.cohort_2018).all()
    assert sorted(municipalities.size_order) == list(range(len(municipalities.x)))
    assert (np.diff(municipalities.size[municipalities.size_order]) >= 0).all()
    assert companies.slots.min(initial=1) >= 1
    assert companies.slots.max(initial=0) <= 200
    assert ((companies.slots > 8) == companies.national).all()
    active = companies.capability[companies.capability > 0]
    assert active.min(initial=1) >= 0.2
    assert active.max(initial=0) <= 1
    assert (companies.capability > 0).any(axis=1).all()
    assert not institutions.mandate[:, -1].any()
    assert companies.social_weight.min(initial=0) >= 0
    assert companies.social_weight.max(initial=0) <= 0.3
    assert (companies.prefecture == municipalities.prefecture[companies.municipality]).all()
    assert (companies.x == municipalities.x[companies.municipality]).all()
    foreign = institutions.kind == FOREIGN_FUND
    assert foreign.sum() == min(len(foreign), 1)
    assert institutions.capital[~foreign].min(initial=1) > 0
    assert not institutions.capital[foreign].any()
    assert institutions.skill.min(initial=0.2) >= 0.2
    assert institutions.skill.max(initial=0) <= 0.6
    assert set(np.unique(institutions.kind)) <= set(range(len(INSTITUTION_KINDS)))
    assert set(np.unique(institutions.prefecture)) <= set(range(-1, prefectures))


def check_neighbours(world: World) -> None:
    municipalities = world.municipalities
    total = len(municipalities.x)
    others = min(NEIGHBOURS, total - 1)
    own = np.arange(total)[:, None]
    assert (municipalities.neighbours[:, :others] != own).all()
    assert (municipalities.neighbours[:, others:] == own).all()
    assert not municipalities.neighbour_weight[:, others:].any()
    assert all(len(set(row)) == others for row in municipalities.neighbours[:, :others])
    assert np.allclose(municipalities.neighbour_weight.sum(axis=1), 1.0 if total > 1 else 0.0, atol=1e-12)
    assert (np.diff(municipalities.neighbour_weight, axis=1) <= 0).all()


def check_directory(world: World) -> None:
    listed, companies, institutions = world.directory, world.companies, world.institutions
    assert listed.company_start[-1] == len(listed.companies) == companies.slots.sum()
    assert (np.bincount(listed.companies, minlength=len(companies.slots)) == companies.slots).all()
    for prefecture in range(len(world.prefectures.x)):
        ids = listed.companies[listed.company_start[prefecture] : listed.company_start[prefecture + 1]]
        assert (companies.prefecture[ids] == prefecture).all()
        assert (np.diff(ids) >= 0).all()
        first, last = listed.institution_start[prefecture : prefecture + 2]
        ids = listed.institutions[first:last]
        assert (institutions.prefecture[ids] == prefecture).all()
        assert (np.diff(ids) > 0).all()
    assert set(listed.national_companies) == set(np.flatnonzero(companies.national))
    assert len(listed.national_companies) == companies.slots[companies.national == 1].sum()
    assert (institutions.kind[listed.insurers] == CASUALTY_INSURER).all()
    assert (institutions.kind[listed.foreign_fund] == FOREIGN_FUND).all()
    lenders = [*listed.institutions, *set(listed.national_institutions)]
    everyone = [*lenders, *listed.insurers, *listed.foreign_fund]
    assert sorted(everyone) == list(range(len(institutions.kind)))
    drawn = np.bincount(institutions.kind[listed.national_institutions], minlength=1)
    assert drawn.max() < 2 * drawn[drawn > 0].min(initial=drawn.max() + 1)


def check_labels(world: World) -> None:
    labels, total = world.labels, len(world.municipalities.x)
    assert len(labels.jis_code) == len(labels.municipality) == len(labels.municipality_romaji) == total
    assert len(set(labels.jis_code)) == total
    assert min(map(len, labels.jis_code)) == 5
    assert len(labels.latitude) == len(labels.longitude) == total
    assert len(labels.prefecture) == len(labels.prefecture_romaji) == len(world.prefectures.x)
    assert len(labels.institution) == len(set(labels.institution)) == len(world.institutions.kind)


CHECKS = [check_shapes, check_ranges, check_neighbours, check_directory, check_labels]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_world_keeps_its_contract(world: World, check: Any) -> None:
    check(world)


@settings(max_examples=25, deadline=None)
@given(
    municipalities=st.integers(1, 400),
    seed=st.integers(0, 2**64 - 1),
    companies=st.none() | st.integers(0, 60),
    institutions=st.none() | st.integers(0, 20),
)
def test_any_synthetic_world_keeps_its_contract(
    municipalities: int, seed: int, companies: int | None, institutions: int | None
) -> None:
    world = synthetic.build(municipalities, seed, companies, institutions)
    for check in CHECKS:
        check(world)
    assert_same(world, synthetic.build(municipalities, seed, companies, institutions))
    assert len(world.prefectures.x) == min(max(round(municipalities / 37), 1), 47)


def test_japan_is_all_of_japan(real: World) -> None:
    municipalities = real.municipalities
    assert len(municipalities.population) == 1741
    assert len(real.prefectures.x) == 47
    assert municipalities.population.sum() == 127_094_745
    assert (municipalities.population == 0).sum() == 4
    assert [
        flags.sum()
        for flags in (municipalities.legacy, municipalities.cohort_2018, municipalities.model_2018)
    ] == [32, 25, 9]
    assert real.prefectures.cohort_2018.sum() == 4
    assert real.prefectures.model_2018.sum() == 1
    assert municipalities.network_2018.sum() == 9
    assert real.scale == 1.0


def test_places_of_japan_lie_where_they_are(real: World) -> None:
    labels, municipalities = real.labels, real.municipalities
    codes = {code: index for index, code in enumerate(labels.jis_code)}
    sapporo, naha = codes["01100"], codes["47201"]
    distance = np.hypot(
        np.hypot(
            municipalities.x[sapporo] - municipalities.x[naha],
            municipalities.y[sapporo] - municipalities.y[naha],
        ),
        municipalities.z[sapporo] - municipalities.z[naha],
    )
    assert distance == pytest.approx(2_240, rel=0.01)
    assert labels.prefecture[municipalities.prefecture[naha]] == "沖縄県"
    assert municipalities.fiscal_strength[codes["01100"]] == 0.73
    assert municipalities.slots[codes["14100"]] == 19  # Yokohama, 3,724,844 people


def test_evacuated_towns_age_as_their_prefecture(real: World) -> None:
    municipalities = real.municipalities
    emptied = municipalities.population < 100
    assert emptied.sum() == 6
    assert len(set(municipalities.ageing[emptied])) == 1
    assert abs(municipalities.ageing[emptied][0]) < 1


def test_goals_of_japan_centre_on_the_national_score(real: World) -> None:
    national = np.clip(goals.national_goals(), 0.02, 0.98)
    assert np.abs(real.municipalities.goals.mean(axis=0) - national).max() < 0.01


def test_institutions_of_japan_by_count_and_total(real: World) -> None:
    institutions = real.institutions
    assert np.bincount(institutions.kind).tolist() == [513, 4, 5, 42, 4, 1]
    assert (np.bincount(institutions.prefecture[institutions.prefecture >= 0]) >= 3).all()
    banks = numbers(read_table("regional_banks"), "deposits_billion_jpy_2022_03")
    assert institutions.capital[:99] == pytest.approx(50 * banks)
    assert institutions.capital[99:360].sum() == pytest.approx(50 * 155_590.2)
    assert institutions.capital[360:508].sum() == pytest.approx(50 * 23_412.2)
    with_themes = institutions.mandate[:508].any(axis=1).mean()
    assert with_themes == pytest.approx(0.4, abs=0.08)


def test_head_offices_add_up() -> None:
    offices = head_offices(10, np.array([1.0, 2.0, 4.0]))
    assert np.bincount(offices).tolist() == [2, 3, 5]


def test_companies_follow_business_and_industry(real: World) -> None:
    companies, municipalities = real.companies, real.municipalities
    assert len(companies.slots) == 9000
    homes = np.bincount(companies.municipality, minlength=1741)
    assert np.corrcoef(homes, municipalities.population)[0, 1] > 0.8
    assert (companies.capability > 0).mean() == pytest.approx(0.2, abs=0.01)
    tokyo = companies.prefecture == 12
    assert tokyo[companies.national == 1].mean() > 1.5 * tokyo.mean()


def test_company_slots_have_a_heavy_tail(real: World) -> None:
    slots = real.companies.slots
    assert slots.max() == 200
    assert np.median(slots) == 1
    for threshold in (2, 5, 9, 20):  # Pareto: P(slots >= s) = s**-1.1
        assert (slots >= threshold).mean() == pytest.approx(threshold**-1.1, rel=0.15)


def test_same_seed_same_world_other_seed_other_draws(real: World) -> None:
    assert_same(real, load_world("japan", 1))
    other = load_world("japan", 2)
    assert (other.municipalities.population == real.municipalities.population).all()
    assert (other.municipalities.goals == real.municipalities.goals).all()
    for column in ("municipality", "slots", "capability", "social_weight"):
        assert (getattr(other.companies, column) != getattr(real.companies, column)).any()
    assert (other.institutions.skill != real.institutions.skill).any()
    assert (other.municipalities.capacity != real.municipalities.capacity).any()


def test_more_companies_disturb_nobody_else(real: World) -> None:
    other = japan.build(1, companies=500)
    assert (other.municipalities.capacity == real.municipalities.capacity).all()
    assert (other.institutions.capital == real.institutions.capital).all()
    assert (other.companies.municipality == real.companies.municipality[:500]).all()
    assert (other.companies.capability == real.companies.capability[:500]).all()


def test_every_column_has_a_stream_of_its_own() -> None:
    first = {generator(1, column).random() for column in Column}
    assert len(first) == len(Column)
    assert generator(1, Column.CAPACITY).random() in first
    assert generator(2, Column.CAPACITY).random() not in first


def test_a_pickled_world_is_the_same_and_still_read_only(real: World) -> None:
    for protocol in (4, 5):
        copy = pickle.loads(pickle.dumps(real, protocol))
        assert_same(real, copy)
        check_shapes(copy)


def test_synthetic_is_like_its_distributions() -> None:
    world = synthetic.build(4000, 5)
    municipalities = world.municipalities
    assert np.log(municipalities.population).mean() == pytest.approx(np.log(23_600), abs=0.1)
    assert municipalities.size.std() == pytest.approx(1.0, abs=0.06)
    assert [
        flags.sum()
        for flags in (municipalities.legacy, municipalities.cohort_2018, municipalities.model_2018)
    ] == [80, 68, 23]
    assert municipalities.size[municipalities.legacy == 1].mean() > 0.5
    assert municipalities.goals.mean(axis=0) == pytest.approx(synthetic.GOAL_MEANS, abs=0.05)
    assert municipalities.x.max() <= 600
    assert not municipalities.z.any()
    assert (len(world.companies.slots), len(world.institutions.kind)) == (13_333, 534)
    assert np.ptp(np.bincount(municipalities.prefecture)) <= 1


def test_names_of_worlds() -> None:
    assert load_world("synthetic", 1).name == "synthetic:300"
    assert load_world("synthetic:1_000", 1).name == "synthetic:1000"
    assert WORLDS == ("japan", "synthetic", "own")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("japn", "did you mean japan"),
        ("sinthetic:5", "did you mean synthetic"),
        ("mars", "give japan"),
        ("japan:5", "did you mean japan"),
        ("", "give japan"),
        ("synthetic:", "whole number from 1"),
        ("synthetic:0", "whole number from 1"),
        ("synthetic:-3", "whole number from 1"),
        ("synthetic:2.5", "whole number from 1"),
        ("synthetic:many", "whole number from 1"),
        ("synthetic:\uff13", "whole number from 1"),
        ("synthetic:2000001", "whole number from 1"),
        ("synthetic:" + "9" * 5000, "whole number from 1"),
    ],
)
def test_bad_names_say_what_to_do(name: str, hint: str) -> None:
    with pytest.raises(InputError, match=hint) as raised:
        load_world(name, 1)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_bad_seeds(seed: int) -> None:
    with pytest.raises(InputError, match="whole number from 0"):
        load_world("synthetic:3", seed)


def test_bad_numbers_of_agents() -> None:
    with pytest.raises(InputError, match="companies -1"):
        japan.build(1, companies=-1)
    with pytest.raises(InputError, match="municipalities 0"):
        synthetic.build(0, 1)
    with pytest.raises(InputError, match="institutions -2"):
        synthetic.build(5, 1, institutions=-2)


def test_importing_worlds_is_light() -> None:
    code = "import sys, sim.worlds; print([m for m in ('scipy', 'pandas', 'mesa') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.strip() == "[]"
