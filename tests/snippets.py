"""Which test runs the commands and the code that a page tells its readers to type: the one list of it."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import NamedTuple

from tests.examples import ROOT

#: Pages whose Japanese version has the same code, block for block (`test_readme_ja.py`).
TRANSLATED = (
    "README", "docs/howto-answer", "docs/howto-batch", "docs/howto-frontier", "docs/howto-networks",
    "docs/howto-reports", "docs/howto-sensitivity", "docs/howto-studies", "docs/howto-world", "docs/page",
    "docs/tutorial",
)  # fmt: skip

#: Tests by page. They take the page's code with `tests.examples` or as whole blocks.
RUN_BY = {
    "README.md": (
        "test_readme.py::test_commands_of_the_readme_work_in_order",
        "test_readme.py::test_python_of_the_readme_works",
    ),
    "docs/extending.md": ("extensions/test_extensions.py::test_the_page_runs_as_it_stands",),
    "docs/howto-answer.md": (
        "answers/test_questions.py::test_what_the_page_tells_to_type_works",
        "answers/test_questions.py::test_a_question_of_ones_own_is_one_more_file",
    ),
    "docs/howto-batch.md": (
        "batch/test_howto.py::test_what_the_page_says_to_type_works",
        "batch/test_howto.py::test_what_reads_results_works",
        "batch/test_howto.py::test_a_job_array_gives_what_one_command_gives",
        "batch/test_howto.py::test_the_script_for_dask_reaches_its_scheduler",
    ),
    "docs/howto-frontier.md": (
        "analysis/test_frontier.py::test_what_the_page_shows_is_a_section_and_its_commands_and_code_run",
    ),
    "docs/howto-networks.md": ("analysis/test_networks.py::test_what_the_page_tells_to_type_works",),
    "docs/howto-programmes.md": ("report/test_howto_programmes.py::test_what_the_page_tells_to_type_works",),
    "docs/howto-programmes.ja.md": (
        "report/test_howto_programmes.py::test_what_the_page_tells_to_type_works",
    ),
    "docs/howto-reports.md": (
        "report/designs/test_howto.py::test_its_commands_and_its_code_do_what_it_says",
    ),
    "docs/howto-sensitivity.md": ("analysis/test_howto.py::test_what_the_page_says_to_type_works",),
    "docs/howto-studies.md": (
        "studies/test_howto.py::test_a_study_is_followed",
        "studies/test_howto.py::test_both_intervals_are_told",
        "studies/test_howto.py::test_a_search_goes_on_from_its_folder",
    ),
    "docs/howto-world.md": (
        "worlds/test_howto.py::test_the_smallest_table_is_a_world",
        "worlds/test_howto.py::test_its_commands_work_in_order",
    ),
    "docs/mesa.md": ("mesa/test_tutorial.py::test_the_code_of_the_tutorial_works",),
    "docs/tutorial.md": ("test_readme_ja.py::test_commands_of_the_tutorial_work_in_order",),
}

#: Lines and examples that no test types as they stand, and what shows them instead.
NOT_TYPED = {
    "make demo": "its comparison runs smaller in tests/test_readme.py; make has no place within make test",
    "make test": "it is what runs the tests",
    "source .venv/bin/activate": "of the shell",
    ".venv/bin/sim page": "serves until it is stopped: tests/page/test_command.py",
    ".venv/bin/sim page --lang ja": "the same",
    ".venv/bin/sim page --lang ja --results results": "the same",
    "solara run sim.mesa.viz --no-check-version": "serves until it is stopped: tests/browser",
    "slurm_cluster.py": "needs SLURM: tests/batch/test_howto.py parses it",
    "cluster.yaml": "needs Kubernetes: tests/batch/test_howto.py holds its parts together",
}

_BLOCK = re.compile(r"(?:<!-- example: (?P<name>\S+) -->\n)?```(?P<kind>\w*)\n(?P<code>.*?)```", re.DOTALL)
_COMMAND = re.compile(r"(?:\.venv/bin/)?(?:sim|make|python|pip|source|solara|sed|dask|jupyter) ")


class Snippet(NamedTuple):
    """A block of code of a page."""

    name: str | None
    language: str
    code: str

    @property
    def lines(self) -> list[str]:
        """Commands, without comments."""
        return [line.split(" #")[0].strip() for line in self.code.splitlines() if _COMMAND.match(line)]

    @property
    def typed(self) -> bool:
        """Whether a reader is to run it or to save it, and not only to look at it."""
        return bool(self.name) or self.language in ("sh", "bash", "python") or bool(self.lines)


def snippets(text: str) -> list[Snippet]:
    """Blocks of a page that readers are to type."""
    blocks = (Snippet(*found.group("name", "kind", "code")) for found in _BLOCK.finditer(text))
    return [block for block in blocks if block.typed]


def pages() -> dict[str, str]:
    """Texts of the pages that say what to type."""
    files = [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(files)}


@cache
def source(test: str) -> tuple[str, frozenset[str]]:
    """The module of a test, and the names of the tests in it."""
    text = (ROOT / "tests" / test.partition("::")[0]).read_text(encoding="utf-8")
    return text, frozenset(node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))


def missed(page: str, text: str) -> list[str]:
    """Commands and examples of a page that none of the tests named for it takes from it."""
    modules = "\n".join(source(test)[0] for test in RUN_BY.get(page, ()))
    names_it = page.rpartition("/")[2] in modules
    left = [what for snippet in snippets(text) for what in _left(snippet, modules if names_it else "")]
    return [what for what in left if what not in NOT_TYPED]


def _left(snippet: Snippet, modules: str) -> list[str]:
    """What the code of tests does not take of a snippet: its name, or its lines."""
    if snippet.name:
        return [] if f'"{snippet.name}"' in modules else [snippet.name]
    if snippet.language == "sh":
        taken = "commands(" in modules or "typed_in_order(" in modules
        whole = "```sh" in modules  # every line, those of other programs too
        return [line for line in snippet.lines if not whole and not (taken and line.startswith("sim "))]
    if snippet.language in ("python", "yaml") and f"```{snippet.language}" in modules:
        return []
    return snippet.lines or [snippet.code.splitlines()[0]]
