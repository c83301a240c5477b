"""A streak of which days are gone: told once, and only where it is sure that they had counted."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from streaky.sandbox import Fault
from streaky.sandbox.github.graphql.schema import schema
from tests.book import Book, at, states, told
from tests.conftest import NOW, days_before

TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
SENT = ["shrinking/day discord sent", "shrinking/day telegram sent"]


@pytest.fixture
def seen(book: Book) -> Book:
    """octocat, whose 42 days a run has counted yesterday, and who has contributed today."""
    schema()  # else the first answer may be so late that the year counts as refused
    contributions = book.world.contributions
    contributions |= days_before(YESTERDAY, 42) | {YESTERDAY: 1}
    book.world.check(at(12, day=22))
    contributions[TODAY] = 1
    return book


def lose(book: Book, *days: date) -> None:
    """A repository goes, and with it the contributions of these dates."""
    for day in days or [TODAY - timedelta(days=back) for back in range(12, 50)]:
        book.world.contributions.pop(day, None)


def shrinking(book: Book, hour: int = 12, day: int = 23, **more: str) -> list[str]:
    """What a run makes of the alerts of a streak that lost days."""
    report = book.world.check(at(hour, day=day), **more)
    return [state for state in states(report) if "shrinking" in state]


def test_days_that_are_gone_are_told_once_with_both_lengths(seen: Book) -> None:
    lose(seen)
    assert shrinking(seen) == SENT
    (message,) = seen.world.bot.messages
    assert message.plain.splitlines()[0] == "octocat: GitHub now counts fewer days"
    assert "GitHub counted 43 days on November 22. Now it counts 12 days." in message.plain
    assert "deadline" not in message.plain
    assert shrinking(seen, 15) == ["shrinking/day discord skipped", "shrinking/day telegram skipped"]
    for day in (24, 25, 26, 27, 28, 29, 30):
        seen.world.contributions[date(2026, 11, day)] = 1
        assert shrinking(seen, day=day) == []
    assert sum("fewer days" in message.plain for message in seen.world.bot.messages) == 1


def test_it_has_no_urgency_and_needs_no_choice(seen: Book) -> None:
    lose(seen)
    report = seen.world.check(at(12), STREAKY_NOTIFY="milestone")
    rows = json.loads(report.outputs()["alerts"])
    assert {(row["kind"], row["urgency"]) for row in rows} == {("shrinking", "")}


def test_it_waits_for_the_end_of_the_quiet_hours(seen: Book) -> None:
    lose(seen)
    assert shrinking(seen, 8) == []
    assert shrinking(seen, 9) == SENT


def test_a_pause_silences_it(seen: Book) -> None:
    lose(seen)
    assert shrinking(seen, STREAKY_PAUSE_UNTIL="2026-12-31") == []
    assert told(seen.world) == (0, 0)


def test_what_no_channel_took_is_told_by_a_later_run_though_the_ledger_knows_the_new_length(
    seen: Book,
) -> None:
    lose(seen)
    for service in (seen.world.sandbox.discord, seen.world.sandbox.telegram):
        service.fail(Fault.status(400), times=None)
    assert shrinking(seen) == [state.replace("sent", "failed") for state in SENT]
    seen.world.sandbox.heal()
    seen.world.contributions[TOMORROW] = 1
    assert shrinking(seen, day=24) == SENT
    assert "43 days on November 22. Now it counts 13 days" in seen.world.bot.messages[0].plain


def test_a_fresh_runner_tells_what_the_first_one_could_not(seen: Book) -> None:
    lose(seen)
    seen.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    alone = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    pending = seen.world.check(at(12), **alone).outputs()["pending"]
    seen.world.sandbox.heal()
    assert shrinking(seen, STREAKY_PENDING=pending, **alone) == SENT[:1]
    assert "Now it counts 12 days." in seen.world.hook.messages[0].embeds[0]["description"]


def test_days_that_come_back_before_it_is_told_are_no_news(seen: Book) -> None:
    before = dict(seen.world.contributions)
    lose(seen)
    assert shrinking(seen, 8) == []
    seen.world.contributions |= before
    assert shrinking(seen) == []


def test_yesterday_that_is_gone_is_told_in_place_of_a_broken_streak(seen: Book) -> None:
    lose(seen, YESTERDAY, TODAY)
    report = seen.world.check(at(12))
    assert states(report) == SENT
    assert "Now it counts 0 days." in seen.world.bot.messages[0].plain


def test_a_streak_that_just_ends_is_no_shrinking_one(seen: Book) -> None:
    seen.world.check(at(12))
    seen.world.check(at(12, day=24), STREAKY_NOTIFY="broken")
    assert states(seen.world.check(at(12, day=25))) == ["broken/day discord sent", "broken/day telegram sent"]


def test_a_contribution_of_today_that_goes_again_is_no_news(seen: Book) -> None:
    seen.world.check(at(12))
    lose(seen, TODAY)
    assert shrinking(seen, 15) == []


RULES: dict[str, dict[str, str]] = {
    "another minimum": {"STREAKY_MIN_CONTRIBUTIONS": "2"},
    "other rest days": {"STREAKY_REST_DAYS": "sat,sun"},
    "another ledger": {"STREAKY_LEDGER": "none"},
}


@pytest.mark.parametrize("change", RULES)
def test_what_was_counted_otherwise_is_not_compared(seen: Book, change: str) -> None:
    lose(seen)
    assert shrinking(seen, **RULES[change]) == []


def test_a_ledger_that_was_deleted_knows_of_nothing(seen: Book) -> None:
    lose(seen)
    seen.put(json.dumps({"version": 1, "user": "octocat", "alerts": [], "days": {}}).encode())
    assert shrinking(seen) == []


def test_a_token_that_sees_less_than_the_one_before_is_no_shrinking(seen: Book) -> None:
    world = seen.world
    world.sandbox.github.token("ghp_own", owner="octocat")
    lose(seen)
    own = {"GITHUB_TOKEN": "ghp_own", "STREAKY_JOB_TOKEN": world.environment["GITHUB_TOKEN"]}
    assert shrinking(seen, **own) == []


def test_a_year_that_was_refused_tells_nothing_and_forgets_nothing(seen: Book) -> None:
    lose(seen, *(TODAY - timedelta(days=back) for back in range(20, 50)))
    seen.world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    assert shrinking(seen) == []
    seen.world.sandbox.heal()
    seen.world.contributions[TOMORROW] = 1
    assert shrinking(seen, day=24) == SENT
    assert "GitHub counted 44 days on November 23" in seen.world.bot.messages[0].plain


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_zone_that_changed_is_no_shrinking(seen: Book, zone: str) -> None:
    seen.world.contributions[TOMORROW] = 1
    assert shrinking(seen, STREAKY_TIMEZONE=zone) == []
    assert shrinking(seen, 15) == []


def test_where_counts_are_kept_private_days_that_are_gone_are_noticed_all_the_same(book: Book) -> None:
    world = book.world
    world.sandbox.github.token("ghp_own", owner="octocat")
    own: dict[str, Any] = {
        "GITHUB_TOKEN": "ghp_own",
        "STREAKY_JOB_TOKEN": world.environment["GITHUB_TOKEN"],
        "STREAKY_MIN_CONTRIBUTIONS": "2",
    }
    world.contributions |= dict.fromkeys((TODAY - timedelta(days=back) for back in range(43)), 3)
    world.check(at(12, day=22), **own)
    lose(book)
    assert shrinking(book, **own) == SENT


def test_a_streak_longer_than_a_year_is_compared_where_it_was_read(book: Book) -> None:
    contributions = book.world.contributions
    contributions |= days_before(TODAY, 800) | {TODAY: 1}
    book.world.check(at(12, day=22))
    book.world.check(at(12))
    lose(book, *(TODAY - timedelta(days=back) for back in range(100, 120)))
    contributions[TOMORROW] = 1
    assert shrinking(book, day=24) == SENT
    assert "Now it counts 101 days." in book.world.bot.messages[-1].plain
