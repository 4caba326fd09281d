"""Where libraries keep files and take their settings from."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import InputError
from sim.files import read_regular
from sim.trust import kept

#: What Numba and Matplotlib look for in the current folder, and the most bytes that settings have.
_COMPILER, _FIGURES, _MOST = Path(".numba_config.yaml"), Path("matplotlibrc"), 1_000_000

#: The variables that name folders of settings and caches, and where these lie without.
_HOMES = {"XDG_CONFIG_HOME": "~/.config", "XDG_CACHE_HOME": "~/.cache"}


def give_matplotlib_a_folder() -> None:
    """Name a folder in MPLCONFIGDIR where Matplotlib's own cannot be made.

    Left to itself it prints two lines about that on standard error whenever it is imported, and looks for
    fonts anew each time. Its folder is then beside the compiled code; where no folder is ours alone,
    Matplotlib makes one for itself that goes with the process.
    """
    homes = [Path(os.environ.get(name) or home).expanduser() for name, home in _HOMES.items()]
    if "MPLCONFIGDIR" in os.environ or all(_can_be_written(home / "matplotlib") for home in homes):
        return
    folder = kept("matplotlib").folder
    if folder is not None:
        os.environ["MPLCONFIGDIR"] = str(folder)


def leave_libraries_no_choice() -> None:
    """Take from this process the variables that end a library where they hold nonsense, and serve no command.

    Figures are written to files only, for which Matplotlib needs no window; NumPy reads a date that it puts
    into nothing of ours.
    """
    os.environ["MPLBACKEND"] = "agg"
    os.environ.pop("SOURCE_DATE_EPOCH", None)


def refuse_settings_here() -> None:
    """Refuse what would change the compiler, or end Matplotlib, if it lies in the current folder.

    Any other ``matplotlibrc`` changes nothing: figures have settings of their own.

    Raises:
        InputError: there is such a file, or no current folder any more.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise InputError("the current folder has been removed; change to another one (cd)") from None
    if _COMPILER.is_file():
        raise InputError(
            f"{_COMPILER.absolute()}: is in the current folder, and the compiler would take settings from it "
            "that change how the model runs; take it away, or run elsewhere"
        )
    if _FIGURES.exists() and not _FIGURES.is_dir():
        try:
            read_regular(_FIGURES, _MOST).decode()
        except (OSError, UnicodeDecodeError):
            raise InputError(
                f"{_FIGURES.absolute()}: is in the current folder, and Matplotlib cannot read it as its "
                "settings; take it away, or run elsewhere"
            ) from None


def _can_be_written(folder: Path) -> bool:
    """Whether a folder is there and can be written, or can be made."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    return there.is_dir() and os.access(there, os.W_OK)
