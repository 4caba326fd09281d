"""What a mechanism of one's own sees and may change: one quarter of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.acts.ledger import spend
from sim.agents.government import affordable
from sim.errors import InputError
from sim.kernel import draws
from sim.kernel.draws import Process
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    Clock,
    Companies,
    Deals,
    Flows,
    Institutions,
    Ledger,
    Municipalities,
    Policy,
    Posts,
    Prefectures,
)
from sim.kernel.world import Floats, Integers, World


@dataclass(frozen=True)
class Now:
    """One quarter of a run as a mechanism sees it. Columns are live: writing into them changes the run.

    Attributes:
        name: of the mechanism.
        clock: what time it is (``clock.quarter``, ``clock.year``, ``clock.first_of_year`` ...).
        parameters: those in force, by group (``parameters.capacity.capacity_adviser`` ...).
        policy: the scenario's rules and settings.
        world: fixed traits: ``world.municipalities.population``, ``world.companies.slots`` ...
        municipalities, companies, institutions, prefectures, posts, deals, ledger, flows: their state, as in
            ``sim.kernel.state``.
        fund: row of the ledger of a lever; None for what is no lever.
    """

    name: str
    clock: Clock
    parameters: Parameters
    policy: Policy
    world: World
    municipalities: Municipalities
    companies: Companies
    institutions: Institutions
    prefectures: Prefectures
    posts: Posts
    deals: Deals
    ledger: Ledger
    flows: Flows
    fund: int | None
    replaced: Callable[[], None] | None

    def proceed(self) -> None:
        """Run the act that this mechanism stands in for.

        Raises:
            InputError: it stands in for none.
        """
        if self.replaced is None:
            raise InputError(f"{self.name}: stands in for no act; declare it with instead_of")
        self.replaced()

    @property
    def remaining(self) -> float:
        """JPY M that this lever's fund has left in this fiscal year."""
        return float(self.ledger.remaining[self._own_fund()])

    def affordable(self, unit_cost: float) -> int:
        """Whole units (JPY M each) that this quarter's share of what remains buys."""
        return int(affordable(self.remaining, unit_cost, self.clock.quarters_left))

    def spend(self, amount: float) -> None:
        """Book ``amount`` (JPY M) of this lever's fund.

        Raises:
            InputError: it is negative, or more than remains.
        """
        if not 0.0 <= amount <= self.remaining * (1.0 + 1e-12) + 1e-9:
            raise InputError(f"{self.name}: cannot spend JPY {amount} M of {self.remaining} M")
        spend(self.ledger, self.flows, self._own_fund(), self.clock.year, float(amount))

    def uniforms(self, n: int, purpose: str = "") -> Floats:
        """(n,) draws in (0, 1) for the ids 0 to n - 1, the same in every scenario of a replicate.

        Args:
            n: how many.
            purpose: sets draws of the same mechanism in the same quarter apart.
        """
        return draws.uniforms(self._stream(purpose), n)

    def in_lot_order(self, ids: Integers, purpose: str = "") -> Integers:
        """The ids in an order drawn by lot."""
        return draws.in_lot_order(self._stream(purpose), np.ascontiguousarray(ids, np.int64))

    def _stream(self, purpose: str) -> Any:
        word = hashlib.sha256(f"{self.name}/{purpose}".encode()).digest()[:7]
        process = Process.CUSTOM + int.from_bytes(word)
        return np.uint64(draws.stream(self.clock.key, process, self.clock.quarter))

    def _own_fund(self) -> int:
        if self.fund is None:
            raise InputError(f"{self.name}: has no money of its own; declare it as a lever")
        return self.fund
