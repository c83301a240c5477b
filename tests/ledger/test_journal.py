"""The journal: a line a day, and what becomes news through it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from streaky.sandbox import Fault
from tests.book import (
    IN_RUN,
    ON,
    Book,
    asked,
    at,
    spoken,
)
from tests.conftest import NOW, World, days_before

TODAY = NOW.date()


def test_the_first_run_of_a_day_writes_its_line_and_the_next_day_completes_it(book: Book) -> None:
    book.world.check(at(12))
    assert book.read()["days"] == {"2026-11-23": [0, "at-risk"]}
    book.world.check(at(18))
    book.world.contributions[TODAY] = 4
    report = book.world.check(at(12, day=24))
    assert book.read()["days"] == {"2026-11-23": [4, "safe", "rescued"], "2026-11-24": [0, "at-risk"]}
    assert report.rescues == 1


def break_streak(world: World) -> None:
    """Yesterday, the 22nd, was missed."""
    del world.contributions[TODAY - timedelta(days=1)]


def test_a_broken_streak_is_told_exactly_once(book: Book) -> None:
    break_streak(book.world)
    book.world.check(at(12, day=22))
    for hour in (3, 9, 12, 20):
        book.world.check(at(hour))
    book.world.check(at(12, day=24))
    assert sum("ended" in message.plain for message in book.world.bot.messages) == 1


def test_a_break_that_no_run_saw_is_told_when_runs_come_again(book: Book) -> None:
    del book.world.contributions[date(2026, 11, 21)]
    del book.world.contributions[date(2026, 11, 22)]
    book.world.check(at(12, day=21))
    book.world.check(at(12, day=25))
    ended = [message.plain for message in book.world.bot.messages if "ended" in message.plain]
    assert len(ended) == 1
    assert "November 21" in ended[0]


def test_a_milestone_reached_after_the_last_run_is_told_the_next_day_once(book: Book) -> None:
    book.world.contributions.clear()
    book.world.contributions.update(days_before(TODAY, 49))
    book.world.check(at(12))
    book.world.contributions[TODAY] = 1
    for hour in (9, 13):
        book.world.check(at(hour, day=24))
    told_of = [message.plain for message in book.world.bot.messages if "50 days" in message.plain]
    assert len(told_of) == 1
    assert "November 23" in told_of[0]


def test_a_gap_is_noticed_and_told_once(book: Book) -> None:
    book.world.check(at(12, day=19))
    report = book.world.check(at(12))
    assert "2026-11-23/alive/day" in {row["slot"] for row in json.loads(report.outputs()["alerts"])}
    (message,) = (message.plain for message in book.world.bot.messages if "no record for" in message.plain)
    assert "November 20" in message
    assert "November 22" in message
    assert book.read()["days"]["2026-11-21"] == [1, "safe", "unwatched"]
    book.world.check(at(13))
    assert sum("no record for" in message.plain for message in book.world.bot.messages) == 1


@pytest.mark.parametrize("counted", [True, False])
def test_with_a_ledger_the_longest_streak_is_of_all_time_and_read_once(world: World, counted: bool) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    long_ago = date(2019, 6, 1)
    world.contributions |= {long_ago + timedelta(days=day): 1 for day in range(150)}
    world.contributions[NOW.date()] = int(counted)
    report = world.check(at(12))
    assert (report.outputs()["longest-streak"], report.all_time) == ("150", True)
    asked(world)
    assert world.check(at(12, 20)).outputs()["longest-streak"] == "150"
    assert asked(world) == 1


def test_a_warning_asks_once_for_older_years_that_it_does_not_need(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.contributions[date(2019, 6, 1)] = 1
    world.sandbox.github.fail(
        Fault.status(500), times=None, when=lambda request: b"StreakyOlder" in request.body
    )
    report = world.check()
    assert sum(b"StreakyOlder" in request.body for request in world.sandbox.github.requests) == 1
    assert "at-risk/21:00 discord sent" in spoken(report)
    lacks = "The years before could not be read, so the longest streak is that of the last year."
    assert any(note.startswith(lacks) for note in report.notes)
