"""``SHA256SUMS``: the digest of every part of a results folder, as ``sha256sum --check`` reads it.

Pages of a part have checksums, the rest of it has none: a byte turned over in its footer may give other
numbers, or end the process that reads it. So a part is opened only when it is, byte for byte, what was
written. A digest is noted before its part is put in place: a part without one was put there by somebody else.
Whoever can write to the folder can write digests, too: they tell of damage and not of forgery.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from sim.errors import InputError
from sim.files import open_regular, own_file, read_regular, write_text

SUMS = "SHA256SUMS"
#: A line takes some 130 bytes: the digests of two million parts.
MOST_BYTES = 256 << 20
_LONGEST_LINE = 200
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[a-z]+/part-[-pr0-9]+\.parquet)")


class Sums:
    """The digests of a folder's parts, read when first asked for.

    Args:
        folder: results folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def noted(self) -> dict[str, str]:
        """Digests by the name of the part, ``series/part-….parquet``; the last that was noted counts.

        A line that was cut short is nobody's: the part that it was for was not put in place.

        Raises:
            InputError: the file cannot be read.
        """
        path = self._folder / SUMS
        try:
            with open_regular(path, MOST_BYTES) as file:
                lines = (line.decode("ascii", "replace").strip() for line in _short_lines(file))
                matches = (_LINE.fullmatch(line) for line in lines)
                return {match["name"]: match["digest"] for match in matches if match is not None}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise InputError(
                f"{path}: cannot be read ({error.strerror}); remove it and run again, which writes a new one"
            ) from None


def _short_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines one after the other; a longer one than there can be, in pieces."""
    return iter(lambda: file.readline(_LONGEST_LINE), b"")


def digest_of_part(content: bytes) -> str:
    """Digest of a part (64 hex digits)."""
    return hashlib.sha256(content).hexdigest()


def note(folder: Path, digests: Mapping[str, str]) -> None:
    """Add digests of parts that are about to be put in place, and force them to disk. Call it in turn.

    Args:
        folder: results folder.
        digests: by the name of the part; one that was noted before no longer counts.
    """
    lines = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    with own_file(folder / SUMS, append=True) as handle:
        if _is_cut_short(handle):
            lines = "\n" + lines
        _write_all(handle, lines.encode("ascii"))
        os.fsync(handle)


def _write_all(handle: int, content: bytes) -> None:
    """Write it to the end: where a disk is nearly full, a part of it is taken before the rest is refused."""
    while content:
        content = content[os.write(handle, content) :]


def _is_cut_short(handle: int) -> bool:
    """Whether the last line has no end: its command was killed, or the disk was full."""
    size = os.fstat(handle).st_size
    return size > 0 and os.pread(handle, 1, size - 1) != b"\n"


def tidy_sums(folder: Path) -> None:
    """Keep a line for each part that is there, in the order of names. Call it in turn."""
    noted = Sums(folder).noted
    there = {name: noted[name] for name in sorted(noted) if (folder / name).is_file()}
    text = "".join(f"{digest}  {name}\n" for name, digest in there.items())
    path = folder / SUMS
    if there and read_regular(path, MOST_BYTES) != text.encode("ascii"):
        write_text(path, text)
