"""The identities hold in any run, not only in the ones somebody thought of."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from sim.simulation import Run
from tests.identities.checks import IDENTITIES
from tests.properties.strategies import runs


@given(run=runs())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_identities_hold_in_any_run(run: Run) -> None:
    for check in IDENTITIES:
        check(run)
