"""Documents of Office without the time of writing, so that the same report gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from sim.files import write_bytes

#: The earliest time that a zip archive knows.
_FIRST = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def write_archive(content: bytes, path: Path) -> None:
    """Write a document as it is but for times: those of its parts, and those in its properties."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(fixed, "w") as new:
        for part in old.infolist():
            inside = old.read(part)
            if part.filename == "docProps/core.xml":
                inside = _TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", inside)
            told = zipfile.ZipInfo(part.filename, _FIRST)
            told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, part.external_attr
            new.writestr(told, inside)
    write_bytes(path, fixed.getvalue())
