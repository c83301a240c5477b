"""The issue that alerts go to: read with the one request, and written to as the bot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streaky import github
from streaky.errors import CouldNotTell
from streaky.github import Where
from streaky.github.client import GraphQL
from streaky.github.issues import Issues, Tracker, labels_of
from streaky.github.rest import Forbidden, Gone, Rest
from streaky.sandbox.github.repositories import Repository
from tests.conftest import NOW, TOKEN, World
from tests.github.test_rest import patience

BOT = "github-actions[bot]"
WHERE = Where("octocat", "streaky", "", "ledger.json", issue=True)


@pytest.fixture
def repository(world: World) -> Repository:
    world.sandbox.github.clock = lambda: NOW
    return world.sandbox.github.repository(
        "octocat/streaky", collaborators={"hubot": "write", "guest": "read"}
    )


def issues(world: World) -> Issues:
    return Issues(Rest(world.sandbox.github.url, TOKEN), ("octocat", "streaky"))


def read(world: World, token: str = TOKEN) -> github.Answer:
    client = GraphQL(f"{world.sandbox.github.url}/graphql", token)
    return github.read(client, "octocat", NOW, patience(), WHERE)


def tracker(world: World) -> Tracker:
    seen = read(world).repository
    assert seen
    assert seen.tracker
    return seen.tracker


def test_the_person_their_repository_and_its_issue_come_in_one_request(
    world: World, repository: Repository
) -> None:
    issue = repository.tracker.open("Streak", author=BOT, labels=["streaky"], at=NOW)
    said = repository.tracker.comment(issue, "Hello", author=BOT, at=NOW)
    asked = repository.tracker.comment(issue, "/pause 3d", author="octocat", at=NOW + timedelta(minutes=1))
    repository.tracker.react(asked, "rocket", user=BOT, at=NOW)
    issue.close("octocat", NOW + timedelta(hours=1))
    answer = read(world)
    assert answer.person
    assert len(world.sandbox.github.requests) == 1
    found = tracker(world).issue
    assert found
    assert (found.number, found.open) == (1, False)
    assert [(each.id, each.author, each.ours, each.answered) for each in found.comments] == [
        (said.id, "github-actions", True, False),
        (asked.id, "octocat", False, True),
    ]
    assert found.comments[1].created == NOW + timedelta(minutes=1)
    assert found.closing
    assert (found.closing.by, found.closing.at) == ("octocat", NOW + timedelta(hours=1))


def test_an_issue_that_the_bot_closed_or_that_is_open_again_was_closed_by_nobody(
    world: World, repository: Repository
) -> None:
    issue = repository.tracker.open("Streak", author=BOT, labels=["streaky"], at=NOW)
    for by in (BOT, "octocat"):
        issue.close(by, NOW)
        found = tracker(world).issue
        assert found
        assert bool(found.closing) == (by == "octocat")
    issue.reopen(NOW)
    found = tracker(world).issue
    assert found
    assert found.closing is None


def test_only_the_newest_labelled_issue_of_the_bot_is_ours(world: World, repository: Repository) -> None:
    assert tracker(world) == Tracker(enabled=True)
    repository.tracker.open("Mine", author=BOT, labels=["streaky"], at=NOW)
    repository.tracker.open("Newer", author=BOT, labels=["streaky"], at=NOW + timedelta(1))
    repository.tracker.open("Other label", author=BOT, labels=["bug"], at=NOW + timedelta(2))
    repository.tracker.open("Not the bot's", author="octocat", labels=["streaky"], at=NOW + timedelta(3))
    found = tracker(world).issue
    assert found
    assert found.number == 2


def test_issues_that_are_switched_off_are_seen_before_anything_is_written(
    world: World, repository: Repository
) -> None:
    repository.has_issues = False
    assert tracker(world) == Tracker(enabled=False)


def test_where_the_token_may_not_read_issues_all_else_is_read_without_them(world: World) -> None:
    world.sandbox.github.repository("octocat/streaky", {"x": "y"}, private=True)
    world.sandbox.github.token("ghs_least", issues="none")
    answer = read(world, "ghs_least")
    assert answer.person
    assert answer.repository
    assert answer.repository.tracker is None
    assert answer.repository.branch == "main"
    assert len(world.sandbox.github.requests) == 2


def test_the_issue_is_opened_labelled_and_assigned_as_the_bot(world: World, repository: Repository) -> None:
    assert issues(world).open("Streak", "What it is", "octocat", patience()) == 1
    (issue,) = repository.issues
    assert (issue.author, issue.labels, issue.assignees) == (BOT, ["streaky"], ["octocat"])
    assert issues(world).open("Another", "x", "stranger", patience()) == 2
    assert repository.issues[1].assignees == []
    assert [label.name for label in repository.tracker.labels] == ["streaky"]


def test_comments_are_made_edited_and_reacted_to(world: World, repository: Repository) -> None:
    desk = issues(world)
    number = desk.open("Streak", "x", "octocat", patience())
    id = desk.comment(number, "first", patience())
    desk.edit(id, "second", patience())
    for _ in range(2):
        desk.react(id, "rocket", patience())
    (comment,) = repository.issues[0].comments
    assert (comment.body, [each.content for each in comment.reactions]) == ("second", ["rocket"])
    desk.set_state(number, "closed", patience())
    assert repository.issues[0].state == "closed"


def test_what_may_not_be_written_and_what_is_switched_off_are_told_apart(
    world: World, repository: Repository
) -> None:
    world.sandbox.github.token("ghs_reads", issues="read")
    reads = Issues(Rest(world.sandbox.github.url, "ghs_reads"), ("octocat", "streaky"))
    with pytest.raises(Forbidden):
        reads.open("Streak", "x", "octocat", patience())
    repository.has_issues = False
    with pytest.raises(Gone):
        issues(world).comment(1, "x", patience())


@pytest.mark.parametrize(
    ("login", "may"), [("octocat", True), ("OctoCat", True), ("hubot", True), ("guest", False), ("x", False)]
)
def test_who_may_write_is_the_owner_and_whoever_has_that_permission(
    world: World, repository: Repository, login: str, may: bool
) -> None:
    assert issues(world).may_write(login, patience()) is may
    assert len(world.sandbox.github.requests) == (0 if login.lower() == "octocat" else 1)


def test_the_issue_can_be_read_alone(world: World, repository: Repository) -> None:
    issues(world).open("Streak", "x", "octocat", patience())
    client = GraphQL(f"{world.sandbox.github.url}/graphql", TOKEN)
    found = github.read_issue(client, ("octocat", "streaky"), patience())
    assert found.issue
    assert found.issue.number == 1
    with pytest.raises(CouldNotTell):
        github.read_issue(client, ("octocat", "nowhere"), patience())


# Several people's issues in one repository


def of(login: str) -> list[str]:
    return list(labels_of(login, member=True))


def test_each_member_of_a_team_has_the_issue_that_names_them(world: World, repository: Repository) -> None:
    desk, client = issues(world), GraphQL(f"{world.sandbox.github.url}/graphql", TOKEN)
    own = desk.open("Your streak", "", "octocat", patience())
    ada = desk.open("Your streak: ada", "", "ada", patience(), of("Ada"))
    for number in range(5):
        desk.open(f"Your streak: eve-{number}", "", "eve", patience(), of(f"eve-{number}"))
    numbers = {}
    for login, member in (("octocat", False), ("ADA", True), ("adam", True), ("octocat", True)):
        label, *_ = labels_of(login, member=member)
        found = github.read_issue(client, ("octocat", "streaky"), patience(), label).issue
        numbers[login, member] = found.number if found else None
    expected = {("octocat", False): own, ("ADA", True): ada, ("adam", True): None, ("octocat", True): None}
    assert numbers == expected
    assert repository.issues[1].labels == ["streaky: ada", "streaky-team"]


def test_a_teams_issues_are_read_together_as_far_as_something_has_happened(
    world: World, repository: Repository
) -> None:
    client = GraphQL(f"{world.sandbox.github.url}/graphql", TOKEN)
    day = timedelta(days=1)
    for number in range(60):
        labels = of(f"person-{number}")
        opened = repository.tracker.open("Streak", author=BOT, labels=labels, at=NOW - 9 * day)
        if number % 2:
            repository.tracker.comment(opened, "/pause 3d", author=f"person-{number}", at=NOW)
    repository.tracker.open("Streak", author=BOT, labels=["streaky"], at=NOW)
    repository.tracker.open("Streak", author="hubot", labels=of("mallory"), at=NOW)
    found = github.read_team_issues(client, ("octocat", "streaky"), NOW - day, patience())
    assert len(world.sandbox.github.requests) == 2  # of 25 each
    assert found.keys() == {f"person-{number}" for number in range(1, 60, 2)}
    for number in range(1, 60, 2):
        issue = found[f"person-{number}"].issue
        assert issue
        assert issue.number == number + 1
        assert [each.author for each in issue.comments] == [f"person-{number}"]
