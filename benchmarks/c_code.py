"""Acts in C: compiles benchmarks/c and calls it on the very columns that the compiled acts are handed."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim.acts.deals import TENOR_YEARS
from sim.acts.matching import COBB_DOUGLAS
from sim.agents import financial_institution, government
from sim.kernel import world
from sim.kernel.draws import Process
from sim.kernel.funds import Fund
from sim.kernel.state import (
    LOANS,
    MEETINGS_INTERMEDIARY,
    OPEN,
    PARTNERS,
    PUBLIC_SPENDING,
    ROWS,
    ProjectState,
    Verdict,
)

FLAGS = ("-O3", "-ffp-contract=off", "-std=c11", "-fPIC", "-shared", "-Werror=incompatible-pointer-types")
SOURCES = Path(__file__).parent / "c"

_C_TYPE = {"float64": "double", "int64": "int64_t", "int32": "int32_t", "uint8": "uint8_t"}
_RESERVED = {"signed"}


def compiler() -> str | None:
    """The C compiler of this machine, or None."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def compile_c(name: str, examples: tuple[Any, ...], folder: Path) -> ctypes.CDLL:
    """Compile ``benchmarks/c/<name>.c``; its structures are those of the tuples in ``examples``."""
    (folder / "columns.h").write_text(_header(examples))
    library = folder / f"{name}.so"
    includes = (f"-I{folder}", f"-I{SOURCES}")
    command = [str(compiler()), *FLAGS, *includes, str(SOURCES / f"{name}.c"), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(library))


def groups_of(act: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The groups that the C function of an act is handed, of what its compiled twin is handed."""
    *_, clock, parameters, policy, traits, state = arguments
    money = (state.deals, state.ledger, state.flows)
    if act == "hold_meetings":
        return (
            clock, parameters.needs, parameters.search, parameters.costs, policy,
            traits.municipalities, traits.companies, traits.directory,
            state.municipalities, state.companies, state.posts, *money[1:],
        )  # fmt: skip
    return (
        clock, parameters.deal, parameters.finance, parameters.grants, policy, *traits[:3], traits.directory,
        *state[:4], state.posts, *money,
    )  # fmt: skip


def handed_over(function: Any, arguments: tuple[Any, ...]) -> Callable[[], None]:
    """A call of a C function with one structure per tuple; it writes into the tuples' columns."""
    structures = [_structure(group) for group in arguments]
    function.restype = None
    references = [ctypes.byref(structure) for structure in structures]
    return lambda: function(*references)


def _header(examples: tuple[Any, ...]) -> str:
    lines = ["#include <stdint.h>"]
    for group in examples:
        lines += ["typedef struct {", *_members(group), f"}} {type(group).__name__};"]
    lines += [f"#define {name} {value}" for name, value in _constants().items()]
    years = ", ".join(repr(float(tenor)) for tenor in TENOR_YEARS)
    return "\n".join([*lines, f"static const double TENOR_YEARS[] = {{{years}}};", ""])


def _constants() -> dict[str, int]:
    """Numbers by which the Python code calls processes, funds, kinds and columns."""
    constants = {"COBB_DOUGLAS": COBB_DOUGLAS, "PARTNERS": PARTNERS, "PUBLIC_SPENDING": PUBLIC_SPENDING}
    constants |= {"ROWS": ROWS, "OPEN": OPEN, "LOANS": LOANS, "MEETINGS_INTERMEDIARY": MEETINGS_INTERMEDIARY}
    constants |= {process.name: int(process) for process in Process}
    constants |= {fund.name: int(fund) for fund in Fund}
    constants |= {name: getattr(government, name) for name in ("NEED_WEIGHTED", "LOTTERY")}
    constants["ACCESS"] = financial_institution.ACCESS
    constants |= {name: getattr(world, name) for name in ("GOALS", "SIZE_CLASSES")}
    constants |= {kind.upper(): code for code, kind in enumerate(world.INSTITUTION_KINDS)}
    for names in (Verdict, ProjectState):
        constants |= {name: value for name, value in vars(names).items() if name.isupper()}
    return constants


def _members(group: Any) -> list[str]:
    members = []
    for name, value in zip(group._fields, group, strict=True):
        if isinstance(value, tuple):  # the programmes of a policy: here a lever's own row pays, for everybody
            continue
        if not isinstance(value, np.ndarray):
            members.append(f"    {_scalar(value)[0]} {_spelt(name)};")
            continue
        members.append(f"    {_C_TYPE[value.dtype.name]} *{_spelt(name)};")
        members.append(f"    int64_t {name}_length, {name}_width;")
    return members


def _structure(group: Any) -> Any:
    """The tuple as C reads it: numbers, and of every column where it lies, its rows and their width."""
    fields: list[tuple[str, Any]] = []
    values: list[Any] = []
    for name, value in zip(group._fields, group, strict=True):
        if isinstance(value, tuple):
            continue
        if isinstance(value, np.ndarray):
            assert value.flags.c_contiguous
            fields += [
                (name, ctypes.c_void_p),
                (f"{name}_length", ctypes.c_int64),
                (f"{name}_width", ctypes.c_int64),
            ]
            values += [value.ctypes.data, len(value), int(np.prod(value.shape[1:]))]
        else:
            fields.append((name, _scalar(value)[1]))
            values.append(value)
    made = type(type(group).__name__, (ctypes.Structure,), {"_fields_": fields})
    structure = made(*values)
    structure.columns = group  # else they may be gone when C looks for them
    return structure


def _scalar(value: Any) -> tuple[str, Any]:
    if isinstance(value, np.uint64):
        return "uint64_t", ctypes.c_uint64
    return ("double", ctypes.c_double) if isinstance(value, float) else ("int64_t", ctypes.c_int64)


def _spelt(name: str) -> str:
    """A field's name where C has the word for itself."""
    return f"{name}_" if name in _RESERVED else name
