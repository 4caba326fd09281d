"""Go on with a run that was saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.kernel.world import World
from sim.provenance import model_digest
from sim.scenarios.scenario import Scenario
from sim.simulation.checkpoint import Header, fingerprint, read_checkpoint
from sim.simulation.run import Simulation
from sim.worlds import load_world

if TYPE_CHECKING:
    from sim.extensions import Extension


def resume(
    path: str | Path,
    world: World | None = None,
    extensions: Sequence[Extension] = (),
    allow_extensions: bool = False,
) -> Simulation:
    """The run of a checkpoint, to go on as if it had never stopped, or to branch.

    Args:
        path: file that ``Simulation.save`` wrote.
        world: the world of the run; loaded by its name where none is given.
        extensions: those that were handed to the run as objects.
        allow_extensions: import the code that the scenario names.

    Raises:
        InputError: the file is missing, damaged or of another version of the model, the world is
            another one, or the extensions are not those of the run.
    """
    path = Path(path)
    header, state = read_checkpoint(path, model_digest())
    scenario = Scenario.model_validate(header.scenario)
    if scenario.extensions and not allow_extensions:
        raise InputError(
            f"{path}: its scenario names code to be run; if you trust it, give allow_extensions=True"
        )
    world = _world_of(path, header) if world is None else world
    if fingerprint(world) != header.fingerprint:
        raise InputError(f"{path}: was made in another world than this {world.name}; give that world")
    what = (header.seed, header.replicate, header.quarters, extensions, header.by)
    simulation = Simulation(world, scenario, *what)
    names = [extension.name for extension in simulation.extensions]
    if names != header.extensions:
        raise InputError(
            f"{path}: runs with the extensions {header.extensions}, not {names}; hand in the same ones"
        )
    simulation.restore(state, header.quarter)
    return simulation


def _world_of(path: Path, header: Header) -> World:
    """The world of a run, by its name.

    Raises:
        InputError: its tables cannot be read any more.
    """
    try:
        return load_world(header.world, header.world_seed)
    except InputError as error:
        raise InputError(f"{path}: {error.lines[0]}; give its world with world=") from None
