"""The queries: GitHub's own schema takes them, and their windows cover the day in every zone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta, timezone

import graphql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaky.github import Where, queries
from streaky.github.ways import WAYS
from streaky.sandbox.github.graphql.cost import cost
from tests.conftest import NOW, ROOT, SPECS

TODAY = NOW.date()
OFFICIAL = (
    SPECS / "github.schema.graphql",
    ROOT / "tests/node_modules/@octokit/graphql-schema/schema.graphql",
)
# Instants that Streaky takes, and the offsets that zones have.
INSTANTS = st.datetimes(datetime(2008, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


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


WHERE = Where("octocat", "streaky", "x", "ledger.json")
QUERIES = {
    "the year and the config file": queries.person(NOW, year=True, repository=True),
    "the year": queries.person(NOW, year=True, repository=False),
    "14 days and the config file": queries.person(NOW, year=False, repository=True),
    "14 days": queries.person(NOW, year=False, repository=False),
    "the year, the config file and the issue": queries.person(NOW, year=True, repository=True, issue=True),
    "the repository alone": (queries.alone(issue=False), {}),
    "the repository alone, with its issue": (queries.alone(issue=True), {}),
    "the issue": (queries.tracker(), {"owner": "", "name": ""}),
    "the issue of a team's member": (queries.tracker("streaky: ada"), {"owner": "", "name": ""}),
    "the issues of a team": (queries.TRACKERS, {"owner": "", "name": "", "since": "", "after": ""}),
    "a write": (queries.COMMIT, {"input": ""}),
    "the ways": (WAYS, {"reviews": "", "issues": "", "since": ""}),
    "one older year": queries.older(TODAY, TODAY - timedelta(days=1)),
    "the last branch": (queries.LAST_BRANCH, {"owner": "", "name": "", "prefix": ""}),
    "a year of 15 people": queries.many(NOW, [f"person{number}" for number in range(15)], year=True),
    "14 days of one person": queries.many(NOW, ["octocat"], year=False),
    "twelve older years": queries.older(TODAY, date(TODAY.year - 12, 1, 1)),
}
NOT_OF_ONE = (
    "a write",
    "the issue",
    "the issue of a team's member",
    "the issues of a team",
    "the last branch",
    "a year of 15 people",
    "14 days of one person",
)


@pytest.mark.parametrize("name", QUERIES)
def test_githubs_own_schema_accepts_every_query(official: graphql.GraphQLSchema, name: str) -> None:
    query, variables = QUERIES[name]
    document = graphql.parse(query)
    assert [error.message for error in graphql.validate(official, document)] == []
    operation = document.definitions[0]
    declared = {variable.variable.name.value for variable in operation.variable_definitions}  # type: ignore[attr-defined]
    person = set() if "alone" in name or name in NOT_OF_ONE else {"login"}
    repository = set(WHERE.variables()) if "config" in name or "alone" in name else set()
    assert declared == set(variables) | person | repository


def test_the_ways_cost_one_point_and_few_nodes() -> None:
    assert cost(graphql.parse(WAYS), {}) == (1, 494)


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
