"""The ledger on its branch: the requests that it costs, and commits that count as nobody's contribution."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.book import (
    IN_RUN,
    ON,
    Book,
    asked,
    at,
    delete,
    told,
)
from tests.conftest import NOW, SPECS, TOKEN, World, days_before, leaks

TODAY = NOW.date()


# What GitHub is asked


def test_with_nothing_due_and_the_days_line_written_there_is_one_request_and_no_write(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = Book(world, None).repository
    world.check(at(12))
    commits = len(repository.branches["streaky"].commits)
    asked(world)
    world.check(at(13))
    assert (asked(world), len(repository.branches["streaky"].commits)) == (1, commits)


def test_an_alert_costs_three_requests(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.check(at(12))
    asked(world)
    world.check(at(18))
    assert (asked(world), told(world)) == (3, (1, 1))


def test_a_streak_over_a_year_is_remembered_and_costs_no_request_more(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.contributions |= days_before(TODAY, 1200)
    assert world.check(at(12)).outputs()["current-streak"] == "1200"
    asked(world)
    report = world.check(at(13))
    assert (report.outputs()["current-streak"], asked(world)) == ("1200", 1)


def test_when_the_year_is_refused_the_ledger_knows_the_length(world: World) -> None:
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.contributions |= days_before(TODAY, 300)
    world.check(at(12))
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    report = world.check(at(18))
    assert report.outputs()["current-streak"] == "300"
    assert report.document()["exact"] is True


def test_a_run_without_a_branch_or_a_word_of_permission_makes_none_before_there_is_something_to_say(
    world: World,
) -> None:
    world.environment |= ON
    report = world.check(at(12))
    assert (asked(world), report.exit_status) == (1, 0)
    assert not world.sandbox.github.repository("octocat/other").branches
    world.check(at(18))
    assert told(world) == (1, 1)
    world.check(at(18, 30))
    assert told(world) == (1, 1)


def test_what_is_asked_of_rest_is_as_githubs_description_says(world: World) -> None:
    path = SPECS / "github-rest.openapi.json"
    if not path.exists():
        pytest.skip("GitHub's REST description is not at hand")
    spec = json.loads(path.read_text("utf-8"))
    world.environment |= ON | IN_RUN
    Book(world, None)
    world.check()
    seen = set()
    for request in world.sandbox.github.requests:
        operation = request.path.replace("octocat/streaky", "{owner}/{repo}")
        if request.path == "/graphql" or request.method == "GET":
            continue
        body = spec["paths"][operation][request.method.lower()]["requestBody"]["content"]
        schema = body["application/json"]["schema"] | {"components": spec["components"]}
        jsonschema.validate(request.json(), schema)
        assert set(request.json()) <= set(schema["properties"])
        seen.add(operation.rpartition("/")[2])
    assert seen == {"trees", "commits", "refs"}


# Never a contribution


@pytest.mark.parametrize("token", [TOKEN, TOKEN.replace("ghs_", "ghp_")])
def test_nothing_that_streaky_writes_counts_as_a_contribution(world: World, token: str) -> None:
    world.environment |= ON | IN_RUN | {"GITHUB_TOKEN": token}
    repository = Book(world, None).repository
    files = dict(repository.files)
    world.sandbox.github.tokens.add(token)
    if token != TOKEN:
        world.sandbox.github.token_owners[token] = "octocat"  # even with the person's own token
    for day, hour in ((23, 12), (23, 18), (23, 23), (24, 9)):
        world.check(at(hour, day=day))
    commits = repository.branches["streaky"].commits
    assert len(commits) > 4
    assert not world.sandbox.github.counting("octocat")
    assert repository.files == files
    assert not commits[0].parents
    assert set(commits[-1].files) == {"README.md", "card.svg", "ledger.json"}
    assert "github-actions[bot]@users.noreply.github.com" in commits[0].author_email


@pytest.mark.parametrize(("token", "named"), [(TOKEN, False), (TOKEN.replace("ghs_", "ghp_"), True)])
def test_with_a_jobs_token_github_names_the_author_itself_and_so_signs_the_commit(
    world: World, token: str, named: bool
) -> None:
    world.environment |= ON | IN_RUN | {"GITHUB_TOKEN": token}
    Book(world, None)
    world.sandbox.github.tokens.add(token)
    world.check()
    (first,) = [
        request.json() for request in world.sandbox.github.requests if request.path.endswith("/git/commits")
    ]
    assert ("author" in first) is named
    assert "committer" not in first
    later = [request for request in world.sandbox.github.requests if b"createCommitOnBranch" in request.body]
    assert later
    for request in later:
        assert set(request.json()["variables"]["input"]) == {
            "branch",
            "expectedHeadOid",
            "message",
            "fileChanges",
        }


def test_a_repository_that_takes_signed_commits_only_has_its_ledger(world: World) -> None:
    world.environment |= ON | IN_RUN
    book = Book(world, None)
    book.repository.signed_only = True
    report = world.check()
    assert report.warnings == frozenset()
    assert set(book.states().values()) == {"sent", "skipped"}


def test_a_default_branch_of_that_name_is_left_alone(world: World) -> None:
    world.environment |= ON | IN_RUN
    repository = world.sandbox.github.repository("octocat/streaky", {"README.md": "mine"}, branch="streaky")
    report = world.check()
    assert repository.files == {"README.md": "mine"}
    assert told(world) == (1, 1)
    assert report.memory.startswith("none. The default branch is called streaky")


def test_the_ledger_holds_no_secret(book: Book) -> None:
    delete(book.world)
    book.world.check()
    book.world.check(at(23, 7))
    data = book.raw()
    assert data
    assert not leaks(data.decode(), book.world.secrets)
