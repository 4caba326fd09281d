"""What goes over the wire: JSON in, JSON and its lines out."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.responses import Response

from sim.errors import InputError
from sim.files import parsed_json
from sim.text import say
from sim.text.mistakes import where_known

if TYPE_CHECKING:
    from starlette.requests import Request

    from sim.text import Language

#: Deepest nesting of a body that is read.
DEEPEST = 40


def packed(value: Any) -> bytes:
    """A value as JSON in UTF-8; NumPy's numbers are numbers, what is not finite is null."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    except ValueError:  # rare, and looked for only where it is there
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=_plain)
    return text.encode("utf-8", "replace")


def line(value: Any) -> bytes:
    """A value as a line of NDJSON."""
    return packed(value) + b"\n"


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(packed(value), status, named, "application/json")


def refused(status: int, *lines: str, **headers: str) -> Response:
    """An answer that says what is wrong, a line each."""
    return answer({"lines": list(lines)}, status, **headers)


def lines_of(error: InputError, language: Language) -> list[str]:
    """What is wrong, a line each, in a language where the catalogue knows its words."""
    return [where_known(one, language) for one in error.lines]


def wrong(id: str, language: Language, **values: Any) -> InputError:
    """The error that says the text ``page.server.<id>``."""
    return InputError(say(f"page.server.{id}", language, **values))


async def body_of(request: Request, language: Language) -> dict[str, Any]:
    """The JSON object that a request carries.

    Args:
        request: its body is read.
        language: of the errors.

    Raises:
        InputError: it carries something else.
    """
    try:
        value = parsed_json(await request.body())
    except ValueError:
        raise wrong("no_json", language) from None
    if not isinstance(value, dict):
        raise wrong("no_object", language)
    if _is_deep(value):
        raise wrong("deep", language, most=DEEPEST)
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [item for one in inner for item in (one.values() if isinstance(one, dict) else one)]
    return any(isinstance(one, dict | list) for one in level)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return None if value != value else str(value)  # pandas' missing values are not like themselves


def _finite(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return _finite(value.tolist()) if isinstance(value, np.ndarray) else value
