"""The sandbox's GitHub, over real HTTP, and its schema against the official one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import graphql
import pytest
import requests
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.github.graphql.schema import Quick, schema

ROOT = Path(__file__).parents[3]
OFFICIAL = (
    ROOT.parent / "shared" / "specs" / "github.schema.graphql",
    ROOT / "tests" / "node_modules" / "@octokit" / "graphql-schema" / "schema.graphql",
)
CALENDAR = """
query Calendar($login: String!, $from: DateTime, $to: DateTime) {
  user(login: $login) {
    contributionsCollection(from: $from, to: $to) {
      startedAt endedAt contributionYears hasAnyRestrictedContributions restrictedContributionsCount
      contributionCalendar {
        totalContributions
        weeks { firstDay contributionDays { date contributionCount weekday } }
      }
    }
  }
}"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def post(
    sandbox: Sandbox, query: object, token: str = "t", path: str = "/graphql", **variables: object
) -> requests.Response:
    headers = {"Authorization": f"bearer {token}", "User-Agent": "test"}
    body = {"query": query, "variables": variables}
    return requests.post(sandbox.github.url + path, json=body, headers=headers, timeout=5)


def ask(sandbox: Sandbox, query: str, **variables: Any) -> dict[str, Any]:
    response = post(sandbox, query, **variables)
    assert response.status_code == 200
    return dict(response.json())


def days(collection: dict[str, Any]) -> dict[str, int]:
    weeks = collection["contributionCalendar"]["weeks"]
    return {day["date"]: day["contributionCount"] for week in weeks for day in week["contributionDays"]}


def collection(sandbox: Sandbox, start: str | None = None, end: str | None = None) -> dict[str, Any]:
    answer = ask(sandbox, CALENDAR, login="octocat", **{"from": start, "to": end})
    assert "errors" not in answer
    return dict(answer["data"]["user"]["contributionsCollection"])


# Who may ask


def test_without_a_token_or_with_an_unknown_one_it_is_401(sandbox: Sandbox) -> None:
    sandbox.github.tokens = {"good"}
    url, query = sandbox.github.url + "/graphql", {"query": "{ rateLimit { limit } }"}
    for authorization in (None, "", "bearer bad", "basic good"):
        headers = {"Authorization": authorization} if authorization is not None else {}
        response = requests.post(url, json=query, headers=headers, timeout=5)
        document = response.json()
        assert (response.status_code, document["message"], document["status"]) == (
            401,
            "Bad credentials",
            "401",
        )
        assert document["documentation_url"]
    for authorization in ("bearer good", "Bearer good", "token good"):
        assert (
            requests.post(url, json=query, headers={"Authorization": authorization}, timeout=5).status_code
            == 200
        )


def test_while_no_tokens_are_named_any_is_good(sandbox: Sandbox) -> None:
    assert post(sandbox, "{ rateLimit { limit } }", token="whatever").status_code == 200


def test_without_a_user_agent_it_is_403(sandbox: Sandbox) -> None:
    headers = {"Authorization": "token t", "User-Agent": ""}
    response = requests.post(sandbox.github.url + "/graphql", json={}, headers=headers, timeout=5)
    assert response.status_code == 403
    assert "User-Agent" in response.text


def test_other_paths_and_methods_are_404(sandbox: Sandbox) -> None:
    response = post(sandbox, "", path="/user")
    assert (response.status_code, response.json()["message"]) == (404, "Not Found")
    headers = {"Authorization": "token t"}
    assert requests.get(sandbox.github.url + "/graphql", headers=headers, timeout=5).status_code == 404


def test_the_path_of_an_enterprise_server_is_answered_too(sandbox: Sandbox) -> None:
    assert post(sandbox, "{ rateLimit { limit } }", path="/api/graphql").json() == {
        "data": {"rateLimit": {"limit": 5000}}
    }


def test_a_body_without_a_query_is_400(sandbox: Sandbox) -> None:
    assert post(sandbox, None).status_code == 400
    headers = {"Authorization": "token t"}
    assert (
        requests.post(sandbox.github.url + "/graphql", data=b"{", headers=headers, timeout=5).status_code
        == 400
    )


# People


def test_a_user_is_found_without_regard_to_case(sandbox: Sandbox) -> None:
    sandbox.github.person("OctoCat", date(2011, 1, 25), name="The Octocat")
    answer = ask(sandbox, '{ user(login: "octocat") { login name url createdAt } }')
    assert answer == {
        "data": {
            "user": {
                "login": "OctoCat",
                "name": "The Octocat",
                "url": "https://github.com/OctoCat",
                "createdAt": "2011-01-25T00:00:00Z",
            }
        }
    }


def test_an_unknown_user_is_null_with_not_found(sandbox: Sandbox) -> None:
    answer = ask(sandbox, '{ user(login: "x") { login } }')
    assert answer["data"] == {"user": None}
    assert answer["errors"] == [
        {
            "type": "NOT_FOUND",
            "path": ["user"],
            "locations": [{"line": 1, "column": 3}],
            "message": "Could not resolve to a User with the login of 'x'.",
        }
    ]


def test_aliases_variables_and_fragments_are_real(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat", contributions={date(2026, 11, 20): 2})
    query = """
    query ($login: String!, $at: DateTime!, $year: Boolean!) {
      one: user(login: $login) { ...shown }
      two: user(login: "OCTOCAT") {
        recent: contributionsCollection(from: $at, to: $at) { contributionCalendar { totalContributions } }
        year: contributionsCollection @include(if: $year) { startedAt }
      }
    }
    fragment shown on User { login __typename }"""
    answer = ask(sandbox, query, login="octocat", at="2026-11-20T12:00:00Z", year=False)
    assert answer["data"] == {
        "one": {"login": "octocat", "__typename": "User"},
        "two": {"recent": {"contributionCalendar": {"totalContributions": 2}}},
    }


# The calendar


def test_the_calendar_covers_each_date_of_the_window_zeros_included(sandbox: Sandbox) -> None:
    sandbox.github.person(
        "octocat", contributions={date(2026, 11, 18): 3, date(2026, 11, 21): 1, date(2026, 11, 30): 9}
    )
    found = collection(sandbox, "2026-11-17T23:00:00Z", "2026-11-21T00:00:00Z")
    assert days(found) == {
        "2026-11-17": 0,
        "2026-11-18": 3,
        "2026-11-19": 0,
        "2026-11-20": 0,
        "2026-11-21": 1,
    }
    assert (found["startedAt"], found["endedAt"]) == ("2026-11-17T23:00:00Z", "2026-11-21T00:00:00Z")
    assert found["contributionCalendar"]["totalContributions"] == 4


def test_weeks_begin_on_sunday_and_the_outer_ones_are_partial(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    weeks = collection(sandbox, "2026-11-20T00:00:00Z", "2026-11-29T00:00:00Z")["contributionCalendar"][
        "weeks"
    ]
    assert [week["firstDay"] for week in weeks] == ["2026-11-20", "2026-11-22", "2026-11-29"]
    assert [[day["weekday"] for day in week["contributionDays"]] for week in weeks] == [
        [5, 6],
        [0, 1, 2, 3, 4, 5, 6],
        [0],
    ]


def test_future_dates_are_covered_with_what_they_have(sandbox: Sandbox) -> None:
    today = datetime.now(UTC).date()
    sandbox.github.person("octocat", contributions={today + timedelta(days=1): 2})
    found = collection(sandbox, f"{today}T00:00:00Z", f"{today + timedelta(days=2)}T00:00:00Z")
    assert list(days(found).values()) == [0, 2, 0]


def test_without_bounds_it_is_the_year_until_now(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    found = days(collection(sandbox))
    today = datetime.now(UTC).date()
    assert max(found) in (str(today), str(today - timedelta(days=1)))
    assert len(found) in (366, 367)


def test_a_missing_bound_lies_a_year_from_the_other(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    assert collection(sandbox, start="2025-03-01T00:00:00Z")["endedAt"] == "2026-03-01T00:00:00Z"
    assert collection(sandbox, end="2024-02-29T00:00:00Z")["startedAt"] == "2023-02-28T00:00:00Z"


def test_bounds_with_an_offset_mean_their_instant(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    found = collection(sandbox, "2026-11-20T00:00:00+05:30", "2026-11-20T23:59:59+05:30")
    assert list(days(found)) == ["2026-11-19", "2026-11-20"]


def test_more_than_a_calendar_year_is_refused(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    assert len(days(collection(sandbox, "2024-02-01T00:00:00Z", "2025-02-01T00:00:00Z"))) == 367
    answer = ask(
        sandbox, CALENDAR, login="octocat", **{"from": "2025-01-01T00:00:00Z", "to": "2026-01-01T00:00:01Z"}
    )
    assert answer["data"] == {"user": None}
    (error,) = answer["errors"]
    assert error["message"] == "The total time spanned by 'from' and 'to' must not exceed 1 year"
    assert error["path"] == ["user", "contributionsCollection"]


def test_a_time_that_is_none_is_refused(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    answer = ask(sandbox, CALENDAR, login="octocat", **{"from": "soon"})
    assert answer["data"] == {"user": None}
    assert "DateTime" in answer["errors"][0]["message"]


def test_contributions_may_change_between_requests(sandbox: Sandbox) -> None:
    person = sandbox.github.person("octocat")
    window = ("2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z")
    assert days(collection(sandbox, *window)) == {"2026-11-20": 0}
    person.contributions[date(2026, 11, 20)] = 5
    assert days(collection(sandbox, *window)) == {"2026-11-20": 5}


def test_years_with_contributions_are_listed_newest_first(sandbox: Sandbox) -> None:
    counts = {date(2020, 5, 5): 1, date(2026, 1, 1): 1, date(2024, 1, 1): 2, date(2023, 1, 1): 0}
    sandbox.github.person("octocat", contributions=counts)
    assert collection(sandbox)["contributionYears"] == [2026, 2024, 2020]


def test_private_contributions_are_told_of(sandbox: Sandbox) -> None:
    window = ("2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z")
    for private, count in ((False, 0), (True, 3)):
        sandbox.github.person("octocat", contributions={date(2026, 11, 20): 3}, private=private)
        found = collection(sandbox, *window)
        assert (found["hasAnyRestrictedContributions"], found["restrictedContributionsCount"]) == (
            private,
            count,
        )


def test_a_last_day_cuts_the_calendar_short(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    sandbox.github.last_day = date(2026, 11, 21)
    found = collection(sandbox, "2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z")
    assert list(days(found)) == ["2026-11-20", "2026-11-21"]
    assert found["endedAt"] == "2026-11-21T23:59:59Z"
    assert (
        collection(sandbox, "2026-11-20T00:00:00Z", "2026-11-21T06:00:00Z")["endedAt"]
        == "2026-11-21T06:00:00Z"
    )


# Refused years

TWO_WINDOWS = """{ user(login: "octocat") {
  recent: contributionsCollection(from: "2026-11-01T00:00:00Z", to: "2026-11-23T00:00:00Z") { startedAt }
  year: contributionsCollection(from: "2025-11-23T00:00:00Z", to: "2026-11-23T00:00:00Z") { startedAt }
} }"""
RECENT = TWO_WINDOWS.replace(TWO_WINDOWS.splitlines()[2], "")


def test_a_year_beyond_the_resource_limits_makes_the_user_null(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    answer = ask(sandbox, TWO_WINDOWS)
    assert answer["data"] == {"user": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("RESOURCE_LIMITS_EXCEEDED", ["user", "year"])
    assert error["message"] == "Resource limits for this query exceeded."
    assert ask(sandbox, RECENT)["data"]["user"]["recent"]


@pytest.mark.parametrize(("how", "status"), [("TIMEOUT", 502), ("SOMETHING_WENT_WRONG", 200)])
def test_a_year_can_bring_down_the_whole_query(sandbox: Sandbox, how: Any, status: int) -> None:
    sandbox.github.person("octocat")
    sandbox.github.refuse_year = how
    response = post(sandbox, TWO_WINDOWS)
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["message"].startswith("Something went wrong while executing your query.")
    assert "data" not in response.json()
    assert post(sandbox, RECENT).json()["data"]["user"]["recent"]


def test_the_length_that_is_refused_can_be_chosen_and_healing_ends_it(sandbox: Sandbox) -> None:
    sandbox.github.person("octocat")
    sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    sandbox.github.refuse_beyond = timedelta(days=7)
    assert ask(sandbox, RECENT)["data"] == {"user": None}
    sandbox.github.heal()
    assert ask(sandbox, TWO_WINDOWS)["data"]["user"]["year"]


# Repositories

FILE = """query ($owner: String!, $name: String!, $at: String!) { repository(owner: $owner, name: $name) {
  nameWithOwner isPrivate defaultBranchRef { name target { oid __typename } }
  object(expression: $at) { oid __typename ... on Blob { text byteSize isBinary isTruncated } } } }"""


def repository(sandbox: Sandbox, at: str = "HEAD:a.txt", name: str = "repo") -> dict[str, Any]:
    return dict(ask(sandbox, FILE, owner="Octo", name=name, at=at)["data"]["repository"])


def test_a_file_is_read_by_head_branch_or_commit(sandbox: Sandbox) -> None:
    sandbox.github.repository("octo/Repo", {"a.txt": "é\n"}, private=True)
    shown = repository(sandbox)
    assert (shown["nameWithOwner"], shown["isPrivate"]) == ("octo/Repo", True)
    assert shown["defaultBranchRef"]["name"] == "main"
    assert shown["object"] == {
        "oid": "c6003325155f475bd7c87731607525dce73be9cf",  # as `git hash-object` says
        "__typename": "Blob",
        "text": "é\n",
        "byteSize": 3,
        "isBinary": False,
        "isTruncated": False,
    }
    commit = shown["defaultBranchRef"]["target"]["oid"]
    for revision in ("main", "refs/heads/main", commit):
        assert repository(sandbox, f"{revision}:a.txt")["object"] == shown["object"]


def test_a_file_or_revision_that_is_not_there_is_null(sandbox: Sandbox) -> None:
    sandbox.github.repository("octo/repo", {"a.txt": "x"}, branch="trunk")
    assert [repository(sandbox, at)["object"] for at in ("HEAD:b.txt", "main:a.txt", "HEAD:a", "0" * 40)] == [
        None
    ] * 4
    assert repository(sandbox, "trunk:a.txt")["object"]["text"] == "x"


def test_a_folder_is_a_tree_and_a_bare_revision_a_commit(sandbox: Sandbox) -> None:
    sandbox.github.repository("octo/repo", {".github/streaky.yml": "x"})
    assert repository(sandbox, "HEAD:.github")["object"]["__typename"] == "Tree"
    assert repository(sandbox, "HEAD:")["object"]["__typename"] == "Tree"
    assert repository(sandbox, "HEAD")["object"]["__typename"] == "Commit"


@pytest.mark.parametrize("data", [b"\x89PNG\0", b"\xff\xfe"])
def test_a_binary_file_has_no_text(sandbox: Sandbox, data: bytes) -> None:
    sandbox.github.repository("octo/repo", {"a.txt": data})
    shown = repository(sandbox)["object"]
    assert (shown["text"], shown["isBinary"], shown["byteSize"]) == (None, True, len(data))


def test_a_large_file_is_truncated(sandbox: Sandbox) -> None:
    sandbox.github.repository("octo/repo", {"a.txt": "x" * 512_001})
    shown = repository(sandbox)["object"]
    assert (len(shown["text"]), shown["isTruncated"], shown["byteSize"]) == (512_000, True, 512_001)


def test_changing_a_file_makes_another_commit(sandbox: Sandbox) -> None:
    added = sandbox.github.repository("octo/repo", {"a.txt": "x"})
    before = repository(sandbox)["defaultBranchRef"]
    added.files["a.txt"] = "y"
    assert repository(sandbox)["object"]["text"] == "y"
    assert repository(sandbox)["defaultBranchRef"] != before


def test_an_unknown_repository_is_null_with_not_found(sandbox: Sandbox) -> None:
    answer = ask(sandbox, FILE, owner="octo", name="gone", at="HEAD:a")
    assert answer["data"] == {"repository": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["repository"])
    assert error["message"] == "Could not resolve to a Repository with the name 'octo/gone'."


def test_a_blind_token_does_not_see_private_repositories(sandbox: Sandbox) -> None:
    sandbox.github.repository("octo/secret", private=True)
    sandbox.github.repository("octo/open")
    sandbox.github.blind_tokens = {"blind"}

    def seen(name: str, token: str) -> bool:
        return (
            post(sandbox, FILE, token, owner="octo", name=name, at="HEAD").json()["data"]["repository"]
            is not None
        )

    assert [seen("secret", "blind"), seen("open", "blind"), seen("secret", "seeing")] == [False, True, True]


def test_a_repository_has_an_owner_and_a_name(sandbox: Sandbox) -> None:
    for wrong in ("octo", "octo/", "/repo", "a/b/c"):
        with pytest.raises(ValueError, match="owner/name"):
            sandbox.github.repository(wrong)


# Limits


def test_a_query_that_does_not_fit_the_schema_has_errors_and_no_data(sandbox: Sandbox) -> None:
    for query in (
        '{ user(login: "x") { shoeSize } }',
        "{ user { login } }",
        "{",
        "query ($x: String!) { user(login: $x) { login } }",
    ):
        answer = ask(sandbox, query)
        assert answer["errors"]
        assert answer["errors"][0]["message"]
        assert "data" not in answer


def test_answers_carry_the_rate_limit_and_a_request_id(sandbox: Sandbox) -> None:
    answers = [post(sandbox, "{ rateLimit { limit cost remaining used resetAt } }") for _ in range(2)]
    headers = answers[1].headers
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"], headers["x-ratelimit-used"]) == (
        "5000",
        "4998",
        "2",
    )
    assert headers["x-ratelimit-resource"] == "graphql"
    assert 0 < int(headers["x-ratelimit-reset"]) - time.time() <= 3601
    assert answers[0].headers["x-github-request-id"] != headers["x-github-request-id"]
    shown = answers[1].json()["data"]["rateLimit"]
    assert (shown["limit"], shown["cost"], shown["remaining"], shown["used"]) == (5000, 1, 4998, 2)
    assert datetime.fromisoformat(shown["resetAt"]).timestamp() == int(headers["x-ratelimit-reset"])


def test_used_up_points_are_a_200_with_rate_limited_until_healing(sandbox: Sandbox) -> None:
    sandbox.github.rate_limited(reset_in=120)
    response = post(sandbox, "{ rateLimit { limit } }")
    assert (response.status_code, response.json()["errors"][0]["type"]) == (200, "RATE_LIMITED")
    assert response.headers["x-ratelimit-remaining"] == "0"
    assert 60 < int(response.headers["x-ratelimit-reset"]) - time.time() <= 121
    sandbox.github.heal()
    assert post(sandbox, "{ rateLimit { limit } }").json()["data"]


@pytest.mark.parametrize("wait", [None, 30])
def test_a_secondary_limit_is_a_403_until_healing(sandbox: Sandbox, wait: float | None) -> None:
    sandbox.github.secondary_limited(retry_after=wait)
    response = post(sandbox, "{ rateLimit { limit } }")
    assert response.status_code == 403
    assert "secondary rate limit" in response.json()["message"]
    assert response.headers.get("Retry-After") == (None if wait is None else "30")
    sandbox.heal()
    assert post(sandbox, "{ rateLimit { limit } }").json()["data"]


def test_faults_strike_here_as_everywhere(sandbox: Sandbox) -> None:
    sandbox.github.fail(Fault.status(502, "<html>Unicorn!</html>", {"Content-Type": "text/html"}))
    response = post(sandbox, "{ rateLimit { limit } }")
    assert (response.status_code, response.headers["Content-Type"]) == (502, "text/html")
    assert post(sandbox, "{ rateLimit { limit } }").status_code == 200


# The schema


@pytest.mark.parametrize(
    ("count", "fits"),
    [
        (3, True),
        (True, True),
        ("3", True),
        (lambda _info: 3, True),
        (None, False),
        (2**40, False),
        ("three", False),
        ([3], False),
    ],
)
def test_lists_of_plain_objects_are_answered_as_graphql_core_answers_them(count: object, fits: bool) -> None:
    days = [
        {"date": "2026-11-22", "contributionCount": 1},
        {"date": "2026-11-23", "contributionCount": count},
    ]
    calendar = {"totalContributions": 4, "weeks": [{"contributionDays": days}]}
    root = {"user": lambda _info, login: {"contributionsCollection": {"contributionCalendar": calendar}}}
    query = """{ user(login: "o") { contributionsCollection { contributionCalendar { weeks {
      contributionDays { day: date contributionCount } typed: contributionDays { __typename date }
    } } } } }"""
    core, quick = (
        graphql.execute_sync(schema(), graphql.parse(query), root, executor_class=executor)
        for executor in (None, Quick)
    )
    assert quick == core
    assert (core.errors is None) is fits


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    for path in OFFICIAL:
        if path.is_file():
            return build_schema(path.read_text("utf-8"), assume_valid=True, assume_valid_sdl=True)
    pytest.skip(
        "GitHub's published schema is not here: run `npm ci` in tests/ (package @octokit/graphql-schema)"
    )


def own_types() -> list[str]:
    return [name for name, kind in schema().type_map.items() if not name.startswith("__") and kind.ast_node]


@pytest.mark.parametrize("name", own_types())
def test_each_type_of_the_excerpt_is_githubs_own(official: GraphQLSchema, name: str) -> None:
    ours, theirs = schema().type_map[name], official.type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLObjectType):
        assert isinstance(theirs, GraphQLObjectType)
        assert {each.name for each in ours.interfaces} <= {each.name for each in theirs.interfaces}
    if isinstance(ours, GraphQLInputObjectType):
        assert isinstance(theirs, GraphQLInputObjectType)
        assert {name: (str(each.type), written(each)) for name, each in ours.fields.items()} == {
            name: (str(each.type), written(each)) for name, each in theirs.fields.items()
        }
    if isinstance(ours, GraphQLEnumType):
        assert isinstance(theirs, GraphQLEnumType)
        assert ours.values.keys() == theirs.values.keys()
    if not isinstance(ours, (GraphQLObjectType, GraphQLInterfaceType)):
        return
    assert isinstance(theirs, (GraphQLObjectType, GraphQLInterfaceType))
    for field, own in ours.fields.items():
        assert str(own.type) == str(theirs.fields[field].type), field
        for argument, given in own.args.items():
            counterpart = theirs.fields[field].args[argument]
            assert (str(given.type), written(given)) == (str(counterpart.type), written(counterpart)), (
                argument
            )


def written(argument: graphql.GraphQLArgument | graphql.GraphQLInputField) -> str:
    """The default of an argument or an input's field, as the schema has it."""
    node = argument.ast_node.default_value if argument.ast_node else None
    return graphql.print_ast(node) if node else ""
