"""Import extensions, with a digest of the source that was imported.

Results are filed under the digest of the code that made them. Python imports a module once per process, while
its file may be edited afterwards. So the sources are noted before an extension is imported, or when it is
declared, which is while its module is imported; where a file differs from the note, the module and what it
uses are imported anew. What is noted is run from its source, never from compiled code that lies beside it.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module, invalidate_caches
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from sim.errors import InputError
from sim.trust import spec_of_source

#: What a file held: its path and the digest of its bytes.
type Snapshot = Mapping[str, tuple[Path, str]]

#: Folders of installed packages: what lies side by side there does not belong together.
INSTALLED = ("site-packages", "dist-packages")

_NOTES: dict[str, Snapshot] = {}
_LOCK = threading.RLock()


class _Noted:
    """Finds modules that are noted, before Python looks for compiled ones in their folders."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Where its source is; None where it is not noted, or has no source."""
        origins = (note[name][0] for note in tuple(_NOTES.values()) if name in note)
        origin = next(origins, None)
        return None if origin is None or origin.suffix != ".py" else spec_of_source(name, origin)


def note_source(module: str) -> None:
    """Note what the sources of a module say; called while the module is being imported."""
    with _LOCK:
        if module not in _NOTES:
            _NOTES[module] = _snapshot(module)


def import_fresh(name: str) -> tuple[ModuleType, str]:
    """A module as its source is now, and the digest of that source (16 hex digits).

    Raises:
        InputError: the source cannot be read.
        Exception: whatever importing the module raises.
    """
    with _LOCK:
        _forget_edited(name)
        module = import_source(name)
        note_source(name)
        if not _NOTES[name]:
            raise InputError(f"extensions: the source of {name} cannot be read; keep it in a file")
        digests = {covered: digest for covered, (_, digest) in sorted(_NOTES[name].items())}
    return module, hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:16]


def import_source(name: str) -> ModuleType:
    """A module as it was imported, or else as its source is now."""
    with _LOCK:
        if name in sys.modules:
            return import_module(name)  # once it is whole
        if _Noted not in sys.meta_path:
            sys.meta_path.insert(sys.meta_path.index(PathFinder), _Noted)
        invalidate_caches()
        _NOTES[name] = _snapshot(name)
        try:
            return import_module(name)
        except BaseException:
            _NOTES.pop(name, None)
            raise


def _forget_edited(name: str) -> None:
    """Make Python import a module anew, with all that it uses, where a source is not what was imported."""
    now = _snapshot(name)
    edited = [
        note for note in _NOTES.values() if any(note[key] != now[key] for key in note.keys() & now.keys())
    ]
    if name not in sys.modules:
        _NOTES.pop(name, None)
    for note in [*edited, now] if edited else []:
        for module in note:
            sys.modules.pop(module, None)
            _NOTES.pop(module, None)


def _snapshot(module: str) -> Snapshot:
    """What the file of a module says, and those of the local modules that it uses, directly or not."""
    origin = _origin(module)
    if origin is None:
        return {}
    root = _root(module, origin)
    found, waiting = {module: (origin, _read(origin)[0])}, [*_used(module, origin)]
    while waiting:
        name = waiting.pop()
        path = None if name in found else _local(root, name, module)
        if path is not None:
            found[name] = (path, _read(path)[0])
            waiting += _used(name, path)
    return found


def _root(module: str, origin: Path) -> Path:
    """The folder that was searched for a module, or for the outermost package that holds it."""
    steps = module.count(".") + (origin.stem == "__init__")
    return origin.parents[min(steps, len(origin.parents) - 1)]


def _origin(module: str) -> Path | None:
    """The file of a module, whether it is imported or not; None where there is none."""
    loaded = sys.modules.get(module)
    file = _found(module) if loaded is None else getattr(loaded, "__file__", None)
    return Path(file).absolute() if file and Path(file).is_file() else None


def _found(module: str) -> Path | None:
    """The source of a module that Python would import, or else that file itself; no package is imported."""
    top, *parts = module.split(".")
    spec = None
    with suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(top)
    for part in parts:
        if spec is None or spec.submodule_search_locations is None:
            return None
        top = f"{top}.{part}"
        spec = PathFinder.find_spec(top, spec.submodule_search_locations)
    if spec is None or spec.origin is None or not spec.has_location:
        return None
    path = Path(spec.origin)
    source = path.with_name(f"{path.name.partition('.')[0]}.py")
    return source if source.is_file() else path


def _local(root: Path, name: str, user: str) -> Path | None:
    """The file of a module that lies beside the one that uses it; None for packages and this one."""
    top = name.partition(".")[0]
    if top == "sim" or (root.name in INSTALLED and top != user.partition(".")[0]):
        return None
    path = _origin(name)
    return path if path is not None and _root(name, path) == root else None


def _used(module: str, path: Path) -> list[str]:
    """Full names of what may be modules among the imports of a file, with the packages that hold them."""
    above = module.rpartition(".")[0]
    package = module if path.name == "__init__.py" else above
    found = [above] if above else []
    for relative in _read(path)[1]:
        with suppress(ImportError):  # beyond the top: Python will say so
            parts = importlib.util.resolve_name(relative, package).split(".")
            found += [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return found


def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    """Digest of a file and the names that it imports, with leading dots where they are relative."""
    try:
        about = path.stat()
        return _read_as_of(path, about.st_mtime_ns, about.st_size)
    except OSError:
        return "", ()


@lru_cache(maxsize=1024)
def _read_as_of(path: Path, _time: int, _size: int) -> tuple[str, tuple[str, ...]]:
    content = path.read_bytes()
    names: Iterable[str] = ()
    with suppress(SyntaxError, ValueError):  # whoever imports it is told
        names = _imports(ast.parse(content))
    return hashlib.sha256(content).hexdigest(), tuple(dict.fromkeys(names))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            joint = "" if base.endswith(".") else "."
            yield from (f"{base}{joint}{alias.name}" for alias in node.names if alias.name != "*")
