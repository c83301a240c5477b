"""The journal: a line a day, and what becomes news through it."""

from __future__ import annotations

import json
from datetime import date, timedelta

from tests.book import (
    IN_RUN,
    ON,
    Book,
    asked,
    at,
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


def test_the_longest_streak_is_of_all_time_once_there_is_a_journal(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    long_ago = date(2019, 6, 1)
    world.contributions |= {long_ago + timedelta(days=day): 1 for day in range(150)}
    assert world.check(at(12)).outputs()["longest-streak"] == "42"
    asked(world)
    world.check(at(18, day=24))
    assert asked(world) == 3  # a warning does not wait for the older years
    world.contributions |= {date(2026, 11, day): 1 for day in (24, 25)}
    report = world.check(at(12, day=25))
    assert (report.outputs()["longest-streak"], report.all_time) == ("150", True)
    asked(world)
    assert world.check(at(13, day=25)).outputs()["longest-streak"] == "150"
    assert asked(world) == 1
