"""User-defined extensions: mechanisms, levers and outcomes, declared by decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.extensions.declared import (
    ACTS,
    Extension,
    checked,
    lever,
    mechanism,
    outcome,
)
from sim.extensions.loading import import_extension, imported
from sim.kernel.outcomes import Kind

if TYPE_CHECKING:
    from sim.extensions.now import Now

__all__ = [
    "ACTS",
    "Extension",
    "Kind",
    "Now",
    "checked",
    "import_extension",
    "imported",
    "lever",
    "mechanism",
    "outcome",
]


def __getattr__(name: str) -> Any:
    """Load ``Now``, which brings the compiled kernel, on first use."""
    if name != "Now":
        raise AttributeError(f"module 'sim.extensions' has no attribute {name!r}")
    from sim.extensions.now import Now

    return Now
