"""The channel issue: what it writes, that hostile text is inert, and what keeps it from writing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from streaky.channels.base import Outcome
from streaky.channels.issue import delivery as issue
from streaky.deliver import deliver
from streaky.github.issues import Comment, Issue, Issues, Tracker
from streaky.github.rest import Rest
from streaky.http import Patience
from streaky.messages import Became, Resolution
from streaky.sandbox import Fault
from streaky.sandbox.github.repositories import Repository
from streaky.text import plain
from tests.channels.sending import HOSTILE, Clock, hostile
from tests.conftest import NOW, TOKEN, World
from tests.test_messages import CASES, PAGE, WAYS, alert, leads_to

BOT = "github-actions[bot]"


@pytest.fixture
def repository(world: World) -> Repository:
    world.sandbox.github.clock = lambda: NOW
    return world.sandbox.github.repository("octocat/streaky")


def channel(world: World, tracker: Tracker, token: str = TOKEN) -> issue.Issue:
    desk = Issues(Rest(world.sandbox.github.url, token), ("octocat", "streaky"))
    return issue.Issue(desk, "octocat", "en", tracker, lambda patience: tracker)


def send(world: World, tracker: Tracker | None = None, case: str = "urgent", token: str = TOKEN) -> Outcome:
    tracker = tracker or Tracker(enabled=True)
    return deliver([(channel(world, tracker, token), [alert(case)])], Clock().pace(), str)[0]


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_a_comment_that_mentions_the_person_and_nobody_else(case: str) -> None:
    said = issue.body(alert(case), "en")
    assert said.startswith("**")
    assert "<sub>@octocat, this is for you." in said
    assert said.count("@") == 1
    assert f"]({leads_to(case)})" in said
    assert (PAGE in said) == (alert(case).urgency is not None or case.startswith("alive"))
    assert ("`/pause 3d`" in said) == (alert(case).urgency is not None)
    assert issue.read_slot(said, "OctoCat") == alert(case).slot
    assert issue.read_slot(said, "hubot") is None
    assert len(said.encode()) < 65_536


@settings(max_examples=50, deadline=None)
@given(HOSTILE.filter(lambda text: plain(text, 9)))
def test_hostile_text_is_shown_not_obeyed_in_a_comment(text: str) -> None:
    made = hostile(text)
    said = issue.body(made, "en")
    assert len(said.encode()) < 65_536
    title, lines, ways = said.split("\n\n")[:3]
    heading, *listed = ways.split("\n")
    shown = [each.split("**", 1)[1].rsplit("**", 1)[0] for each in (title, heading)]
    shown += [*lines.split("\n"), *(each.partition(". ")[2].rpartition(" [")[0] for each in listed)]
    assert len(listed) == 3
    assert all(each.endswith(f"]({PAGE})") for each in listed)
    for each in shown:
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<>\[\]&$]", each)
        assert not re.search(r"@|#\d|://|(?i:www\.)|(?i:gh-\d)", each)
        assert not re.search(r"(?<![0-9a-zA-Z])[0-9a-f]{7,40}(?![0-9a-zA-Z])", each)
        assert not re.match(r"\s|[#+=-]|\d+[.)]", each)


@pytest.mark.parametrize("case", WAYS)
def test_ways_are_a_list_whose_links_leave_no_trace_with_strangers(case: str) -> None:
    said = issue.body(alert(case), "en")
    assert not re.search(r"/github\.com/\S+/(pull|issues)/", said)
    for way in WAYS[case]:
        assert f"]({issue.unlisted(way.url)})" in said
    assert f"\n[Or rest today]({PAGE})\n" in said
    assert "\n1. " in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2 h 30 min left for your streak of 42 days", "2 h 30 min left for your streak of 42 days"),
        ("Your day ends at 00:00 (UTC).", "Your day ends at 00:00 (UTC)."),
        ("a_b*c", r"a\_b\*c"),
        ("<!-- streaky:x -->", r"\<\!-- streaky:x --\>"),
        ("fixes #12 and GH-3", "fixes #\u200b12 and GH-\u200b3"),
        ("https://evil.example", "https:\u200b//evil.example"),
        ("deadbeef1", "deadbe\u200bef1"),
        ("1. one", r"1\. one"),
    ],
)
def test_what_acts_is_escaped_and_all_else_stays_readable(text: str, shown: str) -> None:
    assert issue.escape(text) == shown


def test_the_first_alert_opens_a_labelled_issue_assigned_to_the_person(
    world: World, repository: Repository
) -> None:
    assert send(world).state == "sent"
    (opened,) = repository.issues
    assert (opened.author, opened.labels, opened.assignees) == (BOT, ["streaky"], ["octocat"])
    assert opened.title == "Your streak"
    assert "closes this issue when the day is safe" in opened.body
    assert len(opened.comments) == 1


def test_the_issue_of_a_teams_member_names_them(world: World, repository: Repository) -> None:
    desk = Issues(Rest(world.sandbox.github.url, TOKEN), ("octocat", "streaky"))
    known = Tracker(enabled=True)
    for login in ("ada", "Bob"):
        target = issue.Issue(desk, login, "en", known, lambda patience: known, member=True)
        assert deliver([(target, [alert("urgent")])], Clock().pace(), str)[0].state == "sent"
    assert [(each.title, each.labels) for each in repository.issues] == [
        ("Your streak: ada", ["streaky: ada", "streaky-team"]),
        ("Your streak: Bob", ["streaky: bob", "streaky-team"]),
    ]


def test_a_closed_issue_is_reopened_by_what_asks_for_action_alone(
    world: World, repository: Repository
) -> None:
    opened = repository.tracker.open("Streak", author=BOT, labels=["streaky"])
    for case in ("milestone", "test", "safe", "urgent"):
        opened.close(BOT)
        assert send(world, Tracker(enabled=True, issue=Issue(1, open=False)), case).state == "sent"
        assert (opened.state == "open") == (case == "urgent")
    assert len(opened.comments) == 4


def test_an_alert_that_could_not_reopen_the_issue_has_reached_the_person(
    world: World, repository: Repository
) -> None:
    opened = repository.tracker.open("Streak", author=BOT, labels=["streaky"])
    opened.close(BOT)
    world.sandbox.github.fail(Fault.status(403), times=1, when=lambda request: request.method == "PATCH")
    assert send(world, Tracker(enabled=True, issue=Issue(1, open=False))).state == "sent"
    assert len(opened.comments) == 1


def test_issues_that_are_switched_off_say_where_to_switch_them_on(
    world: World, repository: Repository
) -> None:
    repository.has_issues = False
    for known in (Tracker(enabled=False), Tracker(enabled=True)):
        outcome = send(world, known)
        assert (outcome.state, outcome.why) == ("failed", "Issues are switched off in this repository.")
        assert "Settings → General → Features → Issues" in outcome.mend
        assert not outcome.again


def test_a_job_without_permission_is_told_which_one_to_give(world: World, repository: Repository) -> None:
    world.sandbox.github.token("ghs_reads", issues="read")
    outcome = send(world, token="ghs_reads")
    assert (outcome.state, outcome.again, outcome.dead) == ("failed", False, False)
    assert "issues: write" in outcome.mend


def test_an_outage_that_passes_is_waited_for_and_one_that_does_not_is_left_to_another_run(
    world: World, repository: Repository
) -> None:
    world.sandbox.github.fail(Fault.status(502), times=2)
    assert send(world).state == "sent"
    world.sandbox.github.fail(Fault.status(502), times=None)
    outcome = send(world)
    assert (outcome.state, outcome.again) == ("failed", True)


def test_what_everybody_reads_holds_no_number_of_contributions_and_all_the_rest() -> None:
    assert "3 contributions" not in issue.body(alert("too-few"), "en", discreet=True)
    for case in ("shrinking", "milestone", "token-ends"):
        assert issue.body(alert(case), "en", discreet=True) == issue.body(alert(case), "en")


def test_too_many_comments_are_waited_for_or_left_to_another_run(
    world: World, repository: Repository
) -> None:
    world.sandbox.github.limits.content = (2, 60.0)  # which the issue and its first comment use up
    assert send(world).state == "sent"
    outcome = send(world, Tracker(enabled=True, issue=Issue(1)))
    assert (outcome.state, outcome.again, outcome.dead) == ("failed", True, False)
    assert "secondary rate limit" in outcome.why
    world.sandbox.github.heal()
    assert send(world, Tracker(enabled=True, issue=Issue(1))).state == "sent"


@pytest.mark.parametrize("filled", ["*", "界", "😀", "#1", "0a1b2c3", "&", ":x:"])
def test_the_longest_comment_is_one_that_github_takes(filled: str) -> None:
    made = hostile(filled * 9_000)
    said = issue.body(replace(made, lines=made.lines * 99), "en")
    assert len(said.encode()) < 65_536  # below it by characters and by bytes; both were reported


SAVED = Resolution(Became.SAVED, "octocat", "Saved: 43 days", (), "https://github.com/octocat", 0)


def test_a_resolved_alert_says_what_became_of_it_and_mentions_nobody(
    world: World, repository: Repository
) -> None:
    opened = repository.tracker.open("Streak", author=BOT, labels=["streaky"])
    target = channel(world, Tracker(enabled=True, issue=Issue(1)))
    message = target.deliver(alert("urgent"), Patience(Clock().pace()))
    target.resolve(message, SAVED, Patience(Clock().pace()))
    (comment,) = opened.comments
    assert comment.body == "**Saved: 43 days**\n\n[octocat](https://github.com/octocat)"


def test_a_resolved_comment_still_says_which_slot_it_was_for(world: World, repository: Repository) -> None:
    opened = repository.tracker.open("Streak", author=BOT, labels=["streaky"])
    body = issue.body(alert("urgent"), "en")
    comment = repository.tracker.comment(opened, body, author=BOT)
    known = Comment(comment.id, "github-actions", ours=True, created=NOW, body=body)
    target = channel(world, Tracker(enabled=True, issue=Issue(1, comments=(known,))))
    target.resolve(str(comment.id), SAVED, Patience(Clock().pace()))
    assert issue.read_slot(comment.body, "octocat") == alert("urgent").slot


def test_the_doctor_is_told_which_issue_it_is(world: World, repository: Repository) -> None:
    patience = Patience(Clock().pace())
    assert "#7" in channel(world, Tracker(enabled=True, issue=Issue(7))).look_up(patience)
    assert "opens" in channel(world, Tracker(enabled=True)).look_up(patience)
