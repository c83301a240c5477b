"""Reading a person: how many requests, how far back, and what is done when GitHub refuses the year."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from streaky.http import Pace
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.conftest import NOW, QUICK, Limits, World, days_before
from tests.questions import asked, push

TODAY = NOW.date()


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
    assert alert.title == "octocat: your 499-day streak has ended"
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
        assert "at least 14 days" in world.hook.messages[0].content


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
