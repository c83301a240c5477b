"""Ways to save the day, from GitHub's answer to the alert: when they are asked for, what they are, and that
nothing waits or fails for them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from streaky.http import Pace
from streaky.pictures.summary import summary
from streaky.pictures.terminal import terminal
from streaky.report import Report
from streaky.sandbox import Fault, Request
from streaky.sandbox.github.graphql.schema import schema
from streaky.sandbox.github.repositories import Repository
from tests.book import IN_RUN, WORKFLOW, WRITES
from tests.conftest import NOW, QUICK, ROOT, TOKEN, World

AT = NOW - timedelta(hours=6)
OWN = "ghp_octocatsOwnToken0123456789"
EVIL = "[x](javascript:1) `*_<b>@everyone\u202e\n::error::|#1"


@pytest.fixture
def busy(world: World) -> World:
    """A world that suggests, where octocat has one of everything to do."""
    schema()  # which takes a while, and the first request has a second
    world.environment["STREAKY_SUGGEST"] = ""  # as by default
    world.sandbox.github.token(OWN, owner="octocat")
    world.sandbox.github.person(
        "octocat", contributions=world.contributions, name="The Octocat"
    ).contributions = world.contributions
    return world


def work(world: World, **things: str) -> None:
    world.sandbox.github.work("octocat", AT, **things)


def place(world: World, name: str) -> Repository:
    found = world.sandbox.github.known(name)
    assert found is not None
    return found


def named(report: Report) -> list[tuple[str, str]]:
    """The ways that a run named: their kinds and links."""
    choice = report.choice
    return (
        [(str(way.means), way.url.removeprefix("https://github.com/")) for way in choice.ways]
        if choice
        else []
    )


def about_ways(request: Request) -> bool:
    return b"StreakyWays" in request.body


def questions(world: World) -> int:
    return sum(map(about_ways, world.sandbox.github.requests))


# When


def test_a_warning_asks_once_beside_the_read_and_names_what_it_finds(busy: World) -> None:
    work(busy, branch="octocat/hello: fix/typo", review="ada/engine: Rest on Sundays")
    report = busy.check()
    assert (questions(busy), len(busy.sandbox.github.requests)) == (1, 2)
    assert named(report) == [
        ("branch", "octocat/hello/compare/main...fix/typo?expand=1"),
        ("review", "ada/engine/pull/1"),
    ]
    (message,) = busy.hook.messages
    assert [each["label"] for each in message.payload["components"][0]["components"]] == [
        "1 · octocat/hello: fix/typo",
        "2 · ada/engine#1",
        "Open GitHub",
    ]
    assert "Two ways to save it\n1. Open a pull request for fix/typo" in busy.bot.messages[0].plain
    assert busy.bot.messages[0].plain.endswith("Or rest today")


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (lambda world: world.contributions.update({NOW.date(): 1}), {}),
        (lambda world: world.contributions.clear(), {}),
        (lambda world: None, {"STREAKY_SUGGEST": "false"}),
        (lambda world: None, {"STREAKY_NOTIFY": "safe"}),
        (lambda world: None, {"STREAKY_REMIND_AT": "23:00"}),
        (lambda world: None, {"STREAKY_PAUSE_UNTIL": "2026-11-23"}),
        (lambda world: world.sandbox.github.rate_limited(3600), {}),
    ],
    ids=["safe", "no streak", "switched off", "not spoken of", "not due", "a pause", "not known"],
)
def test_nothing_is_asked_where_no_warning_is_sent(
    busy: World, change: Callable[[World], object], more: dict[str, str]
) -> None:
    work(busy, review="ada/engine: Rest on Sundays")
    change(busy)
    report = busy.check(**more)
    assert (questions(busy), named(report)) == (0, [])


def test_a_run_without_a_warning_does_not_even_load_what_it_would_take(busy: World) -> None:
    script = "import sys; from streaky.cli import main; main(['check']); print(*sys.modules, sep='\\n')"
    environment = {"PYTHONPATH": str(ROOT), "STREAKY_NOW": NOW.isoformat()} | busy.environment
    command = [sys.executable, "-P", "-c", script]

    def loaded() -> set[str]:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return {"streaky.ways", "streaky.github.ways"} & set(done.stdout.splitlines())

    assert len(loaded()) == 2
    busy.contributions[NOW.date()] = 1
    assert loaded() == set()


def test_a_test_alert_asks_nothing(busy: World) -> None:
    busy.check(test=True)
    assert questions(busy) == 0


def test_a_reminder_that_an_earlier_run_sent_asks_nothing(busy: World) -> None:
    busy.environment |= IN_RUN | {"STREAKY_LEDGER": "auto"}
    busy.sandbox.github.repository("octocat/streaky", {WORKFLOW: WRITES})
    work(busy, review="ada/engine: Rest on Sundays")
    first = busy.check()
    assert (questions(busy), len(named(first))) == (1, 1)
    second = busy.check(NOW + timedelta(minutes=5), GITHUB_RUN_ID="101")
    assert (questions(busy), named(second)) == (1, [])


def test_a_dry_run_shows_the_ways_though_no_channel_is_set(busy: World) -> None:
    work(busy, review="ada/engine: Rest on Sundays")
    nowhere = {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    report = busy.check(STREAKY_DRY_RUN="true", **nowhere)
    assert 'Review "Rest on Sundays" in ada/engine' in terminal(report)
    assert "https://github.com/ada/engine/pull/1" in terminal(report)


# What goes wrong is a note at the most


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.status(502), "GitHub gave no usable answer"),
        (Fault.status(401), "GitHub refused the token."),
        (Fault.garbage(), "GitHub gave no usable answer"),
        (Fault.drop(), "GitHub gave no usable answer"),
        (
            Fault.status(200, {"data": {"viewer": None, "user": None}, "errors": [{"type": "FORBIDDEN"}]}),
            "error",
        ),
        (
            Fault.status(200, {"errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["user"]}]}),
            "too much for GitHub",
        ),
        (Fault.status(200, {"data": {"user": [], "reviews": 7, "viewer": "x"}}), ""),
        (Fault.status(200, {"data": {"user": {"repositories": {"nodes": [{"refs": [], "parent": 1}]}}}}), ""),
    ],
)
def test_a_failure_is_a_note_and_the_warning_goes_out_without_ways(
    busy: World, fault: Fault, said: str
) -> None:
    work(busy, review="ada/engine: Rest on Sundays")
    busy.sandbox.github.fail(fault, times=None, when=about_ways)
    report = busy.check()
    assert (report.exit_status, len(busy.hook.messages), named(report)) == (0, 1, [])
    assert questions(busy) == 1
    notes = [note for note in report.notes if "no ways to save the day" in note]
    assert [said in note for note in notes] == [True] * bool(said)


def test_a_slow_answer_is_waited_for_no_longer_than_the_limit_says(busy: World) -> None:
    work(busy, review="ada/engine: Rest on Sundays")
    busy.sandbox.github.fail(Fault.hang(20), times=None, when=about_ways)
    began = time.monotonic()
    report = busy.check(limits=replace(QUICK, ways=Pace(0.6, attempts=1)))
    assert time.monotonic() - began < 6
    assert (report.exit_status, len(busy.hook.messages), named(report)) == (0, 1, [])
    assert any("no ways to save the day" in note for note in report.notes)


def test_three_seconds_are_the_limit_and_there_is_one_try() -> None:
    from streaky.limits import Limits

    assert (Limits().ways.total, Limits().ways.attempts) == (3.0, 1)


def test_what_github_refuses_to_a_job_is_left_out_and_the_rest_is_named(busy: World) -> None:
    work(busy, branch="octocat/hello: fix", pull="octocat/notes: Write down")
    place(busy, "octocat/hello").private = True
    job = busy.sandbox.github.token("ghs_ofHello0123456789", repository="octocat/hello")
    report = busy.check(GITHUB_TOKEN=job.text)
    assert named(report) == [("pull", "octocat/notes/pull/1")]


# Which ways


def test_of_each_kind_the_best_comes_first_and_three_are_named(busy: World) -> None:
    work(
        busy,
        branch="octocat/hello: fix",
        unlinked="octocat/notes: octocat@work.dev",
        review="ada/engine: Rest on Sundays",
        pull="octocat/hello: Say hello",
        issue="ada/engine: It never rests",
    )
    assert [kind for kind, _ in named(busy.check())] == ["branch", "email", "review"]


def test_a_fork_leads_to_a_pull_request_for_what_it_is_a_fork_of(busy: World) -> None:
    work(busy, fork="ada/engine: teach it")
    assert named(busy.check()) == [("branch", "ada/engine/compare/main...octocat:teach%20it?expand=1")]


def test_a_branch_of_today_comes_before_one_that_waits(busy: World) -> None:
    github = busy.sandbox.github
    github.work("octocat", AT - timedelta(days=3), branch="octocat/hello: waits")
    github.work("octocat", AT, branch="octocat/notes: today")
    github.work("octocat", AT - timedelta(days=15), branch="octocat/hello: forgotten")
    github.work("octocat", AT - timedelta(days=2), branch="octocat/hello: merged")
    hello = place(busy, "octocat/hello")
    hello.place("main", hello.branches["merged"].head)
    found = [url.partition("...")[2] for _, url in named(busy.check())]
    assert found == ["today?expand=1", "waits?expand=1"]


def test_a_branch_that_may_have_come_into_a_busy_default_branch_is_not_named(busy: World) -> None:
    github = busy.sandbox.github
    github.work("octocat", AT - timedelta(days=3), branch="octocat/hello: waits", fork="ada/engine: old")
    github.work("octocat", AT, branch="octocat/hello: today", fork="ada/engine: new")
    for name in ("octocat/hello", "ada/engine"):
        for number in range(40):
            at = AT - timedelta(hours=40 - number)
            place(busy, name).write("main", {"a": str(number)}, author=("ada", "ada@work.dev"), at=at)
    assert [url.partition("...")[2] for _, url in named(busy.check())] == [
        "today?expand=1",
        "octocat:new?expand=1",
    ]


@pytest.mark.parametrize("mute", ["ada/engine", "ADA/*", "x/y, ada/Engine"])
def test_a_muted_repository_is_left_out_for_its_forks_too(busy: World, mute: str) -> None:
    work(busy, fork="ada/engine: teach", review="ada/engine: Rest", issue="grace/compiler: Slow")
    assert named(busy.check(STREAKY_MUTE=mute)) == [("issue", "grace/compiler/issues/1")]


def test_what_is_private_is_for_the_persons_own_token_alone(busy: World) -> None:
    work(busy, branch="octocat/secret: fix", review="acme/secret: Rest", issue="acme/secret: Slow")
    place(busy, "octocat/secret").private = True
    acme = place(busy, "acme/secret")
    acme.private, acme.collaborators = True, {"octocat": "write", "hubot": "admin"}
    busy.sandbox.github.person("hubot")
    busy.sandbox.github.token("ghp_hubotsToken0123456789", owner="hubot")
    assert told(busy.check()) == []
    assert told(busy.check(GITHUB_TOKEN="ghp_hubotsToken0123456789", STREAKY_JOB_TOKEN=TOKEN)) == []
    mine = busy.check(GITHUB_TOKEN=OWN, STREAKY_JOB_TOKEN=TOKEN)
    assert told(mine) == ["branch", "review", "issue"]


def told(report: Report) -> list[str]:
    """The kinds of ways in the alert itself, whatever the report shows of them."""
    (alert,) = report.alerts
    return [str(way.means) for way in alert.choice.ways] if alert.choice else []


def test_in_a_public_repository_nothing_that_everybody_sees_names_what_is_private(busy: World) -> None:
    work(busy, review="acme/secret: Rest", issue="grace/compiler: Slow")
    acme = place(busy, "acme/secret")
    acme.private, acme.collaborators = True, {"octocat": "write"}
    public = busy.check(GITHUB_TOKEN=OWN, STREAKY_JOB_TOKEN=TOKEN)
    assert len(told(public)) == 2
    assert "acme" in busy.bot.messages[-1].plain
    seen = summary(public) + terminal(public) + json.dumps(public.document())
    assert "acme" not in seen
    assert "grace/compiler/issues/1" in seen
    place(busy, "octocat/streaky").private = True
    private = busy.check(GITHUB_TOKEN=OWN, STREAKY_JOB_TOKEN=TOKEN)
    assert "acme/secret/pull/1" in summary(private)


def test_the_issue_that_streaky_itself_writes_to_is_no_way(busy: World) -> None:
    busy.environment |= IN_RUN | {"STREAKY_LEDGER": "auto", "STREAKY_ISSUE": "true"}
    files = {WORKFLOW: WRITES + "  issues: write\n"}
    busy.sandbox.github.repository("octocat/streaky", files)
    first = busy.check()
    assert first.exit_status == 0
    assert place(busy, "octocat/streaky").issues[0].assignees == ["octocat"]
    later = busy.check(NOW + timedelta(minutes=100), GITHUB_RUN_ID="101")
    assert (questions(busy), named(first), named(later)) == (2, [], [])


def test_the_branch_of_streakys_own_notes_is_no_way(busy: World) -> None:
    work(busy, branch="octocat/streaky: streaky")
    assert named(busy.check()) == []


def test_a_redelivery_names_ways_too(busy: World) -> None:
    work(busy, review="ada/engine: Rest")
    pending = json.dumps([{"slot": "2026-11-23/at-risk/21:00", "channel": "discord", "heard": False}])
    assert len(named(busy.check(STREAKY_PENDING=pending))) == 1


# Inert


def test_hostile_titles_stay_inert_in_the_summary_the_terminal_and_the_report(busy: World) -> None:
    work(busy, review=f"ada/engine: {EVIL}", issue=f"ada/engine: {EVIL}", pull=f"octocat/hello: {EVIL}")
    done = busy.run(STREAKY_DRY_RUN="true")
    assert not [line for line in done.stdout.splitlines() if line.startswith("::") and "error" in line]
    assert "\u202e" not in done.stdout
    report = busy.check()
    assert len(named(report)) == 3
    shown = summary(report)
    assert "](javascript" not in shown.replace("\\]", "")
    assert "<b>" not in shown
    assert "@everyone" not in shown
    assert "\n::error" not in shown
    schema = json.loads((ROOT / "streaky/report.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(report.document())
    assert "@everyone" not in busy.hook.messages[-1].payload["embeds"][0]["fields"][-1]["value"]


# The day


@pytest.mark.parametrize(
    ("zone", "now", "made", "counts"),
    [
        # 23 November ends at 15:00 in UTC; the commit is of 23 November there, and of the 22nd in UTC.
        ("Asia/Tokyo", "2026-11-23T14:00:00+00:00", "2026-11-23T08:30:00+09:00", True),
        ("Asia/Tokyo", "2026-11-23T14:00:00+00:00", "2026-11-22T23:30:00+09:00", False),
        ("America/Lima", "2026-11-24T04:00:00+00:00", "2026-11-23T22:30:00-05:00", True),
        ("America/Lima", "2026-11-24T04:00:00+00:00", "2026-11-22T23:30:00-05:00", False),
    ],
)
def test_a_commit_is_of_the_date_that_its_own_clock_said_and_a_branch_may_wait_for_days(
    busy: World, zone: str, now: str, made: str, counts: bool
) -> None:
    at = datetime.fromisoformat(made)
    busy.sandbox.github.work("octocat", at, branch="octocat/hello: fix", unlinked="octocat/notes: o@work.dev")
    for back in range(3, 40):
        busy.contributions[NOW.date() - timedelta(days=back)] = 1
    report = busy.check(datetime.fromisoformat(now).astimezone(UTC), STREAKY_TIMEZONE=zone)
    assert [kind for kind, _ in named(report)] == ["branch", "email"][: 1 + counts]
