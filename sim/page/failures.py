"""What is told on the terminal where something was not foreseen."""

from __future__ import annotations

import logging
import textwrap
import traceback

from sim.scenarios.yaml_file import printable

_LONGEST = 200
_log = logging.getLogger(__name__)


def log_failure(what: str) -> None:
    """Log the exception that is being handled, with its traceback.

    Both may hold what strangers sent: none of it begins a line, as only lines of the log do.

    Args:
        what: failed, in words.
    """
    _log.error("%s\n%s", printable(what)[:_LONGEST], textwrap.indent(traceback.format_exc(), "  "))
