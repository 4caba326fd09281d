"""What every mechanism adds out of sample, as a figure."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.futurecity.compare import Table
from sim.analysis.futurecity.study import Study
from sim.files import write_figure

_SHOWN, _NOT_SHOWN = "#0072b2", "#8c8c8c"
_SIZE = (9.5, 5.6)  # inches


def draw(found: Study, path: Path) -> None:
    """Write a panel for each base: gain of the log score with its 95% interval, filled where it is shown."""
    figure = Figure(figsize=_SIZE, layout="constrained")
    panels = figure.subplots(1, len(found.tables), sharex=True, sharey=True)
    order = [row.mechanism.words for row in reversed(found.tables[0].rows)]
    for axes, table in zip(panels, found.tables, strict=True):
        _panel(axes, table, order)
    panels[0].set_yticks(range(len(order)), order, fontsize=7)
    figure.supxlabel("More log score out of sample, nats per place chosen (95% over prefectures)", fontsize=8)
    figure.suptitle(
        "What tells who was chosen in FY2018 (25 of 1,741; blue: p after Holm below 5%)",
        fontsize=9,
        x=0.01,
        ha="left",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_figure(path, figure, dpi=130)


def _panel(axes: Axes, table: Table, order: list[str]) -> None:
    for row in table.rows:
        at, colour = order.index(row.mechanism.words), _SHOWN if row.found else _NOT_SHOWN
        axes.plot((row.gain.low, row.gain.high), (at, at), color=colour, linewidth=1.2)
        axes.plot(
            row.gain.value, at, "o", color=colour, markersize=4, fillstyle="full" if row.found else "none"
        )
    axes.axvline(0.0, color="#1a1a1a", linewidth=0.7)
    axes.set_title(f"added to\n{table.base}", fontsize=8, loc="left")
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
