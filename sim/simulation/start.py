"""The state before the first quarter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.kernel import draws
from sim.kernel.draws import Process, Word
from sim.kernel.outcomes import BY_PLACE, OUTCOMES
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    AGREEMENTS,
    FLOWS,
    NEVER,
    NONE,
    PARTNERS,
    Companies,
    Flows,
    Institutions,
    Ledger,
    Municipalities,
    Posts,
    Prefectures,
    State,
    empty_deals,
)
from sim.kernel.world import GOALS, SIZE_CLASSES, Floats, World
from sim.worlds.groups import Groups


def initial_state(
    world: World,
    parameters: Parameters,
    key: Word,
    appropriated: Floats,
    quarters: int,
    outcomes: int = len(OUTCOMES),
    groups: Groups | None = None,
) -> State:
    """State before the first quarter.

    Args:
        world: fixed traits.
        parameters: parameters of the first quarter.
        key: key of the run (``sim.kernel.draws.run_key``).
        appropriated: (L, Y) JPY M by fund and fiscal year, already scaled to the world.
        quarters: horizon.
        outcomes: columns of the series: those of ``OUTCOMES``, then those of extensions.
        groups: groups of municipalities whose outcomes are kept, too.
    """
    municipalities, companies = len(world.municipalities.size), len(world.companies.slots)
    return State(
        _municipalities(world, parameters, key),
        _companies(companies, parameters, key),
        _institutions(world),
        _prefectures(world),
        Posts(
            np.full(municipalities, NONE), np.zeros(municipalities, np.uint8), np.full(municipalities, NONE),
            np.zeros(municipalities, np.uint8), np.zeros((municipalities, 3)),
        ),
        empty_deals(4 * municipalities + 64),
        _ledger(appropriated),
        _flows(quarters, outcomes, groups),
    )  # fmt: skip


def _flows(quarters: int, outcomes: int, groups: Groups | None) -> Flows:
    number = 0 if groups is None else len(groups.labels)
    return Flows(
        now=np.zeros(len(FLOWS)),
        series=np.zeros((quarters, outcomes)),
        group=np.zeros(0, np.int64) if groups is None else groups.of.copy(),
        places=np.zeros((quarters, number, len(BY_PLACE))),
    )


def _ledger(appropriated: Floats) -> Ledger:
    return Ledger(
        appropriated, np.zeros_like(appropriated), np.zeros_like(appropriated), np.zeros(len(appropriated))
    )


def _municipalities(world: World, parameters: Parameters, key: Word) -> Municipalities:
    traits = world.municipalities
    n = len(traits.size)
    chosen = (traits.cohort_2018 == 1) | (traits.legacy == 1)
    adopted = ((traits.cohort_2018 == 1) | _early_adopters(world, parameters, key)).astype(np.uint8)
    head_start = parameters.capacity.capacity_designation
    capacity = np.where(chosen, traits.capacity + head_start * (1.0 - traits.capacity), traits.capacity)
    return Municipalities(
        awareness=_starting_awareness(parameters, key, n, 0),
        capacity=capacity,
        capacity_base=capacity.copy(),
        reputation=np.zeros(n),
        adopted=adopted,
        adopted_quarter=np.where(adopted == 1, 0, NEVER),
        member=np.zeros(n, np.uint8),
        member_quarter=np.full(n, NEVER),
        designated=traits.cohort_2018.copy(),
        designated_quarter=np.where(traits.cohort_2018 == 1, 0, NEVER),
        model_project=traits.model_2018.copy(),
        active=np.zeros(n, np.int64),
        signed=np.zeros(n, np.int64),
        completed=np.zeros(n, np.int64),
        failed=np.zeros(n, np.int64),
        goals=traits.goals.copy(),
        goals_untouched=traits.goals.copy(),
        partnership_gain=np.zeros(n),
        coaching=np.zeros(n),
        model_credit=np.zeros(n),
        model_fund=np.full(n, NONE),
        network=traits.network_2018.copy(),
        partners=np.full((n, PARTNERS), NONE, np.int32),
        trust=np.zeros((n, PARTNERS)),
        neighbour_share=np.zeros(n),
        agreements=np.zeros(n, np.int64),
        agreement_partners=np.full((n, AGREEMENTS), NONE, np.int32),
        agreement_quarter=np.full(n, NEVER),
        donation_quarter=np.full(n, NEVER),
    )


def _starting_awareness(parameters: Parameters, key: Word, n: int, side: int) -> Floats:
    """Awareness at the start, uniform about its mean; ``side`` is 0 for municipalities, 1 for companies."""
    stream = np.uint64(draws.stream(key, int(Process.AWARENESS_START), side))
    return np.minimum(parameters.awareness.awareness_at_start * (0.5 + draws.uniforms(stream, n)), 1.0)


def _early_adopters(world: World, parameters: Parameters, key: Word) -> npt.NDArray[np.bool_]:
    """Municipalities that promote the SDGs already: drawn in proportion to exp(beta_z z)."""
    size = world.municipalities.size
    n = round(parameters.adoption.adopted_at_start * len(size))
    stream = np.uint64(draws.stream(key, int(Process.ADOPTION_START), 0))
    waiting = draws.waiting_times(stream, parameters.adoption.adoption_size * size)
    early = np.zeros(len(size), bool)
    early[np.argsort(waiting, kind="stable")[:n]] = True
    return early


def _companies(n: int, parameters: Parameters, key: Word) -> Companies:
    return Companies(
        awareness=_starting_awareness(parameters, key, n, 1),
        reputation=np.zeros(n),
        member=np.zeros(n, np.uint8),
        active=np.zeros(n, np.int64),
        signed=np.zeros(n, np.int64),
        abroad=np.zeros(n, np.int64),
        exportable=np.zeros(n, np.int64),
        agreements=np.zeros(n, np.int64),
    )


def _institutions(world: World) -> Institutions:
    traits = world.institutions
    n = len(traits.kind)
    return Institutions(traits.capital.copy(), np.zeros(n), traits.skill.copy(), np.zeros(n, np.uint8))


def _prefectures(world: World) -> Prefectures:
    n = len(world.prefectures.x)
    return Prefectures(
        adopted=world.prefectures.cohort_2018.copy(),
        member=np.zeros(n, np.uint8),
        designated=world.prefectures.cohort_2018.copy(),
        pooled_debt=np.zeros((n, GOALS)),
        exposure=np.zeros((n, SIZE_CLASSES, GOALS)),
        familiarity=np.zeros((n, SIZE_CLASSES)),
    )
