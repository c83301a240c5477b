"""Checkups of a world, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from streaky.config.sources import Sources
from streaky.doctor import Checkup, examine
from tests.book import Book, hourly
from tests.conftest import NOW, QUICK, World

HOURLY = "17 13-23 * * *"


def checkup(world: World, now: datetime = NOW, *, after_test: bool = False, **more: str) -> Checkup:
    """Examine in this process; `more` are environment variables, "" unsets one."""
    return examine(Sources({}, world.environment | more), now, QUICK, after_test=after_test)


def said(found: Checkup, about: str) -> list[str]:
    """The verdicts on one thing, each with its level before and its mend behind it."""
    return [
        f"{each.level}: {each.text} {each.mend}".rstrip() for each in found.verdicts if each.about == about
    ]


def first(found: Checkup, about: str) -> str:
    """The only verdict on a thing."""
    (verdict,) = said(found, about)
    return verdict


def levels(found: Checkup) -> set[str]:
    """The levels that were given."""
    return {str(each.level) for each in found.verdicts}


def healthy(world: World) -> Book:
    """A world in which all is well: an hourly schedule with a zone, whose runs come and may write."""
    book = hourly(world, HOURLY, "Europe/Berlin")
    for back in range(1, 6):
        book.repository.add_run(started=datetime(2026, 11, 23, 21 - back, 25, tzinfo=UTC))
        book.repository.add_run(started=datetime(2026, 11, 22, 21 - back, 25, tzinfo=UTC))
    book.repository.pushed = NOW - timedelta(days=1)
    world.sandbox.github.clock = lambda: NOW
    return book
