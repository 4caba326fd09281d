"""What a worker elsewhere has to be alike in, so that its parts are those that this machine would write."""

from __future__ import annotations

import errno
import hashlib
import platform
import socket
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from sim import provenance
from sim.errors import InputError
from sim.kernel.sources import PACKAGE

#: Packages whose versions may show in the bytes of a part.
_PACKAGES = ("numpy", "numba", "llvmlite", "pyarrow")


class Outcome(NamedTuple):
    """What a task gave or raised; an error told in another way is of the cluster, not of the task."""

    value: Any = None
    error: Exception | None = None


@cache
def badge() -> dict[str, str]:
    """Of what this process is: the model, the sources of this package, Python and packages."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    versions = provenance.versions()
    return {
        "model": provenance.model_digest(),
        "sim": digest.hexdigest()[:16],
        "Python": ".".join(platform.python_version_tuple()[:2]),
        **{name: str(versions[name]) for name in _PACKAGES},
    }


def as_one_of_us(expected: dict[str, str], task: Callable[..., Any], *args: Any) -> Outcome:
    """Carry out a task, on a worker that is what it has to be."""
    mine, host = badge(), socket.gethostname()
    for name, version in expected.items():
        if mine.get(name) != version:
            return Outcome(error=_stranger(host, name, str(mine.get(name)), version))
    try:
        return Outcome(task(*args))
    except OSError as error:
        return Outcome(error=_elsewhere(error, host))
    except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
        return Outcome(error=error)


def _stranger(host: str, name: str, theirs: str, ours: str) -> InputError:
    return InputError(
        f"--scheduler: the worker on {host} has another version of {name} ({theirs}, here {ours}); give all "
        "workers the versions of this command"
    )


def _elsewhere(error: OSError, host: str) -> OSError:
    """The same error, which says where it happened; a worker may not see the folder at all."""
    where = f"on the worker {host}"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        where += ", which has to see this folder under the same path"
    return OSError(error.errno, f"{error.strerror or error} {where}", error.filename)
