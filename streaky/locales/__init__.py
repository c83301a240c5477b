"""The languages that Streaky speaks: one table of words in each `.json` file of this folder."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def languages() -> list[str]:
    """The codes of all languages, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def words(language: str) -> dict[str, Any]:
    """A language's table of words, by its code."""
    table: dict[str, Any] = json.loads((FOLDER / f"{language}.json").read_bytes())
    return table
