"""The section ``frontier`` of an experiment file: which mixes of its levers are sought, for what budget."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, NamedTuple

from pydantic import Field, model_validator

from sim.batch.design_file import one_of
from sim.batch.experiment import Experiment
from sim.batch.factors import Factor
from sim.batch.limits import MOST_REPLICATES
from sim.errors import InputError
from sim.kernel.outcomes import COLUMN
from sim.scenarios.section import Section, refused
from sim.scenarios.yaml_file import Document, suggestion
from sim.text.meant import Hinted

MOST_EVALUATIONS = 100_000
MOST_OBJECTIVES = 4
SPENT = "public_spending"
#: Share of the budget by which sums may miss it: rounding.
_ROUNDING = 1e-9


type _Finite = Annotated[float, Field(allow_inf_nan=False)]


class Bound(Section):
    """What the mean of an outcome may be at most or at least."""

    at_most: _Finite | None = None
    at_least: _Finite | None = None

    @model_validator(mode="after")
    def _one(self) -> Bound:
        if (self.at_most is None) == (self.at_least is None):
            raise refused("give either at_most or at_least")
        return self


type _Sense = Annotated[str, one_of(("max", "min"))]
type _Evaluations = Annotated[int, Field(ge=4, le=MOST_EVALUATIONS)]
type _Population = Annotated[int, Field(ge=4, le=1_000)]
type _Runs = Annotated[int, Field(ge=2, le=MOST_REPLICATES // 2)]


class FrontierSize(Section):
    """What ``--quick`` changes of ``frontier:``."""

    evaluations: _Evaluations | None = None
    population: _Population | None = None
    replicates: _Runs | None = None
    final_replicates: _Runs | None = None


class FrontierSection(Section):
    """``frontier:`` of an experiment file.

    Attributes:
        budget: JPY M a fiscal year that every mix shares out among the levers.
        objectives: outcomes at the last quarter, each as large (``max``) or as small (``min``) as can be.
        constraints: bounds on the means of outcomes.
        evaluations: mixes that are tried, equal ones counted each time.
        population: mixes of a generation.
        replicates: runs of every mix while it is searched.
        final_replicates: runs with draws of their own of the mixes that are found.
    """

    budget: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    objectives: Annotated[
        dict[str, Annotated[str, one_of(("max", "min"))]], Field(min_length=2, max_length=MOST_OBJECTIVES)
    ]
    constraints: dict[str, Bound] = Field(default_factory=dict)
    evaluations: _Evaluations = 400
    population: _Population = 40
    replicates: _Runs = 4
    final_replicates: _Runs = 30

    def resized(self, size: FrontierSize) -> FrontierSection:
        """The same search of another size."""
        return self.model_copy(update=size.model_dump(exclude_none=True))

    @property
    def runs(self) -> int:
        """About how many: those of the search, if no mix came twice, and of a population with fresh draws."""
        again = self.population * (self.replicates + self.final_replicates)
        return (1 + self.evaluations) * self.replicates + again

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that are looked at: objectives, constraints, and what is spent."""
        return tuple(dict.fromkeys([*self.objectives, *self.constraints, SPENT]))


class Problem(NamedTuple):
    """A search for the best mixes.

    Attributes:
        experiment: one scenario, whose design names the levers.
        section: what is sought, and how thoroughly.
    """

    experiment: Experiment
    section: FrontierSection

    @property
    def levers(self) -> tuple[Factor, ...]:
        """What the budget is shared among."""
        assert self.experiment.design is not None
        return self.experiment.design.factors


def problem_of(document: Document, section: FrontierSection | None, experiment: Experiment) -> Problem:
    """The search that a file asks for.

    Args:
        document: the file.
        section: its section ``frontier``.
        experiment: the rest of it.

    Raises:
        InputError: there is no such section, or it does not suit the experiment; file, line and column are
            named.
    """
    if section is None:
        raise InputError(
            f"{document.path}: has no section frontier; add frontier: {{budget: JPY M a fiscal year, "
            "objectives: {deals_signed: max, ...}}"
        )
    if len(experiment.scenarios) > 1:
        raise document.error(("scenarios",), "mixes are laid over one scenario; leave the others out")
    factors = () if experiment.design is None else experiment.design.factors
    _check_levers(document, factors, section.budget)
    _check_outcomes(document, section, experiment)
    document.refuse_mistakes()
    return Problem(experiment, section)


def _check_levers(document: Document, factors: Sequence[Factor], budget: float) -> None:
    """Refuse what a budget cannot be shared among."""
    if len(factors) < 2:
        raise document.error(("factors",), "a mix needs two levers at least")
    for factor in factors:
        if factor.kind != "lever":
            raise document.error(
                ("factors", factor.name, "kind"), f"a mix is made of levers alone, not of a {factor.kind}"
            )
        if factor.values is not None:
            raise document.error(
                ("factors", factor.name, "values"), "a lever of a mix has a range: give low and high"
            )
    least, most = (sum(float(end or 0.0) for end in ends) for ends in _ends(factors))
    if not least <= budget * (1 + _ROUNDING) or not budget * (1 - _ROUNDING) <= most:
        raise document.error(
            ("frontier", "budget"),
            f"must be from {least:,.0f} to {most:,.0f}, what levers can take together, not {budget:,.10g}",
        )


def _ends(factors: Sequence[Factor]) -> tuple[list[float | None], list[float | None]]:
    return [factor.low for factor in factors], [factor.high for factor in factors]


def _check_outcomes(document: Document, section: FrontierSection, experiment: Experiment) -> None:
    """Refuse objectives and constraints that no run measures or the file does not keep."""
    known = (*COLUMN, *experiment.own_outcomes())
    for where in ("objectives", "constraints"):
        for name in getattr(section, where):
            if name not in known:
                meant = partial(suggestion, name, known)
                document.note(("frontier", where, name), Hinted("no such outcome", meant))
    document.refuse_mistakes()
    for name in section.outcomes:
        if name not in experiment.series_columns:
            raise document.error(
                ("record", "outcomes"), f"{name} is not kept; name it, or leave outcomes out"
            )
