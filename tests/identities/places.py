"""Identities of outcomes by place: what all places have together is what the nation has."""

from __future__ import annotations

import numpy as np

from sim.kernel.outcomes import BY_PLACE, PLACE_COLUMN, Reduction
from sim.simulation import Run

#: Counted nationally with prefectural governments, which lie in no municipality.
WITH_PREFECTURES = ("platform_municipalities", "futurecities")
#: Sums of fractions and of money, which differ in the last bits when added in another order.
OF_FRACTIONS = (
    "lost_to_capacity",
    "lost_to_awareness",
    "lost_to_distance",
    "private_investment",
    "esg_lending",
)


def places_add_up(run: Run) -> None:
    """Sums over places are the national series, counts to the bit; so are means, weighted."""
    if run.groups is None:
        return
    members = np.bincount(run.groups.of).astype(float)
    for name, reduction in BY_PLACE.items():
        places = run.places[:, :, PLACE_COLUMN[name]]
        national = run.series[:, run.outcomes.index(name)]
        if reduction is Reduction.MEAN:
            assert np.allclose(places @ members / members.sum(), national, rtol=1e-9, atol=1e-12), name
        elif name in WITH_PREFECTURES:
            prefectures = national - places.sum(axis=1)
            assert np.all((prefectures >= 0) & (prefectures <= len(run.state.prefectures.adopted))), name
        elif name in OF_FRACTIONS:
            assert np.allclose(places.sum(axis=1), national, rtol=1e-9, atol=1e-12), name
        else:
            assert np.array_equal(places.sum(axis=1), national), name
