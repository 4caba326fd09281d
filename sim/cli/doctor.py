"""``sim doctor``: what is missing, and how to get it. It prints plain lines, which need no package."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from sim.cli.options import Lang
from sim.text import Language, say
from sim.text.mistakes import translated

#: Exit code where something is missing without which commands fail.
SOMETHING_MISSING = 1


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False, lang: Lang = "en"
) -> int:
    """Say what is missing on this machine, and how to get it; the exit code is 1 if something needed is."""
    from sim.cli.health import State, findings

    told = [_told(finding, lang) for finding in findings()]
    missing = sum(one["state"] == State.MISSING for one in told)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _print(told, lang)
        print(say("doctor.some_missing" if missing else "doctor.all_there", lang, count=missing))
    return SOMETHING_MISSING if missing else 0


def _told(finding: Any, language: Language) -> dict[str, Any]:
    """A ``Finding`` in words."""
    facts = {name: _fact(name, value, language) for name, value in finding.facts.items()}
    remedy = say(f"doctor.remedies.{finding.remedy}", language, **facts) if finding.remedy else ""
    return {
        "name": finding.name,
        "state": finding.state.value,
        "about": say(f"doctor.about.{finding.name}", language),
        "found": say(f"doctor.said.{finding.said}", language, **facts),
        "remedy": remedy,
        "facts": finding.facts,
    }


def _fact(name: str, value: Any, language: Language) -> Any:
    """A fact in words: versions as one says them, reasons in the language."""
    if name == "wanted" and (least := re.fullmatch(r">=([\d.]+)", value)):
        return say("doctor.or_later", language, version=least[1])
    return translated(value, language) if name == "reason" else value


def _print(told: Sequence[dict[str, Any]], language: Language) -> None:
    between = say("doctor.between", language)
    for one in told:
        state = say(f"doctor.states.{one['state']}", language)
        print(f"[{state}] {one['about']}{between}{one['found']}")
        if one["remedy"]:
            print(f"    -> {one['remedy']}")
