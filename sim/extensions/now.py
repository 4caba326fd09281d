"""What a user's mechanism sees and may change: one quarter of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sim.acts.ledger import spend
from sim.agents.government import affordable
from sim.errors import InputError
from sim.kernel import draws
from sim.kernel.draws import Process
from sim.kernel.parameters import Parameters
from sim.kernel.state import (
    Clock,
    Columns,
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
    _drawn: set[tuple[str, str]] = field(default_factory=set, repr=False)

    @property
    def columns(self) -> Columns:
        """The state of all of them, as acts are handed it."""
        return Columns(*(getattr(self, name) for name in Columns._fields))

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
        """Whole units (JPY M each) that this quarter's share of what remains buys.

        Raises:
            InputError: a unit costs nothing, or less.
        """
        if not unit_cost > 0.0:
            raise InputError(f"{self.name}: a unit must cost more than 0 (JPY M), not {unit_cost}")
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

        Raises:
            InputError: numbers for this purpose have been drawn in this call already: they would be the same.
        """
        return draws.uniforms(self._stream("uniforms", purpose), int(n))

    def in_lot_order(self, ids: Integers, purpose: str = "") -> Integers:
        """The ids in random order, one lot per id, the same in every scenario of a replicate.

        Args:
            ids: whole numbers of 0 or more; ``np.flatnonzero`` makes them of a mask.
            purpose: sets orders of the same mechanism in the same quarter apart.

        Raises:
            InputError: these are no ids, or lots for this purpose have been drawn in this call already.
        """
        given = np.asarray(ids)
        if given.ndim != 1 or (len(given) and given.dtype.kind not in "iu"):
            raise InputError(f"{self.name}: in_lot_order takes ids (whole numbers), not {given.dtype} values")
        return draws.in_lot_order(
            self._stream("in_lot_order", purpose), np.ascontiguousarray(given, np.int64)
        )

    def _stream(self, use: Literal["uniforms", "in_lot_order"], purpose: str) -> Any:
        """Key of the draws of one method for one purpose. Numbers and lots of one key would be the same."""
        if (use, purpose) in self._drawn:
            raise InputError(
                f"{self.name}: {use} was called twice with the purpose {purpose!r} in one quarter, which "
                "would give the same chance twice; give each call a purpose of its own"
            )
        self._drawn.add((use, purpose))
        word = hashlib.sha256(json.dumps([self.name, use, purpose]).encode()).digest()[:7]
        process = Process.CUSTOM + int.from_bytes(word)
        return np.uint64(draws.stream(self.clock.key, process, self.clock.quarter))

    def _own_fund(self) -> int:
        if self.fund is None:
            raise InputError(f"{self.name}: has no money of its own; declare it as a lever")
        return self.fund
