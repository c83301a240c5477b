"""What one runner could not deliver, and another does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from streaky.sandbox import Fault
from tests.book import (
    Book,
    at,
    states,
    told,
)
from tests.conftest import NOW, World, leaks

TODAY = NOW.date()


def test_what_another_runner_may_deliver_is_pending_and_holds_no_secret(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    outputs = world.check().outputs()
    assert json.loads(outputs["pending"]) == [
        {"slot": "2026-11-23/at-risk/21:00", "channel": "discord", "heard": True}
    ]
    assert not leaks(outputs["pending"], world.secrets)


def test_a_redelivery_sends_just_what_is_pending(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    world.sandbox.heal()
    report = world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending)
    assert told(world) == (1, 1)
    assert states(report) == ["at-risk/21:00 discord sent"]


def test_a_warning_whose_day_ends_before_it_is_redelivered_is_red(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=1)
    report = world.check(at(23, 58), TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert (report.exit_status, report.outputs()["handed-on"]) == (3, "true")
    late = world.check(at(0, 1, 24), STREAKY_PENDING=report.outputs()["pending"])
    assert (late.exit_status, told(world)) == (3, (0, 0))


def test_only_what_is_pending_is_handed_on(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(400), times=None)
    report = world.check(TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert (report.exit_status, report.outputs()["pending"], report.outputs()["handed-on"]) == (3, "", "")
    world.sandbox.github.fail(Fault.status(401), times=None)
    world.sandbox.heal()
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.sandbox.github.fail(Fault.status(401), times=None)
    report = world.check(TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert (report.exit_status, bool(report.outputs()["pending"]), report.outputs()["handed-on"]) == (
        1,
        True,
        "",
    )


def test_a_redelivery_settles_in_the_ledger(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = book.world.check().outputs()["pending"]
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "failed"
    book.world.sandbox.heal()
    book.world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending)
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "sent"
    book.world.check(at(22))
    assert told(book.world) == (1, 1)


@pytest.mark.parametrize("kind", ["alive", "milestone", "broken", "safe"])
def test_what_is_pending_and_not_news_any_more_is_not_made_up(world: World, kind: str) -> None:
    pending = json.dumps([{"slot": f"2026-11-23/{kind}/day", "channel": "discord", "heard": False}])
    assert world.check(STREAKY_PENDING=pending).outcomes == ()
    world.sandbox.github.fail(Fault.status(401), times=None)
    assert world.check(STREAKY_PENDING=pending).outcomes == ()
    assert told(world) == (0, 0)


def test_a_warning_that_is_pending_is_told_though_github_fails_by_then(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=1)
    pending = world.check().outputs()["pending"]
    world.sandbox.github.fail(Fault.status(401), times=None)
    report = world.check(STREAKY_PENDING=pending)
    assert (report.exit_status, len(world.hook.messages)) == (1, 1)
    assert "could not check" in world.hook.messages[0].embeds[0]["title"]


def test_a_redelivery_of_a_test_alert_is_one(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check(test=True).outputs()["pending"]
    world.sandbox.heal()
    world.check(STREAKY_PENDING=pending)
    assert told(world) == (1, 1)


def test_what_is_no_longer_true_is_not_delivered_late(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    world.sandbox.heal()
    world.contributions[TODAY] = 1
    assert world.check(STREAKY_PENDING=pending).outcomes == ()
    del world.contributions[TODAY]
    assert world.check(NOW + timedelta(hours=3), STREAKY_PENDING=pending).outcomes == ()
    assert told(world) == (0, 1)


def test_a_redelivery_that_fails_beside_a_channel_that_worked_is_no_failure(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    assert world.check(STREAKY_PENDING=pending).exit_status == 0
    world.sandbox.telegram.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    assert world.check(STREAKY_PENDING=pending).exit_status == 3


@pytest.mark.parametrize("text", ["{}", "[]]", '[{"slot": "x", "channel": "discord", "heard": false}]', "3"])
def test_a_pending_that_is_none_is_refused(world: World, text: str) -> None:
    done = world.run(STREAKY_PENDING=text)
    assert done.returncode == 2
    assert "pending" in done.stderr


def test_a_warning_that_nobody_heard_and_that_is_no_longer_true_is_not_missed(world: World) -> None:
    only = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check(**only).outputs()["pending"]
    assert json.loads(pending)[0]["heard"] is False
    world.contributions[TODAY] = 1
    report = world.check(STREAKY_PENDING=pending, **only)
    assert (report.exit_status, report.outcomes) == (0, ())
