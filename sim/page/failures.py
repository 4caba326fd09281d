"""What is told on the terminal where something was not foreseen."""

from __future__ import annotations

import logging
import textwrap
import traceback

from sim.scenarios.yaml_file import printable
from sim.shortage import shortage
from sim.text import Language, say
from sim.text.mistakes import translated

_LONGEST = 200
_log = logging.getLogger(__name__)


def log_failure(what: str) -> None:
    """Log the exception that is being handled, with its traceback.

    Both may hold what strangers sent: none of it begins a line, as only lines of the log do.

    Args:
        what: failed, in words.
    """
    _log.error("%s\n%s", printable(what)[:_LONGEST], textwrap.indent(traceback.format_exc(), "  "))


def line_of_failure(error: Exception, language: Language) -> str:
    """What who uses the page is told of something that was not foreseen."""
    lacking = shortage(error)
    if lacking is not None:
        return say("page.server.short", language, what=translated(lacking, language))
    return say("page.server.failed", language, what=type(error).__name__)
