"""Call acts by their addresses, so that what runs a quarter does not hold the code of all of them.

Each act is compiled once, on its own, by whichever process comes to it first. Compiled into their caller,
all of them would be compiled a second time, one after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import config, typeof, types
from numba.core import cgutils
from numba.extending import intrinsic


class Linked(NamedTuple):
    """Acts as compiled code calls them."""

    digest: int  # of the types of arguments that they are compiled for
    acts: Any  # int64, their addresses; without compilation the functions themselves


#: Fits no arguments: what is known before the first call.
UNLINKED = Linked(0, np.zeros(0, np.int64))


def linked(acts: Sequence[Callable[..., None]], arguments: Sequence[Any]) -> Linked:
    """The acts, loaded or compiled for the types of these arguments."""
    if config.DISABLE_JIT:
        return Linked(1, acts)
    handed = tuple(map(typeof, arguments))
    return Linked(_digest(handed), np.array([_address(act, handed) for act in acts], np.int64))


def _address(act: Any, handed: tuple[Any, ...]) -> int:
    act.compile(handed)
    compiled = act.overloads[handed]
    address: int = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)
    return address


def _digest(handed: Sequence[Any]) -> int:
    """A number for the types of an act's arguments, the same in every process and never 0."""
    said = hashlib.sha256(repr(tuple(handed)).encode()).digest()
    return int.from_bytes(said[:7], "little") + 1


if config.DISABLE_JIT:

    def fits(digest: int, *_arguments: Any) -> bool:
        """Plain functions take arguments of all types."""
        return digest != UNLINKED.digest

    def call_act(act: Callable[..., None], *arguments: Any) -> None:
        """Call a plain function."""
        act(*arguments)

else:

    @intrinsic  # type: ignore[untyped-decorator] # numba has no types
    def fits(_: Any, digest: Any, clock: Any, parameters: Any, policy: Any, world: Any, state: Any) -> Any:
        """Whether acts of this digest are compiled for arguments of these types."""

        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            wanted = context.get_constant(types.int64, _digest(signature.args[1:]))
            return builder.icmp_signed("==", values[0], wanted)

        return types.boolean(digest, clock, parameters, policy, world, state), code

    @intrinsic  # type: ignore[untyped-decorator] # numba has no types
    def call_act(
        _: Any, address: Any, clock: Any, parameters: Any, policy: Any, world: Any, state: Any
    ) -> Any:
        """Call the act at an address; only where ``fits``, since nothing else checks the types."""

        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            handed, caller = signature.args[1:], context.call_conv
            act = builder.inttoptr(values[0], caller.get_function_type(types.none, handed).as_pointer())
            status, _ = caller.call_function(builder, act, types.none, handed, values[1:])
            with cgutils.if_unlikely(builder, status.is_error):
                caller.return_status_propagate(builder, status)
            return context.get_dummy_value()

        return types.none(address, clock, parameters, policy, world, state), code
