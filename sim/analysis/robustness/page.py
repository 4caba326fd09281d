"""The page docs/robustness.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from sim.analysis.futures import Futures
from sim.analysis.futures.stored import fingerprint
from sim.analysis.robustness.judged import ENOUGH, Judged
from sim.analysis.robustness.unit_costs import DRAWS, TIMES
from sim.provenance import MODEL_VERSION
from sim.statistics.robustness import CRITERIA
from sim.text.numbers import number

_INTRODUCTION = """\
# Which levers are robust

Made by `python -m sim.analysis.robustness` (model version {version}, sources and baseline
`{model}`, {date}). Levers at equal spending, judged by
deals signed per JPY M of extra spending; those that cannot absorb a sum take no part. Two sets of
futures: the {futures:,} plausible ones of [levers_compared.md](levers_compared.md), in which all that is
assumed is drawn over its range and each scenario has one run; and unit costs alone, where the units of every
lever cost {times} times their default, each by itself ({draws:,} draws from {replicates} replicates of each
level at default parameters).

Criteria, larger is better unless said: `mean`; `mean_variance`, the mean less one standard deviation;
`domain`, the share of futures with at least {enough:.0%} of what the best lever gives by default (Starr);
`regret_90` and `minimax_regret`, the 90th percentile and the largest of what is lost against the best of each
future (smaller is better; Savage); `maximin`, the worst future (Wald). They are described, and their
disagreement, by McPhail et al. 2018 (doi 10.1002/2017EF000649).

![Ranks with default parameters and by each criterion](images/robustness.png)

*Ranks; bars are 95% intervals by resampling futures, which say too little of what hangs on one future
(`maximin`, `minimax_regret`). Over unit costs there is no sample of futures, and no interval.*

One run a future: chance is part of who is best there, and so of regret. What is robust over these ranges need
not be over others.
"""


def page(panels: Mapping[str, Judged], futures: Futures, replicates: int) -> str:
    """The page in Markdown."""
    parts = [
        _INTRODUCTION.format(
            model=fingerprint(), version=MODEL_VERSION, date=datetime.now(UTC).date().isoformat(),
            futures=futures.samples,
            times=", ".join(f"{times:g}" for times in TIMES), draws=DRAWS, replicates=replicates,
            enough=ENOUGH,
        )
    ]  # fmt: skip
    for title, judged in panels.items():
        parts.append(f"## {title}\n\n{table(judged)}\n\n{sentence(judged)}\n")
    return "\n".join(parts)


def table(judged: Judged) -> str:
    """Score and rank of every option by every criterion."""
    head = ["lever", "by default", *CRITERIA]
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for c in np.argsort(judged.nominal_rank, kind="stable"):
        cells = [f"`{judged.options[c]}`", f"{number(judged.nominal[c])} ({judged.nominal_rank[c]})"]
        cells += [
            f"{_score(name, judged.found.score[r, c])} ({judged.found.rank[r, c]})"
            for r, name in enumerate(CRITERIA)
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _score(criterion: str, score: float) -> str:
    return f"{score:.0%}" if criterion == "domain" else number(score, 2)


def sentence(judged: Judged) -> str:
    """Where the criteria agree and where they do not, and what is best by each."""
    first = {name: " and ".join(f"`{one}`" for one in judged.best(name)) for name in CRITERIA}
    by_default = " and ".join(
        f"`{name}`" for name, rank in zip(judged.options, judged.nominal_rank, strict=True) if rank == 1
    )
    told = f"With default parameters {by_default} is first; by the mean {first['mean']}. "
    if judged.disagreeing:
        others = "; ".join(f"{first[name]} by `{name}`" for name in judged.disagreeing)
        told += f"Other criteria pick another: {others}. "
    else:
        told += "All criteria pick the same. "
    alike = [f"`{name}`" for name in CRITERIA if len(judged.best(name)) == len(judged.options)]
    if alike:
        told += f"By {' and '.join(alike)} all are alike. "
    if np.isnan(judged.found.agreement).all():
        return f"{told}(n = {judged.found.futures:,} futures)"
    r, c = np.unravel_index(np.nanargmin(judged.found.agreement), judged.found.agreement.shape)
    names, least = list(CRITERIA), judged.found.agreement[r, c]
    return told + (
        f"The rankings differ most between `{names[int(r)]}` and `{names[int(c)]}` (Kendall's tau-b "
        f"{least:.2f}; n = {judged.found.futures:,} futures)."
    )
