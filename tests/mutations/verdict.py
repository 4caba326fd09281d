"""Who noticed a mutation."""

from __future__ import annotations

from typing import NamedTuple


class Verdict(NamedTuple):
    """Where the twin first differs, and which check fails; empty where nobody notices."""

    twin: str
    check: str
