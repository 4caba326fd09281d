"""``sim export``: the tables of a world, or the network of partnerships of a run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import Lang
from sim.cli.terminal import of_files
from sim.errors import InputError
from sim.files import own_folder

if TYPE_CHECKING:
    from sim.results import Results
    from sim.results.network import Network
    from sim.text import Language

#: Folder of the networks within a results folder.
NETWORKS = "networks"

_Quarter = Annotated[
    str | None,
    typer.Option(
        help="With --network: at the end of this quarter.  [default: the last one]", metavar="QUARTER",
        show_default=False,
    ),
]  # fmt: skip
_Scenario = Annotated[
    str | None,
    typer.Option(
        help="With --network: of this scenario.  [default: the first one]", metavar="NAME", show_default=False
    ),
]
_Replicate = Annotated[int, typer.Option(help="With --network: of this replicate.", metavar="R", min=0)]
_Point = Annotated[int, typer.Option(help="With --network: at this point of a design.", metavar="P", min=0)]
_Prefecture = Annotated[
    str | None,
    typer.Option(
        help="With --network: only projects of this prefecture, by name or number; draws them, too.",
        metavar="PLACE",
        show_default=False,
    ),
]


def export(
    world: Annotated[
        str,
        typer.Argument(
            metavar="WORLD|RESULTS",
            help="japan, or tables of your own; with --network a results folder.",
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="New or empty folder; with --network any folder.  [default with it: RESULTS/networks]",
            show_default=False,
        ),
    ] = None,
    network: Annotated[
        bool, typer.Option("--network", help="Write the network of partnerships of a run instead.")
    ] = False,
    quarter: _Quarter = None,
    scenario: _Scenario = None,
    replicate: _Replicate = 0,
    point: _Point = 0,
    prefecture: _Prefecture = None,
    lang: Lang = "en",
) -> None:
    """Write the tables of a world, to change them and run them as your own; or the network of a run."""
    if not network:
        given = {"--quarter": quarter, "--scenario": scenario, "--prefecture": prefecture}
        odd = [name for name, value in given.items() if value is not None]
        odd += [name for name, value in {"--replicate": replicate, "--point": point}.items() if value]
        _export_world(world, folder, odd)
        return
    from sim.cli.running import say_incomplete
    from sim.results import load
    from sim.results.network import read_network

    results = load(world)
    say_incomplete(results.folder, results.stored, lang)
    read = read_network(results, quarter, scenario, replicate, point, prefecture)
    where = own_folder(results.folder / NETWORKS) if folder is None else folder
    _export_network(results, read, where, lang)


def _export_world(world: str, folder: Path | None, odd: list[str]) -> None:
    from sim.worlds import export_world

    if odd:
        raise InputError(f"{odd[0]}: is of --network, which is not given")
    if folder is None:
        raise InputError("export: give the folder to write to, new or empty; --network may do without")
    for path in export_world(world, folder):
        print(path)


def _export_network(results: Results, network: Network, folder: Path, lang: Language) -> None:
    """Write files and figures, print the measures of this network and the files."""
    from sim.analysis.networks.drawing import MOST_NODES
    from sim.report.networks import degrees_sheet, network_sheet
    from sim.report.style import framed, save, usable_language
    from sim.results.network import write_network

    paths = write_network(network, folder)
    if network.edges.empty:
        _print(network, lang)
    else:
        _print_measures(network, lang)
        letters: Language = "ja" if usable_language(of_files(lang)) == "ja" else "en"
        titles = {scenario.name: scenario.title for scenario in results.experiment.scenarios}
        title = getattr(titles[network.scenario], letters) or network.scenario
        sheets = {"degrees": degrees_sheet(network, title, letters)}
        if len(network.nodes) <= MOST_NODES:
            sheets["drawing"] = network_sheet(network, title, letters)
        for name, sheet in sheets.items():
            paths += save(framed(sheet, letters), folder, f"{network.stem}-{name}", letters)
    for path in paths:
        print(path)


def _print(network: Network, lang: Language) -> None:
    from sim.text import say

    print(say("networks.none", lang))


def _print_measures(network: Network, lang: Language) -> None:
    """The measures beside those by chance, as a table."""
    from rich.table import Table

    from sim.analysis.networks import measure
    from sim.analysis.networks.measures import NULLS
    from sim.cli.output import standard_output
    from sim.report.networks import place_of
    from sim.text import say

    where = f"{network.scenario}, {network.quarter}, {place_of(network, lang)}"
    table = Table(title=where, title_justify="left")
    table.add_column(say("networks.columns.measure", lang))
    table.add_column(say("networks.columns.value", lang), justify="right")
    table.add_column(say("networks.columns.chance", lang, nulls=NULLS), justify="right")
    for name, value, _, low, high in measure(network).itertuples(index=False, name=None):
        chance = "" if math.isnan(low) else f"{_measured(low)} – {_measured(high)}"
        shown = f"{value:,.0f}" if float(value).is_integer() else _measured(value)
        table.add_row(say(f"networks.measures.{name}", lang), shown, chance)
    console = standard_output()
    console.print(table)
    console.print(say("networks.not_by_chance", lang, nulls=NULLS))


def _measured(value: float) -> str:
    """Two decimals; a dash where a measure has no value, as where all have as many projects."""
    from sim.text.numbers import MINUS, MISSING

    return MISSING if math.isnan(value) else f"{value:z.2f}".replace("-", MINUS)
