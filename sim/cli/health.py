"""What the simulator needs of a machine, and whether it is there: the findings of ``sim doctor``.

Nothing is imported before its own check, so that whatever is broken is told and not met.
"""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from sim.shortage import shortage

DISTRIBUTION = "sdgs-partnership-sim"
#: Where results go by default.
RESULTS = Path("results")
#: Extras that do not fit beside the others: Solara wants an older starlette than the page.
APART = ("mesa-viz",)
PACKAGE = Path(__file__).parents[1]
#: Gigabytes under which there is a word of memory and of disk space.
LITTLE_MEMORY, LITTLE_DISK = 1.0, 1.0
_GIGABYTE = 1e9


class State(StrEnum):
    """What a finding comes to: all is well, something optional is not there, something needed is missing."""

    FINE = "fine"
    OPTIONAL = "optional"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: of the check; its heading in the catalogue.
        state: what it comes to.
        said: id of what is said, below ``doctor.said``.
        facts: what that is filled in with.
        remedy: id of what to do, below ``doctor.remedies``; empty where there is nothing to do.
    """

    name: str
    state: State
    said: str
    facts: dict[str, Any] = field(default_factory=dict)
    remedy: str = ""


def findings() -> Iterator[Finding]:
    """Look at one thing after the other. A check that itself fails is a finding: what it met is missing."""
    for name, check in CHECKS.items():
        try:
            found = list(check())
        except Exception as error:  # noqa: BLE001 - whatever is broken is what is asked about
            found = [_unchecked(name, error)]
        yield from found


def _unchecked(name: str, error: Exception) -> Finding:
    lacking = shortage(error)
    if lacking is not None:
        return Finding(name, State.MISSING, "short", {"reason": lacking}, "short")
    facts = {"error": type(error).__name__, "reason": " ".join(str(error).split()) or "?"}
    return Finding(name, State.MISSING, "unchecked", facts, "unchecked")


def python() -> Iterator[Finding]:
    """The version of Python against that which the package declares."""
    wanted = str(distribution(DISTRIBUTION).metadata["Requires-Python"])
    fits = SpecifierSet(wanted).contains(platform.python_version())
    facts = {"version": platform.python_version(), "wanted": wanted, "where": sys.executable}
    yield Finding("python", State.FINE if fits else State.MISSING, "python", facts, "" if fits else "python")


def packages() -> Iterator[Finding]:
    """Packages that every command may need: installed in a version that fits, and importable."""
    yield from _of_packages("packages", State.MISSING, [one for one in _declared() if _extra_of(one) is None])


def extras() -> Iterator[Finding]:
    """Packages that some commands need, installed and importable: by extra."""
    for extra in distribution(DISTRIBUTION).metadata.get_all("Provides-Extra") or []:
        wanted = [one for one in _declared() if _extra_of(one) == extra]
        lacking = [one for one in wanted if not _installed(one)]
        name = f"extra_{extra.replace('-', '_')}"
        if lacking and extra in APART:
            facts = {"names": ", ".join(map(_bare, lacking)), "command": _own_environment(extra)}
            yield Finding(name, State.OPTIONAL, "lacking", facts, "command_apart")
        else:
            yield from _of_packages(name, State.OPTIONAL, wanted)


def _of_packages(check: str, unless: State, wanted: Sequence[Requirement]) -> Iterator[Finding]:
    """Whether packages are there, in versions that fit, and can be imported; the state unless all can."""
    lacking = [one for one in wanted if not _installed(one)]
    broken = _broken([one.name for one in wanted if one not in lacking], [one.name for one in lacking])
    if lacking:
        yield _lacking(check, unless, lacking)
    for name, why in broken.items():
        facts = {"name": name, "why": why, "command": _command(["--force-reinstall", name])}
        yield Finding(check, unless, "broken", facts, "command")
    if not lacking and not broken:
        yield Finding(check, State.FINE, "packages", {"count": len(wanted)})


def fonts() -> Iterator[Finding]:
    """A font with Japanese letters, without which figures are lettered in English."""
    from sim.report.style import japanese_font

    font = japanese_font()
    if font:
        yield Finding("fonts", State.FINE, "font", {"font": font})
    else:
        yield Finding(
            "fonts", State.OPTIONAL, "no_font", {"command": _command(["matplotlib-fontja"])}, "font"
        )


def browser() -> Iterator[Finding]:
    """A Chromium, which prints reports as PDF and is what the page is tested in."""
    from sim.report.formats.pdf import browser as found

    where = found()
    if where:
        yield Finding("browser", State.FINE, "browser", {"where": where})
    else:
        yield Finding("browser", State.OPTIONAL, "no_browser", {}, "browser")


def kernel() -> Iterator[Finding]:
    """The folder of compiled code, and whether the model is compiled in it already."""
    from sim.kernel.compiled import cache_folder, is_compiled, refused

    folder, unusable = cache_folder(), refused()
    why = {} if unusable is None else {"path": unusable.path, "reason": unusable.why}
    if folder is None:
        yield Finding("cache", State.OPTIONAL, "no_cache", why, "cache")
        yield Finding("kernel", State.OPTIONAL, "in_memory")
        return
    root = folder.parent
    megabytes = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 1e6
    versions = sum(any(kept.glob("*")) for kept in root.glob("kernel-*"))
    facts = {"folder": str(root), "megabytes": round(megabytes), "versions": versions, **why}
    if why:
        yield Finding("cache", State.OPTIONAL, "temporary_cache", facts, "cache")
    else:
        yield Finding("cache", State.FINE, "cache", facts)
    yield Finding("kernel", State.FINE, "compiled" if is_compiled() else "to_compile")


def experiments() -> Iterator[Finding]:
    """The experiments that ``sim answer`` runs."""
    from sim.answers.known import experiments_folder

    folder = experiments_folder()
    count = len(list(folder.glob("*.yaml")))
    state = State.FINE if count else State.MISSING
    facts = {"count": count, "folder": str(folder), "command": _command(["--force-reinstall", DISTRIBUTION])}
    yield Finding("experiments", state, "experiments", facts, "" if count else "command")


def terminal() -> Iterator[Finding]:
    """Whether Japanese and signs such as ± can be printed."""
    encoding = (getattr(sys.stdout, "encoding", None) or locale.getencoding()).lower()
    fine = encoding.replace("-", "").replace("_", "") == "utf8"
    state = State.FINE if fine else State.OPTIONAL
    yield Finding("terminal", state, "terminal", {"encoding": encoding}, "" if fine else "terminal")


def machine() -> Iterator[Finding]:
    """Cores that may be used, and memory."""
    from sim.provenance import cores

    available, total = _memory()
    little = available is not None and available < LITTLE_MEMORY
    known = {"cores": cores(), "available": available, "total": total}
    state = State.OPTIONAL if little else State.FINE
    said = "cores" if available is None else "machine"
    yield Finding("machine", state, said, known, "memory" if little else "")


def results() -> Iterator[Finding]:
    """Whether results can be written where they go by default, and room for them."""
    there = next(folder for folder in (RESULTS, *RESULTS.absolute().parents) if folder.is_dir())
    facts: dict[str, Any] = {"folder": str(RESULTS.absolute())}
    if RESULTS.exists() and not RESULTS.is_dir():
        yield Finding("results", State.MISSING, "not_writable", facts | {"reason": "not a folder"}, "results")
        return
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield Finding("results", State.MISSING, "not_writable", facts | {"reason": error.strerror}, "results")
        return
    yield Finding("results", State.FINE, "writable", facts)
    free = shutil.disk_usage(there).free / _GIGABYTE
    little = free < LITTLE_DISK
    state = State.OPTIONAL if little else State.FINE
    yield Finding("disk", state, "disk", {"free": round(free, 1)}, "disk" if little else "")


CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "python": python,
    "packages": packages,
    "extras": extras,
    "fonts": fonts,
    "browser": browser,
    "kernel": kernel,
    "experiments": experiments,
    "terminal": terminal,
    "machine": machine,
    "results": results,
}


@cache
def _declared() -> tuple[Requirement, ...]:
    """What the package says that it needs, extras with their marker."""
    return tuple(map(Requirement, distribution(DISTRIBUTION).requires or []))


def _extra_of(wanted: Requirement) -> str | None:
    """The extra that a requirement belongs to."""
    if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
        return None
    extras = distribution(DISTRIBUTION).metadata.get_all("Provides-Extra") or []
    return next((extra for extra in extras if wanted.marker.evaluate({"extra": extra})), "")


def _installed(wanted: Requirement) -> bool:
    """Whether a requirement is met, with those of the extras that it asks for."""
    try:
        found = distribution(wanted.name)
    except PackageNotFoundError:
        return False
    below = (Requirement(line) for line in found.requires or []) if wanted.extras else ()
    return wanted.specifier.contains(found.version, prereleases=True) and all(
        _installed(one)
        for one in below
        if one.marker is not None
        and not one.marker.evaluate({"extra": ""})
        and any(one.marker.evaluate({"extra": extra}) for extra in wanted.extras)
    )


@cache
def _modules() -> dict[str, str]:
    """A module to import of each distribution, but of those that change settings when imported."""
    found: dict[str, str] = {}
    for module, names in packages_distributions().items():
        if module.isidentifier() and not module.startswith("_"):
            for name in names:
                known = found.get(name.lower(), module)
                found[name.lower()] = min(known, module, key=lambda one: (one.lower() != name.lower(), one))
    return found


def _broken(names: Sequence[str], lacking: Sequence[str]) -> dict[str, str]:
    """Why packages cannot be imported, but for those that only want for another one of these."""
    errors = {name: error for name in names if (error := _import_error(name))}
    roots = {_module(name): name for name in (*lacking, *errors)}
    return {
        name: " ".join(f"{type(error).__name__}: {error}".split())
        for name, error in errors.items()
        if roots.get(str(getattr(error, "name", None)).partition(".")[0], name) == name
    }


def _module(name: str) -> str:
    """The module of a package."""
    return _modules().get(name.lower(), name.replace("-", "_"))


def _import_error(name: str) -> BaseException | None:
    """What an installed package fails with when it is imported, if it does; what it prints goes nowhere.

    Raises:
        Exception: the machine is short of something, so that nothing is known of the package.
    """
    if name == "matplotlib-fontja":  # importing it changes matplotlib's settings for everyone
        return None
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            import_module(_module(name))
    except (Exception, SystemExit) as error:
        if isinstance(error, Exception) and shortage(error) is not None:
            raise
        return error
    return None


def _own_environment(extra: str) -> str:
    """The command that makes an environment and installs the package with an extra into it."""
    clone = PACKAGE.parent
    source = str(clone) if (clone / "pyproject.toml").is_file() else DISTRIBUTION
    return f'{sys.executable} -m venv {extra} && {extra}/bin/python -m pip install "{source}[{extra}]"'


def _lacking(name: str, state: State, lacking: list[Requirement]) -> Finding:
    """That packages are not there, or too old, and the command that installs them."""
    wanted = [f'"{_bare(one)}"' for one in lacking]
    facts = {"names": ", ".join(map(_bare, lacking)), "command": _command(wanted)}
    return Finding(name, state, "lacking", facts, "command")


def _bare(wanted: Requirement) -> str:
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    return f"{wanted.name}{extras}{wanted.specifier}"


def _command(wanted: list[str]) -> str:
    """The command that installs packages beside this Python: pip's, or uv's where there is no pip."""
    here = sys.executable
    tool = f"{here} -m pip install" if find_spec("pip") else f"uv pip install --python {here}"
    return " ".join([tool, *wanted])


def _memory() -> tuple[float | None, float | None]:
    """Gigabytes of memory that are available and that there are; None where the system does not tell."""
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        available = os.sysconf("SC_AVPHYS_PAGES")
    except (OSError, ValueError):
        return None, None
    try:  # what caches hold counts as available, too
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        told = {key: int(rest.split()[0]) for key, _, rest in (line.partition(":") for line in lines)}
        available = told["MemAvailable"] * 1024 // size
    except (OSError, ValueError, KeyError, IndexError):
        pass
    return round(available * size / _GIGABYTE, 1), round(pages * size / _GIGABYTE, 1)
