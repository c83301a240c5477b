"""One person's run, from GitHub's answer to the messages that arrive."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from streaky import sealing
from streaky.errors import ConfigurationError
from streaky.pictures.terminal import terminal
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from streaky.sealing import PrivateKey
from tests.conftest import NOW, World, days_before, local, said, titles

TODAY = NOW.date()


# A day, told


def test_a_streak_at_risk_is_told_once_on_each_channel_with_one_request(world: World) -> None:
    report = world.check()
    assert (report.status, report.exit_status) == ("at-risk", 0)
    assert len(world.sandbox.github.requests) == 1
    assert [said(message) for message in world.hook.messages] == [
        "octocat: 2 h 30 min left to save your 42-day streak"
    ]
    assert len(world.bot.messages) == 1
    assert "GitHub shows no contribution yet" in world.bot.messages[0].text


def test_nothing_is_due_when_today_has_its_contribution(world: World) -> None:
    world.contributions[NOW.date()] = 2
    report = world.check()
    assert (report.status, report.exit_status, report.outcomes) == ("safe", 0, ())
    assert len(world.sandbox.github.requests) == 1
    assert not world.hook.messages


def test_before_the_first_reminder_a_streak_at_risk_is_not_spoken_of(world: World) -> None:
    report = world.check(local("2026-11-23T17:59"))
    assert (report.status, report.exit_status, report.outcomes) == ("at-risk", 0, ())
    assert titles(world) == []


@pytest.mark.parametrize(
    ("now", "slot", "urgency"),
    [
        ("17:00", "16:30", "reminder"),
        ("18:00", "18:00", "urgent"),
        ("20:59", "18:00", "urgent"),
        ("21:00", "21:00", "urgent"),
        ("22:00", "21:00", "last-call"),
        ("23:59", "23:00", "last-call"),
    ],
)
def test_a_run_speaks_for_the_latest_slot_that_has_passed(
    world: World, now: str, slot: str, urgency: str
) -> None:
    report = world.check(local(f"2026-11-23T{now}"), STREAKY_REMIND_AT="16:30,18:00,21:00,23:00")
    (entry, _) = json.loads(report.outputs()["alerts"])
    assert (entry["slot"], entry["urgency"]) == (f"2026-11-23/at-risk/{slot}", urgency)


def test_the_words_are_in_the_language_asked_for(world: World) -> None:
    world.check(STREAKY_LANGUAGE="de")
    assert titles(world) == ["octocat: noch 2 Std. 30 Min., um deine 42-Tage-Serie zu retten"]


def test_a_test_alert_goes_to_every_channel_whatever_the_standing(world: World) -> None:
    world.contributions[TODAY] = 1
    report = world.check(local("2026-11-23T03:00"), test=True, STREAKY_PAUSE_UNTIL="2026-12-31")
    assert (report.status, report.exit_status) == ("safe", 0)
    assert titles(world) == ["octocat: alerts from Streaky reach you"]


# Channels that take it, and those that do not


def test_an_alert_that_no_channel_took_is_exit_3(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(404, {"message": "Unknown Webhook", "code": 10015}), times=None)
    world.sandbox.telegram.fail(Fault.status(500), times=None)
    report = world.check()
    assert (report.status, report.exit_status) == ("at-risk", 3)
    slot = "2026-11-23/at-risk/21:00"
    row = {"kind": "at-risk", "slot": slot, "urgency": "urgent", "state": "failed"}
    failed = [row | {"channel": channel} for channel in ("discord", "telegram")]
    outputs = report.outputs()
    assert json.loads(outputs["alerts"]) == json.loads(outputs["undelivered"]) == failed


def test_one_channel_that_took_it_is_enough(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    report = world.check()
    assert report.exit_status == 0
    assert [(o.channel, str(o.state)) for o in report.outcomes] == [
        ("discord", "failed"),
        ("telegram", "sent"),
    ]
    assert [e["channel"] for e in json.loads(report.outputs()["undelivered"])] == ["discord"]


def test_each_alert_must_be_taken_somewhere(world: World) -> None:
    world.contributions |= days_before(TODAY, 49) | {TODAY: 1}

    def milestone(request: Request) -> bool:
        return b"in a row" in request.body

    for service in (world.sandbox.discord, world.sandbox.telegram):
        service.fail(
            Fault.status(400, {"ok": False, "description": "Bad Request"}), times=None, when=milestone
        )
    report = world.check(STREAKY_NOTIFY="safe,milestone")
    assert report.exit_status == 3
    assert [str(slot) for slot in report.unheard] == ["2026-11-23/milestone/day"]
    assert titles(world) == ["octocat: your 50-day streak is safe"]


def test_nothing_due_is_well_though_all_channels_are_down(world: World) -> None:
    world.contributions[TODAY] = 1
    for service in (world.sandbox.discord, world.sandbox.telegram):
        service.stop()
    assert world.check().exit_status == 0


def test_a_dry_run_sends_nothing_and_shows_the_words(world: World) -> None:
    report = world.check(STREAKY_DRY_RUN="true")
    assert report.exit_status == 0
    assert not world.sandbox.discord.requests
    assert not world.sandbox.telegram.requests
    assert [e["state"] for e in json.loads(report.outputs()["alerts"])] == ["dry-run", "dry-run"]
    assert json.loads(report.outputs()["undelivered"]) == []
    said = terminal(report)
    assert "would say: octocat: 2 h 30 min left to save your 42-day streak" in said
    assert "GitHub shows no contribution yet for today, November 23." in said


NO_CHANNEL = {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}


def test_a_dry_run_needs_no_channel_and_shows_the_words_all_the_same(world: World) -> None:
    report = world.check(STREAKY_DRY_RUN="true", **NO_CHANNEL)
    assert (report.status, report.exit_status, report.outcomes) == ("at-risk", 0, ())
    assert "would say: octocat: 2 h 30 min left" in terminal(report)


def test_no_channel_is_refused_before_github_is_asked(world: World) -> None:
    with pytest.raises(ConfigurationError, match="no channel is set"):
        world.check(**NO_CHANNEL)
    assert not world.sandbox.github.requests


def test_a_wrong_configuration_names_every_fault_and_asks_nobody(world: World) -> None:
    with pytest.raises(ConfigurationError) as caught:
        world.check(STREAKY_TIMEZONE="Mars/Olympus", GITHUB_TOKEN="", STREAKY_REMIND_AT="25:00")
    assert {fault.input for fault in caught.value.faults} == {"timezone", "github-token", "remind-at"}
    assert all(not service.requests for service in world.sandbox.services.values())


def test_what_nothing_installed_can_open_silences_its_own_channel_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = PrivateKey(bytes(range(32)))
    address = sealing.seal("https://hooks.example.com/x", key.public, "octocat", "webhook-url")
    path = Path(world.environment["GITHUB_WORKSPACE"], ".github/streaky.yml")
    path.parent.mkdir()
    path.write_text(f"webhook-url: {address}\n")
    monkeypatch.delattr("streaky.hpke")
    monkeypatch.setitem(sys.modules, "streaky.hpke", None)  # as where no package index could be reached
    report = world.check(STREAKY_KEY=key.text)
    found = {outcome.channel: outcome.state for outcome in report.outcomes if outcome.state != "skipped"}
    assert found == {"discord": "sent", "telegram": "sent", "webhook": "failed"}
    assert report.exit_status == 0
    said = terminal(report)
    assert "webhook-url is sealed, and not used in this run: the package cryptography" in said
    alone = world.check(STREAKY_KEY=key.text, **NO_CHANNEL)
    assert alone.exit_status == 3
    undelivered = json.loads(alone.outputs()["undelivered"])
    assert {(each["channel"], each["state"]) for each in undelivered} == {("webhook", "failed")}
