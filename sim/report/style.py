"""One look for every figure: fonts, frames, files. Colours are in ``sim.report.palette``.

Nothing here is left changed after a figure is drawn: matplotlib's settings are altered inside a lock and
put back.
"""

from __future__ import annotations

import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import font_manager, style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.files import write_figure
from sim.report.palette import INK, MUTED

WIDTH = 7.2  # inches: two columns of a journal page

_PLACES = 6  # of positions in a figure: a ten-thousandth of a pixel
_LINE = 0.165  # inches per line of small text
_LOCK = threading.RLock()
_JAPANESE_FONTS = (
    "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "BIZ UDPGothic", "Hiragino Sans",
    "Yu Gothic", "Meiryo", "IPAexGothic", "IPAGothic", "TakaoPGothic",
)  # fmt: skip
_SETTINGS: dict[Any, Any] = {
    "font.size": 8.5, "axes.labelsize": 8.5, "axes.titlesize": 9, "xtick.labelsize": 8,
    "ytick.labelsize": 8, "legend.fontsize": 8, "legend.frameon": False,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": MUTED, "axes.linewidth": 0.7,
    "axes.labelcolor": INK, "axes.titlelocation": "left", "axes.titlecolor": INK,
    "axes.axisbelow": True, "grid.color": "#e6e6e6", "grid.linewidth": 0.6,
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.major.width": 0.7, "ytick.major.width": 0.7, "xtick.major.size": 3, "ytick.major.size": 3,
    "text.color": INK, "lines.linewidth": 1.6, "figure.facecolor": "white", "axes.facecolor": "white",
    "hatch.linewidth": 0.6, "axes.unicode_minus": False, "text.usetex": False, "path.simplify": True,
}  # fmt: skip


@cache
def japanese_font() -> str | None:
    """Name of a font with Japanese letters: the system's, else that of matplotlib-fontja, else None."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    for name in _JAPANESE_FONTS:
        if name in known:
            return name
    return _packaged_font()


def _packaged_font() -> str | None:
    # The package is found but not imported: importing it changes matplotlib's settings for everyone.
    package = find_spec("matplotlib_fontja")
    for folder in (package.submodule_search_locations or []) if package else []:
        for path in sorted(Path(folder).glob("fonts/*.ttf")):
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=str(path)).get_name()
    return None


def usable_language(lang: str) -> str:
    """The language that figures can be lettered in: ``ja`` only where a Japanese font is found."""
    return "ja" if lang == "ja" and japanese_font() else "en"


@contextmanager
def look(lang: str) -> Iterator[None]:
    """Matplotlib settings of this project, put back afterwards; one thread at a time."""
    japanese = [font for font in [japanese_font()] if font]
    latin = ["DejaVu Sans"]
    family = japanese + latin if lang == "ja" else latin + japanese
    with _LOCK, mpl.rc_context(), warnings.catch_warnings():
        style.use(["default", {**_SETTINGS, "font.family": family}])  # whatever matplotlibrc says
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # a title in letters of no font found
        yield


#: Lines of a label or a title, and of what stands above and below the panels, that a figure has room for.
_MOST_LINES, _MOST_LINES_AROUND = 5, 12


@dataclass(frozen=True)
class Sheet:
    """A figure before it is drawn: what is drawn in each panel, and the words around them.

    Attributes:
        title: of the figure.
        subtitle: what is shown, with n and what spreads stand for.
        panels: draw into the Axes that each is given, from the upper left on.
        height: of the panels together, in inches; words around them come on top.
        columns: panels side by side.
        note: on sources, at the foot.
        handles: what the legend names.
        share: axes have the same limits; ``y`` shares the upright one only.
    """

    title: str
    subtitle: str
    panels: Sequence[Callable[[Axes], None]]
    height: float
    columns: int = 1
    note: str = ""
    handles: Sequence[Artist] = ()
    share: Literal["", "y", "both"] = ""


def framed(sheet: Sheet, lang: str) -> Figure:
    """Draw the panels of a sheet side by side, with title, caption, legend and note around them."""
    with look(lang):
        titles, lines, notes = _wrapped(sheet)
        top = 0.12 + 0.19 * len(titles)
        head, foot = top + 0.07 + _LINE * len(lines), 0.06 + 0.14 * len(notes)
        legend = _legend_height(sheet.handles)
        height = sheet.height + head + foot + legend
        figure = Figure(figsize=(WIDTH, height))
        _draw_panels(figure, sheet)
        if sheet.handles:
            _legend(figure, sheet.handles, (foot + 0.04) / height)
        rect = (0.005, (foot + legend) / height, 0.99, sheet.height / height)
        figure.set_layout_engine("constrained", rect=rect)
        left = 0.08 / WIDTH
        heads, subs, feet = (plain("\n".join(each)) for each in (titles, lines, notes))
        figure.text(left, 1 - 0.08 / height, heads, fontsize=11, va="top", **heavy(sheet.title))
        figure.text(left, 1 - top / height, subs, color=MUTED, va="top", linespacing=1.3)
        figure.text(left, 0.05 / height, feet, color=MUTED, fontsize=7, va="bottom")
    return figure


def _wrapped(sheet: Sheet) -> tuple[list[str], list[str], list[str]]:
    """Lines of title, subtitle and note that fit the width."""
    return (
        wrap(sheet.title, int(WIDTH * 10.4)),
        wrap(sheet.subtitle, int(WIDTH * 15.6), _MOST_LINES_AROUND),
        wrap(sheet.note, int(WIDTH * 18.5), _MOST_LINES_AROUND),
    )


def _draw_panels(figure: Figure, sheet: Sheet) -> None:
    rows = -(-len(sheet.panels) // sheet.columns)
    grid = figure.subplots(
        max(rows, 1), sheet.columns, squeeze=False, sharex=sheet.share == "both", sharey=bool(sheet.share)
    )
    for axes, draw in zip(grid.flat, sheet.panels, strict=False):
        draw(axes)
    for axes in grid.flat[len(sheet.panels) :]:
        axes.set_axis_off()


def _legend_columns(handles: Sequence[Artist]) -> int:
    longest = max(columns_of(str(handle.get_label())) for handle in handles)
    return max(1, min(len(handles), 4, 108 // (longest + 9)))


def _legend_height(handles: Sequence[Artist]) -> float:
    """Inches that the legend takes."""
    return 0.14 + 0.178 * -(-len(handles) // _legend_columns(handles)) if handles else 0.0


def _legend(figure: Figure, handles: Sequence[Artist], bottom: float) -> None:
    """Draw a legend at the left, its lower edge at ``bottom``: under the axes, where it covers no data."""
    legend = figure.legend(
        handles=list(handles), ncols=_legend_columns(handles), loc="lower left", bbox_to_anchor=(0, bottom),
        handlelength=3.6, columnspacing=1.6,
    )  # fmt: skip
    legend.set_in_layout(False)


def heavy(text: str) -> dict[str, Any]:
    """Text properties of bold lettering; regular where the letters are of a font without a bold face."""
    font = japanese_font()
    if not any(_wide(letter) for letter in text):
        return {"fontweight": "bold", "fontfamily": ["DejaVu Sans"]}
    faces = {face.weight for face in font_manager.fontManager.ttflist if face.name == font}
    return {"fontweight": "bold"} if faces & {600, 700, 800, "bold", "semibold"} else {}


def plain(text: str) -> str:
    """Text in which a dollar sign is a dollar sign, not the start of a formula."""
    return text.replace("$", r"\$")


def wrap(text: str, columns: int, most: int = _MOST_LINES) -> list[str]:
    """Break ``text`` into lines of at most ``columns`` Latin letters; a Japanese letter counts as two.

    A word that is longer is broken; what goes beyond ``most`` lines is left out, which dots say.
    """
    lines, line = [], ""
    for token in _tokens(text):
        for piece in _pieces(token, columns):
            if line and columns_of(line + piece.rstrip()) > columns and piece not in "、。，．）」・":
                lines.append(line.rstrip())
                line = ""
            line += piece if line else piece.lstrip()
    lines += [line.rstrip()] if line.strip() else []
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][: columns - 1]}…"]


def _pieces(token: str, columns: int) -> list[str]:
    """A word in pieces that fit a line."""
    return [token[start : start + columns] for start in range(0, len(token), columns)]


def _tokens(text: str) -> list[str]:
    """Pieces between which a line may break: words with the space after them, single Japanese letters."""
    tokens: list[str] = []
    for letter in text:
        joins = tokens and not _wide(letter) and not _wide(tokens[-1][-1]) and not tokens[-1].endswith(" ")
        if joins or (tokens and letter == " "):
            tokens[-1] += letter
        else:
            tokens.append(letter)
    return tokens


def _wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def columns_of(text: str) -> int:
    """Width of a text in Latin letters; a Japanese letter counts as two."""
    return sum(2 if _wide(letter) else 1 for letter in text)


def save(figure: Figure, folder: Path, name: str, lang: str = "en") -> list[Path]:
    """Write ``name.svg`` and ``name.png`` (150 dots per inch); the same figure gives the same bytes.

    What is laid out for the first file is kept for the second: laying out takes half the time.
    """
    folder.mkdir(exist_ok=True)
    vector, pixels = folder / f"{name}.svg", folder / f"{name}.png"
    with look(lang), mpl.rc_context({"svg.hashsalt": "sim", "svg.fonttype": "path"}):
        write_figure(pixels, figure, dpi=150)
        _settle(figure)
        write_figure(vector, figure, dpi=250)
    return [vector, pixels]


def _settle(figure: Figure) -> None:
    """Keep what was laid out, rounded: the solver's last digits differ from time to time."""
    figure.set_layout_engine("none")
    for axes in figure.axes:
        bounds = axes.get_position(original=True).bounds
        left, bottom, width, height = (round(float(value), _PLACES) for value in bounds)
        axes.set_position((left, bottom, width, height))
