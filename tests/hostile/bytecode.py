"""Bytecode of another text beside a source, which Python would run in its place."""

from __future__ import annotations

import importlib.util
import marshal
from pathlib import Path


def plant(path: Path, text: str, unchecked: bool = True) -> None:
    """Lay what a text is compiled to beside a source, so that it passes for that of the source.

    Args:
        path: the source.
        text: what would be run.
        unchecked: whether Python is told not to compare; else time and size are those of the source.
    """
    place = Path(importlib.util.cache_from_source(str(path)))
    place.parent.mkdir(exist_ok=True)
    facts = path.stat()
    words = (int(facts.st_mtime), facts.st_size)
    claimed = b"".join(word.to_bytes(4, "little") for word in (0, *words))
    if unchecked:
        claimed = (1).to_bytes(4, "little") + importlib.util.source_hash(path.read_bytes())
    code = compile(text, str(path), "exec")
    place.write_bytes(importlib.util.MAGIC_NUMBER + claimed + marshal.dumps(code))
