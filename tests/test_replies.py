"""A person without a secret: warned by an issue, answered from the phone, and left in peace when they ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from streaky.errors import ConfigurationError
from streaky.report import Report
from streaky.sandbox.github.issues import Comment, Issue
from streaky.sandbox.github.repositories import Repository
from tests.book import IN_RUN, WORKFLOW, at
from tests.conftest import NOW, World, slots

BOT = "github-actions[bot]"
NO_SECRETS = {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
GRANTS = "on:\n  schedule:\n    - cron: 7 * * * *\npermissions:\n  contents: {}\n  issues: {}\n"
TODAY = NOW.date()


@dataclass
class Phone:
    """A world whose one channel is the issue, and whose GitHub keeps the time of the runs."""

    world: World
    repository: Repository
    runs: int = 100

    def check(self, now: datetime = NOW, *, test: bool = False, **more: str) -> Report:
        """A scheduled run at this time."""
        self.runs += 1
        self.world.sandbox.github.clock = lambda: now
        return self.world.check(now, test=test, **({"GITHUB_RUN_ID": str(self.runs)} | more))

    @property
    def issue(self) -> Issue:
        (issue,) = self.repository.issues
        return issue

    @property
    def warnings(self) -> list[Comment]:
        """What the bot said of a day at risk."""
        return [each for each in self.issue.comments if each.author == BOT and "/at-risk/" in each.body]

    def say(self, text: str, when: datetime, author: str = "octocat") -> Comment:
        """Somebody comments."""
        return self.repository.tracker.comment(self.issue, text, author=author, at=when)


@pytest.fixture(params=["a ledger", "no ledger"])
def phone(request: pytest.FixtureRequest, world: World) -> Phone:
    remembers = request.param == "a ledger"
    world.environment |= IN_RUN | NO_SECRETS | {"STREAKY_LEDGER": "auto" if remembers else "none"}
    repository = world.sandbox.github.repository(
        "octocat/streaky",
        {WORKFLOW: GRANTS.format("write" if remembers else "read", "write")},
        created=datetime(2026, 11, 1, tzinfo=UTC),
        collaborators={"hubot": "write", "guest": "read"},
    )
    return Phone(world, repository)


def reactions(comment: Comment) -> list[str]:
    return [each.content for each in comment.reactions]


def states(report: Report) -> dict[str, str]:
    """What became of the newest reminder, by channel."""
    return {each.channel: str(each.state) for each in report.outcomes if each.state != "skipped"}


# Warned


def test_whoever_has_set_no_secret_is_warned_by_an_issue_once_a_slot(phone: Phone) -> None:
    report = phone.check()
    assert states(report) == {"issue": "sent"}
    assert phone.issue.state == "open"
    (comment,) = phone.issue.comments
    assert comment.body.startswith("**octocat: 2 h 30 min left to save your 42-day streak**")
    phone.check(NOW + timedelta(minutes=20))
    assert len(phone.issue.comments) == 1
    phone.check(at(23, 5))
    assert len(phone.issue.comments) == 2


def test_the_issue_comes_with_the_one_request_that_a_run_makes(phone: Phone) -> None:
    phone.world.contributions[TODAY] = 1
    phone.check()
    before = len(phone.world.sandbox.github.requests)
    phone.check(NOW + timedelta(minutes=5))
    assert len(phone.world.sandbox.github.requests) == before + 1


def test_what_the_issue_shows_is_not_sent_again_though_the_ledger_is_lost(phone: Phone) -> None:
    phone.check()
    phone.repository.branches.clear()
    phone.check(NOW + timedelta(minutes=5))
    assert len(phone.issue.comments) == 1


def test_the_first_run_that_sees_the_day_safe_closes_the_issue(phone: Phone) -> None:
    phone.check()
    phone.world.contributions[TODAY] = 1
    phone.check(NOW + timedelta(minutes=40))
    assert phone.issue.state == "closed"
    assert phone.issue.closings[-1].by == BOT
    phone.world.contributions |= {TODAY: 1}
    phone.check(at(18, 10, 24))
    assert phone.issue.state == "open"
    assert len(phone.issue.comments) == 2


def test_what_was_said_is_edited_when_the_day_is_safe_where_a_ledger_knows_of_it(phone: Phone) -> None:
    phone.check()
    phone.world.contributions[TODAY] = 1
    phone.check(NOW + timedelta(minutes=40))
    (comment,) = phone.issue.comments
    remembers = phone.world.environment["STREAKY_LEDGER"] == "auto"
    assert comment.body.startswith("**Saved: 43 days**") == remembers
    assert "/at-risk/21:00" in comment.body


def test_a_test_alert_goes_to_the_issue_each_time_it_is_asked_for(phone: Phone) -> None:
    for minutes in (0, 5):
        assert phone.check(NOW + timedelta(minutes=minutes), test=True).exit_status == 0
    assert len(phone.issue.comments) == 2


def test_a_dry_run_writes_nothing(phone: Phone) -> None:
    report = phone.check(STREAKY_DRY_RUN="true")
    assert states(report) == {"issue": "dry-run"}
    assert not phone.repository.issues


# Where there is no such channel


@pytest.mark.parametrize("granted", ["read", "none"])
def test_without_permission_to_write_issues_a_run_without_channels_is_refused(
    phone: Phone, granted: str
) -> None:
    phone.repository.files[WORKFLOW] = GRANTS.format("write", granted)
    with pytest.raises(ConfigurationError, match="no channel is set") as caught:
        phone.check()
    assert "DISCORD_WEBHOOK_URL" in str(caught.value)
    assert "issues: write" in str(caught.value)
    assert not phone.repository.issues
    assert phone.check(STREAKY_DRY_RUN="true").exit_status == 0


def test_beside_another_channel_the_issue_speaks_only_when_asked_to(phone: Phone) -> None:
    phone.check(DISCORD_WEBHOOK_URL=phone.world.hook.url)
    assert not phone.repository.issues
    phone.check(at(23, 5), DISCORD_WEBHOOK_URL=phone.world.hook.url, STREAKY_ISSUE="true")
    assert len(phone.issue.comments) == 1
    assert len(phone.world.hook.messages) == 2


def test_the_config_file_of_the_repository_may_ask_for_the_issue(phone: Phone) -> None:
    phone.repository.files[".github/streaky.yml"] = "issue: true\n"
    for now in (NOW, NOW + timedelta(minutes=5)):
        phone.check(now, DISCORD_WEBHOOK_URL=phone.world.hook.url)
    assert len(phone.issue.comments) == 1


def test_where_issues_are_switched_off_the_other_channel_goes_on(phone: Phone) -> None:
    phone.repository.has_issues = False
    more = {"DISCORD_WEBHOOK_URL": phone.world.hook.url, "STREAKY_ISSUE": "true"}
    report = phone.check(**more)
    assert report.exit_status == 0
    assert states(report) == {"discord": "sent", "issue": "failed"}
    assert "switched off" in report.failures[0].why
    assert phone.check(NOW + timedelta(minutes=5)).exit_status == 3


def test_a_token_of_the_persons_own_reads_and_the_job_writes(phone: Phone) -> None:
    github = phone.world.sandbox.github
    github.token("ghp_own", owner="octocat")
    tokens = {"GITHUB_TOKEN": "ghp_own", "STREAKY_JOB_TOKEN": phone.world.environment["GITHUB_TOKEN"]}
    phone.check(**tokens)
    phone.check(NOW + timedelta(minutes=5), **tokens)
    assert phone.issue.author == BOT
    assert len(phone.issue.comments) == 1
    phone.say("/pause today", NOW + timedelta(minutes=6))
    assert phone.check(NOW + timedelta(minutes=7), **tokens).status == "resting"


def test_what_only_the_person_sees_is_not_counted_where_everybody_reads(phone: Phone) -> None:
    phone.world.sandbox.github.token("ghp_own", owner="octocat")
    tokens = {"GITHUB_TOKEN": "ghp_own", "STREAKY_JOB_TOKEN": phone.world.environment["GITHUB_TOKEN"]}
    phone.world.contributions |= dict.fromkeys(phone.world.contributions, 5) | {TODAY: 3}
    said = []
    for private in (False, True):
        phone.repository.private = private
        phone.check(at(21, 5 + 40 * private), test=True, STREAKY_MIN_CONTRIBUTIONS="5", **tokens)
        phone.check(at(21, 5) if private else at(18, 5), STREAKY_MIN_CONTRIBUTIONS="5", **tokens)
        said.append([comment.body for comment in phone.issue.comments[-2:]])
    assert not any("contributions" in body for body in said[0])
    assert any("3 contributions" in body for body in said[1])


def test_an_unknown_day_is_told_on_the_issue(phone: Phone) -> None:
    phone.check()
    phone.world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    phone.world.sandbox.github.refuse_beyond = timedelta(days=1)
    assert phone.check(NOW + timedelta(minutes=5)).exit_status == 1
    assert "I could not check" in phone.issue.comments[-1].body


# Quiet for today


def test_closing_the_issue_while_at_risk_is_quiet_for_today_and_not_for_tomorrow(phone: Phone) -> None:
    phone.check(at(18, 5))
    phone.issue.close("octocat", at(19, 5))
    report = phone.check()
    assert (report.status, slots(report)) == ("at-risk", [])
    assert "Quiet for today: octocat closed the issue at 19:05." in report.notes
    phone.check(at(23, 5))
    assert len(phone.issue.comments) == 1
    phone.world.contributions[TODAY] = 1
    phone.check(at(18, 5, 24))
    assert len(phone.issue.comments) == 2
    assert phone.issue.state == "open"


def test_quiet_for_today_holds_on_every_channel(phone: Phone) -> None:
    more = {"DISCORD_WEBHOOK_URL": phone.world.hook.url, "STREAKY_ISSUE": "true"}
    phone.check(at(18, 5), **more)
    phone.issue.close("octocat", at(19, 5))
    phone.check(**more)
    assert len(phone.world.hook.messages) == 1


def other_day(phone: Phone) -> None:
    phone.issue.close("octocat", at(8, 0))


def by_bot(phone: Phone) -> None:
    phone.issue.close(BOT, at(19))


def by_stranger(phone: Phone) -> None:
    phone.issue.close("stranger", at(19))


def reopened(phone: Phone) -> None:
    phone.issue.close("octocat", at(19))
    phone.issue.reopen(at(19, 30))


@pytest.mark.parametrize("closed", [other_day, by_bot, by_stranger, reopened])
def test_only_the_person_who_closes_it_after_todays_warning_is_left_in_peace(
    phone: Phone, closed: Callable[[Phone], None]
) -> None:
    phone.check(at(18, 5))
    closed(phone)
    phone.check()
    assert len(phone.warnings) == 2


def test_a_milestone_is_told_though_the_issue_was_closed(phone: Phone) -> None:
    phone.world.contributions |= {TODAY - timedelta(days=back): 1 for back in range(1, 50)}
    phone.check(at(18, 5))
    phone.issue.close("octocat", at(19))
    phone.world.contributions[TODAY] = 1
    assert slots(phone.check()) == ["2026-11-23/milestone/day"]
    assert phone.issue.state == "closed"


# Commands


@pytest.mark.parametrize("text", ["/pause 3d", "/pause 2026-11-25", " /Pause 3 days\n\nSent from my phone"])
def test_a_pause_by_comment_is_obeyed_by_the_next_run_and_holds_until_its_date(
    phone: Phone, text: str
) -> None:
    phone.check(at(18, 5))
    asked = phone.say(text, at(18, 30))
    report = phone.check()
    assert (report.status, slots(report)) == ("resting", [])
    assert reactions(asked) == ["rocket"]
    assert phone.issue.state == "closed"
    assert phone.check(at(23, 5, 25)).status == "resting"
    assert len(phone.issue.comments) == 2
    phone.world.contributions |= {date(2026, 11, day): 1 for day in (23, 24, 25)}
    assert phone.check(at(18, 5, 26)).status == "at-risk"
    assert len(phone.warnings) == 2


def test_resume_ends_a_pause(phone: Phone) -> None:
    phone.check(at(18, 5))
    phone.say("/pause 2w", at(18, 30))
    assert phone.check(at(19)).status == "resting"
    asked = phone.say("/resume", at(20))
    assert phone.check().status == "at-risk"
    assert reactions(asked) == ["rocket"]
    assert len(phone.warnings) == 2


def test_the_newest_command_wins_and_each_is_acknowledged(phone: Phone) -> None:
    phone.check(at(18, 5))
    said = [phone.say(text, at(19, minute)) for minute, text in enumerate(("/resume", "/pause today"))]
    assert phone.check().status == "resting"
    assert [reactions(each) for each in said] == [["rocket"], ["rocket"]]
    phone.world.contributions[TODAY] = 1
    assert phone.check(at(18, 5, 24)).status == "at-risk"


def test_who_may_write_is_obeyed_and_nobody_else(phone: Phone) -> None:
    phone.check(at(18, 5))
    ignored = [phone.say("/pause 3d", at(19), author) for author in ("guest", "stranger")]
    assert phone.check(at(19, 5)).status == "at-risk"
    assert [reactions(each) for each in ignored] == [[], []]
    assert len(phone.issue.comments) == 3
    asked = phone.say("/pause 3d", at(19, 30), "hubot")
    assert phone.check().status == "resting"
    assert reactions(asked) == ["rocket"]


def test_a_crowd_of_strangers_costs_few_requests(phone: Phone) -> None:
    phone.check(at(18, 5))
    for number in range(12):
        phone.say("/pause 3d", at(19), f"stranger{number}")
    before = len(phone.world.sandbox.github.requests)
    phone.check(at(19, 5))
    assert len(phone.world.sandbox.github.requests) - before <= 4


@pytest.mark.parametrize(
    "text", ["/pause", "/pause soon", "/pause 2026-11-22", "/resume now", "/pause 2026-13-01"]
)
def test_a_wrong_command_is_answered_once_with_the_right_form(phone: Phone, text: str) -> None:
    phone.check(at(18, 5))
    asked = phone.say(text, at(18, 30))
    for minutes in (0, 5):
        assert phone.check(at(19, minutes)).status == "at-risk"
    assert reactions(asked) == ["confused"]
    (answer,) = phone.issue.comments[2:]
    assert "/pause 3d" in answer.body


@pytest.mark.parametrize("text", ["I will /pause 3d", "/pauses 3d", "thanks", "> /pause 3d"])
def test_talk_is_no_command(phone: Phone, text: str) -> None:
    phone.check(at(18, 5))
    said = phone.say(text, at(18, 30))
    assert phone.check(at(19)).status == "at-risk"
    assert (reactions(said), len(phone.issue.comments)) == ([], 2)


def test_a_pause_that_was_over_before_a_run_came_pauses_nothing(phone: Phone) -> None:
    phone.check(at(18, 5))
    asked = phone.say("/pause today", at(23, 50))
    phone.world.contributions[TODAY] = 1
    assert phone.check(at(18, 5, 24)).status == "at-risk"
    assert reactions(asked) == ["rocket"]


def test_a_pause_by_hand_comes_before_a_comment(phone: Phone) -> None:
    phone.check(at(18, 5))
    phone.say("/pause 2w", at(18, 30))
    by_hand = {"GITHUB_EVENT_NAME": "workflow_dispatch", "STREAKY_PAUSE_UNTIL": "none"}
    assert phone.check(at(19), **by_hand).status == "at-risk"
