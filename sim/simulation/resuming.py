"""Go on with a run that was saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.kernel.world import World
from sim.provenance import model_digest
from sim.scenarios.allowed import Allowed, refusal
from sim.scenarios.scenario import Scenario
from sim.scenarios.written import read_in_full
from sim.scenarios.yaml_file import Document
from sim.simulation.checkpoint import Header, fingerprint, read_checkpoint
from sim.simulation.columns import alike, sizes_of
from sim.simulation.run import Simulation
from sim.worlds import load_world, municipalities_of

if TYPE_CHECKING:
    from sim.extensions import Extension


def resume(
    path: str | Path,
    world: World | None = None,
    extensions: Sequence[Extension] = (),
    allow_extensions: Allowed = (),
) -> Simulation:
    """The run of a checkpoint, to go on as if it had never stopped, or to branch.

    Args:
        path: file that ``Simulation.save`` wrote.
        world: the world of the run; loaded by its name where none is given.
        extensions: those that were handed to the run as objects.
        allow_extensions: modules that may be imported where the scenario names them.

    Raises:
        InputError: the file is missing, damaged or of another version of the model, the world is
            another one, or the extensions are not those of the run.
    """
    path = Path(path)
    header, state = read_checkpoint(path, model_digest())
    scenario = _scenario_of(path, header)
    if why := refusal(scenario.extensions, allow_extensions):
        raise InputError(f"{path}: its scenario {why}")
    world = _world_of(path, header) if world is None else world
    if fingerprint(world) != header.fingerprint:
        raise _of_another_world(path, world.name)
    what = (header.seed, header.replicate, header.sizes.quarters, extensions, header.by)
    simulation = Simulation(world, scenario, *what)
    names = [extension.name for extension in simulation.extensions]
    if names != list(header.extensions):
        raise InputError(
            f"{path}: runs with the extensions {list(header.extensions)}, not {names}; hand in the same ones"
        )
    if not alike(sizes_of(simulation.state), header.sizes):
        raise InputError(f"{path}: is damaged (its columns are not those of its scenario); take a whole copy")
    simulation.restore(state, header.quarter)
    return simulation


def _scenario_of(path: Path, header: Header) -> Scenario:
    """The scenario of a run, checked like one from a file.

    Raises:
        InputError: it is none that a file can describe; a line for each mistake.
    """
    document = Document(path, header.scenario.model_dump(), {}, ("header", "scenario"))
    loaded = read_in_full(document, header.extensions)
    document.refuse_mistakes()
    assert loaded is not None
    return loaded.scenario


def _world_of(path: Path, header: Header) -> World:
    """The world of a run, by its name, when it is as large as that of the columns.

    Raises:
        InputError: it is not, or its tables cannot be read any more.
    """
    try:
        if municipalities_of(header.world) != header.sizes.municipalities:
            raise _of_another_world(path, header.world)
        return load_world(header.world, header.world_seed)
    except InputError as error:
        raise InputError(f"{path}: {error.lines[0]}; give its world with world=") from None


def _of_another_world(path: Path, name: str) -> InputError:
    return InputError(f"{path}: was made in another world than this {name}; give that world")
