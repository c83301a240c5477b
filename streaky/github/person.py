"""What GitHub says of a person, as plain data: the calendar, and the config file of the repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from streaky.calendar import Calendar
from streaky.errors import NEXT_RUN, CouldNotTell
from streaky.github import queries
from streaky.github.client import GraphQL, Refused, YearRefused
from streaky.github.repository import Repository, Where, repository

LONGEST = timedelta(days=400)  # of a window; a year is the most that is asked for
# What taking apart an answer of another shape raises.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Reading:
    """One person as GitHub shows them. `login` is GitHub's own spelling.

    `created`: the account's date; `years`: those with contributions; `private`: whether the counts hold
    private contributions; `full`: whether the year was read, not only the last 14 days; `whole`: whether
    no contribution can lie before the calendar; `repository`: None where it was not asked for.
    """

    login: str
    calendar: Calendar
    created: date
    years: tuple[int, ...]
    private: bool
    full: bool
    whole: bool
    repository: Repository | Refused | None


@dataclass(frozen=True, slots=True)
class Nobody:
    """No person has the login, which may be an organization's. `repository` as in `Reading`."""

    problem: CouldNotTell
    repository: Repository | Refused | None


def read(client: GraphQL, login: str, now: datetime, where: Where | None = None) -> Reading | Nobody:
    """Read a person and, with `where`, the repository: its config file and ledger.

    One request; one more, without the year, when GitHub refuses the year. A repository that the token cannot
    see comes as Refused in its place. Raises CouldNotTell, and ConfigurationError for a config file that is
    no text.
    """
    try:
        return _ask(client, login, now, where, year=True)
    except YearRefused:
        pass
    try:
        return _ask(client, login, now, where, year=False)
    except YearRefused:
        what = "GitHub refused to read the calendar, even for 14 days."
        raise Refused(what, "", NEXT_RUN, kind="RESOURCE_LIMITS_EXCEEDED", where="user") from None


def read_repository(client: GraphQL, where: Where) -> Repository:
    """Read the repository alone. One request. Raises CouldNotTell, ConfigurationError."""
    try:
        return repository(client.ask(queries.ALONE, where.variables(), long=False)["repository"], where)
    except (YearRefused, *MALFORMED):
        raise _puzzled() from None


def _ask(client: GraphQL, login: str, now: datetime, where: Where | None, *, year: bool) -> Reading | Nobody:
    query, variables = queries.person(now, year=year, repository=where is not None)
    variables["login"] = login
    if where:
        variables |= where.variables()
    seen: Repository | Refused | None = None
    data: Mapping[str, Any]
    try:
        try:
            data = client.ask(query, variables, long=year)
        except Refused as refused:
            data, seen = refused.data, refused if refused.where == "repository" else None
            if refused.kind != "NOT_FOUND" or refused.where not in ("user", "repository"):
                raise
            if refused.where == "user":
                other = data.get("repository")
                return Nobody(refused, repository(other, where) if where and other else None)
            if not data.get("user"):
                raise
        if where and not seen:
            seen = repository(data["repository"], where)
        reading = _person(data["user"], seen, year=year)
    except MALFORMED:
        raise _puzzled() from None
    if reading.login.casefold() != login.casefold():
        raise CouldNotTell(
            "GitHub answered about somebody else.", "", "Check user: the login may have changed."
        )
    return reading


def _puzzled() -> CouldNotTell:
    mend = "Nothing to mend here, unless it stays so; then tell Streaky's authors."
    return CouldNotTell("GitHub's answer was not understood.", "", mend)


def _person(user: Mapping[str, Any], seen: Repository | Refused | None, *, year: bool) -> Reading:
    recent, years = _calendar(user["recent"]), _years(user["recent"])
    calendar = recent.joined(_calendar(user["year"])) if year else recent
    created = _date(user["createdAt"])
    return Reading(
        login=_text(user["login"]),
        calendar=calendar,
        created=created,
        years=years,
        private=bool(user["year" if year else "recent"]["hasAnyRestrictedContributions"]),
        full=year,
        whole=_earliest(years, created) >= calendar.first,
        repository=seen,
    )


def _earliest(years: tuple[int, ...], created: date) -> date:
    """The first date that can have a contribution; backdated commits may lie before the account's own."""
    return date(min(years), 1, 1) if years else created


def _calendar(window: Mapping[str, Any]) -> Calendar:
    counts: dict[date, int] = {}
    for week in _list(window["contributionCalendar"]["weeks"]):
        for each in _list(week["contributionDays"]):
            count = each["contributionCount"]
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise ValueError("not a count")
            counts[_date(each["date"])] = count
    first, last = _date(window["startedAt"]), _date(window["endedAt"])
    if not timedelta() <= last - first <= LONGEST:
        raise ValueError("not a window that was asked for")
    return Calendar(first, last, counts)


def _years(window: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(int(year) for year in _list(window["contributionYears"]))


def _date(text: Any) -> date:
    """The date of a Date or DateTime; both begin with it."""
    return date.fromisoformat(_text(text)[:10])


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def read_older(client: GraphQL, reading: Reading, *, all_years: bool = False) -> Reading:
    """The reading with the years before its calendar, as far as they follow on each other without a gap, or
    with `all_years` all that have contributions.

    One request. Raises CouldNotTell.
    """
    first = reading.calendar.first
    year = first.year
    while year - 1 in reading.years:
        year -= 1
    if all_years:
        year = min((year, *reading.years))
    if date(year, 1, 1) >= first:
        return replace(reading, whole=True)
    query, variables = queries.older(first, date(year, 1, 1))
    variables["login"] = reading.login
    try:
        user = client.ask(query, variables, long=True)["user"]
        calendar = reading.calendar
        for window in user.values():
            calendar = calendar.joined(_calendar(window))
    except (YearRefused, *MALFORMED):
        raise CouldNotTell("GitHub did not show the older years.") from None
    return replace(reading, calendar=calendar, whole=True)
