"""The sections of a scenario file laid over what they inherit: numbers over time, programmes, extensions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sim.calendar import FIRST_YEAR, quarter_label
from sim.errors import InputError
from sim.kernel.parameters import declared
from sim.scenarios.programmes import Payer, Programme, Target
from sim.scenarios.schema import WORDS
from sim.scenarios.section import Title
from sim.scenarios.yaml_file import Document


def value_at(path: Mapping[int, float], when: int) -> float:
    """Value of a path at a fiscal year or quarter: that of the last entry not after it."""
    return path[max(key for key in path if key <= when)]


def paths_over(
    base: Mapping[str, dict[int, float]], given: Mapping[str, dict[int, float]]
) -> dict[str, dict[int, float]]:
    """Every path of the base with the one given of that name laid over it."""
    return {name: path_over(path, given.get(name, {})) for name, path in base.items()}


def path_over(base: Mapping[int, float], given: Mapping[int, float]) -> dict[int, float]:
    """The base's path before the first entry given, what is given from there on; repeats left out."""
    start = min(given, default=max(base) + 1)
    joined = {when: value for when, value in base.items() if when < start} | dict(given)
    path: dict[int, float] = {}
    for when in sorted(joined):
        if not path or path[max(path)] != joined[when]:
            path[when] = joined[when]
    return path


def flattened(sections: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted names of nested sections; a path, keyed by numbers, stays whole."""
    flat: dict[str, Any] = {}
    for name, value in sections.items():
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            flat |= flattened(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def check_shares(document: Document, parameters: Mapping[str, dict[int, float]]) -> None:
    """Note where the two parties pay more than a project costs, by the paths of parameters."""
    shares = ("equity_share", "municipal_share")
    paths = [parameters.get(name, {0: declared()[name].default}) for name in shares]
    for t in sorted({t for path in paths for t in path}):
        total = sum(value_at(path, t) for path in paths)
        if total > 1.0 + 1e-9:  # sums of decimal fractions are off by a last bit
            message = f"equity_share and municipal_share are {total:.3g} of the cost in {quarter_label(t)}"
            document.note(("parameters",), f"{message}; together they may be 1 at most")
            return


def check_programmes(
    document: Document, given: Mapping[str, Any], levers: Collection[str], inherited: Collection[str]
) -> None:
    """Note programmes that lack a lever or money, that are none to take away, or named like a lever.

    Args:
        document: the file.
        given: what it says of programmes, by name.
        levers: names of levers, those of extensions included.
        inherited: names of the programmes that it is laid over.
    """
    unknown = ("extends",) in document.mistakes  # so that nothing is known of what is below
    for name, words in given.items():
        if name in levers:
            document.note(("programmes", name), f"{name} is a lever; choose another name for the programme")
        elif words is None:
            if name not in inherited and not unknown:
                document.note(("programmes", name), "there is no such programme to take away")
        elif name not in inherited and not unknown:
            for word in ("lever", "money"):
                if word not in words:
                    document.note(("programmes", name), f"missing; a programme needs {word}")


def programmes_over(base: Mapping[str, Programme], given: Mapping[str, Any]) -> dict[str, Programme]:
    """The base's programmes with those given laid over them; null takes one away."""
    found = dict(base)
    for name, words in given.items():
        if words is None:
            found.pop(name, None)
            continue
        before = base.get(name)
        if before is None and "lever" not in words:
            continue  # what it extends is not known, which is told already
        inherited = {} if before is None else dict(before)
        path = path_over({FIRST_YEAR: 0.0} if before is None else before.money, words.get("money", {}))
        said = {
            "lever": words.get("lever"),
            "payer": Payer(**words["payer"]) if "payer" in words else None,
            "target": Target(**words["for"]) if "for" in words else None,
            "title": Title(**words["title"]) if "title" in words else None,
        }
        own = {field: value for field, value in said.items() if value is not None}
        found[name] = Programme(**{**inherited, **own, "money": path})
    return found


def imported(
    document: Document, paths: Sequence[str], inherited: Iterable[str]
) -> tuple[dict[str, str], dict[str, dict[int, float]]]:
    """Digests of the sources of extensions by import path; the appropriations of those that are levers."""
    if not paths:
        return {}, {}
    from sim.extensions import checked, import_extension

    digests, own = {}, {}
    together = [import_extension(path)[0] for path in inherited if path not in paths]
    for number, path in enumerate(paths):
        try:
            extension, digests[path] = import_extension(path)
            checked([*together, extension], WORDS)
        except InputError as error:
            document.note(("extensions", number), str(error).removeprefix("extensions: "))
            continue
        together.append(extension)
        if extension.appropriation is not None:
            own[extension.name] = dict(extension.appropriation)
    return digests, own
