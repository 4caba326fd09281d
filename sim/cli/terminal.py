"""What a terminal, file or pipe takes: streams, the letters that they have, the language that these show."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, TextIO

from sim.text import Language, say
from sim.text.harmless import for_terminal

#: What errors of standard output name instead of a file.
OUTPUT = "standard output"
#: The language asked for, where words are printed in another one; files are written in it all the same.
_ASKED: ContextVar[Language | None] = ContextVar("asked", default=None)
#: What Japanese is tried with.
_JAPANESE = "日本語、ひらがな"
#: Signs of words and figures, in letters that every stream has.
_SIGNS = str.maketrans({
    "±": "+/-", "−": "-", "–": "-", "—": "-", "×": "x", "·": ".", "…": "...", "→": "->", "≥": ">=", "≤": "<=",
    "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ",
})  # fmt: skip
_IN_SIGNS = "signs"


def _with_signs(error: UnicodeError) -> tuple[str, int]:
    """What stands for letters that a stream has not: signs as they are typed, others as numbers."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end].translate(_SIGNS)
    return lacking.encode("ascii", "backslashreplace").decode("ascii"), error.end


codecs.register_error(_IN_SIGNS, _with_signs)


class _Output(io.TextIOWrapper):
    """Standard output: no word steers the terminal, and its errors say that they are its own."""

    def write(self, text: str) -> int:
        return self.write_styled(for_terminal(text))

    def write_styled(self, text: str) -> int:
        """Write what a console has styled itself."""
        try:
            return super().write(text)
        except OSError as error:
            error.filename = OUTPUT
            raise

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            error.filename = OUTPUT
            raise


class _Remarks(io.TextIOWrapper):
    """Standard error: no word steers the terminal; what it cannot take is lost, and the command goes on."""

    def write(self, text: str) -> int:
        return self.write_styled(for_terminal(text))

    def write_styled(self, text: str) -> int:
        """Write what a console has styled itself, after what has gone to standard output before."""
        with suppress(OSError, ValueError):  # which output itself tells of
            sys.stdout.flush()
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


class Styled:
    """A stream as a console writes to it that styles its words, whose own sequences are wanted.

    Args:
        stream: standard output or standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is styled."""
        write: Callable[[str], int] = getattr(self._stream, "write_styled", self._stream.write)
        return write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare_streams() -> None:
    """Let words that cannot be printed end a command with a clear word, or not at all.

    A closed stream takes them to nowhere; one that is not UTF-8 shows as numbers what it lacks.
    """
    for name, kind in (("stdout", _Output), ("stderr", _Remarks)):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
        elif isinstance(stream, io.TextIOWrapper) and stream is getattr(sys, f"__{name}__"):
            stream = kind(
                stream.buffer,
                stream.encoding,
                stream.errors,
                line_buffering=stream.line_buffering,
                write_through=stream.write_through,
            )
        if isinstance(stream, io.TextIOWrapper) and stream.errors in (
            "strict",
            "surrogateescape",
            "backslashreplace",
        ):
            stream.reconfigure(errors=_IN_SIGNS)
        setattr(sys, name, stream)


def give_up_output() -> None:
    """Let what is left in the buffer of standard output go nowhere, without a word when the process ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def shown(language: Language) -> Language:
    """The language to print in, of the one asked for: English where a stream has no Japanese letters."""
    if language == "en" or _without_japanese() is None:
        _ASKED.set(None)
        return language
    _ASKED.set(language)
    return "en"


def told_what_is_shown(language: Language) -> Language:
    """As ``shown``, after a word on standard error where that is not the language asked for."""
    instead = shown(language)
    if instead != language:
        print(say("cli.no_japanese", instead, encoding=_without_japanese()), file=sys.stderr)
    return instead


def of_files(language: Language) -> Language:
    """The language to write files in, of the one to print in: always the one that was asked for."""
    return _ASKED.get() or language


def _without_japanese() -> str | None:
    """The encoding of a stream that has no Japanese letters, if there is one."""
    for stream in (sys.stdout, sys.stderr):
        try:
            _JAPANESE.encode(stream.encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return stream.encoding
    return None
