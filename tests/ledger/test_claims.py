"""Each reminder once on each channel: what a run claims, leaves to others, and sends again."""

from __future__ import annotations

from streaky.sandbox import Fault
from tests.book import (
    Book,
    at,
    delete,
    states,
    told,
)
from tests.conftest import World


def test_each_reminder_is_sent_once_however_often_runs_come(book: Book) -> None:
    for minute in (0, 7, 20, 40):
        book.world.check(at(18, minute))
    assert told(book.world) == (1, 1)
    for hour, minute in ((21, 7), (21, 30), (23, 7), (23, 30)):
        book.world.check(at(hour, minute))
    assert told(book.world) == (3, 3)
    assert sorted(book.states().values()) == ["resolved"] * 4 + ["sent"] * 2


def test_a_late_run_sends_the_latest_reminder_and_marks_the_older_ones(book: Book) -> None:
    report = book.world.check(at(22, 40))
    assert states(report) == [
        "at-risk/18:00 discord skipped",
        "at-risk/18:00 telegram skipped",
        "at-risk/21:00 discord sent",
        "at-risk/21:00 telegram sent",
    ]
    assert book.states()["2026-11-23/at-risk/18:00 discord"] == "skipped"


def test_two_reminders_keep_45_minutes_apart(book: Book) -> None:
    book.world.check(at(22, 40))
    assert states(book.world.check(at(23, 10))) == []
    book.world.check(at(23, 25))
    assert told(book.world) == (2, 2)


def test_a_run_whose_slot_was_sent_by_another_says_skipped_and_is_well(book: Book) -> None:
    book.world.check()
    report = book.world.check(GITHUB_RUN_ID="101")
    assert states(report) == ["at-risk/21:00 discord skipped", "at-risk/21:00 telegram skipped"]
    assert report.exit_status == 0


def test_a_rerun_attempt_sends_only_what_did_not_arrive(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.status(400), times=None)
    assert told_after(book.world) == (0, 1)
    book.world.sandbox.heal()
    report = book.world.check(GITHUB_RUN_ATTEMPT="2")
    assert told(book.world) == (1, 1)
    assert states(report) == ["at-risk/21:00 discord sent", "at-risk/21:00 telegram skipped"]


def told_after(world: World, **more: str) -> tuple[int, int]:
    world.check(**more)
    return told(world)


def test_what_failed_is_sent_by_the_next_run(book: Book) -> None:
    book.world.sandbox.telegram.fail(Fault.status(500), times=None)
    report = book.world.check()
    assert (report.exit_status, told(book.world)) == (0, (1, 0))
    assert book.states()["2026-11-23/at-risk/21:00 telegram"] == "failed"
    book.world.sandbox.heal()
    book.world.check(at(22))
    assert told(book.world) == (1, 1)


def test_a_deleted_webhook_is_said_once_and_not_asked_again(book: Book) -> None:
    delete(book.world)
    first = book.world.check()
    assert [outcome.dead for outcome in first.failures] == [True]
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "dead"
    asked_before = len(book.world.sandbox.discord.requests)
    later = book.world.check(at(23, 7))
    assert len(book.world.sandbox.discord.requests) == asked_before
    assert [(outcome.channel, outcome.old) for outcome in later.failures] == [("discord", True)]
    assert told(book.world) == (0, 2)


def test_a_dead_channel_that_nobody_mended_stays_red_for_the_same_alert(book: Book) -> None:
    delete(book.world)
    only = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    assert book.world.check(**only).exit_status == 3
    assert book.world.check(at(22), **only).exit_status == 3
    book.world.sandbox.heal()
    hook = book.world.sandbox.discord.add_webhook("100000000000000002", book.world.hook.token[::-1])
    report = book.world.check(at(22, 5), DISCORD_WEBHOOK_URL=hook.url, GITHUB_RUN_ATTEMPT="2", **only)
    assert (report.exit_status, len(hook.messages)) == (0, 1)


def test_a_new_address_is_tried_at_once(book: Book) -> None:
    delete(book.world)
    book.world.check()
    hook = book.world.sandbox.discord.add_webhook("100000000000000002", book.world.hook.token[::-1])
    book.world.check(at(23, 7), DISCORD_WEBHOOK_URL=hook.url)
    assert len(hook.messages) == 1


def test_when_the_only_channel_is_dead_every_due_alert_is_red(book: Book) -> None:
    delete(book.world)
    only = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    assert book.world.check(**only).exit_status == 3
    assert book.world.check(at(23, 7), **only).exit_status == 3


def test_a_dry_run_decides_by_the_ledger_and_changes_nothing(book: Book) -> None:
    report = book.world.check(STREAKY_DRY_RUN="true")
    assert states(report)[-2:] == ["at-risk/21:00 discord dry-run", "at-risk/21:00 telegram dry-run"]
    assert book.raw() is None
    book.world.check()
    before = book.raw()
    assert "dry-run" not in str(states(book.world.check(STREAKY_DRY_RUN="true")))
    assert book.raw() == before
