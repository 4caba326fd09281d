"""Checkpoints: a run that stopped after any quarter, in one file, to go on from later or to branch.

A line that names the format and a digest of all that follows, a line of plain JSON (the header), then the
columns of the state, one after the other as they lie in memory (little-endian). State, quarter and key are
all there is to a run. A checkpoint may be anybody's: it holds no code, takes no more memory than it has
bytes, and is read only where header, columns and digest fit each other.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import InputError
from sim.files import open_regular, write_whole
from sim.kernel.state import State
from sim.kernel.world import World
from sim.scenarios.scenario import Scenario
from sim.scenarios.yaml_file import printable
from sim.simulation.columns import Sizes, bytes_of, kept, named, refuse_odd, state_of

FORMAT = 3
_FIRST_LINE = re.compile(rb"sim checkpoint (\d{1,9}) ([0-9a-f]{64})\n")
#: Bytes that the header may have: a scenario with hundreds of programmes takes some hundred thousand.
MOST_OF_HEADER = 4_000_000
#: Formats 1 and 2 were archives of NumPy.
_ARCHIVE = b"PK"

type Seed = Annotated[int, Field(ge=0, lt=2**64)]


class Header(BaseModel):
    """What is known of a saved run besides its columns.

    Attributes:
        model: digest of the model that made it (``sim.provenance.model_digest``).
        world, world_seed, fingerprint: name and seed of the world, and the digest of its traits.
        scenario: the resolved scenario in force.
        seed, replicate: as of the run.
        quarter: quarters run so far.
        extensions: names of the user-defined extensions in force.
        by: what outcomes by place are kept by, if any.
        sizes: of the columns; the horizon is one of them.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    model: str
    world: str
    world_seed: Seed
    fingerprint: str
    scenario: Scenario
    seed: Seed
    replicate: Seed
    quarter: Annotated[int, Field(ge=0)]
    extensions: tuple[str, ...]
    by: Literal["prefecture", "municipality", "size_class"] | None
    sizes: Sizes


def write_checkpoint(path: Path, header: Header, state: State) -> Path:
    """Write a checkpoint, atomically.

    Raises:
        InputError: the file cannot be written, or the run could not go on from it.
    """
    try:
        refuse_odd(state, header.quarter)
    except InputError as error:
        raise InputError(f"{path}: is not written, since the run could not go on from it ({error})") from None
    parts: list[Any] = [header.model_dump_json().encode() + b"\n"]
    parts += [np.ascontiguousarray(column) for column in kept(state, header.sizes)]
    if len(parts[0]) > MOST_OF_HEADER:
        raise InputError(f"{path}: is not written; the scenario is too large for it")
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    opening = f"sim checkpoint {FORMAT} {digest.hexdigest()}\n".encode()
    try:
        write_whole(path, lambda file: file.writelines([opening, *parts]))
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
    """Header and columns of a checkpoint, which fit each other; whether they fit a world is not known yet.

    Args:
        path: the file.
        model: digest of the model that is to go on with it.

    Raises:
        InputError: the file is missing, damaged, of another format or of another version of the model.
    """
    try:
        with open_regular(path) as file:
            digest, line = _opening(path, file)
            header = _header(path, line, model)
            _refuse_other_size(path, file, header)
            found = hashlib.sha256(line)
            state = state_of(_columns(file, header.sizes, found), header.sizes)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    if found.hexdigest() != digest:
        raise _damaged(path, "its content is not that of its digest")
    try:
        refuse_odd(state, header.quarter)
    except InputError as error:
        raise _damaged(path, f"column {error}") from None
    return header, state


def _damaged(path: Path, reason: str) -> InputError:
    return InputError(f"{path}: is no checkpoint, or is damaged ({reason}); take a whole copy of it")


def _opening(path: Path, file: BufferedReader) -> tuple[str, bytes]:
    """The digest that the first line names, and the line of the header.

    Raises:
        InputError: they are none, or of another format.
    """
    line = file.readline(100)
    first = _FIRST_LINE.fullmatch(line)
    if first is None and not line.startswith(_ARCHIVE):
        raise _damaged(path, "its first line is not that of one")
    if first is None or int(first[1]) != FORMAT:
        other = "an earlier format" if first is None else f"format {int(first[1])}"
        raise InputError(
            f"{path}: is of {other}, not of the format {FORMAT} of this version; "
            "go on with the version that made it, or run from the start"
        )
    header = file.readline(MOST_OF_HEADER)
    if not header.endswith(b"\n"):
        raise _damaged(path, "its header has no end")
    return first[2].decode(), header


def _header(path: Path, line: bytes, model: str) -> Header:
    """The header, when it is of this version of the model.

    Raises:
        InputError: it is not, or says what none can say.
    """
    try:
        header = Header.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, ("header", *first["loc"])))
        raise _damaged(path, printable(f"{place}: {first['msg']}")[:200]) from None
    if header.model != model:
        theirs = printable(header.model[:16])
        raise InputError(
            f"{path}: was made by another version of the model ({theirs}, now {model}); "
            "go on with the version that made it, or run from the start"
        )
    if header.quarter > header.sizes.quarters:
        raise _damaged(path, "header: more quarters were run than its run has")
    return header


def _refuse_other_size(path: Path, file: BufferedReader, header: Header) -> None:
    """Refuse a file before any of its columns is read, unless it has as many bytes as they take."""
    expected, found = bytes_of(header.sizes), os.fstat(file.fileno()).st_size - file.tell()
    if found != expected:
        raise _damaged(path, f"its columns have {found:,} bytes, not {expected:,}")


def _columns(file: BufferedReader, sizes: Sizes, digest: Any) -> Iterator[npt.NDArray[Any]]:
    """The columns in their order, each noted in the digest."""
    for _, _, column in named():
        array = np.zeros(column.shape_in(sizes), column.dtype)
        if array.size:
            file.readinto(array.data)  # where it was cut short meanwhile, the digest is another
            digest.update(array.data)
        yield array
