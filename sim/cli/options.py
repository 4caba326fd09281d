"""Options and arguments that several commands take: their types and what the help says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.calendar import quarter_label
from sim.cli.terminal import shown
from sim.text import Language

Scenarios = Annotated[
    list[str],
    typer.Argument(metavar="SCENARIO...", help="Built-in scenarios or YAML files.", show_default=False),
]
World = Annotated[
    str | None,
    typer.Option(
        help="japan, synthetic[:N], or a CSV file or folder of places.  [default: japan]", show_default=False
    ),
]
Replicates = Annotated[
    int | None, typer.Option(help="Runs of each scenario.  [default: 30]", metavar="N", show_default=False)
]
Quarters = Annotated[
    str,
    typer.Option(
        help=f"Number of quarters from {quarter_label(0)}, or the last one, such as 2030Q4.", metavar="N"
    ),
]
Seed = Annotated[int, typer.Option(help="Root seed of the world and of every draw.", metavar="N")]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Results folder.  [default: results/<name>-<digest>]", metavar="DIR", show_default=False
    ),
]
Workers = Annotated[
    int | None, typer.Option(help="Processes.  [default: one per core]", metavar="N", show_default=False)
]
DiscountRate = Annotated[
    float,
    typer.Option(
        help="Yearly rate at which the report discounts costs and effects beside the plain ones; 0 for none.",
        metavar="RATE",
        min=0.0,
        max=1.0,
    ),
]
Focus = Annotated[
    str | None,
    typer.Option(
        help="Prefecture or municipality, by name or code, that is told of by itself: its effects, its rank, "
        "where else effects arise.",
        metavar="PLACE",
        show_default=False,
    ),
]
ReportFormats = Annotated[
    list[str] | None,
    typer.Option(
        help="Write the report as html, pdf, xlsx or docx; may be repeated. The HTML is always written.",
        metavar="html|pdf|xlsx|docx",
        show_default=False,
    ),
]
Lang = Annotated[Language, typer.Option(help="Language of tables, figures and report.", callback=shown)]
Quick = Annotated[
    bool, typer.Option("--quick", help="A first look: 10 replicates of synthetic:300, unless said otherwise.")
]
AllowExtensions = Annotated[
    list[str] | None,
    typer.Option(
        help="Module that may be run where scenario files name it under `extensions`; may be repeated.",
        metavar="MODULE",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print the results folder and errors, nothing else.")]
SameBudget = Annotated[
    str | None,
    typer.Option(
        help="Refuse scenarios (but the baseline) that do not appropriate the same in each fiscal year; "
        "=rescale makes them equal to the first.",
        metavar="[=rescale]",
        show_default=False,
    ),
]
SameSpending = Annotated[
    str | None,
    typer.Option(
        help="Multiply what scenarios appropriate beyond the baseline so that all spend the same beyond "
        "it: this sum in JPY million a fiscal year, or the most that all of them absorb as written.",
        metavar="[=SUM]",
        show_default=False,
    ),
]
PrecisionWidth = Annotated[
    str | None,
    typer.Option(
        help="Run on until the 95% intervals are this narrow: plus or minus a share of the effect (5%), "
        "or so many units of the outcome (20). --replicates is then the limit, by default 1000 "
        "(--quick: 200).",
        metavar="WIDTH",
        show_default=False,
    ),
]
PrecisionOf = Annotated[
    list[str] | None,
    typer.Option(
        help="Outcome whose intervals count for --precision; may be repeated.  [default: deals_signed]",
        metavar="OUTCOME",
        show_default=False,
    ),
]
Parameters = Annotated[
    str | None,
    typer.Option(
        help="What is not known of parameters: posterior, or a CSV file with a set of values in each row. "
        "Every replicate takes another set in the place of defaults.",
        metavar="posterior|FILE",
        show_default=False,
    ),
]
Worlds = Annotated[
    str | None,
    typer.Option(
        help="one, that of the seed, or many: every replicate draws companies and all else that is drawn of "
        "the world anew; --quick then runs Japan.  [default: one]",
        metavar="one|many",
        show_default=False,
    ),
]
