"""The mutations that ``make test`` tries; ``make test-all`` tries them all."""

from __future__ import annotations

from tests.mutations.table import MUTATIONS


def sampled() -> list[str]:
    """The first mutation of every act, file, kind and check, in the order of the table."""
    seen: set[tuple[str, str | bool]] = set()
    names = []
    for name, mutation in MUTATIONS.items():
        if mutation.survives:  # takes twenty times as long: everybody is asked in vain
            continue
        touched = {(field, getattr(mutation, field)) for field in ("act", "file", "kind", "check", "shared")}
        if not touched <= seen:
            names.append(name)
            seen |= touched
    return names


SAMPLE = sampled()
