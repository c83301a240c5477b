"""Issues of the sandbox's GitHub: opened, discussed and closed over REST, and read over GraphQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from streaky.sandbox import Sandbox
from streaky.sandbox.github.repositories import Repository
from tests.sandbox.github.test_rest import Ask, asking, refused

BOT = "github-actions[bot]"
NOW = datetime(2026, 11, 23, 18, 2, tzinfo=UTC)


@pytest.fixture
def repository(sandbox: Sandbox) -> Repository:
    sandbox.github.clock = lambda: NOW
    for token, owner in {"ghp_mine": "octocat", "ghp_hubot": "hubot", "ghp_other": "stranger"}.items():
        sandbox.github.token(token, owner=owner)
    return sandbox.github.repository("octocat/streaky", collaborators={"hubot": "write"})


@pytest.fixture
def ask(sandbox: Sandbox, repository: Repository) -> Ask:
    return asking(sandbox)


def graphql(sandbox: Sandbox, fields: str, token: str = "ghs_job") -> dict[str, Any]:
    query = f'{{ repository(owner: "octocat", name: "streaky") {{ {fields} }} }}'
    headers = {"Authorization": f"bearer {token}", "User-Agent": "test"}
    url = f"{sandbox.github.url}/graphql"
    return dict(requests.post(url, json={"query": query}, headers=headers, timeout=5).json())


def flaw(response: requests.Response) -> dict[str, Any]:
    """The one thing that a validation finds wrong."""
    assert refused(response) == (422, "Validation Failed")
    (error,) = response.json()["errors"]
    return dict(error)


# Over REST


def test_a_job_opens_an_issue_as_the_bot(ask: Ask, repository: Repository) -> None:
    given = {"title": "Streak", "body": "Hello", "labels": ["streaky"], "assignees": ["octocat"]}
    shown = ask("POST", "/issues", given).json()
    assert (shown["number"], shown["title"], shown["body"], shown["state"]) == (1, "Streak", "Hello", "open")
    assert (shown["user"]["login"], shown["user"]["type"]) == (BOT, "Bot")
    assert ([each["name"] for each in shown["labels"]], shown["assignee"]["login"]) == (
        ["streaky"],
        "octocat",
    )
    assert shown["created_at"] == "2026-11-23T18:02:00Z"
    assert shown["html_url"] == "https://github.com/octocat/streaky/issues/1"
    assert ask("GET", "/issues/1").json() == shown
    assert repository.issues[0].author == BOT


def test_an_issue_is_closed_with_a_reason_and_reopened(ask: Ask, repository: Repository) -> None:
    repository.tracker.open("Streak", author=BOT)
    closed = ask("PATCH", "/issues/1", {"state": "closed", "state_reason": "not_planned"}).json()
    assert (closed["state"], closed["state_reason"], closed["closed_by"]["login"]) == (
        "closed",
        "not_planned",
        BOT,
    )
    assert closed["closed_at"] == "2026-11-23T18:02:00Z"
    again = ask(
        "PATCH", "/issues/1", {"state": "open", "title": "Day 43", "body": "Go", "labels": ["a"]}
    ).json()
    assert (again["state"], again["state_reason"], again["closed_at"]) == ("open", "reopened", None)
    assert (again["title"], again["body"], again["labels"][0]["name"]) == ("Day 43", "Go", "a")
    assert flaw(ask("PATCH", "/issues/1", {"state": "ajar"}))["field"] == "state"


def test_issues_are_listed_newest_first_as_asked(ask: Ask, repository: Repository) -> None:
    tracker = repository.tracker
    tracker.open("one", author=BOT, labels=["streaky"], at=NOW - timedelta(days=2)).close("octocat")
    tracker.open("two", author=BOT, labels=["Streaky", "other"], at=NOW - timedelta(days=1))
    tracker.open("three", author="octocat", at=NOW)

    def titles(**query: str) -> list[str]:
        return [each["title"] for each in ask("GET", "/issues", **query).json()]

    assert titles() == ["three", "two"]
    assert titles(state="all", labels="streaky") == ["two", "one"]
    assert titles(state="all", direction="asc", per_page="2") == ["one", "two"]
    assert titles(state="closed") == ["one"]
    assert titles(creator=BOT) == ["two"]


def test_a_comment_is_made_changed_read_and_removed(ask: Ask, repository: Repository) -> None:
    repository.tracker.open("Streak", author=BOT)
    made = ask("POST", "/issues/1/comments", {"body": "one"}).json()
    assert (made["user"]["login"], made["author_association"]) == (BOT, "NONE")
    there = f"/issues/comments/{made['id']}"
    assert ask("PATCH", there, {"body": "two"}).json()["body"] == "two"
    assert [each["body"] for each in ask("GET", "/issues/1/comments").json()] == ["two"]
    assert ask("GET", there).json()["html_url"].endswith(f"/issues/1#issuecomment-{made['id']}")
    assert ask("GET", "/issues/1").json()["comments"] == 1
    assert ask("DELETE", there).status_code == 204
    assert ask("GET", there).status_code == 404
    assert repository.issues[0].comments == []


def test_comments_are_listed_oldest_first_in_pages_and_since_a_time(ask: Ask, repository: Repository) -> None:
    issue = repository.tracker.open("Streak", author=BOT)
    for hour in range(35):
        repository.tracker.comment(issue, str(hour), author="octocat", at=NOW + timedelta(hours=hour))
    bodies = [each["body"] for each in ask("GET", "/issues/1/comments").json()]
    assert (bodies[0], len(bodies)) == ("0", 30)
    assert len(ask("GET", "/issues/1/comments", page="2").json()) == 5
    since = (NOW + timedelta(hours=33)).isoformat()
    assert [each["body"] for each in ask("GET", "/issues/1/comments", since=since).json()] == ["33", "34"]


def test_a_reaction_is_made_once(ask: Ask, repository: Repository) -> None:
    issue = repository.tracker.open("Streak", author=BOT)
    comment = repository.tracker.comment(issue, "/pause 3d", author="octocat")
    there = f"/issues/comments/{comment.id}/reactions"
    assert [ask("POST", there, {"content": "eyes"}).status_code for _ in range(2)] == [201, 200]
    assert ask("POST", there, {"content": "eyes"}, token="ghp_mine").status_code == 201
    assert [each["user"]["login"] for each in ask("GET", there).json()] == [BOT, "octocat"]
    assert flaw(ask("POST", there, {"content": "shrug"}))["field"] == "content"
    assert ask("POST", "/issues/comments/1/reactions", {"content": "eyes"}).status_code == 404


def test_a_label_is_made_once_and_missing_ones_come_with_an_issue(ask: Ask, repository: Repository) -> None:
    given = {"name": "streaky", "color": "0e8a16", "description": "Alerts"}
    assert ask("POST", "/labels", given).json()["color"] == "0e8a16"
    assert flaw(ask("POST", "/labels", given | {"name": "Streaky"})) == {
        "resource": "Label",
        "field": "name",
        "code": "already_exists",
    }
    assert flaw(ask("POST", "/labels", {"name": "x" * 51}))["code"] == "custom"
    ask("POST", "/issues", {"title": "x", "labels": [{"name": "STREAKY"}, "new", "new"]})
    assert repository.issues[0].labels == ["streaky", "new"]
    assert ask("POST", "/issues/1/labels", {"labels": ["third"]}).json()[-1]["name"] == "third"
    assert ask("DELETE", "/issues/1/labels/new").status_code == 200
    assert ask("DELETE", "/issues/1/labels/new").status_code == 404
    assert [each["name"] for each in ask("GET", "/labels").json()] == ["streaky", "new", "third"]
    assert ask("GET", "/labels/Streaky").json()["description"] == "Alerts"
    assert ask("GET", "/labels/none").status_code == 404


def test_whom_nobody_can_assign_refuses_the_issue_and_is_dropped_from_a_list(
    ask: Ask, repository: Repository
) -> None:
    error = flaw(ask("POST", "/issues", {"title": "x", "assignees": ["stranger"]}))
    assert (error["field"], error["code"], error["value"]) == ("assignees", "invalid", ["stranger"])
    assert repository.issues == []
    ask("POST", "/issues", {"title": "x"})
    for given in (["stranger", "hubot"], ["hubot"]):
        shown = ask("POST", "/issues/1/assignees", {"assignees": given})
        assert shown.status_code == 201
        assert [each["login"] for each in shown.json()["assignees"]] == ["hubot"]
    repository.tracker.comment(repository.issues[0], "me", author="stranger")
    assert len(ask("POST", "/issues/1/assignees", {"assignees": ["stranger"]}).json()["assignees"]) == 2
    assert [ask("GET", f"/assignees/{who}").status_code for who in ("hubot", "nobody")] == [204, 404]


def test_a_stranger_may_speak_but_not_arrange(ask: Ask, repository: Repository) -> None:
    given = {"title": "x", "labels": ["a"], "assignees": ["octocat"]}
    shown = ask("POST", "/issues", given, token="ghp_other").json()
    assert (shown["labels"], shown["assignees"], shown["user"]["login"]) == ([], [], "stranger")
    repository.tracker.open("theirs", author=BOT)
    assert ask("PATCH", "/issues/1", {"state": "closed"}, token="ghp_other").json()["state"] == "closed"
    assert ask("PATCH", "/issues/2", {"state": "closed"}, token="ghp_other").status_code == 403
    comment = ask("POST", "/issues/2/comments", {"body": "hi"}, token="ghp_hubot").json()
    assert (
        ask("PATCH", f"/issues/comments/{comment['id']}", {"body": ""}, token="ghp_other").status_code == 403
    )
    assert ask("POST", "/labels", {"name": "a"}, token="ghp_other").status_code == 404
    repository.issues[1].locked = True
    assert ask("POST", "/issues/2/comments", {"body": "hi"}, token="ghp_other").status_code == 403


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "title", "missing_field"),
        ({"title": " "}, "title", "missing_field"),
        ({"title": "x" * 257}, "title", "custom"),
        ({"title": "x", "body": "y" * 65_537}, "body", "custom"),
    ],
)
def test_an_issue_has_a_title_and_its_lengths_have_limits(
    ask: Ask, repository: Repository, given: dict[str, str], field: str, code: str
) -> None:
    error = flaw(ask("POST", "/issues", given))
    assert (error["field"], error["code"]) == (field, code)
    assert ask("POST", "/issues", {"title": "x" * 256, "body": "y" * 65_536}).status_code == 201
    assert len(repository.issues) == 1


def test_a_comment_has_a_body_of_65536_characters_at_most(ask: Ask, repository: Repository) -> None:
    repository.tracker.open("Streak", author=BOT)
    assert ask("POST", "/issues/1/comments", {"body": "y" * 65_536}).status_code == 201
    long = flaw(ask("POST", "/issues/1/comments", {"body": "y" * 65_537}))
    assert long["message"] == "Body is too long (maximum is 65536 characters)"
    assert flaw(ask("POST", "/issues/1/comments", {"body": ""}))["message"] == "Body cannot be blank"
    assert ask("POST", "/issues/1/comments", {}).status_code == 422
    assert len(repository.issues[0].comments) == 1


def test_where_issues_are_switched_off_there_is_410(
    sandbox: Sandbox, ask: Ask, repository: Repository
) -> None:
    repository.tracker.open("Streak", author=BOT)
    repository.has_issues = False
    said = (410, "Issues has been disabled in this repository.")
    assert refused(ask("POST", "/issues", {"title": "x"})) == said
    assert refused(ask("POST", "/issues/1/comments", {"body": "x"})) == said
    assert ask("GET", "/issues").json() == []
    assert ask("GET", "").json()["has_issues"] is False
    shown = graphql(sandbox, "hasIssuesEnabled issues(first: 1) { totalCount }")["data"]["repository"]
    assert shown == {"hasIssuesEnabled": False, "issues": {"totalCount": 0}}


def test_too_much_content_is_a_secondary_limit(sandbox: Sandbox, ask: Ask, repository: Repository) -> None:
    sandbox.github.limits.content = (2, 60.0)
    answers = [ask("POST", "/issues", {"title": str(n)}) for n in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 403]
    assert "secondary rate limit" in answers[-1].json()["message"]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert ask("POST", "/issues", {"title": "x"}, token="ghp_mine").status_code == 201
    assert len(repository.issues) == 3
    sandbox.github.heal()
    assert ask("POST", "/issues", {"title": "x"}).status_code == 201


# Over GraphQL


def test_an_issue_is_read_with_its_last_comments(sandbox: Sandbox, ask: Ask, repository: Repository) -> None:
    issue = repository.tracker.open("Streak", "Hi", author=BOT, labels=["streaky"], assignees=["octocat"])
    for n, author in enumerate((BOT, "stranger", "octocat", "hubot")):
        repository.tracker.comment(issue, str(n), author=author, at=NOW + timedelta(hours=n))
    ask("POST", f"/issues/comments/{issue.comments[2].id}/reactions", {"content": "+1"})
    fields = """issue(number: 1) { state title body url author { login __typename } viewerDidAuthor
      labels(first: 5) { nodes { name } } assignees(first: 5) { nodes { login } }
      comments(last: 3) { totalCount nodes { databaseId author { login } authorAssociation viewerDidAuthor
        body createdAt reactions(first: 5) { viewerHasReacted nodes { content user { login } } } } } }"""
    shown = graphql(sandbox, fields)["data"]["repository"]["issue"]
    comments = shown.pop("comments")
    assert shown == {
        "state": "OPEN",
        "title": "Streak",
        "body": "Hi",
        "url": "https://github.com/octocat/streaky/issues/1",
        "author": {"login": "github-actions", "__typename": "Bot"},
        "viewerDidAuthor": True,
        "labels": {"nodes": [{"name": "streaky"}]},
        "assignees": {"nodes": [{"login": "octocat"}]},
    }
    assert comments["totalCount"] == 4
    told = [(each["author"]["login"], each["authorAssociation"]) for each in comments["nodes"]]
    assert told == [("stranger", "NONE"), ("octocat", "OWNER"), ("hubot", "COLLABORATOR")]
    assert comments["nodes"][1]["databaseId"] == issue.comments[2].id
    assert comments["nodes"][1]["createdAt"] == "2026-11-23T20:02:00Z"
    assert comments["nodes"][1]["reactions"] == {
        "viewerHasReacted": True,
        "nodes": [{"content": "THUMBS_UP", "user": None}],
    }


def test_issues_are_found_by_label_and_state_in_the_order_that_is_asked(
    sandbox: Sandbox, repository: Repository
) -> None:
    for n in range(3):
        repository.tracker.open(str(n), author=BOT, labels=["Streaky"], at=NOW + timedelta(days=n))
    repository.tracker.open("other", author="octocat")
    repository.issues[0].close("octocat")

    def titles(given: str) -> list[str]:
        found = graphql(sandbox, f"issues({given}) {{ nodes {{ title }} }}")["data"]["repository"]["issues"]
        return [each["title"] for each in found["nodes"]]

    assert titles('first: 5, labels: ["streaky"]') == ["0", "1", "2"]
    assert titles('first: 5, labels: ["streaky"], states: [OPEN]') == ["1", "2"]
    newest = "orderBy: {field: CREATED_AT, direction: DESC}"
    assert titles(f'first: 1, labels: ["streaky"], {newest}') == ["2"]
    assert titles('first: 5, filterBy: {createdBy: "octocat"}') == ["other"]


def test_who_closed_an_issue_and_when_is_told(sandbox: Sandbox, repository: Repository) -> None:
    issue = repository.tracker.open("Streak", author=BOT)
    issue.close("octocat", NOW, "not_planned")
    fields = """issue(number: 1) { state stateReason closedAt
      timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {
        nodes { ... on ClosedEvent { createdAt actor { login } } } } }"""
    assert graphql(sandbox, fields)["data"]["repository"]["issue"] == {
        "state": "CLOSED",
        "stateReason": "NOT_PLANNED",
        "closedAt": "2026-11-23T18:02:00Z",
        "timelineItems": {"nodes": [{"createdAt": "2026-11-23T18:02:00Z", "actor": {"login": "octocat"}}]},
    }


def test_a_list_is_read_in_pages(sandbox: Sandbox, repository: Repository) -> None:
    for n in range(5):
        repository.tracker.open(str(n), author=BOT)
    page = "nodes { title } pageInfo { hasNextPage hasPreviousPage endCursor startCursor }"
    seen, after = [], ""
    while True:
        given = f"first: 2{after and f', after: {chr(34)}{after}{chr(34)}'}"
        found = graphql(sandbox, f"issues({given}) {{ {page} }}")["data"]["repository"]["issues"]
        seen += [each["title"] for each in found["nodes"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["0", "1", "2", "3", "4"]
    last = graphql(sandbox, f"issues(last: 2) {{ {page} }}")["data"]["repository"]["issues"]
    assert [each["title"] for each in last["nodes"]] == ["3", "4"]
    before = last["pageInfo"]["startCursor"]
    found = graphql(sandbox, f'issues(last: 2, before: "{before}") {{ {page} }}')["data"]["repository"]
    assert [each["title"] for each in found["issues"]["nodes"]] == ["1", "2"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("issues { totalCount }", "MISSING_PAGINATION_BOUNDARIES"),
        ("issues(first: 101) { totalCount }", "EXCESSIVE_PAGINATION"),
        ('issues(first: 1, after: "x") { totalCount }', "INVALID_CURSOR_ARGUMENTS"),
        ("issue(number: 7) { id }", "NOT_FOUND"),
    ],
)
def test_what_cannot_be_read_is_an_error(
    sandbox: Sandbox, repository: Repository, fields: str, kind: str
) -> None:
    (error,) = graphql(sandbox, fields)["errors"]
    assert error["type"] == kind


def test_issues_of_a_private_repository_need_a_permission(sandbox: Sandbox, repository: Repository) -> None:
    repository.private = True
    sandbox.github.token("ghs_job", issues="none")
    (error,) = graphql(sandbox, "issues(first: 1) { totalCount }")["errors"]
    assert (error["type"], error["message"]) == ("FORBIDDEN", "Resource not accessible by integration")
    sandbox.github.token("ghs_job", issues="read")
    assert "errors" not in graphql(sandbox, "issues(first: 1) { totalCount }")


# Permissions


@pytest.mark.parametrize(
    ("login", "permission"), [("octocat", "admin"), ("hubot", "write"), ("stranger", "read")]
)
def test_a_job_may_ask_what_a_person_may_do(ask: Ask, login: str, permission: str) -> None:
    shown = ask("GET", f"/collaborators/{login}/permission").json()
    assert (shown["permission"], shown["user"]["login"]) == (permission, login)


def test_a_stranger_may_not_ask_what_others_may_do(ask: Ask) -> None:
    refusal = ask("GET", "/collaborators/hubot/permission", token="ghp_other")
    assert refused(refusal) == (403, "Must have push access to view collaborator permission.")
