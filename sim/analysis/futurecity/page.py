"""The page docs/futurecity.md: tables and the words around them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from sim.analysis.futurecity import words
from sim.analysis.futurecity.adopters import SHARE, names_needed, published
from sim.analysis.futurecity.compare import Added, Table
from sim.analysis.futurecity.forecast import TOPS, Basis, Pool
from sim.analysis.futurecity.forward import Forward
from sim.analysis.futurecity.nulls import Power
from sim.analysis.futurecity.scoring import Interval
from sim.analysis.futurecity.simulated import LAST_YEAR
from sim.analysis.futurecity.study import Study

_WIDTH = 118
_EFFECTS_OF_ADOPTING = (0.2, 0.35, 0.5, 1.0)


def page(found: Study) -> str:
    """The page in Markdown."""
    told = words.numbers_of(found)
    parts = [
        filled(words.OPENING, told),
        "![What each mechanism adds out of sample, to three bases](images/futurecity.png)",
        filled(words.METHOD, told),
        *(_added(table) for table in found.tables),
        _onwards(found, told),
        _repeats(found, told),
        filled(words.POWER, told) + "\n\n" + _powers(found.powers),
        filled(words.BASIS, told) + "\n\n" + _bases(found.bases),
        filled(words.POOL, told) + "\n\n" + _pools(found.pools),
        filled(words.CHANGE, told),
        filled(words.ADOPTERS, told) + "\n\n" + _adopters(),
        filled(words.TO_MEASURE, told) + "\n\n" + _needed(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def filled(text: str, told: dict[str, str]) -> str:
    """Paragraphs and lists with their numbers, each wrapped; headings keep their lines."""
    blocks = text.strip().format(**told).split("\n\n")
    return "\n\n".join(block if block.startswith("#") else _wrapped(block) for block in blocks)


def _wrapped(block: str) -> str:
    """A paragraph or a list, whose points hang."""
    points = block.replace("\n- ", "\n\n- ").split("\n\n")
    return "\n".join(_point(" ".join(point.split())) for point in points)


def _point(text: str) -> str:
    hang = " " * 2 * text.startswith("- ")
    return textwrap.fill(text, _WIDTH, subsequent_indent=hang, break_on_hyphens=False)


def _added(table: Table) -> str:
    heads = (
        "Mechanism", "Figures of", "AUC in sample", "AUC out of sample", "More AUC than the base (95%)",
        "More log score than the base (95%)", "p in sample", "p out of sample", "p after Holm",
    )  # fmt: skip
    rows = [_added_cells(row) for row in table.rows]
    base = (f"*{table.base} alone*", "", _two(table.auc_in), _two(table.auc_out), "", "", "", "", "")
    return f"### Added to {table.base}\n\n{_table(heads, [base, *rows])}"


def _added_cells(row: Added) -> tuple[str, ...]:
    mechanism = row.mechanism
    name = f"**{mechanism.words}**" if row.found else mechanism.words
    figures = mechanism.figures if mechanism.clean else f"{mechanism.figures} †"
    return (
        name, figures, _two(row.auc_in), _two(row.auc_out), _signed(row.difference), _signed(row.gain),
        _p(row.p_in), _p(row.p), _p(row.adjusted),
    )  # fmt: skip


def _onwards(found: Study, told: dict[str, str]) -> str:
    heads = (
        "Fitted to 2008-2013", "AUC, all 25 (95%)", "More log score", "p after Holm",
        "AUC, the 15 new names (95%)", "More AUC (95%)", "More log score", "p after Holm",
    )  # fmt: skip
    everyone, new = found.onwards
    rows = [
        (of_all.words, _range(of_all.auc), f"{of_all.gain:+.2f}", _p(of_all.adjusted), *_new_cells(of_new))
        for of_all, of_new in zip(everyone, new, strict=True)
    ]
    again = found.again
    rows.append(
        (
            "earlier plans, from 2008 to 2011-13",
            _range(again.auc),
            f"{again.gain:+.2f}",
            _p(again.p),
            "",
            "",
            "",
            "",
        )
    )
    return f"{filled(words.FORWARD, told)}\n\n{_table(heads, rows)}\n\n{filled(words.AFTER_FORWARD, told)}"


def _new_cells(row: Forward) -> tuple[str, ...]:
    return _range(row.auc), _signed(row.difference), f"{row.gain:+.2f}", _p(row.adjusted)


def _repeats(found: Study, told: dict[str, str]) -> str:
    rows = [
        (name, str(number), str(again), f"{again / number:.0%}")
        for name, (again, number) in found.repeats.items()
    ]
    heads = ("Selected earlier in", "Municipalities", "Chosen in FY2018", "Share")
    return f"{filled(words.REPEATS, told)}\n\n{_table(heads, rows)}"


def _powers(powers: Sequence[Power]) -> str:
    heads = (
        "Planted effect (logit per standard deviation)", "AUC it adds out of sample",
        "Found, the only one tried", f"Found, one of {powers[0].tried} (Holm)",
    )  # fmt: skip
    rows = [
        (f"{row.effect:.1f}", f"{row.difference:+.3f}", f"{row.alone:.0%}", f"{row.among:.0%}")
        for row in powers
    ]
    return _table(heads, rows)


def _bases(bases: Sequence[Basis]) -> str:
    heads = (
        "Chances from", "AUC (95%)", "More AUC than population (95%)", "More log score than population (95%)",
        "than the model (95%)", "Brier × 1,000", "Slope",
        f"Chosen among the first {' / '.join(map(str, TOPS))}",
    )  # fmt: skip
    rows = [
        (
            row.words, _range(row.auc), _signed(row.more_auc), _signed(row.more), _signed(row.than_model),
            f"{row.brier:.2f}", f"{row.slope:.2f}", " / ".join(map(str, row.tops)),
        )
        for row in bases
    ]  # fmt: skip
    return _table(heads, rows)


def _pools(pools: Sequence[Pool]) -> str:
    heads = (
        "Reckoning", "Their part of the municipalities of FY2019",
        *(f"Designated by FY{year}" for year in (2019, 2021, 2023, LAST_YEAR)),
    )  # fmt: skip
    rows = [
        (
            row.words,
            f"{row.first_cohort:.0%}",
            *(f"{row.by_year[year - 2019]:.0%}" for year in (2019, 2021, 2023, 2025)),
        )
        for row in pools
    ]
    return _table(heads, rows)


def _adopters() -> str:
    return _table(("Fiscal year", "Figure", "Of", "Number"), published())


def _needed() -> str:
    rows = [(f"{effect:g}", f"{names_needed(effect):,}") for effect in _EFFECTS_OF_ADOPTING]
    return _table(
        (
            f"Effect on promoting (logit per standard deviation, {SHARE:.0%} promote)",
            "Named municipalities needed",
        ),
        rows,
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _two(value: float) -> str:
    return f"{value:.2f}"


def _range(value: Interval) -> str:
    return f"{value.value:.2f} ({value.low:.2f} to {value.high:.2f})"


def _signed(value: Interval) -> str:
    return f"{value.value:+z.2f} ({value.low:+z.2f} to {value.high:+z.2f})"


def _p(value: float) -> str:
    if value < 0.001:
        return "<0.001" if value < 0.0005 else f"{value:.4f}"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
