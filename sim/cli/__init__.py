"""The command ``sim``: bad input is one clear line and exit code 2."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NoReturn

from sim.errors import IncompleteWarning, InMemoryWarning, InputError, OtherModelWarning

if TYPE_CHECKING:
    from sim.text import Language

__all__ = ["command", "main"]

LACKING = 1
WRONG_INPUT = 2
INTERRUPTED = 130
#: Where a package is missing without which not even ``sim doctor`` can say so.
_LACKING = (
    "sim: the package of the module {module} is not installed; install sdgs-partnership-sim again with all "
    "that it needs, in a clone: make setup"
)
_SHORT = "end other programs, or give a smaller world or fewer replicates"


def command() -> NoReturn:
    """The process of the command ``sim``: run it and end."""
    from sim.cli.folders import leave_libraries_no_choice

    leave_libraries_no_choice()
    code = main()
    if code == INTERRUPTED:  # at once, not when threads have ended what they are at
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what follows ``sim`` on the command line; that of this process by default.

    Returns:
        0 done; 1 a check found a difference, or something needed missing; 2 the input is wrong; 3 some runs
        failed; 130 interrupted.
    """
    from sim.cli.folders import give_matplotlib_a_folder
    from sim.cli.terminal import prepare_streams

    given = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    give_matplotlib_a_folder()
    try:
        return _carried_out(given)
    except ModuleNotFoundError as error:
        if (error.name or "sim").partition(".")[0] == "sim":  # a fault of the program
            raise
        print(_LACKING.format(module=error.name), file=sys.stderr)
        return LACKING


def _carried_out(given: list[str]) -> int:
    import typer

    from sim.cli.app import app
    from sim.cli.folders import refuse_settings_here
    from sim.cli.terminal import told_what_is_shown

    # what Typer raises for any misuse of the command line; it has no public name of its own.
    misused: type[Exception] = typer.BadParameter.__mro__[1]
    language = told_what_is_shown(_language(given))
    try:
        refuse_settings_here()
        with warnings.catch_warnings():
            for said in (IncompleteWarning, OtherModelWarning):  # by commands themselves
                warnings.simplefilter("ignore", said)
            warnings.showwarning = partial(_show, language, warnings.showwarning)
            code = int(app(_with_values(given), prog_name="sim", standalone_mode=False) or 0)
        sys.stdout.flush()  # here, where a reader that has gone is noticed, not at the end of the process
        return code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except InputError as error:
        return _wrong(language, *error.lines)
    except misused as error:
        return _wrong(language, *InputError(_usage(error)).lines)
    except BrokenPipeError:
        return _unread()
    except SystemExit as ended:  # by Typer, which exits where a reader has gone
        if isinstance(ended.__context__, BrokenPipeError):
            return _unread()
        raise
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        return _wrong(language, *InputError(reason).lines)


def _reason(error: Exception) -> str | None:
    """What the machine does not do, in a line; None where it is the program that is at fault."""
    from sim.cli.terminal import OUTPUT, give_up_output
    from sim.shortage import shortage

    if isinstance(error, OSError) and error.filename == OUTPUT:
        give_up_output()
        return f"{OUTPUT}: {error.strerror}"
    lacking = shortage(error)
    if lacking is not None:
        return f"{lacking}; {_SHORT}"
    if isinstance(error, OSError):
        told = error.strerror or str(error)
        return f"{error.filename}: {told}" if error.filename else told
    return None


def _show(
    language: Language, usual: Callable[..., None], message: Warning | str, kind: type[Warning], *place: Any
) -> None:
    """Show a warning as ever, one that is meant for users in their language."""
    if issubclass(kind, InMemoryWarning):
        _wrong(language, str(message))
    else:
        usual(message, kind, *place)


def _unread() -> int:
    """Whoever read the output has gone, which is no error."""
    from sim.cli.terminal import give_up_output

    give_up_output()
    return 0


#: What options stand for that may be given without a value.
_VALUES = {"--equal-budget": "check", "--equal-spending": "least"}


def _with_values(arguments: list[str]) -> list[str]:
    """The arguments with options given their value, so that they never take the next word for one."""
    return [f"{word}={_VALUES[word]}" if word in _VALUES else word for word in arguments]


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    message: str = error.format_message()  # type: ignore[attr-defined]  # every Click error has it
    command = context.command_path if context is not None else "sim"
    return f"{command}: {message[:1].lower()}{message[1:].rstrip('.')} (see {command} --help)"


def _language(arguments: list[str]) -> Language:
    """The language that a command line asks for, also one that is not understood otherwise."""
    asked = [word.removeprefix("--lang=") for word in arguments if word.startswith("--lang=")]
    asked += [value for option, value in pairwise(arguments) if option == "--lang"]
    return "ja" if asked[-1:] == ["ja"] else "en"


def _wrong(language: Language, *lines: str) -> int:
    from sim.text.mistakes import told

    for line in lines:
        print(told(line, language), file=sys.stderr)
    return WRONG_INPUT
