"""Conditions and quantities in words: an expression over scenarios, outcomes and factors.

``matching_first < subsidy_first`` compares two scenarios by the usual outcome, ``balanced.adoption_share >=
0.6`` asks for one of its own, ``posting_rate > 1`` for a factor. Python reads the expression
(``ast.parse``) and never runs it: what is not listed here is refused.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.scenarios.yaml_file import printable, suggestion

Floats = npt.NDArray[np.float64]

_LONGEST = 2_000
#: Levels of parts within parts: a sum of so many terms is as deep.
_DEEPEST = 100
#: Whole numbers beyond are no longer exact.
_LARGEST = 10**15
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS = {"abs": (1, 1), "min": (2, 50), "max": (2, 50), "percentile": (2, 2)}
_MAY = "+ - * /, comparisons, and, or, not, abs(), min(), max() and percentile(quantity, 90)"


@dataclass(frozen=True)
class Known:
    """What an expression may name.

    Attributes:
        scenarios, outcomes, factors: names.
        usual: outcome that a scenario's bare name means.
    """

    scenarios: Sequence[str]
    outcomes: Sequence[str]
    factors: Sequence[str]
    usual: str

    @property
    def everything(self) -> list[str]:
        """All names, for suggestions."""
        return list(dict.fromkeys([*self.scenarios, *self.outcomes, *self.factors]))


@dataclass(frozen=True)
class Expression:
    """An expression that was read.

    Attributes:
        text: as it was written.
        option: that it was given by, for errors.
        tree: what Python made of it.
        known: what it may name.
        outcomes: that it needs, by scenario.
    """

    text: str
    option: str
    tree: ast.expr
    known: Known
    outcomes: tuple[tuple[str, str], ...]

    @property
    def names(self) -> list[str]:
        """Names of the outcomes that it needs, each once."""
        return list(dict.fromkeys(outcome for _, outcome in self.outcomes))

    def condition(self, values: Mapping[tuple[str, str], Floats], factors: Mapping[str, Any]) -> Floats:
        """1 where it holds, 0 where not: (points, replicates).

        NaN where a run that it needs is missing, or what it compares is not defined, such as 0 / 0.

        Args:
            values: (points, replicates) by scenario and outcome.
            factors: (points, 1) by name, in natural units.

        Raises:
            InputError: it gives numbers, or mixes what cannot be compared.
        """
        reckoner = _Reckoner(self, values, factors)
        found = self._value(reckoner)
        if found.dtype != bool:
            raise numbers_given(self.option, self.text)
        for side in reckoner.compared:
            found = np.where(np.isnan(side), np.nan, found)
        return np.asarray(np.where(self._missing(values), np.nan, found))

    def quantity(self, values: Mapping[tuple[str, str], Floats], factors: Mapping[str, Any]) -> Floats:
        """Its numbers, NaN where a run that it needs is missing: (points, replicates).

        Raises:
            InputError: it says yes or no, or mixes what cannot be compared.
        """
        found = self._value(_Reckoner(self, values, factors))
        if found.dtype == bool:
            raise InputError(
                f"{self.option}: {printable(self.text)} says yes or no, not numbers; a condition is given by "
                "--when"
            )
        return np.asarray(np.where(self._missing(values) | ~np.isfinite(found), np.nan, found))

    def _missing(self, values: Mapping[tuple[str, str], Floats]) -> npt.NDArray[np.bool_]:
        return np.asarray(np.any([np.isnan(values[key]) for key in self.outcomes], axis=0))

    def _value(self, reckoner: _Reckoner) -> Any:
        with np.errstate(all="ignore"):
            found = reckoner.of(self.tree)
        return np.broadcast_to(np.asarray(found), next(iter(reckoner.values.values())).shape)


def read_expression(text: str, known: Known, option: str = "--when") -> Expression:
    """Read an expression.

    Args:
        text: as it was written.
        known: what it may name.
        option: that it was given by, for errors.

    Raises:
        InputError: it cannot be read, holds what is not allowed, or names what there is not.
    """
    if len(text) > _LONGEST:
        raise InputError(f"{option}: holds a text of more than {_LONGEST:,} characters; shorten it")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        hint = "; equality is written ==" if "=" in text and "==" not in text else ""
        place = getattr(error, "offset", None) or 1
        raise InputError(f"{option}: {printable(text)!r} cannot be read at character {place}{hint}") from None
    if _depth(tree) > _DEEPEST:
        raise InputError(f"{option}: nested deeper than {_DEEPEST} levels")
    bare = Expression(text.strip(), option, tree, known, ())
    outcomes = tuple(dict.fromkeys(_checked(bare, tree)))
    if not outcomes:
        raise InputError(
            f"{option}: {printable(text)!r} names no outcome of a run; write such as "
            f"{known.scenarios[0]} > 100, or {known.scenarios[0]}.{known.usual} > 100"
        )
    return Expression(text.strip(), option, tree, known, outcomes)


def _depth(tree: ast.AST) -> int:
    """Levels of parts within parts."""
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [part for node in level for part in ast.iter_child_nodes(node)]
    return depth


def _checked(expression: Expression, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Outcomes that a part of an expression needs; refuses what may not stand there."""
    name = name_of(node, expression.known)
    if name is not None:
        kind, value = resolved(expression, name)
        if kind == "outcome":
            yield value
        return
    if isinstance(node, ast.Constant):
        _check_constant(expression, node.value)
        return
    for part in _parts(expression, node):
        yield from _checked(expression, part)


def _check_constant(expression: Expression, value: object) -> None:
    if not isinstance(value, int | float | str):
        raise refused(expression, repr(value))
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise InputError(f"{expression.option}: {printable(value)} must be from -1e15 to 1e15")


def _parts(expression: Expression, node: ast.AST) -> list[ast.expr]:
    """Parts of a node that is allowed."""
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.UAdd):
        return [node.operand]
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        return [node.left, node.right]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        raise InputError(f"{expression.option}: write and, or instead of &, |")
    if isinstance(node, ast.Compare) and all(type(op) in _COMPARISONS for op in node.ops):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        fewest, most = _FUNCTIONS.get(node.func.id, (1, 0))
        if fewest <= len(node.args) <= most:
            if node.func.id == "percentile":
                _check_percentage(expression, node.args[1])
            return node.args
    raise refused(expression, ast.unparse(node))


def _check_percentage(expression: Expression, node: ast.expr) -> None:
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, int | float) or not 0 <= value <= 100:
        raise InputError(f"{expression.option}: the second of percentile() must be a number from 0 to 100")


def numbers_given(option: str, part: str) -> InputError:
    """What is said of a part that gives numbers where a condition has to stand."""
    return InputError(
        f"{option}: {printable(part)} is a number where yes or no is wanted; compare it, such as "
        f"{printable(part)} > 0"
    )


def refused(expression: Expression, part: str) -> InputError:
    """What is said of a part that is not allowed."""
    return InputError(f"{expression.option}: {printable(part)} is not allowed; what is: {_MAY}")


def name_of(node: ast.AST, known: Known) -> str | None:
    """The dotted name that a node is, or the quoted name of a scenario; None where it is neither."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = name_of(node.value, known)
        return None if before is None else f"{before}.{node.attr}"
    if isinstance(node, ast.Constant) and node.value in known.scenarios:
        return str(node.value)
    return None


def resolved(expression: Expression, name: str) -> tuple[str, Any]:
    """What a name means: ``("outcome", (scenario, outcome))`` or ``("factor", name)``.

    Raises:
        InputError: nothing, or more than one thing.
    """
    known = expression.known
    if name in known.scenarios:
        return "outcome", (name, known.usual)
    if name in known.factors:
        return "factor", name
    scenario, _, outcome = name.rpartition(".")
    if scenario in known.scenarios:
        if outcome not in known.outcomes:
            raise InputError(
                f"{expression.option}: no outcome {printable(outcome)} is kept"
                f"{suggestion(outcome, known.outcomes)}"
            )
        return "outcome", (scenario, outcome)
    if name in known.outcomes:
        if len(known.scenarios) > 1:
            raise InputError(
                f"{expression.option}: {name} of which scenario? write {known.scenarios[0]}.{name}; "
                f"there are {', '.join(known.scenarios[:8])}"
            )
        return "outcome", (known.scenarios[0], name)
    hint = suggestion(name, known.everything) or suggestion(scenario, known.scenarios)
    raise InputError(
        f"{expression.option}: {printable(name)} is no scenario, outcome or factor of these runs"
        f"{hint or '; scenarios: ' + ', '.join(known.scenarios[:8])}"
    )


@dataclass(frozen=True)
class _Reckoner:
    """Works an expression out that was checked before.

    Attributes:
        expression: to work out.
        values, factors: as of ``Expression.condition``.
        compared: numbers that were compared on the way.
    """

    expression: Expression
    values: Mapping[tuple[str, str], Floats]
    factors: Mapping[str, Any]
    compared: list[Floats] = field(default_factory=list)

    def of(self, node: ast.AST) -> Any:
        """Numbers, or yes and no, of a part."""
        name = name_of(node, self.expression.known)
        if name is not None:
            kind, meant = resolved(self.expression, name)
            return self.values[meant] if kind == "outcome" else self.factors[meant]
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.BoolOp):
            return self._joined(node)
        if isinstance(node, ast.Compare):
            return self._compared(node)
        if isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.Not):
                return ~self._yes(node.operand)
            number = self._number(node.operand)
            return -number if isinstance(node.op, ast.USub) else number
        if isinstance(node, ast.BinOp):
            return _ARITHMETIC[type(node.op)](self._number(node.left), self._number(node.right))
        assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        return self._called(node.func.id, [self._number(part) for part in node.args])

    def _joined(self, node: ast.BoolOp) -> Any:
        found = self._yes(node.values[0])
        for part in node.values[1:]:
            other = self._yes(part)
            found = found & other if isinstance(node.op, ast.And) else found | other
        return found

    def _compared(self, node: ast.Compare) -> Any:
        found: Any = True
        sides = [self.of(part) for part in (node.left, *node.comparators)]
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            words = [np.asarray(side).dtype.kind in "OU" for side in (left, right)]
            if words[0] != words[1] or (words[0] and not isinstance(op, ast.Eq | ast.NotEq)):
                raise InputError(
                    f"{self.expression.option}: {ast.unparse(node)} compares words and numbers, or the order "
                    "of words"
                )
            if not words[0]:
                self.compared.extend(np.asarray(side, np.float64) for side in (left, right))
            found = np.logical_and(found, _COMPARISONS[type(op)](np.asarray(left), np.asarray(right)))
        return found

    def _yes(self, node: ast.AST) -> Any:
        found = np.asarray(self.of(node))
        if found.dtype != bool:
            raise numbers_given(self.expression.option, ast.unparse(node))
        return found

    def _number(self, node: ast.AST) -> Any:
        found = np.asarray(self.of(node))
        if found.dtype.kind not in "if":
            raise InputError(f"{self.expression.option}: {ast.unparse(node)} is no number")
        return found

    @staticmethod
    def _called(function: str, arguments: list[Any]) -> Any:
        if function == "abs":
            return np.abs(arguments[0])
        if function == "percentile":
            return np.nanpercentile(arguments[0], arguments[1])
        reduce = np.minimum if function == "min" else np.maximum
        found = arguments[0]
        for other in arguments[1:]:
            found = reduce(found, other)
        return found
