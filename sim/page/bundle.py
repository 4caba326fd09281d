"""The drawing library that the page loads, cut out of the installed ``vl-convert-python``.

It is made once for every version, in a process of its own, which takes seconds and much memory; the page is
up meanwhile. ``python -m sim.page.bundle`` makes it ahead.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from sim.files import write_text
from sim.trust import kept, surroundings

#: Seconds that making it may take.
_PATIENCE = 120
#: The option of prctl(2) that asks for a signal when the parent has died.
_PARENT_DEATH = 1
#: The version of Vega-Lite that specifications are written for.
VEGA_LITE = "6.4"


def bundle_path() -> Path | None:
    """Where the library of this version is kept; None where no folder is ours alone."""
    folder = kept("page").folder
    return None if folder is None else folder / f"vega-{version('vl-convert-python')}-{VEGA_LITE}.js"


def make(path: Path) -> None:
    """Make the library."""
    import vl_convert

    bundle = vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # type: ignore[call-arg] # all it has
    write_text(path, bundle)


class Bundle:
    """The library, as soon as it is there.

    Args:
        path: where it is kept; if nowhere, it goes when it is given up.
    """

    def __init__(self, path: Path | None) -> None:
        self._passing = ExitStack()
        if path is None:
            path = Path(self._passing.enter_context(tempfile.TemporaryDirectory())) / "vega.js"
        self.path = path
        self.failed = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def there(self) -> bool:
        """Whether it can be served."""
        return self.path.is_file()

    def start(self) -> None:
        """Make it in a process of its own, where it is not there."""
        if not self.there:
            threading.Thread(target=self._make, name="bundle", daemon=True).start()

    def stop(self) -> None:
        """Give it up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._passing.close()

    def _make(self) -> None:
        command = [sys.executable, "-m", "sim.page.bundle", str(self.path)]
        silent = subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(command, env=surroundings(), stdout=silent, stderr=silent)
            self.failed = self._process.wait(_PATIENCE) != 0
        except subprocess.TimeoutExpired:
            self.stop()
            self.failed = True
        except OSError:
            self.failed = True


def _end_with_parent() -> None:
    """Have the system end this process with the one that started it: a thread would not get a turn."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)


if __name__ == "__main__":
    _end_with_parent()
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else bundle_path()
    if where is None:
        sys.exit(": ".join(kept("page").refused[0]))
    make(where)
