"""``python -m sim.answers.findings DIR``: what was found, for readers without an hour (docs/findings.md).

Every word and number of it comes from stored results: the answers in the results folders below DIR, and the
tables in ``docs`` of levers in other futures, of robustness and of the forecast.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.analysis.command import told_in_a_line
from sim.analysis.futures.stored import STORED, read
from sim.answers.known import known
from sim.errors import InputError
from sim.files import write_bytes, write_text
from sim.report.answered import Answered, model_of, stored_answers
from sim.text.harmless import for_markdown
from sim.text.numbers import number

if TYPE_CHECKING:
    import pandas as pd

IMAGES = Path("images") / "findings"
#: Colours of a figure: enough for lines and bands, and a sixth of the bytes.
COLOURS = 48
_OPENING = """\
# Findings

What was found, for readers without an hour; written by `python -m sim.answers.findings DIR` from the results
of `sim answer NAME --out DIR/NAME` at full size, {runs:,} runs in all, and from the tables named below;
{made_by}. Numbers compare policies under stated assumptions
and forecast nothing, but for the last section. Intervals are of 95% unless they say otherwise, n counts what
they are taken over.
{lacking}"""
_ROBUST = """\
## What is robust, and what is not

Levers at equal spending ([levers_compared.md](levers_compared.md)): the cheapest by default, and in how many
plausible futures it stays the cheapest.

{cheapest}

By criteria of robustness ([robustness.md](robustness.md)): a choice is robust where it is first by all of
them, and the less so the more of them pick another.

{criteria}
"""
_FORECAST = """\
## What the forecasts were

Stored before they were held against what happened ([forecast](forecast/README.md), which says what the
intervals hold): the median and, in brackets, the 5% and the 95% quantile. How earlier forecasts did is in
[validation.md](validation.md).

{table}
"""


class Stored(NamedTuple):
    """An answer and its figure.

    Attributes:
        answered: the answer.
        figure: PNG.
    """

    answered: Answered
    figure: Path


def collected(folder: Path) -> list[Stored]:
    """The answers to the package's questions in the results folders below a folder, by their numbers.

    Raises:
        InputError: there are none, some are first looks or of different models, or a question has several.
    """
    found: dict[str, Stored] = {}
    names = {question.name for question in known()}
    for place in sorted({path.parents[2] for path in folder.rglob("answers/*/answer.json")}):
        for answered in stored_answers(place):
            if answered.name not in names:
                continue
            if answered.quick:
                raise InputError(f"{place}: the answer to {answered.name} is a first look (--quick)")
            if answered.name in found:
                raise InputError(f"{place}: there is another answer to {answered.name} below {folder}")
            found[answered.name] = Stored(answered, answered.figure(place, "en").with_suffix(".png"))
    if not found:
        raise InputError(f"{folder}: holds no answers; sim answer NAME --out {folder}/NAME makes them")
    models = sorted({one.answered.model for one in found.values()})
    if len(models) > 1:
        raise InputError(f"{folder}: answers of different versions of the model: {', '.join(models)}")
    return sorted(found.values(), key=lambda one: one.answered.number or 0)


def page(stored: Sequence[Stored], docs: Path) -> str:
    """The page in Markdown.

    Args:
        stored: the answers.
        docs: folder of the tables of levers, robustness and forecast.
    """
    import pandas as pd

    there = {one.answered.name for one in stored}
    lacking = [f"`{question.name}`" for question in known() if question.name not in there]
    told = f"\nNot among these results: {', '.join(lacking)}.\n" if lacking else ""
    runs, made_by = sum(one.answered.runs for one in stored), model_of(stored[0].answered)
    levers, judged = (pd.read_csv(docs / f"{name}.csv") for name in ("levers_compared", "robustness"))
    forecast = pd.read_csv(docs / "forecast" / "national.csv")
    return "\n".join(
        [
            _OPENING.format(runs=runs, made_by=made_by, lacking=told),
            *(section(one.answered) for one in stored),
            _ROBUST.format(
                cheapest=_table(cheapest(levers, read(STORED).samples)), criteria=_table(criteria(judged))
            ),
            _FORECAST.format(table=_table(forecasts(forecast))),
        ]
    )


def section(answered: Answered) -> str:
    """An answer with what it hangs on and its figure."""
    asked, *sentences = (
        for_markdown(text["en"]) for text in (answered.asked, *answered.sentences, *answered.hangs_on)
    )
    count = len(answered.sentences)
    first, *others = sentences[:count]
    files = ", ".join(f"[`{name}`](../experiments/{name})" for name in answered.files)
    lines = [
        f"## {answered.number}. {asked}",
        f"**{first}**",
        *others,
        *(f"*It hangs on:* {sentence}" for sentence in sentences[count:]),
        f"![{asked}]({(IMAGES / answered.name).as_posix()}.png)",
        f"*`sim answer {answered.name}`: {answered.runs:,} runs of {files}.*",
    ]
    return "\n\n".join(lines) + "\n"


def cheapest(levers: pd.DataFrame, futures: int) -> list[dict[str, str]]:
    """For each sum the lever that costs least for a deal by default, and how often it does in other futures.

    Args:
        levers: the table ``levers_compared.csv``.
        futures: how many of them.
    """
    rows = []
    equal = levers[levers["verdict"].isin(["equal", "nearest"]) & levers["cost"].gt(0)]
    for amount, group in equal.groupby("sum"):
        best = group.nsmallest(1, "cost").iloc[0]
        most = group.nlargest(1, "won_deals").iloc[0]
        interval = f"{number(best['cost_low'])} to {number(best['cost_high'])}"
        rows.append(
            {
                "JPY M a year": f"{amount:,}",
                "cheapest by default": f"`{best['scenario']}`",
                "JPY M a deal (95%)": f"{number(best['cost'])} ({interval})",
                "stays the cheapest in": f"{best['won_deals']:.0%} of {futures:,} futures",
                "cheapest most often": f"`{most['scenario']}` ({most['won_deals']:.0%})",
            }
        )
    return rows


def criteria(judged: pd.DataFrame) -> list[dict[str, str]]:
    """For each set of futures the best choice by default, and what each criterion picks.

    Args:
        judged: the table ``robustness.csv``.
    """
    rows = []
    for over, group in judged.groupby("over", sort=False):
        default = str(group.nlargest(1, "nominal")["option"].iloc[0])
        picks_of = group[group["rank"] == 1].groupby("criterion", sort=False)["option"]
        firsts = {str(name): picked.to_list() for name, picked in picks_of}
        others = {name: ", ".join(f"`{one}`" for one in picked) for name, picked in firsts.items()}
        apart = {name: picks for name, picks in others.items() if default not in firsts[name]}
        ties = [name for name, picked in firsts.items() if default in picked and len(picked) > 1]
        row = {"futures": str(over), "first by default": f"`{default}`"}
        row["also first by"] = f"{len(firsts) - len(apart)} of {len(firsts)} criteria"
        row["not told apart by"] = ", ".join(ties)
        row["not robust by"] = "; ".join(f"{name}: {picks}" for name, picks in apart.items())
        rows.append(row)
    return rows


def forecasts(table: pd.DataFrame) -> list[dict[str, str]]:
    """For each target its forecast for the end of every year.

    Args:
        table: ``forecast/national.csv``.
    """
    rows = []
    for target, group in table.groupby("target", sort=False):
        row = {"target": f"`{target}`", "unit": str(group["unit"].iloc[0])}
        how = ".0%" if row["unit"] == "share" else ",.0f"
        for date, *quantiles in group[["date", "q50", "q05", "q95"]].itertuples(index=False):
            if str(date).endswith("Q4"):
                middle, low, high = (format(quantile, how) for quantile in quantiles)
                row[str(date)] = f"{middle} ({low} to {high})"
        rows.append(row)
    return rows


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    heads = list(dict.fromkeys(head for row in rows for head in row))
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row.get(head, '') for head in heads)} |" for row in rows)])


def small(figure: Path) -> bytes:
    """A figure (PNG) in few colours.

    Raises:
        InputError: it cannot be read.
    """
    from PIL import Image

    try:
        with Image.open(figure) as image:
            drawn = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    except OSError as error:
        raise InputError(f"{figure}: cannot be read; answer again") from error
    content = io.BytesIO()
    drawn.save(content, "PNG", optimize=True)
    return content.getvalue()


def write(stored: Sequence[Stored], target: Path) -> None:
    """Write the page, with its figures in a folder beside it; the tables are those beside it, too."""
    figures = {one.answered.name: small(one.figure) for one in stored}
    text = page(stored, target.parent)
    folder = target.parent / IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in figures.items():
        write_bytes(folder / f"{name}.png", content)
    write_text(target, text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the findings from stored answers."""
    parser = argparse.ArgumentParser(prog="python -m sim.answers.findings", description=main.__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with results folders of answers")
    told = "the page, in the folder of the tables of levers, robustness and forecast (docs/findings.md)"
    parser.add_argument("--write", type=Path, metavar="PAGE", default=Path("docs/findings.md"), help=told)
    chosen = parser.parse_args(arguments)
    with told_in_a_line(parser):
        write(collected(chosen.folder), chosen.write)


if __name__ == "__main__":
    main()
