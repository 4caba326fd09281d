"""Studies: run experiments, follow and cancel them; run or compare scenarios; evaluate points in batches."""

from sim.studies.evaluator import Evaluator
from sim.studies.scenarios import chance_alone, compare, experiment_of, run
from sim.studies.study import Event, Stage, Study, StudyCancelled

__all__ = [
    "Evaluator",
    "Event",
    "Stage",
    "Study",
    "StudyCancelled",
    "chance_alone",
    "compare",
    "experiment_of",
    "run",
]
