"""Examples in the documentation, by name: ``<!-- example: NAME -->`` above a block of code."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

from sim.cli import main

ROOT = Path(__file__).parents[1]


def example(page: str, name: str) -> str:
    """The code of an example of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"{page} has no example {name}"
    return found[1]


def commands(page: str) -> list[list[str]]:
    """The ``sim`` commands of a page's blocks of shell code, split into words."""
    import shlex

    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("sim ")]


def typed_in_order(page: str, file: str, folder: Path) -> int:
    """Type the commands of a page in a folder that holds a file of its examples, and the experiments.

    Returns:
        How many there are; each has ended well and printed something.
    """
    (folder / file).write_text(example(page, file), encoding="utf-8")
    (folder / "experiments").symlink_to(ROOT / "experiments")
    typed = commands(page)
    with chdir(folder):
        for command in typed:
            out, err = io.StringIO(), io.StringIO()
            with redirect_stdout(out), redirect_stderr(err):
                code = main(command[1:])
            assert code == 0, (command, err.getvalue())
            assert out.getvalue().strip(), command
    return len(typed)


def run(page: str, name: str) -> None:
    """Run a page's example of Python in this process, as a script that stands alone."""
    exec(compile(example(page, name), name, "exec"), {"__name__": "__main__"})


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
