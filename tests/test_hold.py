"""Holding for a reminder that is near."""

from __future__ import annotations

import pytest

from tests.book import (
    Book,
    at,
    spoken,
    told,
)
from tests.conftest import NOW, QUICK, Limits, World

TODAY = NOW.date()


def waits(slept: list[float]) -> Limits:
    """Limits whose wait is over at once."""
    return Limits(QUICK.github, QUICK.channel, sleep=slept.append)


def test_a_run_may_hold_for_a_reminder_that_is_near(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    slept: list[float] = []
    report = book.world.check(at(17, 52), limits=waits(slept), STREAKY_HOLD="15m")
    assert spoken(report) == ["at-risk/18:00 discord sent"]
    assert (sum(slept), report.now.hour) == (8 * 60, 18)
    said = capsys.readouterr().err
    assert "8 min left" in said
    assert "1 min left" in said


@pytest.mark.parametrize(("minute", "hold"), [(52, "0"), (52, "5m"), (30, "20m")])
def test_it_holds_no_longer_than_it_may(book: Book, minute: int, hold: str) -> None:
    slept: list[float] = []
    book.world.check(at(11, minute), limits=waits(slept), STREAKY_HOLD=hold, STREAKY_REMIND_AT="12:00")
    assert (slept, told(book.world)) == ([], (0, 0))


def test_a_contribution_while_it_holds_cancels_the_reminder(book: Book) -> None:
    def contribute(seconds: float) -> None:
        book.world.contributions[TODAY] = 1

    limits = Limits(QUICK.github, QUICK.channel, sleep=contribute)
    report = book.world.check(at(17, 52), limits=limits, STREAKY_HOLD="15m")
    assert (report.status, told(book.world)) == ("safe", (0, 0))


def test_it_holds_by_the_repositorys_own_file_and_a_clock_that_is_set(book: Book) -> None:
    book.repository.files[".github/streaky.yml"] = "hold: 15m\n"
    slept: list[float] = []
    set_clock = at(17, 52).isoformat()
    report = book.world.check(limits=waits(slept), STREAKY_NOW=set_clock)
    assert (sum(slept), told(book.world)) == (8 * 60, (1, 1))
    assert report.now == at(18, 0)


def test_a_day_that_is_safe_holds_for_nothing(book: Book) -> None:
    slept: list[float] = []
    book.world.contributions[TODAY] = 1
    book.world.check(at(17, 52), limits=waits(slept), STREAKY_HOLD="15m")
    assert slept == []


@pytest.mark.parametrize("hold", ["21m", "1h", "soon", "-5m"])
def test_a_hold_of_more_than_twenty_minutes_is_refused(world: World, hold: str) -> None:
    done = world.run(STREAKY_HOLD=hold)
    assert (done.returncode, "hold" in done.stderr) == (2, True)


def test_a_test_alert_waits_for_nothing(book: Book) -> None:
    slept: list[float] = []
    report = book.world.check(at(17, 52), test=True, limits=waits(slept), STREAKY_HOLD="15m")
    assert (slept, told(book.world)) == ([], (1, 1))
    assert report.now == at(17, 52)
