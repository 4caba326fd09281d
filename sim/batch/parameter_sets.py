"""Parameter sets: what is not known of the parameters, as a table with a set of values in each row.

Replicate r of an experiment takes the set in row r, modulo their number, the same for all scenarios and
points, so that these stay paired. A set takes the place of defaults alone: what a scenario or a point of a
design sets itself stays as it is set.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path

from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.bounds import Bounds, bounds_of
from sim.scenarios.inheritance import check_shares
from sim.scenarios.scenario import BLANK, Scenario
from sim.scenarios.yaml_file import Document, printable, suggestion
from sim.text.meant import Hinted
from sim.worlds.cells import number, plain
from sim.worlds.lines import lines_of
from sim.worlds.sheet import Mistakes

#: Name of the sets that come with the package: draws from what calibration left of the parameters.
POSTERIOR = "posterior"
#: Where a results folder keeps a copy of its sets.
PARAMETERS = "parameters.csv"
#: More rows or bytes than these are a slip of the hand; every worker holds the table.
MOST_SETS, MOST_BYTES = 20_000, 32_000_000
#: Parameters that may not be chosen one by one, for their sum has a bound.
_TOGETHER = ("equity_share", "municipal_share")
_COMMENT, _LABEL = "#", "label:"
_LONGEST = 100  # characters of a label that are kept


@dataclass(frozen=True)
class ParameterSets:
    """A table of parameter sets.

    Attributes:
        names: the parameters.
        values: for each set the value of every parameter, in its unit.
        label: what the table is called, for people.
        preamble: lines of comment above the table, without their sign; ``model: DIGEST`` among them says for
            which version of the model (``sim.provenance.source_digest``) the sets were found.

    Raises:
        InputError: there is no set, or a name or value is wrong; all that is wrong is told.
    """

    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    label: str
    preamble: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "values", tuple(tuple(map(float, row)) for row in self.values))
        mistakes = Mistakes(f"parameters: {self.label}")
        _check_names(self.names, mistakes, 0)
        if not 1 <= len(self.values) <= MOST_SETS:
            mistakes.note(mistakes.path, f"has {len(self.values):,} sets; give 1 to {MOST_SETS:,}")
        for line, row in enumerate(self.values, start=1):
            _check_row(line, row, self.names, mistakes)
        mistakes.refuse()

    def __len__(self) -> int:
        """Number of sets."""
        return len(self.values)

    @cached_property
    def digest(self) -> str:
        """16 hex digits over names and values; what the table is called does not count."""
        digest = hashlib.sha256(json.dumps(self.names).encode())
        for row in self.values:
            digest.update(struct.pack(f"<{len(row)}d", *row))
        return digest.hexdigest()[:16]

    @property
    def model(self) -> str | None:
        """The version of the model for which the sets were found, where the preamble says so."""
        return _said(self.preamble, "model:")

    def of(self, replicate: int) -> dict[str, float]:
        """The set of a replicate, by parameter."""
        return dict(zip(self.names, self.values[replicate % len(self)], strict=True))

    def applied(self, scenario: Scenario, replicate: int) -> Scenario:
        """The scenario with the set of a replicate in the place of its defaults.

        A parameter that changes later takes the drawn value until then, if it begins with its default.
        """
        own, filled = scenario.parameters, {}
        for name, value in self.of(replicate).items():
            path = own.get(name)
            if path is None or (len(path) > 1 and path[0] == declared()[name].default):
                filled[name] = {**(path or {}), 0: value}
        return scenario.model_copy(update={"parameters": {**own, **filled}})

    def check(self, scenario: Scenario) -> None:
        """Refuse a scenario that does not go together with a set.

        Raises:
            InputError: the two parties of a deal would pay more than it costs.
        """
        for one in range(len(self)) if set(_TOGETHER) & set(self.names) else ():
            document = Document(Path(f"parameters: {self.label}, set {one + 1}, {scenario.name}"), {}, {})
            check_shares(document, self.applied(scenario, one).parameters)
            document.refuse_mistakes()

    def text(self) -> str:
        """The table as a file that ``read_parameter_sets`` reads again as it is."""
        preamble = (f"{_LABEL} {self.label}", *self.preamble)
        lines = [f"{_COMMENT} {line}".rstrip() for line in preamble]
        lines += [",".join(self.names), *(",".join(map(repr, row)) for row in self.values)]
        return "\n".join(lines) + "\n"


def read_parameter_sets(source: str | Path) -> ParameterSets:
    """Parameter sets by name or from a file.

    Args:
        source: ``posterior`` for those that come with the package, or the path of a CSV file in UTF-8: a
            header of parameters' names and a row for each set, below lines of comment that begin with #.

    Raises:
        InputError: there are none, or the file is wrong; a line with file, line and column for each mistake.
    """
    path = Path(source)
    if str(source) == POSTERIOR:
        path = packaged_sets()
        if not path.is_file():
            raise InputError(
                f"{POSTERIOR}: this version of the package has no posterior yet; "
                "give a CSV file of parameter sets instead"
            )
    preamble, rows = _split(path)
    mistakes = Mistakes(str(path))
    names = rows[0] if rows else _Row([], 0)
    _check_names(names, mistakes, names.line)
    if not 2 <= len(rows) <= MOST_SETS + 1:
        mistakes.note(
            str(path), f"has {max(len(rows) - 1, 0):,} sets below its header; give 1 to {MOST_SETS:,}"
        )
    values = [_values(row, names, mistakes) for row in rows[1 : MOST_SETS + 1]]
    mistakes.refuse()
    label = _said(preamble, _LABEL) or printable(path.stem)
    above = tuple(line for line in preamble if not line.startswith(_LABEL))
    sets = ParameterSets(tuple(names), tuple(values), label, above)
    sets.check(BLANK)
    return sets


def packaged_sets() -> Path:
    """The file of the sets that come with the package."""
    return Path(__file__).with_name(f"{POSTERIOR}.csv")


class _Row(list[str]):
    """Cells of a row, and the line of the file in which it ends."""

    def __init__(self, cells: Sequence[str], line: int) -> None:
        super().__init__(cell.strip() for cell in cells)
        self.line = line


def _split(path: Path) -> tuple[list[str], list[_Row]]:
    """Lines of comment at the top, and the rows below that hold something, the header first."""
    lines = list(lines_of(_content(path), MOST_SETS, f"{path}: "))
    first = next((n for n, line in enumerate(lines) if not line.startswith(_COMMENT)), len(lines))
    preamble = [line.removeprefix(_COMMENT).strip() for line in lines[:first]]
    reader = csv.reader(iter(lines[first:]), strict=True)
    try:
        rows = [_Row(cells, first + reader.line_num) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise InputError(f"{path}:{first + reader.line_num}: cannot be read ({error})") from None
    return preamble, rows


def _content(path: Path) -> str:
    try:
        if not path.is_file():
            raise InputError(f"{path}: {'is no file' if path.exists() else 'no such file'}")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB, the most that is read")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{printable(path)[:200]}: cannot be read ({error})") from None


def _said(preamble: Sequence[str], key: str) -> str | None:
    """What the preamble says after such a beginning of a line."""
    found = (line.removeprefix(key).strip() for line in preamble if line.startswith(key))
    return next((printable(said)[:_LONGEST] for said in found), None)


def _check_names(names: Sequence[str], mistakes: Mistakes, line: int) -> None:
    """Note names that are no parameters, or there twice."""
    if not names:
        mistakes.note(mistakes.path, "names no parameter; give a header of parameters' names")
    seen: set[str] = set()
    for column, name in enumerate(names):
        if not name:
            mistakes.note(mistakes.path, f"column {column + 1} has no name", line)
        elif name not in declared():
            said = Hinted(f"{printable(name)[:80]}: no such parameter", partial(_meant, name))
            mistakes.note(mistakes.path, said, line)
        elif name in seen:
            mistakes.note(mistakes.path, f"{name} is there twice; keep one", line)
        seen.add(name)


def _meant(name: str) -> str:
    return suggestion(name, declared()) or "; sim list parameters names them all"


def _values(row: _Row, names: Sequence[str], mistakes: Mistakes) -> tuple[float, ...]:
    """The values of a set; what is wrong with them is noted."""
    values = [number(plain(cell)) for cell in row]
    wrong = [(cell, name) for cell, value, name in zip(row, values, names, strict=False) if value is None]
    for cell, name in wrong:
        shown = f"{printable(cell)[:40]!r} is no number" if cell else "is empty; give a number"
        mistakes.note(mistakes.path, shown, row.line, name)
    found = tuple(math.nan if value is None else value for value in values)
    if not wrong:
        _check_row(row.line, found, names, mistakes)
    return found


def _check_row(line: int, values: Sequence[float], names: Sequence[str], mistakes: Mistakes) -> None:
    """Note values that are missing, too many, or not what the model is defined for."""
    if len(values) != len(names):
        mistakes.note(mistakes.path, f"has {len(values)} values for {len(names)} parameters", line)
        return
    for name, value in zip(names, values, strict=True):
        low, high = _bounds().get(name, (-math.inf, math.inf))
        if not low <= value <= high:
            mistakes.note(mistakes.path, f"{value:.6g} must be {low:.6g} to {high:,.6g}", line, name)


@cache
def _bounds() -> dict[str, Bounds]:
    return {name: bounds_of(parameter) for name, parameter in declared().items()}
