"""Groups of a workshop: their links and files read together, and what sliders say of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.page.entries import Entry, entry_of, scenario_of
from sim.page.mistakes import Mistake, MistakesError
from sim.page.ranges import Range, ranges
from sim.page.state import MOST_GROUPS, State, json_of, state_of_fragment, state_of_json
from sim.page.views.pairs import titles_of
from sim.scenarios.scenario import load_scenario
from sim.scenarios.section import Title
from sim.scenarios.yaml_file import NO_TEXT, printable
from sim.text import LANGUAGES, Language, say
from sim.text.numbers import money, money_range

if TYPE_CHECKING:
    from sim.kernel.world import World
    from sim.scenarios.scenario import Scenario

_LONGEST_NAME = 60
_BETWEEN = " \t\u3000:：,、"


class Source(NamedTuple):
    """What a facilitator hands over of a group.

    Attributes:
        name: of the file; empty for a link.
        text: the link, which the group's name may stand before, or the text of a scenario file.
    """

    name: str
    text: str


def told_ranges(baseline: Scenario, groups: Sequence[Scenario], lang: Language) -> dict[str, dict[str, Any]]:
    """What stands below the sliders.

    Returns:
        By lever that any group moves ``low``, ``middle`` and ``high`` in JPY M a fiscal year, and a ``text``
        that tells them.
    """
    titles = titles_of(groups, lang)
    return {
        each.name: {
            "low": each.low, "middle": each.middle, "high": each.high, "text": _told(each, titles, lang)
        }
        for each in ranges(baseline, groups)
        if each.moved
    }  # fmt: skip


def _told(each: Range, titles: Sequence[str], lang: Language) -> str:
    if not each.differs:
        return say("page.groups.same", lang, value=money(each.middle, lang, about=False))
    return say(
        "page.groups.range",
        lang,
        range=money_range(each.low, each.high, lang),
        median=money(each.middle, lang, about=False),
        lowest=each.who(each.low, titles, lang),
        highest=each.who(each.high, titles, lang),
    )


def joined(
    state: State, sources: Sequence[Source], lang: Language, world: World | None = None
) -> tuple[State, list[str]]:
    """A state with groups more than it has.

    Args:
        state: of the page.
        sources: a group each; of a link with several scenarios the first is taken.
        lang: of notes and errors.
        world: where the places that programmes name are looked up; None = they are not.

    Returns:
        The state, and what is to be said of sources that were not taken as they were.

    Raises:
        MistakesError: some are wrong; all that is, each with its source.
    """
    if len(state.groups) + len(sources) > MOST_GROUPS:
        raise MistakesError.saying("groups.many", lang, most=MOST_GROUPS)
    groups, notes, mistakes = list(state.groups), [], []
    for number, source in enumerate(sources, 1):
        called = printable(source.name)[:_LONGEST_NAME] or say("page.groups.link", lang, number=number)
        try:
            entry, said = _read(source, state, lang)
            scenario_of(entry, lang, world)
        except MistakesError as error:
            mistakes += [Mistake(one.told(lang), called, one.key) for one in error.mistakes]
            continue
        notes += [say("page.mistakes.of", lang, scenario=called, text=text) for text in said]
        groups.append(_named(entry, [*state.scenarios, *groups]))
    if mistakes:
        raise MistakesError.by(mistakes, lang)
    return state_of_json(json_of(state.model_copy(update={"groups": groups})), lang), notes


def _read(source: Source, state: State, lang: Language) -> tuple[Entry, list[str]]:
    """The group's scenario, and what is to be said of it."""
    if source.name:
        return entry_of(source.text, lang), []
    before, _, fragment = source.text.strip().rpartition("#")
    linked = state_of_fragment(fragment, lang)
    if not linked.scenarios:
        raise MistakesError.saying("groups.empty", lang)
    entry, said = linked.scenarios[0], []
    if (count := len(linked.scenarios) + len(linked.groups)) > 1:
        title = getattr(entry.title, lang) or entry.name
        said.append(say("page.groups.first", lang, count=count, title=printable(title)[:_LONGEST_NAME]))
    if linked.baseline != state.baseline:
        both = (load_scenario(name).title for name in (linked.baseline, state.baseline))
        theirs, ours = (getattr(title, lang) for title in both)
        said.append(say("page.groups.baseline", lang, theirs=theirs, ours=ours))
    name = NO_TEXT.sub("", before.partition("http")[0]).strip(_BETWEEN)[:_LONGEST_NAME]
    return (entry.model_copy(update={"title": Title(en=name, ja=name)}) if name else entry), said


def _named(entry: Entry, others: Sequence[Entry]) -> Entry:
    """The entry under a name that no other has; a title that nobody gave becomes that of a group."""
    taken, title = {other.name for other in others}, entry.title
    number = next(number for number in range(1, len(taken) + 2) if f"group_{number}" not in taken)
    if any(_is_blank(said) for said in (title.en, title.ja) if said):
        title = Title(**{lang: say("page.groups.group", lang, number=number) for lang in LANGUAGES})
    elif not (title.en or title.ja):
        title = Title(en=entry.name.replace("_", " "))
    return entry.model_copy(update={"name": f"group_{number}", "title": title})


def _is_blank(title: str) -> bool:
    """Whether it is what the page calls a scenario that nobody named."""
    patterns = (say(f"page.face.scenario_{lang}", lang, number=r"\d+") for lang in LANGUAGES)
    return any(re.fullmatch(pattern, title) for pattern in patterns)
