"""A team for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from streaky.sandbox import Sandbox
from tests.team.squad import Squad


@pytest.fixture
def squad(sandbox: Sandbox, tmp_path: Path) -> Squad:
    """A team without people."""
    return Squad(sandbox, tmp_path)
