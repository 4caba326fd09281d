"""Runs checks on broken copies of the package, in plain Python: nothing is compiled.

``python -m tests.mutants COPY=CHECK ...`` prints a line ``COPY code`` each: 0 the check holds, 1 it fails.
Heavy imports are shared: every copy is tried in a fork that has not yet imported the package.
"""

from __future__ import annotations

import os
import sys
import traceback

import numba  # noqa: F401 - shared by the forks
import numpy as np  # noqa: F401
import pydantic  # noqa: F401
import ruamel.yaml  # noqa: F401

HOLDS, FAILS, BREAKS = range(3)


def verdict(copy: str, check: str) -> int:
    """Import the package of the copy and run the check (``all``: every one)."""
    sys.path.insert(0, copy)
    import sim

    assert os.path.dirname(os.path.dirname(sim.__file__)) == copy  # noqa: PTH120
    from tests.mutant_checks import CHECKS

    try:
        for name in CHECKS if check == "all" else [check]:
            CHECKS[name]()
    except AssertionError:
        traceback.print_exc()
        return FAILS
    return HOLDS


def in_a_fork(copy: str, check: str) -> int:
    child = os.fork()
    if child == 0:
        code = BREAKS
        try:
            code = verdict(copy, check)
        except BaseException:  # noqa: BLE001 - a fork must never come back
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        copy, check = argument.split("=")
        print(copy, in_a_fork(copy, check), flush=True)
