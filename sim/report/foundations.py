"""What every report rests on: assumptions, limits, the experiment itself, and where the numbers come from."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from sim.batch.experiment import WORLD_COPY, Experiment
from sim.batch.parameter_sets import PARAMETERS
from sim.batch.sessions import Session
from sim.batch.stored import Stored
from sim.files import read_regular
from sim.provenance import source_digest
from sim.report.page import Figure
from sim.report.phrases import listed
from sim.report.words import quarter, short
from sim.results import Results
from sim.results.made_by import may_differ, model_of, of_another_model
from sim.scenarios.allowed import modules_of
from sim.scenarios.yaml_reader import IN_FOLDER, MAX_BYTES_IN_FOLDER
from sim.text import Language, paragraphs, say
from sim.worlds.notes import notes_of
from sim.worlds.own import given_by

_MOST_BYTES_OF_A_FIGURE = 64 << 20


def named(name: str, lang: Language, ending: str = "") -> str:
    """Name of a file or folder in a language; English has no mark."""
    return f"{name}{'' if lang == 'en' else f'.{lang}'}{ending}"


def titles(experiment: Experiment, lang: Language) -> dict[str, str]:
    """Title of each scenario in the language, with its name where another has the same title.

    Its name in words where it has no title.
    """
    given = {scenario.name: getattr(scenario.title, lang) for scenario in experiment.scenarios}
    called = {name: title or name.replace("_", " ") for name, title in given.items()}
    times = Counter(called.values())
    return {
        name: say("report.in_unit", lang, name=title, unit=name) if times[title] > 1 else title
        for name, title in called.items()
    }


def page_title(results: Results, lang: Language) -> str:
    """Title of the page, by the kind of world."""
    experiment = results.experiment
    return say(f"report.title_{experiment.world_kind}", lang, world=experiment.world_label)


def missing(results: Results, called: dict[str, str], there_are: Collection[str], lang: Language) -> str:
    """What is said of runs that are missing or failed, and of a model with other numbers; else empty.

    Args:
        results: the results.
        called: titles of all scenarios.
        there_are: scenarios of which some run is stored and did not fail.
        lang: of the words.
    """
    stored = results.stored
    sentences = of_another_model(results.manifest, lang) if may_differ(results.manifest) else []
    if stored.missing or stored.failed:
        absent = [called[name] for name in results.scenarios if name not in there_are]
        sentences += _missing(stored, absent, lang)
    return say("report.sentence_break", lang).join(sentences)


def _missing(stored: Stored, absent: Sequence[str], lang: Language) -> list[str]:
    """How many runs are missing or failed, and titles of scenarios that are absent altogether."""
    there = stored.expected - stored.missing - stored.failed
    facts = {"there": there, "missing": stored.missing, "all": stored.expected, "failed": stored.failed}
    sentences = [say("report.missing", lang, **facts)]
    if absent:
        quoted = [say("report.quoted", lang, title=title) for title in absent]
        sentences.append(say("report.absent", lang, names=listed(quoted, lang)))
    return sentences


def assumptions(experiment: Experiment, lang: Language) -> list[str]:
    """What is given and drawn of the world, what intervals speak of, and what is assumed of all runs."""
    kind = "many" if experiment.worlds == "many" else experiment.world_kind
    notes = [] if experiment.source is None else notes_of(given_by(experiment.source), lang)
    chance, *others = paragraphs("report.assumptions", lang)
    return [say(f"report.drawn_{kind}", lang), *notes, *_sets(experiment, chance, lang), *others]


def _sets(experiment: Experiment, chance: str, lang: Language) -> list[str]:
    """What intervals speak of: chance alone, or what is not known of parameters, too."""
    sets = experiment.parameters
    if sets is None:
        return [chance]
    drawn = listed([short(name, lang) for name in sets.names], lang)
    facts = {"label": sets.label, "sets": len(sets), "digest": sets.digest, "names": drawn}
    told = [say("report.drawn_parameters", lang, **facts)]
    if sets.model not in (None, source_digest()):
        now = {"model": sets.model, "now": source_digest()}
        told.append(say("report.other_model", lang, label=sets.label, **now))
    return told


def figure_of(path: Path, heading: str, alt: str, text: str) -> Figure:
    """A figure with its SVG as a data address."""
    data = base64.b64encode(read_regular(path, _MOST_BYTES_OF_A_FIGURE)).decode("ascii")
    return Figure(f"data:image/svg+xml;base64,{data}", heading, alt, text, path)


def experiment_address(folder: Path) -> str:
    """The folder's ``experiment.yaml`` as a data address that a page can hand on."""
    content = read_regular(folder / IN_FOLDER, MAX_BYTES_IN_FOLDER)
    return f"data:application/yaml;base64,{base64.b64encode(content).decode('ascii')}"


def table_addresses(experiment: Experiment) -> dict[str, str]:
    """Tables that the experiment names as data addresses, by where they belong beside it."""
    copies = {} if experiment.source is None else experiment.source.copies()
    tables = {f"{WORLD_COPY}/{name}": content for name, content in copies.items()}
    if experiment.parameters is not None:
        tables[PARAMETERS] = experiment.parameters.text().encode()
    return {
        name: f"data:text/csv;base64,{base64.b64encode(content).decode('ascii')}"
        for name, content in tables.items()
    }


def command(experiment: Experiment) -> str:
    """The command that gives these results again from the experiment that travels with the page."""
    paths = [path for scenario in experiment.scenarios for path in scenario.extensions]
    leave = f" --allow-extensions {','.join(modules_of(paths))}" if paths else ""
    return f"sim batch experiment.yaml{leave}"


def provenance(results: Results, replicates: int, lang: Language) -> Iterator[tuple[str, str]]:
    """Facts about the run: what, value."""
    experiment = results.experiment
    last: Session | None = next(reversed(results.provenance.get("sessions", [])), None)
    versions = {} if last is None else {name: one for name, one in last["versions"].items() if one}
    ends = [quarter(end, lang) for end in ("2018Q2", results.quarters[-1])]
    facts = {
        "world": results.manifest.world,
        "tables": None if experiment.source is None else experiment.source.digest,
        "horizon": say("report.horizon", lang, first=ends[0], last=ends[1], quarters=experiment.quarters),
        "points": f"{experiment.points:,}" if experiment.points > 1 else None,
        "replicates": f"{replicates:,}",
        "failed": f"{len(results.failures):,}",
        "seed": str(experiment.seed),
        "model": model_of(results.manifest, lang),
        "experiment": experiment.digest(),
        "digest": ", ".join(f"{scenario.name} {scenario.digest()}" for scenario in experiment.scenarios),
        "commit": None if last is None else last["commit"],
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "machine": None if last is None else last["machine"]["platform"],
    }
    yield from ((say(f"report.facts.{name}", lang), str(value)) for name, value in facts.items() if value)


def figures_note(lang: Language, lettered: Language) -> str:
    """Where figures and tables lie as files, and in which language figures are lettered."""
    places: dict[str, str] = {name: named(name, lang) for name in ("figures", "tables")}
    told = [say("report.figures_note", lang, **places)]
    if lang != lettered:
        told.append(say("report.no_font", lang))
    return say("report.sentence_break", lang).join(told)


def beginning(sentences: Iterable[str], lang: Language) -> str:
    """Sentences in a row."""
    return say("report.sentence_break", lang).join(sentences)
