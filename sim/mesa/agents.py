"""Agents for Mesa users: views of one row of the columns.

A view owns nothing. Its attributes read the columns of the run that its model holds (``sim.kernel.state``,
``sim.kernel.world``), so they are always of this moment; some can be written, and the write goes into
the column. What agents decide is in the rules of ``sim.agents``.

A trait that has the name of a column of the state is found with ``_trait`` after its name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, get_type_hints

import mesa
import numpy as np

from sim.kernel.state import Companies, Institutions, Municipalities
from sim.kernel.world import (
    INSTITUTION_KINDS,
    CompanyTraits,
    Flags,
    Floats,
    Ids,
    InstitutionTraits,
    Integers,
    Labels,
    MunicipalityTraits,
)

if TYPE_CHECKING:
    from sim.simulation import Simulation

_UNIT = (0.0, 1.0)
_KIND_OF_VALUE: Mapping[Any, type] = {Floats: float, Integers: int, Ids: int, Flags: bool}
_NOT_BY_ROW = {"size_order"}  # a list of ids, not a trait of the row


class Table(NamedTuple):
    """Where the columns of a kind of agent are found."""

    place: str  # as in the text of docstrings
    columns: type
    of: Callable[[Any], Any]  # given a Simulation


class Model(Protocol):
    """The model that views belong to (``sim.mesa.model.PartnershipModel``): it holds the columns."""

    simulation: Simulation


class View(mesa.Agent):
    """One row of the columns, as a Mesa agent.

    Attributes:
        model: the model that holds the columns.
        row: number of the row, which is the id that other columns call it by.
        unique_id: unique over all agents of the model, from 1.
    """

    STATE: ClassVar[Table]
    TRAITS: ClassVar[Table]
    #: Columns of the state that may be written, with lowest and highest value.
    WRITABLE: ClassVar[Mapping[str, tuple[float, float]]]

    current_action = None  # Mesa 4 asks whether an agent is busy

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make an attribute of every column."""
        super().__init_subclass__(**kwargs)
        state = get_type_hints(cls.STATE.columns)
        traits = get_type_hints(cls.TRAITS.columns)
        for name, hint in traits.items():
            if name not in _NOT_BY_ROW:
                attribute = f"{name}_trait" if name in state else name
                setattr(cls, attribute, _column(cls.TRAITS, name, _KIND_OF_VALUE[hint], None))
        for name, hint in state.items():
            setattr(cls, name, _column(cls.STATE, name, _KIND_OF_VALUE[hint], cls.WRITABLE.get(name)))

    def __init__(self, model: Model, row: int) -> None:
        # mesa.Agent's would number and register the view: the model does that for all rows at once.
        self.model = model
        self.row = row

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.row}>"

    @classmethod
    def number_in(cls, simulation: Simulation) -> int:
        """How many agents of this kind a run has."""
        return len(cls.STATE.of(simulation)[0])

    @property
    def pos(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees, or coordinates in the unit square; None where unknown."""
        return None

    @property
    def prefecture_name(self) -> str:
        """Name of the prefecture in Latin letters; ``nationwide`` where there is none."""
        prefecture = int(self.prefecture)
        return self._labels.prefecture_romaji[prefecture] if prefecture >= 0 else "nationwide"

    @property
    def _labels(self) -> Labels:
        labels: Labels = self.model.simulation.world.labels
        return labels

    def _pos_of(self, municipality: int) -> tuple[float, float]:
        return float(self._labels.longitude[municipality]), float(self._labels.latitude[municipality])

    def remove(self) -> None:
        """Refused: actors neither enter nor leave during a run.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"{self!r} cannot be removed: actors neither enter nor leave during a run")


def _column(table: Table, name: str, kind: type, bounds: tuple[float, float] | None) -> property:
    """An attribute that reads one row of a column, and writes it where it has bounds."""

    def read(view: View) -> Any:
        value = getattr(table.of(view.model.simulation), name)[view.row]
        return value.astype(kind) if value.ndim else kind(value)  # a copy where the row is an array

    def write(view: View, value: float) -> None:
        assert bounds is not None
        low, high = bounds
        if not low <= value <= high:
            raise ValueError(f"{name} must lie in [{low:g}, {high:g}], not be {value!r}")
        getattr(table.of(view.model.simulation), name)[view.row] = value

    doc = f"``{name}`` of ``{table.place}.{table.columns.__name__}``" + (", writable." if bounds else ".")
    return property(read, write if bounds else None, doc=doc)


class Municipality(View):
    """A municipality: state in ``Municipalities``, traits in ``MunicipalityTraits`` of ``sim.kernel``.

    Writable: awareness, capacity, capacity_base, reputation.
    """

    STATE = Table("sim.kernel.state", Municipalities, lambda run: run.state.municipalities)
    TRAITS = Table("sim.kernel.world", MunicipalityTraits, lambda run: run.world.municipalities)
    WRITABLE: ClassVar = dict.fromkeys(("awareness", "capacity", "capacity_base", "reputation"), _UNIT)

    @property
    def name(self) -> str:
        """Name, in Japanese where there is such a name."""
        return self._labels.municipality[self.row]

    @property
    def jis_code(self) -> str:
        """Five digits."""
        return self._labels.jis_code[self.row]

    @property
    def pos(self) -> tuple[float, float]:
        """Longitude and latitude of the office in degrees, or coordinates in the unit square."""
        return self._pos_of(self.row)

    @property
    def sdg_index(self) -> float:
        """Mean state of the 17 goals, 0-100."""
        return 100.0 * float(np.mean(self.goals))


class Company(View):
    """A company: state in ``Companies``, traits in ``CompanyTraits`` of ``sim.kernel``.

    Writable: awareness, reputation.
    """

    STATE = Table("sim.kernel.state", Companies, lambda run: run.state.companies)
    TRAITS = Table("sim.kernel.world", CompanyTraits, lambda run: run.world.companies)
    WRITABLE: ClassVar = dict.fromkeys(("awareness", "reputation"), _UNIT)

    @property
    def pos(self) -> tuple[float, float]:
        """That of the home municipality."""
        return self._pos_of(self.municipality)


class FinancialInstitution(View):
    """A financial institution: state in ``Institutions``, traits in ``InstitutionTraits`` of ``sim.kernel``.

    Writable: skill, capital.
    """

    STATE = Table("sim.kernel.state", Institutions, lambda run: run.state.institutions)
    TRAITS = Table("sim.kernel.world", InstitutionTraits, lambda run: run.world.institutions)
    WRITABLE: ClassVar = {"skill": _UNIT, "capital": (0.0, math.inf)}

    @property
    def name(self) -> str:
        """Name of the institution."""
        return self._labels.institution[self.row]

    @property
    def kind_name(self) -> str:
        """One of ``sim.kernel.world.INSTITUTION_KINDS``."""
        return INSTITUTION_KINDS[self.kind]


#: In the order in which agents are numbered.
KINDS: tuple[type[View], ...] = (Municipality, Company, FinancialInstitution)
