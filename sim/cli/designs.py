"""Commands that analyse designed experiments: their options; heavy modules are imported when called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import AllowExtensions, Lang, Out, Quiet, Workers

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Results folder.", show_default=False)]
Outcome = Annotated[
    str | None,
    typer.Option(
        help="Outcome that is asked about, and that a scenario's bare name means.  [default: deals_signed]",
        metavar="OUTCOME",
        show_default=False,
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        help="End of which quarter.  [default: the last one kept]", metavar="QUARTER", show_default=False
    ),
]

IndexPrecision = Annotated[
    float | None,
    typer.Option(
        help="Of an experiment with factors: tell which designs give sensitivity indices within so much.",
        metavar="HALF-WIDTH",
        show_default=False,
    ),
]


def sensitivity(
    folder: Folder,
    outcome: Outcome = None,
    at: At = None,
    of: Annotated[
        str | None,
        typer.Option(
            help="Something reckoned from outcomes instead, such as 'balanced - baseline'.",
            metavar="EXPRESSION",
            show_default=False,
        ),
    ] = None,
    when: Annotated[
        str | None,
        typer.Option(
            help="Which factors decide whether this holds, such as 'matching_first < subsidy_first'.",
            metavar="CONDITION",
            show_default=False,
        ),
    ] = None,
    lang: Lang = "en",
    quiet: Quiet = False,
) -> int:
    """Tell what drives an outcome of a design, and which part chance has in it."""
    from sim.cli.sensitivity import analyse

    return analyse(folder, outcome, at, of, when, lang, quiet)


def discover(
    folder: Folder,
    when: Annotated[
        str,
        typer.Option(
            help="A condition on scenarios, outcomes and factors, such as 'matching_first < subsidy_first'.",
            metavar="CONDITION",
            show_default=False,
        ),
    ],
    outcome: Outcome = None,
    at: At = None,
    boxes: Annotated[
        int, typer.Option(help="Boxes that are looked for at most.", metavar="N", min=1, max=9)
    ] = 3,
    lang: Lang = "en",
    quiet: Quiet = False,
) -> int:
    """Find where in the space of factors a condition holds, and what chance alone would have found."""
    from sim.cli.discovering import discover as look_for

    return look_for(folder, when, outcome, at, boxes, lang, quiet)


Small = Annotated[
    bool, typer.Option("--quick", help="The small version that the file describes, to see it work.")
]


def frontier(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="EXPERIMENT.yaml", help="Experiment with a section frontier.", show_default=False
        ),
    ],
    out: Out = None,
    workers: Workers = None,
    lang: Lang = "en",
    quick: Small = False,
    quiet: Quiet = False,
    allow_extensions: AllowExtensions = None,
) -> int:
    """Search for the best mixes of levers for a budget, and measure with fresh draws how good they are."""
    from sim.batch.experiment_file import load_problem
    from sim.cli.frontier import carry_out
    from sim.cli.orders import worker_count

    return carry_out(
        load_problem(file, quick, allow_extensions or ()), out, worker_count(workers), lang, quiet
    )


def answer(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUESTION]",
            help="Name or number (q1) of a question, or a file of your own; without it they are listed.",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    workers: Workers = None,
    write: Annotated[
        bool, typer.Option("--write", help="Renew the answer in experiments/README.md, at full size.")
    ] = False,
    lang: Lang = "en",
    quick: Small = False,
    quiet: Quiet = False,
) -> int:
    """Answer one of the analysts' questions: run its experiment and its analysis, write the report."""
    from sim.cli.answering import answer_question, list_questions
    from sim.cli.orders import worker_count

    if question is None:
        list_questions(lang)
        return 0
    return answer_question(question, quick, out, worker_count(workers), write, lang, quiet)
