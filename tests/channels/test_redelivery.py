"""What one runner could not deliver, and another does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streaky.pictures.summary import summary
from streaky.runner.handover import packed, unpacked
from streaky.sandbox import Fault
from streaky.sandbox.github.repositories import Repository
from tests.book import IN_RUN, WORKFLOW, WRITES, Book, at, states, told
from tests.conftest import NOW, World, leaks

TODAY = NOW.date()


def test_what_another_runner_may_deliver_is_pending_and_holds_no_secret(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    report = world.check()
    pending = [{"slot": "2026-11-23/at-risk/21:00", "channel": "discord", "heard": True}]
    assert report.document()["pending"] == pending
    assert json.loads(unpacked(report.outputs()["pending"])) == pending
    assert not leaks(report.outputs()["pending"], world.secrets)


def test_a_redelivery_sends_just_what_is_pending(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check().outputs()["pending"]
    world.sandbox.heal()
    report = world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending)
    assert told(world) == (1, 1)
    assert states(report) == ["at-risk/21:00 discord sent"]


def test_a_warning_that_is_needless_by_now_is_not_called_delivered(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=1)
    pending = world.check().outputs()["pending"]
    world.contributions[NOW.date()] = 1
    report = world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending)
    assert summary(report).startswith("## 🟢 octocat is safe today")
    assert (report.exit_status, told(world)) == (0, (0, 1))


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


@pytest.mark.parametrize("kind", ["alive", "milestone", "broken", "safe", "shrinking", "token-ends"])
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
    assert "could not check" in world.hook.messages[0].content


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


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]]",
        '[{"slot": "x", "channel": "discord", "heard": false}]',
        "3",
        packed("[]")[:-1],
        packed("["),
    ],
)
def test_a_pending_that_is_none_is_refused(world: World, text: str) -> None:
    done = world.run(STREAKY_PENDING=text)
    assert done.returncode == 2
    assert "pending" in done.stderr


@pytest.mark.parametrize("form", ["packed", "json"])
def test_a_redelivery_takes_what_is_pending_in_both_forms(world: World, form: str) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    report = world.check()
    text = report.outputs()["pending"] if form == "packed" else json.dumps(report.document()["pending"])
    world.sandbox.heal()
    done = world.run(now=NOW + timedelta(minutes=3), STREAKY_PENDING=text)
    assert (done.returncode, told(world)) == (0, (1, 1))


ALONE = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
HANDED_ON = {"STREAKY_HANDED_ON": "true", "GITHUB_RUN_ID": "100", "GITHUB_RUN_ATTEMPT": "1"}


@pytest.mark.parametrize("alone", [True, False])
def test_the_ledger_knows_what_is_pending_when_the_output_was_dropped(book: Book, alone: bool) -> None:
    world = book.world
    world.environment |= ALONE if alone else {}
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.check()
    world.sandbox.heal()
    report = world.check(NOW + timedelta(minutes=1), **HANDED_ON)
    assert (states(report), report.exit_status) == (["at-risk/21:00 discord sent"], 0)
    assert report.redelivery
    assert len(world.hook.messages) == 1
    assert book.states()["2026-11-23/at-risk/21:00 discord"] == "sent"


def test_what_another_channel_took_is_heard_though_the_fresh_runner_fails_too(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    book.world.check()
    assert book.world.check(NOW + timedelta(minutes=1), **HANDED_ON).exit_status == 0


def test_what_was_sent_and_never_settled_comes_once_more(book: Book) -> None:
    """The run of before claimed and wrote nothing after: whether it sent is not known."""
    claim = {"slot": "2026-11-23/at-risk/21:00", "channel": "discord", "state": "claimed"}
    row = claim | {"at": "2026-11-23T21:29:00Z", "run": "100/1/ab"}
    book.put(json.dumps({"version": 1, "user": "octocat", "alerts": [row], "days": {}}).encode())
    report = book.world.check(**HANDED_ON)
    assert states(report) == ["at-risk/21:00 discord sent"]


def test_a_second_attempt_of_the_job_knows_what_the_first_attempt_left(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    book.world.check()
    book.world.sandbox.heal()
    book.world.check(NOW + timedelta(minutes=9), **HANDED_ON | {"GITHUB_RUN_ATTEMPT": "2"})
    assert told(book.world) == (1, 1)


@pytest.mark.parametrize("run", ["101", ""])
def test_what_another_run_left_is_not_this_ones_to_deliver(book: Book, run: str) -> None:
    book.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    book.world.check()
    book.world.sandbox.heal()
    report = book.world.check(**HANDED_ON | {"GITHUB_RUN_ID": run})
    assert (report.exit_status, told(book.world)) == (3, (0, 1))


def test_without_a_ledger_and_without_what_is_pending_the_job_fails_aloud(
    world: World, runner: dict[str, str]
) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.check(**ALONE)
    world.sandbox.heal()
    done = world.run(**HANDED_ON, **runner)
    assert (done.returncode, told(world)) == (3, (0, 0))
    (error,) = [line for line in done.stdout.splitlines() if line.startswith("::error")]
    assert "did not arrive here" in error
    assert "contents: write" in error
    summary = Path(runner["GITHUB_STEP_SUMMARY"]).read_text("utf-8")
    assert "Not delivered on a fresh runner either" in summary
    assert "did not arrive here" in summary
    assert "handed-on<<" in Path(runner["GITHUB_OUTPUT"]).read_text("utf-8")
    assert world.check(**HANDED_ON).outputs()["handed-on"] == ""


def test_what_is_pending_goes_before_what_the_ledger_knows(book: Book) -> None:
    book.world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    book.world.sandbox.telegram.fail(Fault.edge_ban(), times=None)
    book.world.check()
    book.world.sandbox.heal()
    pending = [{"slot": "2026-11-23/at-risk/21:00", "channel": "telegram", "heard": False}]
    report = book.world.check(NOW + timedelta(minutes=1), **HANDED_ON, STREAKY_PENDING=json.dumps(pending))
    assert states(report) == ["at-risk/21:00 telegram sent"]


def test_a_warning_that_nobody_heard_and_that_is_no_longer_true_is_not_missed(world: World) -> None:
    only = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    first = world.check(**only)
    pending = first.outputs()["pending"]
    assert first.document()["pending"][0]["heard"] is False
    world.contributions[TODAY] = 1
    report = world.check(STREAKY_PENDING=pending, **only)
    assert (report.exit_status, report.outcomes) == (0, ())


# What changed between the two jobs


def left(world: World, now: datetime = NOW, **more: str) -> str:
    """What a runner whose address Discord refuses leaves to a fresh one; the world is well again after."""
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    pending = world.check(now, **more).outputs()["pending"]
    world.sandbox.heal()
    assert pending
    return pending


@pytest.mark.parametrize(
    "change",
    [
        {"STREAKY_PAUSE_UNTIL": "3d"},
        {"STREAKY_NOTIFY": "milestone"},
    ],
    ids=["a pause", "another choice"],
)
def test_what_the_person_silenced_meanwhile_is_not_redelivered(world: World, change: dict[str, str]) -> None:
    pending = left(world, **ALONE)
    report = world.check(NOW + timedelta(minutes=3), STREAKY_PENDING=pending, **ALONE, **change)
    assert (report.outcomes, report.exit_status) == ((), 0)
    assert told(world) == (0, 0)


def test_news_that_the_second_job_would_tell_in_the_quiet_hours_waits_for_another_run(book: Book) -> None:
    world = book.world
    world.contributions.pop(TODAY - timedelta(days=1))
    pending = left(world, at(12), **ALONE)
    assert book.states() == {"2026-11-23/broken/day discord": "failed"}
    world.contributions[TODAY] = 1
    late = world.check(at(0, 10, 24), STREAKY_PENDING=pending, **ALONE)
    assert (late.outcomes, told(world)) == ((), (0, 0))
    world.check(at(9, 10, 24), **ALONE)
    assert ["ended" in message.content for message in world.hook.messages] == [True]


@pytest.fixture
def beside_the_issue(world: World) -> Repository:
    """A world whose alerts go to Discord and to the issue."""
    world.environment |= ALONE | IN_RUN | {"STREAKY_LEDGER": "auto", "STREAKY_ISSUE": "true"}
    return world.sandbox.github.repository(
        "octocat/streaky",
        {WORKFLOW: WRITES + "  issues: write\n"},
        created=datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("said", ["/pause 3d", "closed", "nothing"])
def test_the_second_job_heeds_what_was_said_on_the_issue_meanwhile(
    world: World, beside_the_issue: Repository, said: str
) -> None:
    world.sandbox.github.clock = lambda: NOW
    pending = left(world)
    (issue,) = beside_the_issue.issues
    world.sandbox.github.clock = lambda: NOW + timedelta(minutes=1)
    if said == "closed":
        issue.close("octocat", NOW + timedelta(minutes=1))
    elif said != "nothing":
        beside_the_issue.tracker.comment(issue, said, author="octocat", at=NOW + timedelta(minutes=1))
    report = world.check(NOW + timedelta(minutes=3), **HANDED_ON, STREAKY_PENDING=pending)
    assert len(world.hook.messages) == (said == "nothing")
    assert report.exit_status == 0
