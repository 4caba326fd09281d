"""Pages in the language of the site: ``X.ja.md`` for ``X.md``, or a line that there is none.

Browsers show the end of a line of the source as a space. Japanese has none between words: it is taken out.

A Sphinx extension, used by ``docs/conf.py``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from docs.linking import FOLDER
from docs.reference import filled

FALLBACK = "このページの日本語版はまだありません。英語版を表示しています。"
WIDE = r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
#: An end of a line beside a Japanese letter, but not beside code, which stands between spaces.
LINE_END = re.compile(rf"(?<={WIDE})\n(?!`)|(?<!`)\n(?={WIDE})")
OTHER = {"en": ("ja", "日本語"), "ja": ("en", "English")}


def own_version(app: Sphinx, docname: str) -> Path | None:
    """The file that stands in for a page in the site's language, if there is one."""
    page = Path(app.env.doc2path(docname))
    own = page.with_name(f"{page.stem}.{app.config.language}{page.suffix}")
    return own if own.exists() else None


def read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Take the page of the site's language, and fill in what is made from the code."""
    if own := own_version(app, docname):
        app.env.note_dependency(own)
        source[0] = own.read_text(encoding="utf-8")
    if docname.startswith("docs/reference/"):
        source[0] = filled(source[0], app.config.language)


def translated(app: Sphinx, docname: str) -> bool:
    """Whether a page is in the site's language."""
    catalogue = Path(app.srcdir, "docs/locale", app.config.language, "LC_MESSAGES", f"{docname}.po")
    return app.config.language == "en" or own_version(app, docname) is not None or catalogue.exists()


def say_fallback(app: Sphinx, doctree: nodes.document) -> None:
    """Say below the title that a page is in English."""
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is not None and not translated(app, app.env.docname):
        section = title.parent
        section.insert(section.index(title) + 1, nodes.note("", nodes.paragraph("", FALLBACK)))


def join_lines(app: Sphinx, doctree: nodes.document) -> None:
    """Take ends of lines out of Japanese sentences."""
    if app.config.language != "ja":
        return
    edge = nodes.Text("")
    for (before, text), (_, after) in pairwise(pairwise([edge, *doctree.findall(nodes.Text), edge])):
        if "\n" in text and not isinstance(text.parent, nodes.FixedTextElement | nodes.literal | nodes.raw):
            start, end = neighbour(before)[-1:], neighbour(after)[:1]
            joined = LINE_END.sub("", f"{start}{text}{end}")
            place = next(number for number, other in enumerate(text.parent) if other is text)  # not: is equal
            text.parent[place] = nodes.Text(joined[len(start) : len(joined) - len(end)])


def neighbour(text: nodes.Text) -> str:
    """What stands beside a text: a mark where it is code."""
    return "`" if isinstance(text.parent, nodes.literal) else text.astext()


def offer_other(app: Sphinx, pagename: str, _: str, context: dict[str, Any], __: object) -> None:
    """Tell templates where the same page lies in the other language."""
    if pagename.startswith(f"{FOLDER}/"):
        return
    other, label = OTHER[app.config.language]
    address = app.builder.get_relative_uri(pagename, pagename) or pagename.rpartition("/")[2] + ".html"
    above = "../" * (pagename.count("/") + 1)
    folder = pagename.rpartition("/")[0]
    context["other_language"] = other
    context["other_label"] = label
    context["other_address"] = f"{above}{other}/{folder + '/' if folder else ''}{address.partition('#')[0]}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.connect("source-read", read)
    app.connect("doctree-read", say_fallback)
    app.connect("doctree-read", join_lines)
    app.connect("html-page-context", offer_other)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
