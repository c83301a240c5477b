"""Whether Streaky itself still runs: GitHub disables schedules, and skips days."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from tests.book import (
    IN_RUN,
    WORKFLOW,
    WRITES,
    Book,
    at,
    hourly,
    told,
)
from tests.conftest import NOW, World

TODAY = NOW.date()


def alive(book: Book, age: int, **more: str) -> list[str]:
    """The alive alerts of a run so many days after the default branch's last commit."""
    book.repository.pushed = NOW - timedelta(days=age)
    book.world.contributions[TODAY] = 1
    book.world.check(**more)
    return [
        f"{message.text}\n{message.buttons}" for message in book.world.bot.messages if "60" in message.text
    ]


@pytest.mark.parametrize(("age", "warned"), [(44, 0), (45, 1), (47, 1), (52, 1), (59, 1), (60, 0)])
def test_from_day_45_on_it_tells_that_github_will_disable_the_schedule(
    book: Book, age: int, warned: int
) -> None:
    found = alive(book, age)
    assert len(found) == warned
    assert not warned or "/edit/main/.github/workflows/streaky.yml" in found[0]
    assert len(alive(book, age)) == warned  # once for each of its dates


def test_a_private_repository_is_not_disabled(book: Book) -> None:
    book.repository.private = True
    assert not alive(book, 50)


def test_a_pause_silences_it(book: Book) -> None:
    assert not alive(book, 45, STREAKY_PAUSE_UNTIL="2026-12-31")


def test_what_was_told_along_with_other_news_is_not_told_again(book: Book) -> None:
    book.world.check(at(12, day=19))
    assert len(alive(book, 47)) == 1  # back after a gap, and GitHub disables the schedule soon
    book.world.check(at(12, day=24))
    assert sum("60" in message.text for message in book.world.bot.messages) == 1


def test_days_on_which_no_run_is_asked_for_are_no_gap(world: World) -> None:
    book = hourly(world, "7 13-20 * * 1-5")
    for day in (20, 23):  # a Friday, and the Monday after
        world.contributions |= {date(2026, 11, each): 1 for each in range(20, day + 1)}
        world.check(at(14, day=day))
    assert told(world) == (0, 0)
    assert book.read()["days"]["2026-11-22"] == [1, "safe", "unwatched"]


def test_a_weekly_schedule_is_not_missed_within_its_week(world: World) -> None:
    hourly(world, "7 13 * * 1")
    world.contributions |= {date(2026, 11, day): 1 for day in range(16, 24)}
    world.check(at(13, day=16))
    for day in (17, 18, 19, 20):
        world.check(at(12, day=day), GITHUB_EVENT_NAME="workflow_dispatch")
    assert told(world) == (0, 0)


def test_a_workflow_without_a_schedule_has_none_to_lose(book: Book) -> None:
    book.repository.files[WORKFLOW] = WRITES.replace("  schedule:", "  # schedule:")
    assert not alive(book, 50)


def test_without_a_ledger_it_is_told_on_its_date_only(world: World) -> None:
    book = Book(world, None)
    world.environment |= IN_RUN
    assert not alive(book, 46)
    assert len(alive(book, 45)) == 1


def test_a_schedule_that_starts_no_runs_is_noticed_by_a_run_that_something_else_woke(book: Book) -> None:
    book.world.check(at(12, day=20))
    for day in (21, 22, 23, 24):
        book.world.contributions[date(2026, 11, day)] = 1
        report = book.world.check(at(12, day=day), GITHUB_EVENT_NAME="repository_dispatch")
        kinds = {row["kind"] for row in json.loads(report.outputs()["alerts"]) if row["state"] == "sent"}
        assert ("alive" in kinds) is (day == 23)
    last = book.world.bot.messages[-1]
    assert "November 20" in last.text
    assert "/actions/workflows/streaky.yml" in str(last.buttons)
