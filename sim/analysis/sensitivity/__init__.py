"""What drives an outcome of a results folder, and how sure that is: Sobol', Morris, given-data indices."""

from sim.analysis.sensitivity.tables import Sensitivity, sensitivity_of

__all__ = ["Sensitivity", "sensitivity_of"]
