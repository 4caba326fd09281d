"""Whether programmes have somebody to serve, asked before anything is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.text import Language, say
from sim.text.mistakes import told

if TYPE_CHECKING:
    from sim.scenarios.scenario import Loaded, Scenario
    from sim.worlds.own import Source

#: Programmes that are named in a warning, at most.
_NAMED = 5


def refuse_misplaced(
    loaded: Sequence[Loaded], world: str | Source, seed: int, most: int | None = None
) -> None:
    """Refuse scenarios whose programmes name places which the world has not, or have nobody to serve.

    Args:
        loaded: the scenarios.
        world, seed: where they are to be run.
        most: municipalities of a world that is built for it; a larger one is not asked.

    Raises:
        InputError: there are such scenarios; file, line and column are told.
    """
    from sim.worlds import municipalities_of

    asked = any(one.scenario.programmes for one in loaded)
    if not asked or (most is not None and municipalities_of(world) > most):
        return
    if errors := _misplaced(loaded, world, seed):
        raise InputError.of(errors)


def misplaced_in_japan(loaded: Loaded, language: Language) -> list[str]:
    """What there is to say of a scenario whose world is not known: what would be refused in Japan."""
    return [
        say("cli.misplaced_in_japan", language, text=told(line, language))
        for error in _misplaced([loaded], "japan", 1)
        for line in error.lines
    ]


def unscaled(scenarios: Sequence[Scenario], world: str | Source, language: Language) -> list[str]:
    """A word on programmes whose money stays as it is in a world where that of levers is made smaller."""
    from sim.worlds import municipalities_of
    from sim.worlds.build import MUNICIPALITIES_OF_JAPAN

    names = list(dict.fromkeys(name for scenario in scenarios for name in scenario.programmes))
    municipalities = municipalities_of(world) if names else MUNICIPALITIES_OF_JAPAN
    if municipalities == MUNICIPALITIES_OF_JAPAN:
        return []
    named = ", ".join([*names[:_NAMED], *(["..."] if len(names) > _NAMED else [])])
    share = f"{municipalities / MUNICIPALITIES_OF_JAPAN:.2g}"
    facts = {"names": named, "municipalities": municipalities, "share": share}
    return [say("scenario_warnings.unscaled", language, **facts)]


def _misplaced(loaded: Sequence[Loaded], world: str | Source, seed: int) -> list[InputError]:
    if not any(one.scenario.programmes for one in loaded):
        return []
    from sim.simulation.targets import misplaced
    from sim.worlds.kept import built

    return misplaced(loaded, built(world, seed))
