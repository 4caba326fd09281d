"""``sim report``, ``check``, ``list`` and ``cite``: what is there, without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.calendar import DISCOUNT_RATE
from sim.cli.designs import IndexPrecision
from sim.cli.options import (
    AllowExtensions,
    DiscountRate,
    Focus,
    Lang,
    Parameters,
    Quiet,
    ReportFormats,
    Worlds,
)


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Results folder.", show_default=False)],
    focus: Focus = None,
    discount_rate: DiscountRate = DISCOUNT_RATE,
    format: ReportFormats = None,
    lang: Lang = "en",
    quiet: Quiet = False,
) -> int:
    """Draw the figures and write report.html for a results folder: of scenarios, or of a design."""
    from sim.cli.running import report_on

    return report_on(folder, lang, quiet, discount_rate, focus, format or [])


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Scenario or experiment files, or worlds (CSV).", show_default=False
        ),
    ],
    parameters: Parameters = None,
    worlds: Worlds = None,
    precision: IndexPrecision = None,
    lang: Lang = "en",
    allow_extensions: AllowExtensions = None,
) -> int:
    """Validate scenarios, experiments and worlds; of an experiment, tell its runs, time and disk."""
    from sim.cli.listing import check_files

    return check_files(files, lang, allow_extensions or (), parameters, worlds, precision)


def list_(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="scenarios, levers, parameters, outcomes or worlds.", show_default=False
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Show all that is known of these.", show_default=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Lang = "en",
) -> None:
    """List what there is; with names, show each of them whole."""
    from sim.cli.lists import print_list

    print_list(what, names or [], json, lang)


def cite() -> None:
    """Print version, model version and a BibTeX entry."""
    from sim.cli.listing import citation

    print(citation())
