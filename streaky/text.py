"""Text made fit to be shown: foreign text without invisible characters, cut to a limit; and counts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

# Controls, invisible and direction marks, surrogates, private use, unassigned: they hide or reorder text.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")


def plain(text: str, limit: int) -> str:
    """One line of visible text, at most `limit` characters. `@` becomes a look-alike that mentions nobody."""
    if text.isascii() and text.isprintable():
        seen = text  # as nearly all is, and in a fiftieth of the time
    else:
        seen = "".join(
            " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in UNSEEN
        )
    return cut(" ".join(seen.replace("@", "＠").split()), limit)


def counted(number: int, one: str, many: str) -> str:
    """How many there are, in English: `1 person`, `1,000 people`."""
    return f"{number:,} {one if number == 1 else many}"


def units(text: str) -> int:
    """Length in UTF-16 code units; no service's own count is larger."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int, escape: Callable[[str], str] = str) -> str:
    """The escaped text, at most `limit` units long; what is longer is cut, with an ellipsis, first."""
    whole = escape(text)
    if units(whole) <= limit:
        return whole
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if units(escape(text[:middle].rstrip() + "…")) <= limit:
            low = middle
        else:
            high = middle - 1
    return escape(text[:low].rstrip() + "…")
