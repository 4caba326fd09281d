"""A results folder: its tables, one tidy table of runs, contrasts, comparison and summary."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.errors import InputError, OtherModelWarning
from sim.results.folder import PACKAGE, Folder
from sim.results.made_by import may_differ, of_another_model

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.arms import ArmLike
    from sim.results.contrasts import Family
    from sim.statistics.ranking import Order


class Results(Folder):
    """A results folder. Frames are made when asked for, of the finished chunks that it holds at that time."""

    def __repr__(self) -> str:
        manifest = self.manifest
        points = f" x {manifest.points:,} points" * (manifest.points > 1)
        return (
            f"Results({str(self.folder)!r}: {', '.join(manifest.scenarios)}{points} "
            f"x {manifest.replicates:,} replicate{'s' * (manifest.replicates != 1)}, "
            f"{self.quarters[0]} to {self.quarters[-1]}, {manifest.world}, seed {manifest.seed})"
        )

    @property
    def holds_comparison(self) -> bool:
        """Whether the folder holds scenarios without a design, with all outcomes, quarters and money."""
        manifest = self.manifest
        everything = manifest.outcomes is None and manifest.recorded is None and "ledger" in manifest.record
        return manifest.points == 1 and everything

    def write_tables(self) -> None:
        """Write ``summary`` and, where there is a baseline, ``comparison`` as files of the folder."""
        from sim.results.comparison import write_comparison
        from sim.results.summary import write_summary

        write_summary(self)
        if self.manifest.baseline is not None:
            write_comparison(self, self.manifest.baseline)
        if self.manifest.by is not None:
            from sim.results.places import write_places

            tables = {"summary_places": self.summary_by_place}
            if self.manifest.baseline is not None and len(self.scenarios) > 1:
                tables["comparison_places"] = self.comparison_by_place
            write_places(self, tables)

    def write_runs(self) -> bool:
        """Write a row per run as ``runs.csv``, and ``summary``: see ``sim.results.sheets.write_runs``."""
        from sim.results.sheets import write_runs

        return write_runs(self)

    def runs(
        self,
        outcomes: str | Sequence[str] | None = None,
        at: str | Sequence[str] | None = None,
        points: Collection[int] | None = None,
    ) -> pd.DataFrame:
        """One tidy table: a row per run that is stored and did not fail.

        Args:
            outcomes: names; all that are kept by default.
            at: labels of quarters such as ``2030Q4``; the last one kept by default.
            points: numbers of the points wanted; all by default.

        Returns:
            scenario, point, replicate; the factors of the point in natural units, by name, and in the unit
            cube, as ``unit:<name>`` (missing where a point leaves the factor as in the scenario; none
            without a design); then the outcomes, a stock as it stands at the end of the quarter, a flow as
            its sum from 2018Q2 to the quarter. Of several quarters the columns are ``<outcome>@<quarter>``.
            A factor that is called like an outcome is in ``factor:<name>``.

        Raises:
            InputError: an outcome or quarter is not kept, no run is stored, or a part is damaged.
        """
        from sim.results.runs import runs_frame

        return runs_frame(self, outcomes, at, points)

    def contrast(
        self,
        a: ArmLike,
        b: ArmLike,
        outcomes: str | Sequence[str] | None = None,
        at: str | Sequence[str] | None = None,
        family: Family | None = None,
        other: Results | None = None,
    ) -> pd.DataFrame:
        """Contrast of two arms, a minus b.

        An arm is a scenario (averaged over the points of a design), a point, or ``(scenario, point)``. Runs
        with the same seed and replicate share their draws, so two arms of a folder are paired; averages
        over points count both points and replicates as chance (``sim.statistics.contrasts.crossed``).

        Args:
            a, b: arms.
            outcomes, at: as of ``runs``.
            family: how the rows are judged together: ``holm`` adds adjusted p values, ``simultaneous`` widens
                the intervals so that all hold together (Bonferroni); None = each for itself.
            other: results that ``b`` is taken from, by default these. With another world or seed the arms
                share nothing, and are compared unpaired.

        Returns:
            a, b, outcome, quarter, measure, effect, ci_low and ci_high (t), n (what is counted: pairs,
            points, or runs of the smaller arm), replicates_needed with its upper 90% bound
            replicates_needed_high, paired_correlation, p, boot_low and boot_high (bootstrap, BCa; null
            below 10 rows), disagree (the two intervals tell different stories) with the sentence ``note``,
            kind (paired, crossed, unpaired), level of the intervals, comparisons (rows that are judged),
            and p_adjusted with a family.

        Raises:
            InputError: an arm, outcome or quarter is not there.
        """
        from sim.results.questions import contrast

        return contrast(self, a, b, outcomes, at, family, other)

    def contrast_by_place(
        self,
        a: ArmLike,
        b: ArmLike,
        outcomes: str | Sequence[str] | None = None,
        at: str | None = None,
        family: Literal["holm"] | None = "holm",
    ) -> pd.DataFrame:
        """Contrast of two arms, a minus b, in every place that the panel keeps.

        Args:
            a, b: arms, as of ``contrast``.
            outcomes: names; all that are kept by place by default.
            at: label of the quarter; the last one by default.
            family: ``holm`` adds p values adjusted for the number of places, outcome by outcome; None = no.

        Returns:
            A row per outcome and place: a, b, the code of the place (``prefecture``, ``jis_code`` or
            ``size_class``) and its name, outcome, quarter, measure, effect with ci_low and ci_high (95%, each
            place by itself), n, replicates_needed and its bound, paired_correlation, p, level (mean of b),
            rank (by the effect a municipality, 1 for the largest gain, or the largest fall of what had better
            be little: ``sim.results.places.LESS_IS_BETTER``) with rank_low and rank_high (the best and
            the worst rank that it may have, 95%: ``sim.statistics.ranking.ranks_of``; null for averages
            over a design), p_adjusted, municipalities, kind and places.

        Raises:
            InputError: no results by place are kept, or an arm, outcome or quarter is not there.
        """
        from sim.results.places import contrast_by_place

        return contrast_by_place(self, a, b, outcomes, at, family)

    @property
    def comparison_by_place(self) -> pd.DataFrame:
        """Every scenario against the baseline in every place at the last quarter; see ``contrast_by_place``.

        Raises:
            InputError: no results by place are kept, or the experiment names no baseline.
        """
        from sim.results.places import compare_places

        baseline = self.manifest.baseline
        if baseline is None:
            raise InputError(
                f"{self.folder}: its experiment names no baseline; give contrast_by_place two arms"
            )
        return self.keep("comparison_by_place", lambda: compare_places(self, baseline))

    @property
    def summary_by_place(self) -> pd.DataFrame:
        """Mean, spread and quantiles over the runs of a scenario in every place at the last quarter.

        Raises:
            InputError: no results by place are kept.
        """
        from sim.results.places import summarise_places

        return self.keep("summary_by_place", lambda: summarise_places(self))

    def order_of(self, a: ArmLike, b: ArmLike, outcome: str = "deals_signed", at: str | None = None) -> Order:
        """Which arm has more of an outcome: ``first``, ``second`` or ``open``, by the contrast of the two.

        Arguments and errors are those of ``contrast``.
        """
        from sim.results.questions import order_of

        return order_of(self, a, b, outcome, at)

    def best_of(
        self,
        arms: Sequence[ArmLike] | None = None,
        outcome: str = "deals_signed",
        at: str | None = None,
        largest: bool = True,
    ) -> pd.DataFrame:
        """Which of several arms is best.

        Args:
            arms: arms; by default all scenarios but the baseline, or all points where there is one scenario.
            outcome, at: one outcome at one quarter, by default the last one.
            largest: whether more is better.

        Returns:
            A row per arm, best first: arm, mean, chance (of being best, by bootstrap over replicates),
            may_be_best (the arms of which this is true hold the best one with probability 95% at least; only
            an arm that stands alone is shown to be the best), corrected (mean of the picked arm, corrected
            for having been picked; missing for the others), replicates. ``sim.statistics.ranking`` says how.

        Raises:
            InputError: an arm, outcome or quarter is not there, or the arms share no replicate.
        """
        from sim.results.questions import best_of

        return best_of(self, arms, outcome, at, largest)

    @property
    def comparison(self) -> pd.DataFrame:
        """Every scenario against the baseline: see ``sim.results.comparison.compare_results``.

        Raises:
            InputError: the experiment names no baseline.
        """
        from sim.results.comparison import compare_results

        baseline = self.manifest.baseline
        if baseline is None:
            raise InputError(
                f"{self.folder}: its experiment names no baseline; contrast(a, b) compares any two of "
                f"its arms (scenarios {', '.join(self.scenarios)}"
                + f"; points 0 to {self.manifest.points - 1}" * (self.manifest.points > 1)
                + ")"
            )
        return self.keep("comparison", lambda: compare_results(self, baseline))

    @property
    def summary(self) -> pd.DataFrame:
        """Mean and quantiles of every scenario: see ``sim.results.summary.summarise``."""
        from sim.results.summary import summarise

        return self.keep("summary", lambda: summarise(self))


def load(folder: str | Path) -> Results:
    """Open a results folder.

    Warns where a model made it whose numbers may be others than those of this one, with what changed since.

    Raises:
        InputError: there is no such folder, or it is not a results folder.
    """
    results = Results(Path(folder))
    if may_differ(results.manifest):
        message = f"{folder}: {' '.join(of_another_model(results.manifest, 'en'))}"
        warnings.warn(message, OtherModelWarning, skip_file_prefixes=(PACKAGE,))
    return results
