"""Reminders that wait for a person's habit, in runs of the real program."""

from __future__ import annotations

import pytest

from streaky.pictures.summary import summary
from streaky.report import Report
from tests.book import WORKFLOW, WRITES, Book, at, spoken, told
from tests.conftest import NOW, QUICK, Limits

TODAY = NOW.date()
WHY = "You usually contribute by 20:40, so the first reminder waits until 21:10."


def live(book: Book, days: int = 10) -> None:
    """So many days before today, on each of which a run at 20:40 is the first to see a contribution, while
    GitHub starts runs punctually."""
    for back in range(days, 0, -1):
        for hour in range(24):
            book.repository.add_run(started=at(hour, day=TODAY.day - back))
        assert spoken(check(book, 20, 40, TODAY.day - back)) == []


def told_at(book: Book, hour: int, minute: int = 7, day: int = TODAY.day, **more: str) -> list[str]:
    return spoken(check(book, hour, minute, day, **more))


def check(book: Book, hour: int, minute: int = 7, day: int = TODAY.day, **more: str) -> Report:
    return book.world.check(at(hour, minute, day), **more)


@pytest.mark.parametrize("auto", ["", "auto", "Auto"])
def test_by_default_the_first_reminder_waits_for_the_habit(book: Book, auto: str) -> None:
    live(book)
    for hour in (18, 19, 20):
        report = check(book, hour, STREAKY_REMIND_AT=auto)
        assert spoken(report) == []
        assert WHY in summary(report)
        assert "21:10, if GitHub still shows nothing" in summary(report)
    assert told_at(book, 21, 37, STREAKY_REMIND_AT=auto) == ["at-risk/21:10 discord sent"]
    assert told_at(book, 22, 7, STREAKY_REMIND_AT=auto) == ["at-risk/21:10 discord skipped"]
    assert told_at(book, 23, 7, STREAKY_REMIND_AT=auto) == ["at-risk/23:00 discord sent"]


def test_who_was_warned_ahead_is_not_told_that_the_first_reminder_waits(book: Book) -> None:
    live(book)
    book.repository.files[WORKFLOW] = WRITES.replace("7 * * * *", "7 12 * * *")
    for hour, states in ((12, ["at-risk/21:10 discord sent"]), (13, ["at-risk/21:10 discord skipped"])):
        report = check(book, hour)
        assert spoken(report) == states
        assert "You usually" not in summary(report)


def test_below_ten_days_nothing_waits(book: Book) -> None:
    live(book, 9)
    report = check(book, 18)
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert "You usually" not in summary(report)


def test_times_that_somebody_set_are_obeyed_exactly(book: Book) -> None:
    live(book)
    times = {"STREAKY_REMIND_AT": "18:00,21:00,23:00"}
    report = check(book, 18, **times)
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert "You usually" not in summary(report)


def test_the_config_file_may_say_auto(book: Book) -> None:
    book.repository.files[".github/streaky.yml"] = "remind-at: auto\n"
    live(book)
    assert told_at(book, 20) == []


def test_a_run_holds_for_the_reminder_that_the_habit_leaves(book: Book) -> None:
    live(book)
    slept: list[float] = []
    limits = Limits(QUICK.github, QUICK.channel, sleep=slept.append)
    hold = {"STREAKY_HOLD": "15m"}
    assert spoken(book.world.check(at(17, 52), limits=limits, **hold)) == []
    assert spoken(book.world.check(at(21, 0), limits=limits, **hold)) == ["at-risk/21:10 discord sent"]
    assert sum(slept) == 10 * 60


def test_the_run_that_first_sees_the_day_safe_writes_it_down_and_no_other(book: Book) -> None:
    today = TODAY.isoformat()
    check(book, 9)
    before = book.raw()
    check(book, 10)
    assert book.raw() == before  # the day's second run has nothing to write
    book.world.contributions[TODAY] = 1
    check(book, 14, 30)
    assert book.read()["days"][today][-1] == "14:30"
    written = book.raw()
    check(book, 16)
    assert book.raw() == written
    assert told(book.world) == (0, 0)
