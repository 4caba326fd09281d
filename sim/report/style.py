"""One look for every figure: colours that survive colour blindness and grey, fonts, frames, files.

Colours are those of Okabe and Ito (2008, Color Universal Design), each tied to a dash pattern and a
marker, so that a line is known by any of the three. Nothing here is left changed after a figure is
drawn: matplotlib's settings are altered inside a lock and put back.
"""

from __future__ import annotations

import threading
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.figure import Figure

INK = "#1a1a1a"
MUTED = "#595959"
FAINT = "#d9d9d9"
WIDTH = 7.2  # inches: two columns of a journal page
MAP_COLOURS = "cividis"

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


class Mark(NamedTuple):
    """How one scenario is drawn: colour, dash pattern and marker."""

    colour: str
    dash: tuple[float, tuple[float, ...]]
    marker: str


_MARKS = (
    Mark("#000000", (0, ()), "o"),
    Mark("#0072B2", (0, (6, 1.6)), "s"),
    Mark("#D55E00", (0, (1.4, 1.2)), "^"),
    Mark("#009E73", (0, (7, 1.5, 1.5, 1.5)), "D"),
    Mark("#CC79A7", (0, (3, 1.2)), "v"),
    Mark("#E69F00", (0, (7, 1.5, 1.5, 1.5, 1.5, 1.5)), "P"),
    Mark("#56B4E9", (0, (10, 2.5)), "X"),
)


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """A mark for each scenario, in order; the first one (the baseline) is black and solid.

    After seven scenarios colours return with another dash pattern and marker.
    """
    size = len(_MARKS)
    shapes = [_MARKS[(i + i // size) % size] for i in range(len(names))]
    return {
        name: Mark(_MARKS[i % size].colour, shapes[i].dash, shapes[i].marker) for i, name in enumerate(names)
    }


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
    with _LOCK, mpl.rc_context({**_SETTINGS, "font.family": family}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")  # a title in letters of no font found
        yield


def styled[**P](draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Give a figure function the project's look, in the language of its ``lang`` argument."""

    @wraps(draw)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Figure:
        lang = usable_language(str(kwargs.get("lang", "en")))
        kwargs["lang"] = lang
        with look(lang):
            figure = draw(*args, **kwargs)
            figure.draw_without_rendering()  # ticks are made when first drawn: make them in this look
            figure.set_layout_engine("none")  # keep what was laid out: solving it again takes half the time
        return figure

    return wrapper


def framed(
    figure: Figure,
    title: str,
    subtitle: str,
    note: str = "",
    handles: Sequence[Artist] = (),
) -> Figure:
    """Put words around the axes: a title, a line on what is shown, a legend below, a note on sources.

    The legend stands under the axes, where it never covers data.
    """
    width, height = figure.get_size_inches()
    titles, lines = wrap(title, int(width * 10.4)), wrap(subtitle, int(width * 15.6))
    notes = wrap(note, int(width * 18.5))
    top = 0.12 + 0.19 * len(titles)
    head, foot = top + 0.07 + _LINE * len(lines), 0.06 + 0.14 * len(notes)
    if handles:
        foot += _legend(figure, handles, (foot + 0.04) / height)
    if any(axes.get_subplotspec() for axes in figure.axes):  # others stand at fixed places
        figure.set_layout_engine("constrained", rect=(0.005, foot / height, 0.99, 1 - (head + foot) / height))
    left = 0.08 / width
    figure.text(left, 1 - 0.08 / height, plain("\n".join(titles)), fontsize=11, va="top", **heavy(title))
    figure.text(left, 1 - top / height, plain("\n".join(lines)), color=MUTED, va="top", linespacing=1.3)
    figure.text(left, 0.05 / height, plain("\n".join(notes)), color=MUTED, fontsize=7, va="bottom")
    return figure


def _legend(figure: Figure, handles: Sequence[Artist], bottom: float) -> float:
    """Draw a legend at the left, its lower edge at ``bottom``; returns its height in inches."""
    longest = max(columns_of(str(handle.get_label())) for handle in handles)
    columns = max(1, min(len(handles), 4, 108 // (longest + 9)))
    legend = figure.legend(
        handles=list(handles), ncols=columns, loc="lower left", bbox_to_anchor=(0, bottom),
        handlelength=3.6, columnspacing=1.6,
    )  # fmt: skip
    legend.set_in_layout(False)
    return 0.14 + 0.178 * -(-len(handles) // columns)


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


def wrap(text: str, columns: int) -> list[str]:
    """Break ``text`` into lines of at most ``columns`` Latin letters; a Japanese letter counts as two."""
    lines, line = [], ""
    for token in _tokens(text):
        if line and columns_of(line + token.rstrip()) > columns and token not in "、。，．）」・":
            lines.append(line.rstrip())
            line = ""
        line += token if line else token.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


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


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write ``name.svg`` and ``name.png`` (150 dots per inch); the same figure gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    vector, pixels = folder / f"{name}.svg", folder / f"{name}.png"
    with look("en"), mpl.rc_context({"svg.hashsalt": "sim", "svg.fonttype": "path"}):
        figure.savefig(vector, dpi=250, metadata={"Date": None, "Creator": None})
        figure.savefig(pixels, dpi=150, metadata={"Software": None})
    return [vector, pixels]
