"""Leave to import the code that a file names, given by modules, since importing runs a module."""

from __future__ import annotations

from collections.abc import Collection, Iterable

#: Names of modules, each as ``module`` or ``module:name``, one by one or with commas between them.
type Allowed = str | Collection[str]

NOT_ALLOWED = (
    "names code to be run; if you trust it, allow it by its name: --allow-extensions {modules} "
    "(in Python: as allow_extensions)"
)


def refusal(paths: Iterable[str], allowed: Allowed) -> str:
    """Why extensions may not be imported; nothing where all of their modules are allowed.

    Args:
        paths: import paths, ``module:name``.
        allowed: modules that may be imported.
    """
    given = [allowed] if isinstance(allowed, str) else allowed
    granted = {_module(name) for names in given for name in names.split(",")}
    modules = modules_of(paths)
    return "" if granted.issuperset(modules) else NOT_ALLOWED.format(modules=",".join(modules))


def modules_of(paths: Iterable[str]) -> tuple[str, ...]:
    """The modules that import paths name, each once."""
    return tuple(dict.fromkeys(_module(path) for path in paths))


def _module(path: str) -> str:
    return path.partition(":")[0].strip()
