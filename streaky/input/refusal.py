"""What is said of a value that is refused: a fault and its mend, and never what may be a secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


class BadValue(ValueError):
    """What is wrong with a value, and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what, mend)
        self.what, self.mend = what, mend


class UnlessSealed(BadValue):
    """What is wrong with a value in a file, unless it is sealed."""


# What may be repeated to the person

LOOKS_SECRET = r"://|gh[a-z]_\w|github_pat_|\d{6,}:[\w-]{20}|[\w+/=-]{41}"


def visible(text: str) -> str:
    """A text as one line, with a mark in place of each line break or character that cannot be seen."""
    return "".join(c if c.isprintable() else "�" for c in text)


def looks_secret(text: str) -> bool:
    """Whether a text may be a secret, by its form."""
    return re.search(LOOKS_SECRET, text) is not None


def shown(text: str) -> str:
    """A wrong value as it may be repeated to the person: quoted, short, and never what may be a secret."""
    if looks_secret(text):
        return "the value (not repeated here, it looks like a secret)"
    plain = visible(text)
    return f'"{plain[:40]}…"' if len(plain) > 40 else f'"{plain}"'


def closest(text: str, choices: Iterable[str], cutoff: float = 0.6) -> str:
    """The choice that is most like the text, whatever its case, or "" when none is near."""
    by_case = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold()[:100], by_case, n=1, cutoff=cutoff)
    return by_case[close[0]] if close else ""


def nearest(text: str, choices: Iterable[str]) -> str:
    """`Did you mean "…"?`, or nothing when no choice is near."""
    choice = closest(text, choices)
    return f'Did you mean "{choice}"?' if choice else ""
