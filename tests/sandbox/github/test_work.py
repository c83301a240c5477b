"""What a person of the sandbox's GitHub has to do, and who sees it: pull requests, branches, search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streaky.sandbox import Sandbox
from tests.sandbox.github.test_git import graphql

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OWN = "ghp_octocats"


@pytest.fixture
def busy(sandbox: Sandbox) -> Sandbox:
    """octocat, with one of everything."""
    sandbox.github.person("octocat", name="The Octocat")
    sandbox.github.token(OWN, owner="octocat")
    sandbox.github.work(
        "octocat",
        AT,
        branch="octocat/hello: fix",
        fork="ada/engine: teach",
        unlinked="octocat/notes: octocat@work.example",
        review="ada/engine: Rest on Sundays",
        pull="octocat/hello: Say hello",
        draft="octocat/notes: Write down",
        issue="ada/engine: It never rests",
    )
    return sandbox


def found(sandbox: Sandbox, query: str, token: str = OWN) -> list[str]:
    """The titles that a search finds."""
    asked = """query ($words: String!) { search(type: ISSUE, query: $words, first: 20) { issueCount nodes {
      ... on Issue { title repository { nameWithOwner } } ... on PullRequest { title isDraft } } } }"""
    answer = graphql(sandbox, asked, token, words=query)
    assert "errors" not in answer
    nodes = answer["data"]["search"]["nodes"]
    assert answer["data"]["search"]["issueCount"] == len(nodes)
    return sorted(each["title"] for each in nodes)


def user(sandbox: Sandbox, fields: str, token: str = OWN) -> Any:
    return graphql(sandbox, f'{{ user(login: "octocat") {{ {fields} }} }}', token)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("is:pr is:open review-requested:octocat", ["Rest on Sundays"]),
        ("is:issue is:open assignee:OctoCat", ["It never rests"]),
        ("is:pr author:octocat", ["Say hello", "Write down"]),
        ("is:pr author:octocat draft:false", ["Say hello"]),
        ("is:pr -author:octocat", ["Rest on Sundays"]),
        ("is:issue author:octocat", []),
        ("is:closed", []),
        ("is:private", []),
        ("archived:true", []),
        ("is:issue sundays", []),
        ("shoe-size:44", []),
    ],
)
def test_a_search_finds_what_its_qualifiers_say(busy: Sandbox, query: str, titles: list[str]) -> None:
    assert found(busy, query) == titles


def test_an_issue_that_a_pull_request_would_close_is_linked(busy: Sandbox) -> None:
    engine = busy.github.known("ada/engine")
    assert engine is not None
    assert found(busy, "is:issue -linked:pr") == ["It never rests"]
    engine.tracker.propose(
        "Mend", author="ada", head=("ada/engine", "mend"), closes=[engine.issues[0].number]
    )
    assert found(busy, "is:issue -linked:pr") == []


def test_the_search_and_the_lists_show_private_work_to_its_owner_alone(busy: Sandbox) -> None:
    hello = busy.github.known("octocat/hello")
    assert hello is not None
    hello.private = True
    busy.github.token("ghp_others", owner="hubot")
    busy.github.token("ghs_hello", repository="octocat/hello")
    tokens = (OWN, "ghp_others", "ghs_other", "ghs_hello")
    seen = {token: found(busy, "is:pr hello", token) for token in tokens}
    assert [*map(len, seen.values())] == [1, 0, 0, 1]
    listed = "repositories(first: 9) { nodes { name: nameWithOwner } }"
    for token, number in ((OWN, 3), ("ghp_others", 2), ("ghs_other", 2)):
        assert len(user(busy, listed, token)["data"]["user"]["repositories"]["nodes"]) == number


def test_pull_requests_and_repositories_come_in_the_order_asked_for(busy: Sandbox) -> None:
    pulls = """pullRequests(first: 5, states: OPEN, orderBy: {field: UPDATED_AT, direction: DESC}) {
      nodes { title } }"""
    repositories = (
        "repositories(first: 5, orderBy: {field: PUSHED_AT, direction: DESC}) { nodes { nameWithOwner } }"
    )
    notes = busy.github.known("octocat/notes")
    assert notes is not None
    notes.tracker.pulls[0].updated = AT + timedelta(hours=1)
    notes.write("side", {"a": "b"}, at=AT + timedelta(hours=1))
    said = user(busy, f"{pulls} {repositories}")["data"]["user"]
    assert [each["title"] for each in said["pullRequests"]["nodes"]] == ["Write down", "Say hello"]
    assert said["repositories"]["nodes"][0] == {"nameWithOwner": "octocat/notes"}


def test_branches_tell_of_their_commits_authors_and_pull_requests(busy: Sandbox) -> None:
    refs = """refs(refPrefix: "refs/heads/", first: 9, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) {
      nodes { name associatedPullRequests(first: 1) { totalCount }
      target { ... on Commit { parents(first: 1) { totalCount } author { email date user { login } }
        history(first: 9, since: "2026-11-23T00:00:00Z") { totalCount } } } } }"""
    fields = (
        f"repositories(first: 9) {{ nodes {{ nameWithOwner isFork parent {{ nameWithOwner }} {refs} }} }}"
    )
    nodes = user(busy, fields)["data"]["user"]["repositories"]["nodes"]
    seen = {each["nameWithOwner"]: each for each in nodes}
    fork = seen["octocat/engine"]
    assert (fork["isFork"], fork["parent"]) == (True, {"nameWithOwner": "ada/engine"})
    branch = fork["refs"]["nodes"][0]
    assert (branch["name"], branch["associatedPullRequests"]) == ("teach", {"totalCount": 0})
    assert branch["target"]["author"]["user"] == {"login": "octocat"}
    assert branch["target"]["history"] == {"totalCount": 1}
    (main,) = seen["octocat/notes"]["refs"]["nodes"]
    assert main["target"]["author"] == {
        "email": "octocat@work.example",
        "date": "2026-11-23T15:00:00+00:00",
        "user": None,
    }
    busy.github.person("octocat", emails=["octocat@work.example"])
    (main,) = user(busy, fields)["data"]["user"]["repositories"]["nodes"][2]["refs"]["nodes"]
    assert main["target"]["author"]["user"] == {"login": "octocat"}


def test_a_branch_knows_its_pull_request_in_what_it_is_a_fork_of(busy: Sandbox) -> None:
    engine = busy.github.known("ada/engine")
    assert engine is not None
    engine.tracker.propose("Teach", author="octocat", head=("octocat/engine", "teach"))
    fields = """repositories(first: 9) { nodes { nameWithOwner ref(qualifiedName: "teach") {
      associatedPullRequests(first: 1, states: OPEN) {
        nodes { title mergeable repository { nameWithOwner } } } } } }"""
    nodes = user(busy, fields)["data"]["user"]["repositories"]["nodes"]
    (ref,) = (each["ref"] for each in nodes if each["nameWithOwner"] == "octocat/engine")
    assert ref["associatedPullRequests"]["nodes"] == [
        {"title": "Teach", "mergeable": "MERGEABLE", "repository": {"nameWithOwner": "ada/engine"}}
    ]


def test_a_job_without_the_permission_reads_no_pull_requests_of_its_private_repository(busy: Sandbox) -> None:
    hello = busy.github.known("octocat/hello")
    assert hello is not None
    hello.private = True
    query = """{ repository(owner: "octocat", name: "hello") { refs(refPrefix: "refs/heads/", first: 9) {
      nodes { name associatedPullRequests(first: 1) { totalCount } } } } }"""
    busy.github.token("ghs_may_not", repository="octocat/hello")
    answer = graphql(busy, query, "ghs_may_not")
    assert answer["data"]["repository"]["refs"]["nodes"] == [None, None]
    assert {each["type"] for each in answer["errors"]} == {"FORBIDDEN"}
    busy.github.token("ghs_may", repository="octocat/hello", pulls="read")
    assert "errors" not in graphql(busy, query, "ghs_may")


def test_a_query_costs_by_its_connections_and_too_many_nodes_are_refused(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    nested = """query ($many: Int!) { rateLimit { cost } user(login: "octocat") { repositories(first: $many) {
      nodes { refs(refPrefix: "refs/heads/", first: 100) { nodes { associatedPullRequests(first: 100) {
        totalCount } } } } } } }"""
    # 1 for the repositories, 3 for their branches, 300 for the pull requests of those
    assert graphql(sandbox, nested, many=3)["data"]["rateLimit"] == {"cost": 3}
    refused = graphql(sandbox, nested, many=100)
    assert refused["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"
    assert "data" not in refused


def test_work_is_named_by_its_repository(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="owner/repository"):
        sandbox.github.work("octocat", AT, branch="fix")
