"""Links of the documents to files of the repository: to a page that shows the code, to the other language.

A Sphinx extension, used by ``docs/conf.py``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

SHOWN = {".py", ".yaml", ".toml", ".js", ".css", ".c", ".h"}
FOLDER = "source"


class Links(SphinxTransform):
    """Turn links to files that are no pages of the site into links that lead somewhere on it."""

    default_priority = 400

    def apply(self, **_: Any) -> None:
        """Replace them in one document."""
        for node in list(self.document.findall(addnodes.download_reference)):
            self.replace_file(node)
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node.get("reftype") == "myst":
                self.replace_page(node)

    def replace_file(self, node: addnodes.download_reference) -> None:
        """Code is shown on a page of its own; what else there is stays a download."""
        path = self.path(node["reftarget"])
        if path.endswith(".ja.md"):
            node.replace_self(self.elsewhere(node, "ja", path.removesuffix(".ja.md")))
        elif Path(path).suffix in SHOWN:
            shown(self.app).add(path)
            anchor = line_of(Path(self.env.srcdir, path), node.astext())
            node.replace_self(self.reference(node, f"{FOLDER}/{path}", anchor))

    def replace_page(self, node: addnodes.pending_xref) -> None:
        """Folders are named, not linked; a page's other language lies on the other site."""
        target = node["reftarget"]
        if node.get("refdomain") == "doc":
            if target.endswith(".ja"):
                node.replace_self(self.elsewhere(node, "ja", target.removesuffix(".ja"), node["reftargetid"]))
            elif target == self.env.docname and self.config.language == "ja" and not node.get("reftargetid"):
                node.replace_self(self.elsewhere(node, "en", target))
            return
        path = self.path(target)
        if not Path(self.env.srcdir, path).is_dir():
            return
        if f"{path}/README" in self.env.found_docs:
            node.replace_self(self.reference(node, f"{path}/README", ""))
        else:
            node.replace_self(node.children)

    def path(self, target: str) -> str:
        """A relative target as a path from the root of the repository."""
        folder = posixpath.dirname(self.env.docname)
        return posixpath.normpath(posixpath.join(folder, target.partition("#")[0]))

    def reference(self, node: nodes.Element, page: str, anchor: str) -> nodes.reference:
        """A link to a page of this site."""
        address = posixpath.relpath(page, posixpath.dirname(self.env.docname) or ".") + ".html"
        return nodes.reference("", "", *node.children, refuri=address + anchor, internal=True)

    def elsewhere(
        self, node: nodes.Element, language: str, page: str, id: str | None = None
    ) -> nodes.reference:
        """A link to a page in a language, or to a place on it."""
        same = language == self.config.language
        return self.reference(node, page if same else f"../{language}/{page}", f"#{id}" if id else "")


def shown(app: Sphinx) -> set[str]:
    """Paths of the files that the site shows."""
    if not hasattr(app.env, "shown_files"):
        app.env.shown_files = set()
    return app.env.shown_files


def line_of(path: Path, name: str) -> str:
    """The anchor of the line that defines a name in a file, if it does."""
    pattern = re.compile(rf"(?:(?:def|class|type) )?{re.escape(name)}\b(?: *[:=(\[]|$)")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if pattern.match(line):
            return f"#L-{number}"
    return ""


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, str], str]]:
    """A page for each file that is linked."""
    formatter = HtmlFormatter(lineanchors="L", cssclass="highlight")
    for path in sorted(shown(app)):
        text = Path(app.srcdir, path).read_text(encoding="utf-8")
        body = highlight(text, get_lexer_for_filename(path), formatter)
        yield f"{FOLDER}/{path}", {"title": path, "body": f"<h1>{escape(path)}</h1>{body}"}, "page.html"


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.add_lexer("csv", TextLexer)  # Pygments knows none
    app.add_transform(Links)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
