"""Reading GitHub: the queries, how many of them, where the config file comes from, and how far back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import graphql
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from streaky.errors import ConfigurationError
from streaky.finding import Limits
from streaky.github import Where, queries
from streaky.http import Pace
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.conftest import NOW, QUICK, ROOT, SPECS, TOKEN, World, days_before

TODAY = NOW.date()
OFFICIAL = (
    SPECS / "github.schema.graphql",
    ROOT / "tests/node_modules/@octokit/graphql-schema/schema.graphql",
)
CONFIG = ".github/streaky.yml"
# Instants that Streaky takes, and the offsets that zones have.
INSTANTS = st.datetimes(datetime(2008, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def asked(world: World) -> list[str]:
    """The queries that GitHub got, in order, by what they ask for."""
    bodies = [json.loads(request.body) for request in world.sandbox.github.requests]
    return [said(body["query"], body["variables"]) for body in bodies]


def said(query: str, variables: dict[str, str]) -> str:
    parts = {"StreakyOlder": "older", "recent:": "recent", "year:": "year"}
    file = ["file"] if variables.get("config", "HEAD:") != "HEAD:" else []
    return " ".join([*(word for part, word in parts.items() if part in query), *file])


def write(world: World, text: str | bytes, path: str = CONFIG) -> None:
    """Put a config file into the workspace."""
    file = Path(world.environment["GITHUB_WORKSPACE"], path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


def push(world: World, text: str | bytes, path: str = CONFIG) -> None:
    """Put a config file into the repository on GitHub."""
    world.sandbox.github.repository("octocat/streaky", {path: text})


def nothing_sent(world: World) -> bool:
    return not world.sandbox.discord.requests and not world.sandbox.telegram.requests


def refused(world: World, **more: str) -> str:
    """What is wrong with the configuration; nothing was sent for it."""
    with pytest.raises(ConfigurationError) as caught:
        world.check(**more)
    assert caught.value.exit_status == 2
    assert nothing_sent(world)
    return str(caught.value)


# The queries themselves


@pytest.fixture(scope="module")
def official() -> graphql.GraphQLSchema:
    """GitHub's published schema."""
    path = next((path for path in OFFICIAL if path.exists()), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("GitHub's schema is missing: run npm ci in tests/.")
        pytest.skip("GitHub's schema is missing: run npm ci in tests/.")
    # Its own soundness is not our question, and proving it takes seconds.
    return graphql.build_schema(path.read_text("utf-8"), assume_valid=True, assume_valid_sdl=True)


WHERE = Where("octocat", "streaky", "x", "ledger.json", "")
QUERIES = {
    "the year and the config file": queries.person(NOW, year=True, repository=True),
    "the year": queries.person(NOW, year=True, repository=False),
    "14 days and the config file": queries.person(NOW, year=False, repository=True),
    "14 days": queries.person(NOW, year=False, repository=False),
    "the repository alone": (queries.ALONE, {}),
    "a write": (queries.COMMIT, {"input": ""}),
    "one older year": queries.older(TODAY, TODAY - timedelta(days=1)),
    "twelve older years": queries.older(TODAY, date(TODAY.year - 12, 1, 1)),
}


@pytest.mark.parametrize("name", QUERIES)
def test_githubs_own_schema_accepts_every_query(official: graphql.GraphQLSchema, name: str) -> None:
    query, variables = QUERIES[name]
    document = graphql.parse(query)
    assert [error.message for error in graphql.validate(official, document)] == []
    (operation,) = document.definitions
    declared = {variable.variable.name.value for variable in operation.variable_definitions}  # type: ignore[attr-defined]
    person = set() if name in ("the repository alone", "a write") else {"login"}
    repository = set(WHERE.variables()) if "config" in name or "alone" in name else set()
    assert declared == set(variables) | person | repository


def test_githubs_own_schema_would_refuse_a_field_that_it_lacks(official: graphql.GraphQLSchema) -> None:
    query, _ = QUERIES["the year"]
    document = graphql.parse(query.replace("contributionYears", "contributionEons"))
    assert graphql.validate(official, document)


def span(variables: dict[str, str], start: str, end: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(variables[start]), datetime.fromisoformat(variables[end])


@given(now=INSTANTS, zone=OFFSETS, elsewhere=OFFSETS)
def test_both_windows_cover_local_today_in_every_zone_and_none_exceeds_a_year(
    now: datetime, zone: timezone, elsewhere: timezone
) -> None:
    _, variables = queries.person(now.astimezone(elsewhere), year=True, repository=False)
    today = now.astimezone(zone).date()
    for start, reach in (("recent", timedelta(days=12)), ("year", timedelta(days=360))):
        first, last = span(variables, start, "to")
        assert first.date() <= today - reach
        assert today <= last.date()
        assert last - first <= timedelta(days=365)


@given(now=INSTANTS, zone=OFFSETS)
def test_the_windows_do_not_depend_on_the_zone_that_the_clock_is_written_in(
    now: datetime, zone: timezone
) -> None:
    assert queries.person(now.astimezone(zone), year=True, repository=True) == queries.person(
        now, year=True, repository=True
    )


@given(first=st.dates(date(2008, 1, 1), date(2100, 1, 1)), reach=st.integers(1, 30 * 366))
def test_older_windows_follow_on_each_other_without_a_gap_and_none_exceeds_a_year(
    first: date, reach: int
) -> None:
    until = first - timedelta(days=reach)
    query, variables = queries.older(first, until)
    spans = [span(variables, f"from{n}", f"to{n}") for n in range(1, len(variables) // 2 + 1)]
    assert len(spans) == query.count("contributionsCollection(")
    edge = first
    for start, end in spans:
        assert end.date() == edge, "each window shares its last day with the one before it"
        assert timedelta() < end - start <= timedelta(days=365)
        edge = start.date()
    assert edge <= until


# How many requests, and what they carry


def test_one_request_asks_for_the_person_the_year_and_the_file_when_nothing_is_due(world: World) -> None:
    world.contributions[TODAY] = 1
    report = world.check()
    assert (report.status, report.outcomes) == ("safe", ())
    assert asked(world) == ["recent year file"]
    assert not world.sandbox.discord.requests
    assert not world.sandbox.telegram.requests


def test_the_request_carries_the_token_and_an_agent_and_goes_to_the_graphql_url(world: World) -> None:
    world.check()
    (request,) = world.sandbox.github.requests
    assert (request.method, request.path) == ("POST", "/graphql")
    assert request.headers["Authorization"] == f"bearer {world.environment['GITHUB_TOKEN']}"
    assert request.headers["User-Agent"].startswith("streaky/")


def test_an_enterprise_servers_graphql_url_follows_from_its_api_url(world: World) -> None:
    api = f"{world.sandbox.github.url}/api/v3"
    report = world.check(GITHUB_API_URL=api, GITHUB_GRAPHQL_URL="")
    assert report.status == "at-risk"
    assert [request.path for request in world.sandbox.github.requests] == ["/api/graphql"]


def test_the_login_is_shown_as_github_spells_it(world: World) -> None:
    assert world.check(STREAKY_USER="OctoCat").user == "octocat"


# Where the config file comes from


def test_a_file_in_the_workspace_is_taken_and_the_repositorys_is_not_asked_for(world: World) -> None:
    write(world, "timezone: Asia/Tokyo\n")
    push(world, "timezone: Europe/Berlin\n")
    report = world.check()
    assert str(report.day.zone) == "Asia/Tokyo"
    assert asked(world) == ["recent year"]


def test_a_file_in_the_repository_is_read_in_the_same_request(world: World) -> None:
    push(world, "timezone: Asia/Tokyo\nremind-at: '06:00'\nrest-days: [tue]\n")
    report = world.check()  # 06:30 on Tuesday the 24th in Tokyo
    assert (str(report.day.zone), report.day.date) == ("Asia/Tokyo", TODAY + timedelta(days=1))
    assert report.status == "resting"
    assert asked(world) == ["recent year file"]


def test_reminders_of_the_repositorys_file_are_kept(world: World) -> None:
    push(world, "remind-at: [20:15, 22:00]\n")
    assert [str(alert.slot) for alert in world.check().alerts] == [f"{TODAY}/at-risk/20:15"]


def test_no_file_anywhere_means_the_defaults(world: World) -> None:
    report = world.check()
    assert (str(report.day.zone), report.exit_status) == ("UTC", 0)


def test_a_folder_where_the_file_should_be_is_no_file(world: World) -> None:
    push(world, "x", f"{CONFIG}/readme")
    assert world.check().exit_status == 0


@pytest.mark.parametrize("where", ["workspace", "repository"])
def test_flags_and_environment_beat_the_file(world: World, where: str) -> None:
    (write if where == "workspace" else push)(world, "timezone: Asia/Tokyo\nmin-contributions: 5\n")
    world.contributions[TODAY] = 1
    report = world.check(STREAKY_TIMEZONE="Europe/Berlin", STREAKY_MIN_CONTRIBUTIONS="1")
    assert (str(report.day.zone), report.status) == ("Europe/Berlin", "safe")


def test_a_named_file_is_read_from_the_repository_too(world: World) -> None:
    push(world, "timezone: Asia/Tokyo\n", "ci/guard.yml")
    assert str(world.check(STREAKY_CONFIG="ci/guard.yml").day.zone) == "Asia/Tokyo"


def test_a_named_file_that_is_nowhere_is_refused(world: World) -> None:
    assert "ci/guard.yml does not exist" in refused(world, STREAKY_CONFIG="ci/guard.yml")


@pytest.mark.parametrize("path", ["/nowhere/guard.yml", "../guard.yml"])
def test_a_named_file_outside_the_repository_is_refused_before_github_is_asked(
    world: World, path: str
) -> None:
    assert f"{path} does not exist" in refused(world, STREAKY_CONFIG=path)
    assert not world.sandbox.github.requests


def test_outside_of_a_repository_a_named_file_must_be_here(world: World) -> None:
    more = {"GITHUB_REPOSITORY": "", "STREAKY_USER": "octocat"}
    assert "guard.yml does not exist" in refused(world, STREAKY_CONFIG="guard.yml", **more)
    assert not world.sandbox.github.requests


@pytest.mark.parametrize("where", ["workspace", "repository"])
def test_every_fault_of_a_broken_file_is_named_with_its_place(world: World, where: str) -> None:
    text = "timezone: Europe/Berlin\nremind-at: 25:00\nrest-day: sat\n"
    (write if where == "workspace" else push)(world, text)
    faults = refused(world).splitlines()
    assert [fault.partition(": ")[0] for fault in faults] == [f"{CONFIG}:3:1", f"{CONFIG}:2:12"]
    assert '"25:00" is not a time of day' in faults[1]
    assert 'Did you mean "rest-days"?' in faults[0]
    assert len(world.sandbox.github.requests) == (0 if where == "workspace" else 1)


@pytest.mark.parametrize("where", ["workspace", "repository"])
def test_a_file_that_is_no_text_is_refused(world: World, where: str) -> None:
    (write if where == "workspace" else push)(world, b"\x00\xff\xfe\x00timezone")
    assert "text" in refused(world)


@pytest.mark.parametrize("where", ["workspace", "repository"])
@pytest.mark.parametrize("size", [70_000, 600_000])
def test_a_file_that_is_too_large_is_refused(world: World, where: str, size: int) -> None:
    (write if where == "workspace" else push)(world, "#" * size)
    assert "Keep the settings only" in refused(world)


def test_a_secret_in_the_repositorys_file_is_refused_and_not_repeated(world: World) -> None:
    push(world, f"telegram-bot-token: {world.bot.token}\n")
    said = refused(world)
    assert "must not hold" in said
    assert world.bot.token.partition(":")[2] not in said


def test_another_user_in_the_repositorys_file_costs_one_request_more(world: World) -> None:
    world.sandbox.github.person("hubot", contributions=days_before(TODAY, 3) | {TODAY: 1})
    push(world, "user: hubot\n")
    report = world.check()
    assert (report.user, report.status) == ("hubot", "safe")
    assert asked(world) == ["recent year file", "recent year file"]


def test_the_owner_in_another_spelling_costs_nothing_more(world: World) -> None:
    push(world, "user: OctoCat\n")
    assert world.check().status == "at-risk"
    assert asked(world) == ["recent year file"]


def test_a_user_in_the_workspaces_file_or_the_environment_is_asked_for_at_once(world: World) -> None:
    world.sandbox.github.person("hubot", contributions=days_before(TODAY, 3))
    assert world.check(STREAKY_USER="hubot").user == "hubot"
    assert asked(world) == ["recent year file"]
    world.sandbox.clear()
    write(world, "user: hubot\n")
    assert world.check().user == "hubot"
    assert asked(world) == ["recent year"]


def test_a_repository_of_an_organization_may_name_its_person_in_the_file(world: World) -> None:
    world.sandbox.github.repository("acme/streaky", {CONFIG: "user: octocat\ntimezone: Europe/Lisbon\n"})
    report = world.check(GITHUB_REPOSITORY="acme/streaky")
    assert (report.user, report.status, str(report.day.zone)) == ("octocat", "at-risk", "Europe/Lisbon")
    assert asked(world) == ["recent year file", "recent year file"]


def test_a_repository_of_an_organization_that_names_nobody_is_unknown_in_its_own_zone(world: World) -> None:
    world.sandbox.github.repository("acme/streaky", {CONFIG: "timezone: Asia/Tokyo\n"})
    report = world.check(GITHUB_REPOSITORY="acme/streaky")
    assert (report.status, report.exit_status, str(report.day.zone)) == ("unknown", 1, "Asia/Tokyo")
    assert "not an organization" in str(report.problem)
    assert len(world.hook.messages) == 1


# Streaks that are longer than a year


@pytest.mark.parametrize("length", [363, 364, 400, 800, 1500])
def test_a_long_streak_is_exact_and_costs_one_request_more_when_it_leaves_the_year(
    world: World, length: int
) -> None:
    world.contributions |= days_before(TODAY, length)
    report = world.check()
    document = report.document()
    assert (document["current-streak"], document["exact"]) == (length, True)
    assert document["streaks"]["current"]["start"] == str(TODAY - timedelta(days=length))
    assert document["longest-streak"] == length
    # the year begins 363 days before today
    assert asked(world)[1:] == (["older"] if length > 362 else [])


def test_a_streak_that_stays_within_the_year_costs_no_more(world: World) -> None:
    world.contributions |= days_before(TODAY, 362)
    assert world.check().outputs()["current-streak"] == "362"
    assert asked(world) == ["recent year file"]


def test_older_years_come_as_aliases_of_one_query(world: World) -> None:
    world.contributions |= days_before(TODAY, 1500)
    world.check()
    older = json.loads(world.sandbox.github.requests[-1].body)
    assert older["query"].count("contributionsCollection(") == 4  # 2025 back to the first of 2022
    assert older["variables"]["to1"] == "2025-11-25T00:00:00Z"


def test_a_year_without_contributions_ends_the_search(world: World) -> None:
    world.contributions |= days_before(TODAY, 400)
    world.contributions[date(2019, 5, 5)] = 1
    report = world.check()
    assert report.outputs()["current-streak"] == "400"
    older = json.loads(world.sandbox.github.requests[-1].body)
    assert older["query"].count("contributionsCollection(") == 1


def test_a_young_account_may_have_backdated_days_before_the_window(world: World) -> None:
    start = TODAY - timedelta(days=363)
    person = world.sandbox.github.person("octocat", created=start)
    person.contributions |= days_before(TODAY, 387)
    report = world.check()
    assert (report.outputs()["current-streak"], report.document()["exact"]) == ("387", True)
    assert asked(world) == ["recent year file", "older"]


def test_a_broken_streak_that_reaches_back_beyond_the_year_is_told_in_its_whole_length(world: World) -> None:
    world.contributions |= days_before(TODAY, 500)
    del world.contributions[TODAY - timedelta(days=1)]
    (alert,) = world.check().alerts
    assert alert.title == "octocat: your streak of 499 days has ended"
    assert asked(world)[1:] == ["older"]


def is_older(request: Request) -> bool:
    return b"StreakyOlder" in request.body


OLDER_TROUBLE = {
    "500": Fault.status(500),
    "401": Fault.status(401, {"message": "Bad credentials"}),
    "refused": Fault.status(
        200,
        {
            "data": {"user": None},
            "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits."}],
        },
    ),
    "no user": Fault.status(200, {"data": {"user": None}}),
    "no years": Fault.status(200, {"data": {"user": {"year1": None}}}),
    "negative": Fault.status(
        200,
        {
            "data": {
                "user": {
                    "year1": {
                        "startedAt": "2024-11-25T00:00:00Z",
                        "endedAt": "2025-11-25T00:00:00Z",
                        "contributionCalendar": {
                            "weeks": [{"contributionDays": [{"date": "2025-11-24", "contributionCount": -1}]}]
                        },
                    }
                }
            }
        },
    ),
    "dropped": Fault.drop(),
    "HTML": Fault.garbage(),
}


@pytest.mark.parametrize("trouble", OLDER_TROUBLE)
def test_older_years_that_fail_leave_a_lower_bound_that_is_called_one(world: World, trouble: str) -> None:
    world.contributions |= days_before(TODAY, 400)
    world.sandbox.github.fail(OLDER_TROUBLE[trouble], times=None, when=is_older)
    report = world.check()
    document = report.document()
    assert (report.status, report.exit_status) == ("at-risk", 0)
    assert (document["current-streak"], document["exact"]) == (363, False)
    (alert,) = report.alerts
    assert "at least 363 days" in alert.title
    (note,) = report.notes
    assert "lower bound" in note


def test_what_github_says_of_older_years_is_shown_without_secrets(world: World) -> None:
    world.contributions |= days_before(TODAY, 400)
    echo = {"message": f"Who sent {world.environment['GITHUB_TOKEN']}?"}
    world.sandbox.github.fail(Fault.status(403, echo), times=None, when=is_older)
    (note,) = world.check().notes
    assert "Who sent ***?" in note


def test_a_milestone_is_not_claimed_from_a_lower_bound(world: World) -> None:
    world.contributions |= days_before(TODAY, 499) | {TODAY: 1}
    assert world.check().standing.milestone == 500  # type: ignore[union-attr]
    world.sandbox.clear()
    world.contributions |= days_before(TODAY, 364)
    world.sandbox.github.fail(Fault.status(500), times=None, when=is_older)
    report = world.check()
    assert report.document()["exact"] is False
    assert report.alerts == ()


def test_the_longest_streak_is_the_years_unless_the_running_one_began_earlier(world: World) -> None:
    # running for 380 days, after one of 600 days that ended before the year
    world.contributions |= days_before(TODAY, 380)
    world.contributions |= days_before(TODAY - timedelta(days=381), 600)
    document = world.check().document()
    assert (document["current-streak"], document["longest-streak"]) == (380, 380)


# A year that GitHub refuses

REFUSALS = ["RESOURCE_LIMITS_EXCEEDED", "TIMEOUT", "SOMETHING_WENT_WRONG"]
REQUESTS = {"RESOURCE_LIMITS_EXCEEDED": 1, "TIMEOUT": 2, "SOMETHING_WENT_WRONG": 2}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("count", [0, 2])
def test_a_refused_year_leaves_the_day_judged_and_the_streak_a_lower_bound(
    world: World, refusal: Any, count: int
) -> None:
    world.contributions[TODAY] = count
    world.sandbox.github.refuse_year = refusal
    push(world, "timezone: Europe/Lisbon\n")
    report = world.check()
    document = report.document()
    assert (report.status, report.exit_status) == ("safe" if count else "at-risk", 0)
    assert document["current-streak"] == (15 if count else 14)
    assert document["exact"] is False
    assert str(report.day.zone) == "Europe/Lisbon"
    assert asked(world) == ["recent year file"] * REQUESTS[refusal] + ["recent file"]
    assert "last 14 days" in report.notes[0]
    if not count:
        assert "at least 14 days" in world.hook.messages[0].embeds[0]["title"]


def test_a_year_that_takes_too_long_is_given_up_for_the_short_window(world: World) -> None:
    long = Fault.slow(5)
    world.sandbox.github.fail(long, times=None, when=lambda request: b"year:" in request.body)
    limits = Limits(Pace(3, each=0.15, first=0.01, longest=0.05), QUICK.channel)
    report = world.check(limits=limits)
    assert (report.status, report.exit_status, report.document()["exact"]) == ("at-risk", 0, False)
    assert asked(world) == ["recent year file", "recent file"]


def test_every_length_is_a_lower_bound_when_the_year_was_refused(world: World) -> None:
    world.contributions.clear()
    world.contributions |= days_before(TODAY, 5)
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    document = world.check().document()
    assert (document["current-streak"], document["exact"]) == (5, False)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_year_and_a_short_window_both_refused_are_unknown(world: World, refusal: Any) -> None:
    world.sandbox.github.refuse_year = refusal
    world.sandbox.github.refuse_beyond = timedelta(days=3)
    report = world.check()
    assert (report.status, report.exit_status) == ("unknown", 1)
    assert report.outputs()["current-streak"] == ""
    assert len(world.hook.messages) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(502),
        Fault.status(504),
        Fault.status(500),
        Fault.garbage(),
        Fault.drop(),
        Fault.truncate(),
        Fault.status(200, {"errors": [{"message": "Something went wrong while executing your query."}]}),
        Fault.status(429, "", {"Retry-After": "0"}),
        Fault.status(403, {"message": "Wait"}, {"Retry-After": "0"}),
    ],
)
def test_one_passing_failure_is_asked_again_and_costs_no_exactness(world: World, fault: Fault) -> None:
    world.sandbox.github.fail(fault)
    report = world.check()
    document = report.document()
    assert (document["current-streak"], document["exact"], report.notes) == (42, True, ())
    assert asked(world) == ["recent year file"] * 2


# Waits that GitHub asks for, on a clock that only sleeping moves


class Clock:
    """A clock that stands still but for sleeping; each sleep is noted, then `awake` is called."""

    def __init__(self, awake: Callable[[], None]) -> None:
        self.at, self.slept, self._awake = 0.0, list[float](), awake
        pace = Pace(45, clock=lambda: self.at, sleep=self.sleep, jitter=lambda low, high: high)
        self.limits = Limits(pace, QUICK.channel)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        self._awake()


def test_a_short_retry_after_is_waited_for_as_long_as_it_says(world: World) -> None:
    world.sandbox.github.fail(Fault.status(403, {"message": "Slow down"}, {"Retry-After": "7"}))
    clock = Clock(lambda: None)
    assert world.check(limits=clock.limits).status == "at-risk"
    assert clock.slept == [7]


def test_a_secondary_limits_own_wait_is_waited_for(world: World) -> None:
    world.sandbox.github.secondary_limited(retry_after=30)
    clock = Clock(world.sandbox.github.heal)
    assert world.check(limits=clock.limits).status == "at-risk"
    assert clock.slept == [30]


def test_a_primary_limit_that_resets_in_time_is_waited_for(world: World) -> None:
    world.sandbox.github.rate_limited(reset_in=20)
    clock = Clock(world.sandbox.github.heal)
    assert world.check(limits=clock.limits).status == "at-risk"
    (slept,) = clock.slept
    assert 15 < slept <= 21


def test_a_primary_limit_whose_reset_has_passed_is_not_waited_for_a_minute(world: World) -> None:
    world.sandbox.github.rate_limited(reset_in=-5)
    clock = Clock(world.sandbox.github.heal)
    assert world.check(limits=clock.limits).status == "at-risk"
    assert sum(clock.slept) < 5


def test_waiting_grows_and_ends_within_the_time_for_github(world: World) -> None:
    world.sandbox.github.fail(Fault.status(500), times=None)
    clock = Clock(lambda: None)
    assert world.check(limits=clock.limits).status == "unknown"
    assert clock.slept == sorted(clock.slept)
    assert 3 <= len(clock.slept) <= 6
    assert clock.at <= 45


def test_a_path_with_a_dot_is_asked_for_as_git_knows_it(world: World) -> None:
    push(world, "timezone: Asia/Tokyo\n")
    report = world.check(STREAKY_CONFIG="./.github//streaky.yml")
    assert report.document()["timezone"] == "Asia/Tokyo"


def test_an_answer_about_somebody_else_is_unknown(world: World) -> None:
    for login in ("mallory", "octo\n::error::cat", "\ud800octocat", "octocat" * 1000, TOKEN):
        world.sandbox.clear()
        world.sandbox.github.heal()
        world.check()
        query = world.sandbox.github.requests[-1]
        answer = requests.post(
            f"{world.sandbox.github.url}/graphql",
            data=query.body,
            headers={"Authorization": f"bearer {TOKEN}", "User-Agent": "test"},
            timeout=5,
        ).json()
        answer["data"]["user"]["login"] = login
        world.sandbox.github.fail(Fault.status(200, answer), times=None)
        report = world.check()
        assert (report.status, report.user, report.exit_status) == ("unknown", "octocat", 1)
