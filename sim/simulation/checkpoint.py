"""Checkpoints: a run that stopped after any quarter, in one file, to go on from later or to branch.

The file is a NumPy archive of the state's columns with a header of plain JSON: no pickle, so that
opening somebody else's checkpoint runs no code. State, quarter and key are all there is to a run.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from sim.errors import InputError
from sim.files import write_whole
from sim.kernel.state import State
from sim.kernel.world import World

FORMAT = 2
HEADER = "header"


@dataclass(frozen=True)
class Header:
    """What is known of a saved run besides its columns.

    Attributes:
        model: digest of the model that made it (``sim.provenance.model_digest``).
        world, world_seed, fingerprint: name and seed of the world, and the digest of its traits.
        scenario: the resolved scenario in force, as plain values.
        seed, replicate, quarters: as of the run.
        quarter: quarters run so far.
        extensions: names of the user-defined extensions in force.
        by: what outcomes by place are kept by, if any.
        format: version of this layout.
    """

    model: str
    world: str
    world_seed: int
    fingerprint: str
    scenario: dict[str, Any]
    seed: int
    replicate: int
    quarters: int
    quarter: int
    extensions: list[str]
    by: str | None
    format: int = FORMAT


def write_checkpoint(path: Path, header: Header, state: State) -> Path:
    """Write a checkpoint, atomically.

    Raises:
        InputError: the file cannot be written.
    """
    arrays: dict[str, Any] = {
        f"{group}.{name}": column
        for group, columns in state.groups()
        for name, column in columns._asdict().items()
    }
    arrays[HEADER] = np.frombuffer(json.dumps(vars(header)).encode(), np.uint8)
    try:
        write_whole(path, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None
    return path


def fingerprint(world: World) -> str:
    """Digest of everything in a world that the kernel reads (16 hex digits)."""
    digest = hashlib.sha256(f"{world.scale!r}".encode())
    for group in (
        world.municipalities,
        world.companies,
        world.institutions,
        world.prefectures,
        world.directory,
    ):
        for name, column in group._asdict().items():
            digest.update(f"{name}{column.shape}".encode())
            digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:16]


def read_checkpoint(path: Path, model: str) -> tuple[Header, State]:
    """Header and columns of a checkpoint.

    Args:
        path: the file.
        model: digest of the model that is to go on with it.

    Raises:
        InputError: the file is missing, damaged, or of another version of the model.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        values = json.loads(arrays.pop(HEADER).tobytes())
        if values["format"] != FORMAT:
            raise InputError(f"{path}: format {values['format']} is not the format {FORMAT} of this version")
        header = Header(**values)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: is no checkpoint, or is damaged ({error})") from None
    _refuse_other_model(path, header, model)  # another version may have other columns
    try:
        return header, _state_of(arrays)
    except (KeyError, TypeError) as error:
        raise InputError(f"{path}: is damaged (column {error})") from None


def _refuse_other_model(path: Path, header: Header, now: str) -> None:
    if header.model != now:
        raise InputError(
            f"{path}: was made by another version of the model ({header.model}, now {now}); "
            "go on with the version that made it, or run from the start"
        )


def _state_of(arrays: dict[str, Any]) -> State:
    kinds = get_type_hints(State)
    groups = {}
    for group, kind in kinds.items():
        groups[group] = kind(**{name: arrays[f"{group}.{name}"] for name in kind._fields})
    return State(**groups)
