"""Views of a results folder that is opened: of all runs of a comparison, or of what its report tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.page.designs import DESIGNS, design_specs
from sim.page.stream import views_of
from sim.page.views import VIEWS, Asked, Pairs

if TYPE_CHECKING:
    from sim.page.designs import Told
    from sim.page.views.look import Spec
    from sim.text import Language

#: No tabs of a folder: the head, the panel of a place, and what takes links.
_BESIDE = ("answer", "place", "groups")


def tabs_of(opened: Pairs | Told) -> list[str]:
    """Names of the views that have something to show."""
    if isinstance(opened, Pairs):
        return [name for name in VIEWS if name not in _BESIDE]
    return [name for name, view in DESIGNS.items() if view.there(opened)]


def view_of(opened: Pairs | Told, name: str, at: Asked) -> dict[str, Any]:
    """A view by its name, ready for JSON; empty where the folder has none of that name."""
    if isinstance(opened, Pairs):
        return views_of(opened, [name], at)
    return {name: DESIGNS[name].make(opened, at.lang)} if name in DESIGNS else {}


def specs_of_folder(opened: Pairs | Told, language: Language) -> dict[str, Spec | None]:
    """How the views of a folder are drawn, where they are not those of the page."""
    return {} if isinstance(opened, Pairs) else design_specs(language)


def head_of(
    opened: Pairs | Told, at: Asked, answers: Sequence[str], doubts: Sequence[str] = ()
) -> dict[str, Any]:
    """What stands first: sentences of the answers that lie in the folder, else of what it holds.

    Args:
        opened: the folder.
        at: what a viewer looks at.
        answers: first sentences of the answers that lie in it.
        doubts: what is to be known of these.
    """
    if isinstance(opened, Pairs):
        found: dict[str, Any] = views_of(opened, ["answer"], at)["answer"]
        return found | ({"sentences": [*answers], "notes": [*doubts]} if answers else {})
    sentences = [*answers] or opened.sentences(at.lang)
    return {
        "sentences": sentences, "rows": [], "notes": [*doubts], "n": opened.results.manifest.replicates,
    }  # fmt: skip
