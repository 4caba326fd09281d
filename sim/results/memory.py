"""Results that were never stored: the same tables, comparisons and summaries, from memory."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results.results import Results

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.dataset as ds

    from sim.batch.experiment import Experiment
    from sim.batch.manifest import Manifest
    from sim.batch.memory import Kept
    from sim.batch.parameter_sets import ParameterSets
    from sim.batch.stored import Stored
    from sim.results.folder import Folder

#: What messages say in place of a folder.
IN_MEMORY = Path("(results in memory)")


class ResultsInMemory(Results):
    """What ``sim.batch.memory.run_in_memory`` kept, read like a results folder. It never changes.

    Attributes:
        chance_alone: the same scenarios at default parameters, where they were run besides.
    """

    chance_alone: Folder | None = None

    def __init__(self, kept: Kept) -> None:
        self._runs = kept
        super().__init__(IN_MEMORY)

    @property
    def manifest(self) -> Manifest:
        """What is expected in the end."""
        return self._runs.manifest

    @property
    def experiment(self) -> Experiment:
        """What was run."""
        return self._runs.experiment

    @property
    def sets(self) -> ParameterSets | None:
        """The parameter sets that replicates have of their own."""
        return self.experiment.parameters

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions of the model; there are no sessions, since nothing was stored."""
        return {"model": self.manifest.model, "sessions": []}

    @property
    def stored(self) -> Stored:
        """What there is and what is missing yet; says nothing, since runs may be under way."""
        from sim.batch.stored import Stored

        return Stored(self.manifest, dict(self._runs.chunks), ())

    def dataset(self, name: str, points: Collection[int] | None = None) -> ds.Dataset:
        """A table as an Arrow dataset, all points at once.

        Raises:
            InputError: the table is not kept.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds

        self._check_kept(name)
        parts = self._runs.tables.get(name)
        return ds.dataset(pa.concat_tables(parts)) if parts else self._empty()

    def write_tables(self) -> None:
        """Nothing is written."""

    def write_runs(self) -> bool:
        """Nothing is written."""
        return False

    def _key(self) -> tuple[tuple[str, int, int], ...]:
        return ()

    def _design(self) -> pd.DataFrame:
        import pandas as pd

        design = self.experiment.design
        return pd.DataFrame({"point": [0]} if design is None else design.table())
