"""Compile the kernel, and keep the compiled code only as long as it is true.

Numba's disk cache looks at the file of the function alone: a rule changed in another
module would be a cache hit with the old result. So the cache folder carries a digest of
every kernel source and of the compiler's version; a changed source is a new folder. And
its files are pickles, which run what they say: it is a folder that is ours alone, or none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import numba
from llvmlite.binding import get_host_cpu_name  # type: ignore[import-untyped]
from numba.core.caching import UserProvidedCacheLocator

from sim.kernel.sources import KERNEL_FOLDERS, PACKAGE, kernel_digest

if TYPE_CHECKING:
    from sim.trust import Kept, Refused

#: Set when this process has compiled what it cannot keep.
_in_memory = Event()


def cache_folder() -> Path | None:
    """Folder of the compiled code; None where no folder is ours alone, so that it stays in memory."""
    return _kept().folder


def refused() -> Refused | None:
    """What keeps compiled code from its usual folder, if anything does."""
    return next(iter(_kept().refused), None)


def _kept() -> Kept:
    from sim.trust import kept  # here, as nothing of it is compiled: the digest covers what stands at the top

    return kept(f"kernel-{kernel_digest()}")


def is_compiled() -> bool:
    """Whether an earlier process has finished compiling this very kernel, or this one has."""
    marker = _marker()
    return _in_memory.is_set() if marker is None else marker.exists()


def mark_compiled() -> None:
    """Note that every act is compiled, so that later processes need not announce a compilation."""
    marker = _marker()
    if marker is None:
        _in_memory.set()
    else:
        marker.touch()


def _marker() -> Path | None:
    """Numba keeps code apart by version of Python and kind of processor, so the marker does too."""
    folder = cache_folder()
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    return None if folder is None else folder / f"complete-{python}-{get_host_cpu_name()}"


class SharedByCopies(UserProvidedCacheLocator):  # type: ignore[misc] # numba has no types
    """Where numba keeps the code of a kernel function: in the cache folder, wherever the package lies.

    Numba tells sources apart by their paths, so that every copy of the package would be compiled anew. The
    digest in the name of the cache folder tells more than a path: it covers every source that counts.
    """

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Name of the kernel folder of a source; a function that is not the kernel's keeps numba's way."""
        folder = Path(py_file).resolve().parent
        if folder.parent == PACKAGE.resolve() and folder.name in KERNEL_FOLDERS:
            return folder.name
        subpath: str = super().get_suitable_cache_subpath(py_file)
        return subpath


def entry[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile what Python calls, releasing the GIL, cached on disk.

    No fast maths: the compiled code must equal plain Python bit for bit. The code that unpacks the
    arguments of a call from Python takes longer to compile than most functions, so few have it.
    """
    return _compiled(function, _nrt=True)


def act[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile an act; only compiled code can call it, by its address (``sim.kernel.calls``)."""
    return _compiled(function, _nrt=True, no_cpython_wrapper=True)


def light_act[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile an act that makes no arrays: it need not count references, see ``part``."""
    return _compiled(function, _nrt=False, no_cpython_wrapper=True)


def rule[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a scalar decision rule; it is inlined into the acts that call it."""
    return _compiled(function, _nrt=False, forceinline=True)


def part[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a part of an act that makes no arrays and returns none; only compiled code can call it.

    So it need not count references to the columns it is handed, which takes longer than many a part's work.
    Nor is there code that unpacks wide tuples for calls from Python, which takes long to compile.
    """
    return _compiled(function, _nrt=False, forceinline=True, no_cpython_wrapper=True)


def maker[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a part of an act that makes or returns arrays; only compiled code can call it."""
    return _compiled(function, _nrt=True, forceinline=True, no_cpython_wrapper=True)


def _compiled[Function: Callable[..., Any]](function: Function, **options: bool) -> Function:
    """Compile without what calls from C would need, and keep the result if there is a folder for it."""
    folder = cache_folder()
    before = numba.config.CACHE_DIR, numba.config.CACHE_LOCATOR_CLASSES
    numba.config.CACHE_DIR = str(folder)
    numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.{SharedByCopies.__name__}"
    try:
        compiled: Function = numba.njit(
            cache=folder is not None, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options
        )(function)
    finally:
        numba.config.CACHE_DIR, numba.config.CACHE_LOCATOR_CLASSES = before
    if folder is not None and not numba.config.DISABLE_JIT:
        _name_code_by_process(compiled)
    return compiled


def _name_code_by_process(compiled: Any) -> None:
    """Let no other process write the files in which this one keeps compiled code.

    Numba numbers them, and the index that says what is in which has no lock: of two processes that compile at
    once, one could put its code where the other's index leads.
    """
    kept = compiled._cache._cache_file
    kept._data_name_pattern = kept._data_name_pattern.replace(".nbc", f".{os.getpid()}.nbc")
