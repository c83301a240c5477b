"""The person's own token: that it ends is told a week before, and on its last day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from streaky.github.client import token_ends
from streaky.sandbox import Fault
from tests.book import Book, at, states
from tests.conftest import NOW, World

ENDS = datetime(2026, 11, 30, 18, tzinfo=UTC)


def own(world: World, ends: datetime | None = ENDS, token: str = "github_pat_own") -> None:
    """octocat's own token reads, and the job's writes."""
    world.sandbox.github.token(token, owner="octocat", expires=ends)
    world.environment |= {"STREAKY_JOB_TOKEN": world.environment["GITHUB_TOKEN"], "GITHUB_TOKEN": token}
    world.contributions |= {(NOW + timedelta(days=ahead)).date(): 1 for ahead in range(10)}


def news(world: World, day: int, hour: int = 12, **more: str) -> list[str]:
    """The token's alerts of a run, by slot and state."""
    report = world.check(at(hour, day=day), **more)
    return [f"{each.slot} {each.state}" for each in report.outcomes if each.slot.kind == "token-ends"]


def test_it_is_told_once_a_week_before_and_once_on_the_last_day(book: Book) -> None:
    own(book.world)
    assert news(book.world, 22) == []
    assert news(book.world, 23) == ["2026-11-23/token-ends/day sent"] * 2
    for day in range(24, 30):
        assert news(book.world, day) == []
    assert news(book.world, 30) == ["2026-11-30/token-ends/day sent"] * 2
    assert news(book.world, 30, 15) == ["2026-11-30/token-ends/day skipped"] * 2
    first, last = [message.plain for message in book.world.bot.messages if "token" in message.plain]
    assert first.startswith("octocat: your GitHub token expires soon\n\nIt expires on November 30.")
    assert last.startswith("octocat: your GitHub token expires today\n")
    assert "https://github.com/settings/personal-access-tokens" in str(book.world.bot.messages[0].buttons)


def test_a_run_that_comes_later_tells_it_then(book: Book) -> None:
    own(book.world)
    assert news(book.world, 26) == ["2026-11-23/token-ends/day sent"] * 2
    assert news(book.world, 28) == []


def test_without_a_ledger_it_is_told_on_its_two_days_only(world: World) -> None:
    own(world)
    assert [bool(news(world, day)) for day in (22, 23, 24, 29, 30)] == [False, True, False, False, True]


def test_a_new_token_has_an_end_of_its_own(book: Book) -> None:
    own(book.world)
    news(book.world, 23)
    book.world.sandbox.github.token("github_pat_own", owner="octocat", expires=ENDS + timedelta(days=1))
    assert news(book.world, 24) == ["2026-11-24/token-ends/day sent"] * 2


@pytest.mark.parametrize(
    ("token", "ends"),
    [("github_pat_own", None), ("ghs_ofAnApp", ENDS), ("ghu_ofAnApp", ENDS)],
    ids=["without an end", "an app's", "an app's for a person"],
)
def test_a_token_that_does_not_end_or_is_made_anew_each_time_is_no_news(
    book: Book, token: str, ends: datetime | None
) -> None:
    own(book.world, ends, token)
    assert news(book.world, 23) == news(book.world, 30) == []


def test_the_jobs_own_token_is_never_told_of(book: Book) -> None:
    book.world.sandbox.github.token(book.world.environment["GITHUB_TOKEN"], expires=NOW)
    assert news(book.world, 23) == []


def test_it_is_silent_in_a_pause_and_in_the_quiet_hours(book: Book) -> None:
    own(book.world)
    assert news(book.world, 23, STREAKY_PAUSE_UNTIL="2026-11-23") == []
    assert news(book.world, 24, 8) == []
    assert news(book.world, 24, 9) == ["2026-11-23/token-ends/day sent"] * 2


@pytest.mark.parametrize(
    ("ends", "zone", "last"),
    [
        (datetime(2026, 12, 1, 2, tzinfo=UTC), "UTC", 30),  # in the quiet hours: said on the day before
        (datetime(2026, 12, 1, 2, tzinfo=UTC), "America/New_York", 30),
        (datetime(2026, 11, 30, 12, tzinfo=timezone(timedelta(hours=-8))), "UTC", 30),
        (datetime(2026, 11, 30, 20, tzinfo=timezone(timedelta(hours=-8))), "UTC", 30),
    ],
)
def test_the_last_day_is_the_persons_own(book: Book, ends: datetime, zone: str, last: int) -> None:
    own(book.world, ends)
    book.world.environment["STREAKY_TIMEZONE"] = zone
    assert news(book.world, last - 7, 15) == [f"2026-11-{last - 7}/token-ends/day sent"] * 2
    assert news(book.world, last - 1, 15) == []
    assert news(book.world, last, 15) == [f"2026-11-{last}/token-ends/day sent"] * 2


def test_it_is_told_though_github_did_not_answer_the_question(book: Book) -> None:
    own(book.world)
    broken = {"errors": [{"message": "Unexpected end of document"}]}
    expires = {"GitHub-Authentication-Token-Expiration": f"{ENDS:%Y-%m-%d %H:%M:%S UTC}"}
    book.world.sandbox.github.fail(Fault.status(200, broken, headers=expires), times=None)
    report = book.world.check(at(19), STREAKY_LEDGER="none")
    assert "token-ends/day telegram sent" in states(report)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("2026-12-01 10:00:00 UTC", datetime(2026, 12, 1, 10, tzinfo=UTC)),
        ("2026-12-01 10:00:00 -0800", datetime(2026, 12, 1, 18, tzinfo=UTC)),
        ("2026-12-01 10:00:00 +0530", datetime(2026, 12, 1, 4, 30, tzinfo=UTC)),
        ("", None),
        ("2026-12-01", None),
        ("2026-13-41 10:00:00 UTC", None),
        ("never", None),
    ],
)
def test_the_time_is_read_in_both_forms_that_github_writes(text: str, ends: datetime | None) -> None:
    assert token_ends({"GitHub-Authentication-Token-Expiration": text}) == ends
