"""Which parts were read to the end since they last changed, so that opening a folder reads only the others.

A part that a session wrote or read through is remembered with its size and the time of its last change of
any kind, copying included. Anything else about it means that it is read again. The record may be lost or
removed: then every part is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, TypedDict

from pydantic import Field, TypeAdapter

from sim.batch.digests import Sums
from sim.batch.parts import Chunk
from sim.batch.store import FAILURES, Looked, look
from sim.errors import InputError
from sim.files import read_json, write_text

CHECKED = ".checked.json"


class _Entry(TypedDict):
    """Failed runs of a chunk, and size and time of change of each table's part."""

    failed: Annotated[int, Field(ge=0)]
    parts: dict[str, Annotated[list[int], Field(min_length=2, max_length=2)]]


@cache
def _schema() -> TypeAdapter[dict[str, _Entry]]:
    return TypeAdapter(dict[str, _Entry])


@dataclass
class Checked:
    """Parts that were read through or written by a session, by chunk.

    Attributes:
        folder: results folder.
        known: name of the part -> what is known of it.
    """

    folder: Path
    known: dict[str, _Entry] = field(default_factory=dict)

    def failed(self, chunk: Chunk) -> int | None:
        """Failed runs of a chunk all of whose parts are unchanged; None where one has to be looked at."""
        entry = self.known.get(chunk.part)
        if entry is None or "series" not in entry["parts"]:
            return None
        try:
            if dict(self._stamps(chunk, entry["parts"])) != entry["parts"]:
                return None
            if FAILURES not in entry["parts"] and (self.folder / FAILURES / chunk.part).exists():
                return None
        except (OSError, ValueError):
            return None
        return entry["failed"]

    def add(self, chunk: Chunk, looked: Looked) -> None:
        """Remember the parts of a chunk as they are now."""
        parts = dict(self._stamps(chunk, looked.tables))
        self.known[chunk.part] = {"failed": looked.failed, "parts": parts}

    def _stamps(self, chunk: Chunk, tables: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
        for table in tables:
            facts = (self.folder / table / chunk.part).stat()
            yield table, [facts.st_size, facts.st_ctime_ns]

    def write(self, stored: Iterable[Chunk]) -> None:
        """Write the record of what is stored. Call it in turn."""
        names = {chunk.part for chunk in stored}
        kept = {name: entry for name, entry in sorted(self.known.items()) if name in names}
        write_text(self.folder / CHECKED, json.dumps(kept, separators=(",", ":")))


def read_checked(folder: Path) -> Checked:
    """The record of a folder; an empty one where there is none, or none that can be read."""
    try:
        return Checked(folder, read_json(folder / CHECKED, _schema(), "remove it"))
    except InputError:
        return Checked(folder)


def remember(folder: Path, written: Iterable[Chunk], record: Iterable[str]) -> None:
    """Add the chunks that a session wrote. Call it in turn."""
    checked, record, sums = read_checked(folder), tuple(record), Sums(folder)
    for chunk in written:
        looked = look(folder, chunk, record, sums=sums)
        if looked.fault is None:
            checked.add(chunk, looked)
    write_text(folder / CHECKED, json.dumps(checked.known, separators=(",", ":")))
