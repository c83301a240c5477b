"""The small parts of a ledger's JSON: each reader raises ValueError or TypeError for what does not fit."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any


def items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def word(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w./-]{1,80}", value, re.ASCII):
        raise ValueError("not a word")
    return value


def run_name(value: Any) -> str:
    if not re.fullmatch(r"\w{1,40}/\d{1,6}/\w{1,20}", value, re.ASCII):
        raise ValueError("not a run")
    return str(value)


def day(text: Any) -> date:
    found = date.fromisoformat(text)
    if len(text) != 10 or not 2000 <= found.year < 2200:
        raise ValueError("not a date")
    return found


def stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: Any) -> datetime:
    if not re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", text, re.ASCII):
        raise ValueError("not an instant")
    found = datetime.fromisoformat(text)
    if not 2000 <= found.year < 2200:
        raise ValueError("not an instant")
    return found
