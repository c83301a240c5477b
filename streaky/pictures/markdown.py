"""What the summary and the page have in common: foreign text made safe, links, squares, and lateness."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote

from streaky.calendar import ONE_DAY
from streaky.schedule.lateness import COUNTED_ON, FEWEST, Lateness

SAFE = ":/?#=&%+.-_~@"  # what a URL may hold, without what could end a link
# What Markdown, or GitHub's additions to it, act on: marks, math, bare addresses, and what begins a heading
# or an item of a list. Source: GitHub Flavored Markdown Spec, 4.2, 5.2 and 6.9; GitHub docs, "Writing
# mathematical expressions".
ACTIVE = re.compile(r"[\\`*_\[\]|~$]|:(?=//)|(?<=www)\.|(?<=[\w.+-])@|^[#+-]|(?<=^\d)[.)]", re.IGNORECASE)
MUCH = timedelta(hours=1)  # so late that something should be done about it
AHEAD = "▫️"


def cell(text: str) -> str:
    """Foreign text inside a table or paragraph, with nothing that Markdown or HTML would act on."""
    return _escaped(" ".join(text.split()))


def with_code(text: str) -> str:
    """A text whose parts between backticks are code, to be copied as it stands."""
    parts = text.split("`")
    return "`".join(part if number % 2 else _escaped(part) for number, part in enumerate(parts))


def _escaped(text: str) -> str:
    return re.sub(ACTIVE, r"\\\g<0>", html.escape(text, quote=False))


def whole(text: str) -> str:
    """Our own words in a narrow column, with nothing at which a line could break."""
    return text.replace("-", "\N{NON-BREAKING HYPHEN}").replace(" ", "\N{NO-BREAK SPACE}")


def two_columns(rows: list[tuple[str, str]]) -> str:
    """Names with what they stand for; the first row is the head, which a table must have."""
    first, *others = (f"| {name} | {text} |" for name, text in rows)
    return "\n".join((first, "| --- | --- |", *others))


def linked(text: str, link: str) -> str:
    """Our own words as a link; the words alone where there is none."""
    return f"[{text}]({quote(link, safe=SAFE)})" if link else text


def squares(today: date, weeks: int, square: Callable[[date], str]) -> str:
    """The last weeks, a column each and Sunday at the top as on the profile; the week of today comes last.

    `square`: what stands for a date; "" for what is ahead, or not known.
    """
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    first = sunday - timedelta(weeks=weeks - 1)
    rows = []
    for weekday in range(7):
        dates = (first + timedelta(weeks=week) + weekday * ONE_DAY for week in range(weeks))
        rows.append("".join(square(day) or AHEAD for day in dates))
    return "\n".join(f"{row}<br>" for row in rows)


def lateness(seen: Lateness) -> str:
    """How late runs start, and the advice that fits."""
    half, most = (seen.quantile(share) for share in (0.5, COUNTED_ON))
    said = f"up to {minutes(half)} in half of {seen.total} runs, {minutes(most)} in 95 %;"
    said += f" {minutes(seen.last)} last."
    if seen.total < FEWEST:
        return f"{said} That is too little to reckon with."
    if most and most > MUCH:
        return f"{said} More cron lines, or an outside timer, make warnings timelier."
    return said


def minutes(span: timedelta | None) -> str:
    """A lateness in minutes, or in hours where it has as many."""
    whole = (span or timedelta()) // timedelta(minutes=1)
    return f"{whole} min" if whole < 120 else f"{whole / 60:.1f} h"
