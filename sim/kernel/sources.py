"""The kernel's sources and their digest, which can be had without loading the compiler."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
#: Folders whose every source file belongs to the kernel.
KERNEL_FOLDERS = ("kernel", "agents", "acts")


@cache
def kernel_digest() -> str:
    """Digest of all kernel sources and of the numba, llvmlite and numpy versions (16 hex digits)."""
    digest = hashlib.sha256()
    for package in ("numba", "llvmlite", "numpy"):
        digest.update(f"{package}={version(package)};".encode())
    for path in kernel_files():
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def kernel_files() -> list[Path]:
    """Every source file whose text the compiled code depends on, in a fixed order."""
    return [path for folder in KERNEL_FOLDERS for path in sorted((PACKAGE / folder).glob("*.py"))]
