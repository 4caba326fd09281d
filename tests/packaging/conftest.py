"""The package, built once for all tests of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.building import build, copied


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("tree"))


@pytest.fixture(scope="session")
def wheel(tree: Path) -> Path:
    return build(tree, "wheel")


@pytest.fixture(scope="session")
def sdist(tree: Path) -> Path:
    return build(tree, "sdist")
