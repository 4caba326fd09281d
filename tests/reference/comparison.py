"""Where a run of the kernel and the reference model first differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

from sim.kernel.outcomes import COLUMN, PLACE_COLUMN
from sim.simulation import Run
from tests.reference.agents import Municipality
from tests.reference.model import ReferenceModel


class Difference(NamedTuple):
    """One number that the two do not agree on."""

    where: str
    kernel: Any
    reference: Any


def first_difference(run: Run, model: ReferenceModel) -> Difference | None:
    """The first in the order of quarters, deals, ledger, actors; None when all is equal, bit for bit."""
    pairs = chain(in_series(run, model), in_places(run, model), in_deals(run, model), in_state(run, model))
    return next((pair for pair in pairs if pair.kernel != pair.reference), None)


def in_series(run: Run, model: ReferenceModel) -> Iterator[Difference]:
    """Every outcome of every quarter."""
    yield Difference("quarters", len(run.series), len(model.series))
    for t, (row, outcomes) in enumerate(zip(run.series.tolist(), model.series, strict=True)):
        yield Difference("names of outcomes", COLUMN.keys(), outcomes.keys())
        for name, column in COLUMN.items():
            yield Difference(f"quarter {t}, {name}", row[column], outcomes[name])


def in_places(run: Run, model: ReferenceModel) -> Iterator[Difference]:
    """Every outcome by place of every quarter."""
    labels = () if run.groups is None else run.groups.labels
    for t, (kernel, reference) in enumerate(zip(run.places.tolist(), model.places, strict=True)):
        yield Difference("number of places", len(kernel), len(reference))
        for label, row, outcomes in zip(labels, kernel, reference, strict=True):
            yield Difference("names of outcomes by place", PLACE_COLUMN.keys(), outcomes.keys())
            for name, column in PLACE_COLUMN.items():
                yield Difference(f"quarter {t}, place {label}, {name}", row[column], outcomes[name])


def in_deals(run: Run, model: ReferenceModel) -> Iterator[Difference]:
    """Every row of the deals table."""
    table = {name: column.tolist() for name, column in run.deals().items()}
    rows = [project.columns() for project in model.projects]
    yield Difference("rows of deals", len(table["quarter"]), len(rows))
    for number, row in enumerate(rows):
        yield Difference("columns of deals", table.keys(), row.keys())
        for name, value in row.items():
            yield Difference(f"deal {number} of quarter {row['quarter']}, {name}", table[name][number], value)


def in_state(run: Run, model: ReferenceModel) -> Iterator[Difference]:
    """The ledger, and what every actor is at the end."""
    for name, kernel in run.ledger.items():
        yield Difference(f"ledger, {name}", kernel.tolist(), getattr(model.ledger, name))
    groups = (
        (run.state.municipalities, model.municipalities),
        (run.state.companies, model.companies),
        (run.state.institutions, model.institutions),
        (run.state.prefectures, model.prefectures),
    )
    for columns, agents in groups:
        for name, kernel in columns._asdict().items():
            expected = [reference_column(agent, name) for agent in agents]
            yield Difference(f"{type(columns).__name__} at the end, {name}", kernel.tolist(), expected)


def reference_column(agent: Any, name: str) -> Any:
    """The agent's value of a column of ``sim.kernel.state``."""
    if name in ("partners", "trust"):
        empty = 32 - len(agent.partners)
        if name == "trust":
            return [partner.trust for partner in agent.partners] + [0.0] * empty
        return [partner.company.id for partner in agent.partners] + [-1] * empty
    if name == "agreement_partners":
        return [company.id for company in agent.agreed] + [-1] * (32 - len(agent.agreed))
    if name == "agreements" and isinstance(agent, Municipality):
        return len(agent.agreed)
    return getattr(agent, name)
