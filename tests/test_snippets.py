"""Every command and every piece of code that a page tells its readers to type is run by a test."""

from __future__ import annotations

import pytest

from tests import snippets
from tests.snippets import NOT_TYPED, RUN_BY, TRANSLATED, missed, pages, source


def of_its_own(page: str) -> bool:
    """Whether a page's code is its own, and not held to that of the English page."""
    return page.removesuffix(".ja.md") not in TRANSLATED or not page.endswith(".ja.md")


@pytest.mark.parametrize("page", [*filter(of_its_own, pages())])
def test_what_a_page_tells_to_type_is_run_by_a_test(page: str) -> None:
    assert missed(page, pages()[page]) == [], "name the test that runs it in tests/snippets.py"


def test_the_tests_that_are_named_are_there() -> None:
    named = [test for tests in RUN_BY.values() for test in tests]
    assert [test for test in named if test.partition("::")[2] not in source(test)[1]] == []


def test_the_lists_name_nothing_that_is_gone() -> None:
    found = {page: snippets.snippets(text) for page, text in pages().items()}
    assert {page for page in RUN_BY if not found[page]} == set()
    there = {what for each in found.values() for one in each for what in (one.name, *one.lines)}
    assert set(NOT_TYPED) <= there


@pytest.mark.parametrize(
    ("added", "what"),
    [
        ("```sh\nmake demo\nmake tea\n```\n", "make tea"),
        ("<!-- example: new.py -->\n```python\nimport sim\n```\n", "new.py"),
        ("```python\nimport sim\n```\n", "import sim"),
        ("```text\nsim page --lang fr\n```\n", "sim page --lang fr"),
    ],
)
def test_what_nobody_runs_is_noticed(added: str, what: str) -> None:
    page = "docs/howto-reports.md"
    assert missed(page, pages()[page] + added) == [what]
    assert what in missed("docs/new.md", added)
