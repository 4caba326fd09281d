"""What goes to standard output and to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from sim.calendar import quarter_label
from sim.text import Language, say
from sim.text.harmless import for_terminal
from sim.text.numbers import quarter

if TYPE_CHECKING:
    from rich.console import Console

    from sim.batch.experiment import Experiment
    from sim.batch.parameter_sets import ParameterSets
    from sim.worlds.own import Source

#: Width of tables that go to a file or a pipe.
WIDE = 130


def standard_output() -> Console:
    """Console on standard output; wide where it is no terminal, so that nothing is cut."""
    console = console_on(sys.stdout)
    if not console.is_terminal:
        console.width = WIDE
    return console


def console_on(stream: TextIO) -> Console:
    """Console that takes words for words, also those that look like markup or steer a terminal."""
    from rich.console import Console
    from rich.text import Text

    from sim.cli.terminal import Styled

    class Plain(Console):
        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(for_terminal(text), **options)

    styled: Any = Styled(stream)
    return Plain(file=styled, markup=False, emoji=False, highlight=False)


def setting(experiment: Experiment, language: Language, limit: bool = False) -> str:
    """What was run, for above a table: world, replicates (or the most there may be) and horizon."""
    facts = {"world": experiment.world_label, "municipalities": experiment.municipalities}
    where = say(f"cli.world_{experiment.world_kind}", language, **facts)
    last = quarter(quarter_label(experiment.quarters - 1), language)
    first = quarter(quarter_label(0), language)
    key = "cli.setting_limit" if limit else "cli.setting"
    told = say(key, language, world=where, replicates=experiment.replicates, first=first, last=last)
    if experiment.parameters is not None:
        told += say("cli.setting_sets", language, label=experiment.parameters.label)
    return told + (say("cli.setting_worlds", language) if experiment.worlds == "many" else "")


def tell_world(experiment: Experiment, language: Language, quiet: bool) -> None:
    """Say on standard error what a world of one's own does not give."""
    if experiment.source is not None:
        tell_source(experiment.source, language, quiet)


def tell_source(source: Source, language: Language, quiet: bool = False) -> None:
    """Say on standard error what the tables of a world do not give."""
    from sim.worlds.notes import notes_of
    from sim.worlds.own import given_by

    for line in notes_of(given_by(source), language):
        note(plain(say("cli.world_note", language, world=source.label, text=line)), quiet)


def tell_sets(sets: ParameterSets | None, language: Language, quiet: bool = False) -> None:
    """Say on standard error what parameter sets are drawn from, and whether for this version of the model."""
    if sets is not None:
        for line in sets_lines(sets, language):
            note(plain(line), quiet)


def sets_lines(sets: ParameterSets, language: Language) -> list[str]:
    """What parameter sets are, and a word where they were found for another version of the model."""
    from sim.provenance import source_digest

    facts = {"label": sets.label, "sets": len(sets), "parameters": len(sets.names), "digest": sets.digest}
    lines = [say("cli.sets", language, **facts)]
    if sets.model not in (None, source_digest()):
        lines.append(
            say("cli.sets_other_model", language, label=sets.label, model=sets.model, now=source_digest())
        )
    return lines


def plain(text: str) -> str:
    """A text from elsewhere on one line, without what would steer a terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def note(message: str, quiet: bool) -> None:
    """A line on standard error about what goes on."""
    if not quiet:
        print(message, file=sys.stderr, flush=True)


def warn(lines: Iterable[str], language: Language, quiet: bool = False) -> None:
    """Lines on standard error about what is allowed and still deserves a word."""
    for line in lines:
        note(say("scenario_warnings.warning", language, text=line), quiet)
