"""Search on the Japanese pages by pairs of neighbouring letters: no list of words, so none is missed.

A Sphinx extension, used by ``docs/conf.py``.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

#: Letters of Japanese as a class of regular expressions, in Python and in JavaScript.
LETTERS = r"[\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u3400-\u9fff]"
RUN = re.compile(rf"{LETTERS}+|(?:(?!{LETTERS})\w)+")


class SearchPairs(SearchLanguage):
    """Words of other letters as they are, and Japanese in pairs of letters, on the page and in a question."""

    lang = "ja"
    language_name = "Japanese"
    js_splitter_code = rf"""
var splitQuery = function (query) {{
  const runs = query.match(/{LETTERS}+|(?:(?!{LETTERS})[\p{{Letter}}\p{{Number}}_])+/gu) ?? [];
  return runs.flatMap(function (run) {{
    if (!/^{LETTERS}/.test(run)) return [run];
    const count = Math.max(1, run.length - 1);
    return Array.from({{ length: count }}, function (_, at) {{ return run.slice(at, at + 2); }});
  }});
}};
"""

    def split(self, text: str) -> list[str]:
        """The terms of a text."""
        return [term for run in RUN.findall(text) for term in _terms(run)]


def _terms(run: str) -> list[str]:
    japanese = re.match(LETTERS, run) and len(run) > 1
    return [first + second for first, second in pairwise(run)] if japanese else [run]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx."""
    app.add_search_language(SearchPairs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
