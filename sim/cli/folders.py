"""A folder for what Matplotlib keeps, where the home folder cannot be written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: The variables that name folders of settings and caches, and where these lie without.
_HOMES = {"XDG_CONFIG_HOME": "~/.config", "XDG_CACHE_HOME": "~/.cache"}


def give_matplotlib_a_folder() -> None:
    """Name a folder in MPLCONFIGDIR where Matplotlib's own cannot be made.

    Left to itself it prints two lines about that on standard error whenever it is imported, and looks for
    fonts anew each time. Its folder is then beside the compiled code, or in the temporary folder.
    """
    homes = [Path(os.environ.get(name) or home).expanduser() for name, home in _HOMES.items()]
    if "MPLCONFIGDIR" in os.environ or all(_can_be_written(home / "matplotlib") for home in homes):
        return
    named = os.environ.get("SIM_CACHE_DIR")
    roots = [Path(named)] if named else []
    roots.append(Path(tempfile.gettempdir()) / f"sdgs-partnership-sim-{os.getuid()}")
    root = next((root for root in roots if _can_be_written(root)), None)
    if root is not None:
        os.environ["MPLCONFIGDIR"] = str(root / "matplotlib")


def _can_be_written(folder: Path) -> bool:
    """Whether a folder is there and can be written, or can be made."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    return there.is_dir() and os.access(there, os.W_OK)
