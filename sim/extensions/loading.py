"""Extensions by their import paths, as scenario files name them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from sim.errors import InputError
from sim.extensions.declared import Extension
from sim.extensions.source import import_fresh


def imported(named: Mapping[str, str]) -> tuple[Extension, ...]:
    """The extensions that a scenario names.

    Args:
        named: ``extensions`` of the scenario: import path -> digest of the source.

    Raises:
        InputError: one cannot be imported, or its source is not the one that the scenario was made with.
    """
    found = []
    for path, digest in named.items():
        extension, now = import_extension(path)
        if now != digest:
            raise InputError(
                f"extensions: the source of {path} has changed since the scenario was made; load it again"
            )
        found.append(extension)
    return tuple(found)


def import_extension(path: str) -> tuple[Extension, str]:
    """The extension at an import path ``module:name`` and the digest of the source that it comes from.

    The source is that of its module and of the local modules that it imports; where it has changed since it
    was imported, it is imported anew. The working folder is searched last. Importing runs the module's code.

    Raises:
        InputError: there is none.
    """
    module_name, _, name = path.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        module, digest = import_fresh(module_name)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a user's module raises
        raise InputError(f"extensions: {path} cannot be imported ({type(error).__name__}: {error})") from None
    extension = getattr(module, name, None)
    if not isinstance(extension, Extension) or extension.name != name:
        raise InputError(
            f"extensions: {path}: {module.__file__} has no mechanism, lever or outcome of that name"
        )
    return extension, digest
