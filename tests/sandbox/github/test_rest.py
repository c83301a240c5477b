"""The sandbox's REST over real HTTP: who may ask what. GitHub's own description is held against it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from streaky.sandbox import Sandbox
from streaky.sandbox.github.repositories import Repository
from tests.conftest import SPECS

HERE = "/repos/octocat/streaky"
SPEC = SPECS / "github-rest.openapi.json"
# Get a workflow run, and an attempt of it: the reduced description lacks the paths, not the schema.
RUN = {"application/json": {"schema": {"$ref": "#/components/schemas/workflow-run"}}}
Ask = Callable[..., requests.Response]


@cache
def described() -> tuple[OpenAPI, re.Pattern[str]] | None:
    """GitHub's description, and the paths that it has; None where it is not at hand.

    The sandbox answers with excerpts: any property may be missing, but none may be one that GitHub lacks.
    """
    if not SPEC.is_file():
        return None
    document = json.loads(SPEC.read_text("utf-8"))
    runs = "/repos/{owner}/{repo}/actions/runs/{run_id}"
    names = ("owner", "repo", "run_id", "attempt_number")
    given = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    answers = {"200": {"description": "", "content": RUN}}
    for path, parameters in ((runs, given[:3]), (f"{runs}/attempts/{{attempt_number}}", given)):
        document["paths"][path] = {"get": {"parameters": parameters, "responses": answers}}
    for schema in document["components"]["schemas"].values():
        excerpt(schema)
    for operations in document["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                excerpt(answer)
    paths = "|".join(re.sub(r"\{\w+\}", "[^/]+", path) for path in document["paths"])
    return OpenAPI.from_dict(document), re.compile(paths)


def excerpt(schema: Any) -> None:
    """Let an object lack properties, and refuse others, here and in all that it holds."""
    if isinstance(schema, list):
        for each in schema:
            excerpt(each)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("properties"), dict):
        schema.pop("required", None)
        schema.setdefault("additionalProperties", False)
    for each in schema.values():
        excerpt(each)


def hold(response: requests.Response, path: str, body: object, query: dict[str, str]) -> None:
    """Validate a request that succeeded, and its answer; an error has what all of GitHub's have."""
    if not response.ok:
        assert {"message", "documentation_url", "status"} <= response.json().keys()
        return
    path = re.sub(r"(/git/refs?/|/labels/)(.+)", lambda found: found[1] + quote(found[2], safe=""), path)
    at_hand = described()
    if at_hand is None or not at_hand[1].fullmatch(path):
        return
    description = at_hand[0]
    data = None if body is None else json.dumps(body).encode()
    method = str(response.request.method).lower()
    asked = MockRequest("https://api.github.com", method, path, args=query, data=data)
    description.validate_request(asked)
    description.validate_response(asked, MockResponse(response.content, status_code=response.status_code))


def asking(sandbox: Sandbox, base: str = HERE) -> Ask:
    """Ask about octocat/streaky, or below another path: method, path, body, token and query."""

    def ask(
        method: str, path: str, body: object = None, token: str = "ghs_job", **query: str
    ) -> requests.Response:
        headers = {"Authorization": f"bearer {token}", "User-Agent": "test"}
        url = sandbox.github.url + base + path
        response = requests.request(method, url, json=body, params=query, headers=headers, timeout=5)
        hold(response, base + path, body, query)
        return response

    return ask


def refused(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["message"]


@pytest.fixture
def repository(sandbox: Sandbox) -> Repository:
    return sandbox.github.repository("octocat/streaky", {"README.md": "Hello", "src/a.py": "pass\n"})


@pytest.fixture
def ask(sandbox: Sandbox, repository: Repository) -> Ask:
    return asking(sandbox)


def test_a_repository_is_described(ask: Ask, repository: Repository) -> None:
    repository.created, repository.pushed = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
    shown = ask("GET", "").json()
    assert (shown["full_name"], shown["default_branch"]) == ("octocat/streaky", "main")
    assert (shown["created_at"], shown["pushed_at"]) == ("2026-03-01T00:00:00Z", "2026-09-01T00:00:00Z")
    assert (shown["fork"], shown["private"], shown["owner"]["login"]) == (False, False, "octocat")


def test_with_an_enterprise_servers_prefix_the_answers_are_the_same(sandbox: Sandbox, ask: Ask) -> None:
    url = f"{sandbox.github.url}/api/v3{HERE}"
    there = requests.get(url, headers={"Authorization": "token ghs_job", "User-Agent": "test"}, timeout=5)
    assert there.json() == ask("GET", "").json()


@pytest.mark.parametrize("path", ["", "/git/ref/heads/main", "/actions/runs/1"])
def test_what_a_token_does_not_see_is_not_found(
    sandbox: Sandbox, ask: Ask, repository: Repository, path: str
) -> None:
    repository.add_run(started=datetime(2026, 11, 23, tzinfo=UTC))
    repository.private = True
    sandbox.github.blind_tokens.add("blind")
    assert ask("GET", path).status_code == 200
    assert refused(ask("GET", path, token="blind")) == (404, "Not Found")


@pytest.mark.parametrize(
    "path", ["/git/ref/heads/none", "/git/ref/main", "/git/blobs/0", "/git/commits/0", "/git/trees/0"]
)
def test_what_is_not_there_is_not_found(ask: Ask, path: str) -> None:
    assert refused(ask("GET", path)) == (404, "Not Found")


def test_tokens_without_a_power_are_refused(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.github.read_only_tokens.add("reads")
    sandbox.github.no_actions_tokens.add("acts-not")
    said = (403, "Resource not accessible by integration")
    assert refused(ask("POST", "/git/blobs", {"content": ""}, token="reads")) == said
    assert refused(ask("PATCH", "/git/refs/heads/main", {"sha": ""}, token="reads")) == said
    assert refused(ask("GET", "/actions/workflows/streaky.yml/runs", token="acts-not")) == said
    assert ask("GET", "/git/ref/heads/main", token="reads").status_code == 200
    assert ask("POST", "/git/blobs", {"content": ""}, token="acts-not").status_code == 201


def test_a_permission_is_named_where_it_is_missing(
    sandbox: Sandbox, ask: Ask, repository: Repository
) -> None:
    sandbox.github.token("github_pat_mine", owner="octocat", issues="none")
    sandbox.github.token("ghs_job", issues="read")
    response = ask("POST", "/issues", {"title": "x"})
    assert refused(response) == (403, "Resource not accessible by integration")
    assert response.headers["X-Accepted-GitHub-Permissions"] == "issues=write"
    said = (403, "Resource not accessible by personal access token")
    assert refused(ask("POST", "/issues", {"title": "x"}, token="github_pat_mine")) == said
    assert ask("GET", "/issues", token="github_pat_mine").ok  # what is public needs no permission
    repository.private = True
    assert refused(ask("GET", "/issues", token="github_pat_mine")) == said


def test_an_archived_repository_is_read_only(ask: Ask, repository: Repository) -> None:
    repository.archived = True
    assert ask("GET", "").json()["archived"] is True
    said = (403, "Repository was archived so is read-only.")
    assert refused(ask("POST", "/git/blobs", {"content": ""})) == said
    assert refused(ask("POST", "/issues", {"title": "x"})) == said


def test_a_persons_token_is_told_what_they_may_do(sandbox: Sandbox, ask: Ask, repository: Repository) -> None:
    repository.collaborators["hubot"] = "write"
    sandbox.github.token("ghp_hubot", owner="hubot")
    sandbox.github.token("ghp_other", owner="other")
    may = ask("GET", "", token="ghp_hubot").json()["permissions"]
    assert may == {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True}
    assert ask("GET", "", token="ghp_other").json()["permissions"]["push"] is False
    assert "permissions" not in ask("GET", "").json()


def test_a_person_is_told_of_by_their_own_token_only(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat", date(2011, 1, 25), name="The Octocat")
    sandbox.github.token("ghp_mine", owner="octocat", scopes=("read:user", "repo"))
    ask = asking(sandbox, "")
    mine = ask("GET", "/user", token="ghp_mine")
    assert (mine.json()["login"], mine.json()["name"]) == ("octocat", "The Octocat")
    assert mine.headers["X-OAuth-Scopes"] == "read:user, repo"
    assert refused(ask("GET", "/user")) == (403, "Resource not accessible by integration")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [(UTC, "2026-12-24 09:05:06 UTC"), (timezone(timedelta(hours=-8)), "2026-12-24 09:05:06 -0800")],
)
def test_the_end_of_a_personal_token_is_told_with_each_answer(
    sandbox: Sandbox, ask: Ask, zone: timezone, shown: str
) -> None:
    ends = datetime(2026, 12, 24, 9, 5, 6, tzinfo=zone)
    sandbox.github.token("ghp_mine", owner="octocat", expires=ends)
    url, query = f"{sandbox.github.url}/graphql", {"query": "{ viewer { login } }"}
    headers = {"Authorization": "bearer ghp_mine", "User-Agent": "test"}
    for response in (
        ask("GET", "", token="ghp_mine"),
        requests.post(url, json=query, headers=headers, timeout=5),
    ):
        assert response.headers["github-authentication-token-expiration"] == shown
    assert "github-authentication-token-expiration" not in ask("GET", "").headers


def test_limits_are_counted_by_token_and_resource(sandbox: Sandbox) -> None:
    sandbox.github.repository("octocat/streaky")
    ask = asking(sandbox, "")
    for _ in range(2):
        answer = ask("GET", HERE)
    assert (answer.headers["x-ratelimit-remaining"], answer.headers["x-ratelimit-resource"]) == (
        "998",
        "core",
    )
    assert ask("GET", HERE, token="ghp_mine").headers["x-ratelimit-remaining"] == "4999"
    shown = ask("GET", "/rate_limit").json()["resources"]
    assert (shown["core"]["used"], shown["graphql"]["used"], shown["core"]["limit"]) == (2, 0, 1000)
    assert ask("GET", "/rate_limit").json()["rate"]["used"] == 2


def test_rest_points_that_are_used_up_are_a_403_until_healing(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.github.rate_limited(reset_in=60, resource="core")
    response = ask("GET", "")
    assert response.status_code == 403
    assert "rate limit exceeded" in response.json()["message"]
    assert response.headers["x-ratelimit-remaining"] == "0"
    sandbox.github.heal()
    assert ask("GET", "").status_code == 200
