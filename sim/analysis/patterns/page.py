"""The page of all patterns, in Markdown."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from sim.analysis.patterns import governments, partnerships
from sim.analysis.patterns.evidence import GRANTS, SCENARIO, Evidence
from sim.analysis.patterns.figure import Pattern, Unit, Use, Verdict, written
from sim.batch.parameter_sets import ParameterSets
from sim.kernel.sources import PACKAGE
from sim.provenance import MODEL_VERSION
from sim.scenarios.scenario import load_scenario

PATTERNS: tuple[Callable[[Evidence], Pattern], ...] = (
    governments.adoption_curve,
    governments.adoption_jump,
    governments.prefecture_spread,
    governments.platform_growth,
    governments.futurecity_selection,
    governments.size_gradient,
    partnerships.company_degree,
    partnerships.without_project,
    partnerships.project_success,
    partnerships.mortality,
    partnerships.additionality,
    partnerships.barriers,
    partnerships.local_institutions,
    partnerships.theme_skew,
    partnerships.funnel,
    partnerships.international,
)

_INTRODUCTION = """\
# The model beside what has been observed

Made by `sim validate --write`: {replicates} runs of `{scenario}` in the world `japan`, {sets},
seed {seed}, and as many of `{grants}` and of `{scenario}` without a national target with the same draws, to
2030Q4. Model version {version}, digest of the patterns `{patterns}`, of the two scenarios `{scenarios}`. The
same figures as numbers, with scores: [validation/patterns.csv](validation/patterns.csv).

Each figure shows the mean over the runs and the central 90% interval, which holds {held}.
There are two verdicts. The **mean** is a hit when it lies within the bounds in its row: unless the row says
otherwise, within 10% of what was observed, or within 2 points of a share. The **interval** is a hit when it
holds what was observed, or reaches the bounds where no number was observed; where calibration states an error
of the observation and of the model, that is drawn around every run before the interval is taken. A wide
interval holds much, so that its hit says little unless the mean is one, too. A survey of a fiscal year is
compared with October to December of that year. Each row says what a hit is worth. A figure that was used to
set parameters, or that goes into the model, should be met by construction: its hit is no evidence for the
model, its miss is some against it. A sign or a bound (one end is open) is met by many a wrong model, and
rules out few. An independent check has two bounds and was not used.
"""
_SETS = "each with a set of parameters of its own (`{label}`, digest `{digest}`) and a world of its own"
_DEFAULTS = "with default parameters"
_KNOWN = "chance, the drawn companies, and what is not known of the parameters that were calibrated"
#: Sources that the page hangs on besides the model, whose version says whether its numbers are the same.
_PATTERN_FILES = ("analysis/patterns/*.py", "analysis/calibration/targets.*")
_CHANCE = "chance within the model alone"

_USES = (
    "What a hit is worth: the observation was",
    "hits of the mean",
    "misses of the mean",
    "of the interval: hits",
    "misses",
)
_SMALL = 0.01  # a smaller share of the debt has to be explained
_COVER = (
    "cover, no loans of its own. A lender buys it where the risk that it sees exceeds that on which the "
    "premium is priced by more than the loading, which pessimism brings about for nearly every loan."
)
_WHY_SMALL = {
    "bank": "not known",
    "trust_bank": "loans rarely reach its smallest ticket (`ticket_trust`), alone or pooled by theme.",
    "securities": (
        "loans hardly ever reach its smallest ticket (`ticket_securities`, JPY 100 million), and pooling "
        "by prefecture, theme and fiscal year seldom has a second loan to add; its fee (`securities_fee`) "
        "adds to the rate. In the model and in its parameters a small loan does not go to the capital "
        "market."
    ),
    "life_insurer": "loans rarely reach its smallest ticket (`ticket_life`), alone or pooled by theme.",
    "foreign_fund": (
        "it is limited by its capital, which has to come in first, and lends inside its mandate (goals 7, "
        "9, 11 and 13) alone; pattern 16 says how much there is."
    ),
}


def pattern_digest() -> str:
    """16 hex digits over the sources of these patterns and what they are held against."""
    files = {path for pattern in _PATTERN_FILES for path in PACKAGE.glob(pattern)}
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def scenario_digest() -> str:
    """Digests of the scenarios that are run."""
    return "-".join(load_scenario(name).digest() for name in (SCENARIO, GRANTS))


def measured(evidence: Evidence) -> list[Pattern]:
    """All patterns."""
    return [pattern(evidence) for pattern in PATTERNS]


def page(
    evidence: Evidence, patterns: Sequence[Pattern], seed: int, parameters: ParameterSets | None = None
) -> str:
    """The whole page.

    Args:
        evidence: what the runs say.
        patterns: as measured on it.
        seed: root seed of the runs.
        parameters: sets that the runs took, if any.
    """
    sets, held = _DEFAULTS, _CHANCE
    if parameters is not None:
        sets, held = _SETS.format(label=parameters.label, digest=parameters.digest), _KNOWN
    opening = _INTRODUCTION.format(
        replicates=evidence.replicates, seed=seed, scenario=SCENARIO, grants=GRANTS,
        version=MODEL_VERSION, patterns=pattern_digest(), scenarios=scenario_digest(), sets=sets, held=held,
    )  # fmt: skip
    parts = [opening, *_summary(patterns), *(_section(pattern) for pattern in patterns), _financing(evidence)]
    return "\n".join(parts)


def _summary(patterns: Sequence[Pattern]) -> list[str]:
    figures = [(pattern, figure) for pattern in patterns for figure in pattern.figures]
    counted = Counter((figure.stands_for(pattern.use), figure.verdict) for pattern, figure in figures)
    held = Counter((figure.stands_for(pattern.use), figure.held) for pattern, figure in figures)
    hits, misses = (sum(counted[use, verdict] for use in Use) for verdict in (Verdict.HIT, Verdict.MISS))
    verdicts = (Verdict.HIT, Verdict.MISS)
    uses = [
        (use, *(str(tally[use, verdict]) for tally in (counted, held) for verdict in verdicts))
        for use in Use
        if counted[use, Verdict.HIT] + counted[use, Verdict.MISS]
    ]
    missed = [
        f"- Pattern {pattern.number}, {figure.what}: model {figure.said()}, observed {figure.observed} "
        f"({figure.stands_for(pattern.use)}; mean {figure.verdict}, interval {figure.held})\n"
        for pattern, figure in figures
        if Verdict.MISS in (figure.verdict, figure.held)
    ]
    rows = [
        (str(pattern.number), pattern.title, pattern.use, *_tally(pattern), pattern.verdict)
        for pattern in patterns
    ]
    checks, checked = counted[Use.CHECK, Verdict.HIT], counted[Use.CHECK, Verdict.MISS]
    return [
        "## Summary\n",
        f"**{hits} hits and {misses} misses** of the means among the figures that have an observation to be "
        f"held against. Of these, **{checks} hits and {checked} misses** are independent checks with two "
        "bounds; the others should be met by construction, or show no more than a sign or a bound.\n",
        table(_USES, uses),
        "Missed by the mean or by the interval:\n",
        "".join(missed) or "- none\n",
        table(("#", "Pattern", "The observation was", "hits", "misses", "no figure", "Verdict"), rows),
    ]


def _tally(pattern: Pattern) -> tuple[str, ...]:
    counted = Counter(figure.verdict for figure in pattern.figures)
    return tuple(str(counted[verdict]) for verdict in Verdict)


def _section(pattern: Pattern) -> str:
    rows = (figure.cells(pattern.use) for figure in pattern.figures)
    heads = ("Figure", "Observed", "Model", "A hit is", "Mean", "Interval", "The observation was")
    title = f"## {pattern.number}. {pattern.title}"
    return f"{title}\n\nObservation: {pattern.use}. {pattern.note}\n\n{table(heads, rows)}"


def _financing(evidence: Evidence) -> str:
    """Share of the financed volume by kind of institution."""
    debt = {kind: evidence.total(f"financed_{kind}") for kind in partnerships.FINANCED}
    total = np.sum(list(debt.values()), axis=0)
    shares = {kind: float((amount / total).mean()) for kind, amount in debt.items()}
    rows = [
        (kind.replace("_", " "), written(share, Unit.SHARE), _WHY_SMALL[kind] if share < _SMALL else "")
        for kind, share in shares.items()
    ]
    insured = float((evidence.total("insured_debt") / total).mean())
    rows.append(("casualty insurer", written(insured, Unit.SHARE), _COVER))
    note = "Debt of the deals signed in the baseline to 2030Q4. No published split by kind was found.\n"
    return f"## Who finances\n\n{note}\n{table(('Kind', 'Share of debt', 'Remark'), rows)}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
