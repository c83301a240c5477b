"""Alerts that are over: what was sent says so itself, and nobody is told twice."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from streaky.sandbox import Fault
from tests.book import Book, asked, at, delete, edited, hourly, states, told
from tests.conftest import CHAT, World

TODAY = date(2026, 11, 23)


def said(book: Book) -> list[tuple[str, str]]:
    """What stands in both chats now, first lines only."""
    on_discord = [each.content for each in book.world.hook.messages]
    on_telegram = [each.plain.splitlines()[0] for each in book.world.bot.messages]
    return list(zip(on_discord, on_telegram, strict=True))


def contribute(book: Book, day: date = TODAY, count: int = 1) -> None:
    book.world.contributions[day] = count


def edits(book: Book) -> tuple[int, int]:
    """How often an edit was asked for on Discord and on Telegram."""
    sandbox = book.world.sandbox
    discord = sum(request.method == "PATCH" for request in sandbox.discord.requests)
    return discord, sum(request.path.endswith("/editMessageText") for request in sandbox.telegram.requests)


def test_the_first_run_that_sees_the_contribution_says_saved_in_the_last_alert_of_the_day(book: Book) -> None:
    book.world.check(at(18))
    book.world.check(at(21))
    contribute(book)
    report = book.world.check(at(22))
    assert said(book)[1] == ("Saved: 43 days", "Saved: 43 days")
    assert edited(report) == ["at-risk/21:00 discord resolved", "at-risk/21:00 telegram resolved"]
    assert report.exit_status == 0
    assert set(book.states().values()) == {"resolved"}
    assert not any("message" in row for row in book.read()["alerts"])
    book.world.check(at(23))
    assert edits(book) == (2, 2)


def test_a_reminder_that_a_later_one_replaces_says_so(book: Book) -> None:
    book.world.check(at(18))
    report = book.world.check(at(21))
    first, second = said(book)
    assert first == ("Replaced by a later reminder.", "Replaced by a later reminder.")
    assert "2 h 53 min left" in second[0]
    assert "at-risk/18:00 discord resolved" in edited(report)
    assert edits(book) == (1, 1)
    contribute(book)
    book.world.check(at(22))
    assert said(book) == [first, ("Saved: 43 days", "Saved: 43 days")]
    assert edits(book) == (2, 2)


def test_a_reminder_stays_as_it_is_until_the_one_that_replaces_it_has_arrived(book: Book) -> None:
    book.world.check(at(18))
    before = said(book)
    for service in (book.world.sandbox.discord, book.world.sandbox.telegram):
        service.fail(Fault.status(400), times=None, when=lambda request: request.method == "POST")
    report = book.world.check(at(21))
    assert report.exit_status == 3
    assert said(book) == before
    assert edits(book) == (0, 0)
    book.world.sandbox.heal()
    book.world.check(at(22))
    assert said(book)[0] == ("Replaced by a later reminder.", "Replaced by a later reminder.")


def test_an_edit_takes_away_what_was_asked_for_and_rings_nobody(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.check(at(21))
    (message,), (sent,) = book.world.hook.messages, book.world.bot.messages
    assert (message.buttons, sent.buttons) == ({}, {})
    assert "description" not in message.embeds[0]
    assert message.allowed_mentions == {"parse": []}
    assert message.embeds[0]["author"] == {"name": "octocat", "url": "https://github.com/octocat"}
    assert sent.plain == "Saved: 43 days\n\noctocat"


@pytest.mark.parametrize(
    ("count", "hour", "line"),
    [
        (1, 0, "Saved: 43 days"),
        (0, 8, ""),
        (0, 9, "GitHub shows no contribution for November 23."),
    ],
)
def test_an_alert_of_a_day_that_ended_says_what_became_of_it(
    book: Book, count: int, hour: int, line: str
) -> None:
    book.world.check(at(21))
    before = said(book)
    if count:
        contribute(book)
    book.world.check(at(hour, day=24), STREAKY_NOTIFY="at-risk")
    assert said(book) == ([(line, line)] if line else before)


def test_a_pause_resolves_the_alerts_of_its_day(book: Book) -> None:
    book.world.check(at(18))
    more = {"STREAKY_PAUSE_UNTIL": "3d", "GITHUB_EVENT_NAME": "workflow_dispatch"}
    book.world.check(at(19), **more)
    assert said(book)[0][0].startswith("Paused until ")


def test_the_streak_of_an_alert_is_the_one_of_its_day(book: Book) -> None:
    book.world.check(at(23))
    contribute(book)
    contribute(book, TODAY + timedelta(days=1))
    book.world.check(at(12, day=24))
    assert said(book) == [("Saved: 43 days", "Saved: 43 days")]
    book.world.check(at(23, day=26))
    assert edits(book) == (1, 1)


def test_who_was_asked_to_look_is_told_when_the_day_is_seen_to_be_safe(book: Book) -> None:
    github = book.world.sandbox.github
    github.refuse_year, github.refuse_beyond = "RESOURCE_LIMITS_EXCEEDED", timedelta()
    assert "unknown/day discord sent" in states(book.world.check(at(18)))
    github.refuse_year = None
    contribute(book)
    assert edited(book.world.check(at(19))) == [
        "unknown/day discord resolved",
        "unknown/day telegram resolved",
    ]
    assert said(book) == [("Saved: 43 days", "Saved: 43 days")]
    assert edited(book.world.check(at(20))) == []


def test_an_edit_that_fails_harms_nobody_and_is_tried_in_two_runs(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.sandbox.discord.fail(
        Fault.status(404, {"message": "Unknown Message", "code": 10008}), times=None
    )
    first = book.world.check(at(19))
    assert edited(first) == ["at-risk/18:00 discord unresolved", "at-risk/18:00 telegram resolved"]
    assert (first.exit_status, json.loads(first.outputs()["undelivered"])) == (0, [])
    assert "Unknown Message" in next(each.why for each in first.outcomes if each.why)
    assert edited(book.world.check(at(20))) == ["at-risk/18:00 discord unresolved"]
    assert edited(book.world.check(at(21))) == []
    assert edits(book) == (2, 1)
    assert told(book.world) == (1, 1)


def test_an_edit_that_failed_once_is_made_good_by_the_next_run(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.sandbox.telegram.fail(Fault.status(400), times=None)
    book.world.check(at(19))
    book.world.sandbox.heal()
    assert edited(book.world.check(at(20))) == ["at-risk/18:00 telegram resolved"]
    assert said(book) == [("Saved: 43 days", "Saved: 43 days")]


def test_an_edit_whose_answer_was_lost_is_well(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.sandbox.telegram.fail(Fault.drop_after(), when=lambda request: "edit" in request.path)
    assert edited(book.world.check(at(19))) == [
        "at-risk/18:00 discord resolved",
        "at-risk/18:00 telegram resolved",
    ]


def test_without_a_ledger_nothing_is_edited(book: Book) -> None:
    book.world.check(at(18), STREAKY_LEDGER="none")
    contribute(book)
    book.world.check(at(19), STREAKY_LEDGER="none")
    assert edits(book) == (0, 0)


def test_a_dry_run_and_a_test_edit_nothing(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.check(at(19), STREAKY_DRY_RUN="true")
    book.world.check(at(19), test=True)
    assert edits(book) == (0, 0)
    book.world.check(at(20))
    assert edits(book) == (1, 1)


def test_a_chat_that_is_another_one_by_now_keeps_its_messages(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.bot.add_chat(4242)
    report = book.world.check(at(19), TELEGRAM_CHAT_ID="4242")
    assert "at-risk/18:00 telegram unresolved" in edited(report)
    assert edits(book)[1] == 0
    assert [message.chat_id for message in book.world.bot.messages] == [CHAT]


def test_an_edit_is_not_asked_for_again_and_again(book: Book) -> None:
    book.world.check()
    book.world.sandbox.discord.clear()
    book.world.sandbox.discord.fail(Fault.status(500), times=None)
    contribute(book)
    assert "discord unresolved" in edited(book.world.check())[0]
    assert len(book.world.sandbox.discord.requests) == 2


def test_a_day_that_is_at_risk_again_is_warned_of_by_its_next_reminder(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.check(at(19))
    contribute(book, count=0)
    report = book.world.check(at(21))
    assert states(report) == ["at-risk/21:00 discord sent", "at-risk/21:00 telegram sent"]


def test_a_resolved_day_counts_as_rescued(book: Book) -> None:
    book.world.check(at(18))
    contribute(book)
    book.world.check(at(19))
    assert book.world.check(at(12, day=24)).rescues == 1


def test_a_dead_webhook_is_asked_for_no_edit(book: Book) -> None:
    book.world.check(at(18))
    delete(book.world)
    book.world.check(at(21))
    contribute(book)
    book.world.check(at(22))
    assert edits(book) == (0, 2)  # of which one for the reminder that a later one replaced


def test_resolving_costs_one_look_and_two_writes(world: World) -> None:
    book = hourly(world)
    world.check(at(18))
    contribute(book)
    asked(world)
    world.check(at(19))
    # Beside these, a day's first safe run asks for the list of runs, resolving or not.
    lists = [each for each in world.sandbox.github.requests if each.path.endswith("/runs")]
    assert len(lists) <= 1
    assert asked(world) - len(lists) == 3
