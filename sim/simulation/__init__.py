"""A world, a scenario and a key give a run, which can stop, be saved, go on and branch."""

from sim.simulation.run import Run, Simulation, simulate

__all__ = ["Run", "Simulation", "simulate"]
