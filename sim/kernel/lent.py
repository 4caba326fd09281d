"""Columns lent to the kernel for the time of a call."""

from __future__ import annotations

from typing import Any

import numba
from numba.core.types import Array, BaseTuple  # type: ignore[attr-defined] # numba has no types
from numba.extending import intrinsic


def _not_counted(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The same arrays, in tuples of tuples, without the counters of their references."""
    if isinstance(kind, Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = array.meminfo.type(None)
        return array._getvalue()
    if isinstance(kind, BaseTuple):
        for n, member in enumerate(kind.types):
            inner = _not_counted(context, builder, member, builder.extract_value(value, n))
            value = builder.insert_value(value, inner, n)
    return value


@intrinsic  # type: ignore[untyped-decorator] # numba has no types
def _lent(_typing: Any, columns: Any) -> tuple[Any, Any]:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _not_counted(context, builder, signature.args[0], arguments[0])

    return columns(columns), code


def _as_they_are[Columns](columns: Columns) -> Columns:
    """What is lent where nothing is compiled."""
    return columns


#: Columns as a compiled function may hand them on without counting who holds them: its caller does, to the
#: end of the call. Counting two hundred columns at every act takes longer than many an act's work.
lent: Any = _as_they_are if numba.config.DISABLE_JIT else _lent
