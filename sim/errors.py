"""The one error, and the warnings, that a user is meant to see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self


class InputError(ValueError):
    """Bad input: one line per mistake that says where it is and what to do. The command line exits with 2.

    Args:
        lines: one for each mistake; a text, or what gives it when it is told.

    Attributes:
        place: line and column of the mistake in its file, where they are known.
    """

    place: tuple[int, int] | None = None

    def __init__(self, *lines: object) -> None:
        super().__init__(*lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """One line for each mistake, white space within it collapsed."""
        return tuple(" ".join(str(line).split()) for line in self.args)

    @classmethod
    def of(cls, errors: Iterable[InputError]) -> Self:
        """All mistakes of several errors in one, each of them once."""
        return cls(*dict.fromkeys(line for error in errors for line in error.args))

    def __str__(self) -> str:
        """The lines, one below the other."""
        return "\n".join(map(str, self.args))


class IncompleteWarning(UserWarning):
    """A results folder holds fewer runs than it should."""


class InMemoryWarning(UserWarning):
    """Compiled code cannot be kept, so that every command compiles the model."""


class OtherModelWarning(UserWarning):
    """A results folder was made by a model whose numbers may be others than those of this one."""
