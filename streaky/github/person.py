"""What GitHub says of a person, as plain data: the calendar, and the config file of the repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from streaky.calendar import Calendar
from streaky.errors import NEXT_RUN, Cause, CouldNotTell
from streaky.github import queries
from streaky.github.client import GraphQL, Refused, YearRefused
from streaky.github.queries import Where
from streaky.http import Patience

if TYPE_CHECKING:
    from streaky.github.issues import Tracker
    from streaky.github.repository import Repository

LONGEST_WINDOW = timedelta(days=400)  # of a window; a year is the most that is asked for
MOST_PAGES = 40  # of a team's issues in one run; the latest come first
# What taking apart an answer of another shape raises.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Person:
    """One person as GitHub shows them. `login` is GitHub's own spelling.

    `created`: the account's date; `years`: those with contributions; `private`: whether the counts hold
    private contributions; `full`: whether the year was read, not only the last 14 days; `whole`: whether
    no contribution can lie before the calendar.
    """

    login: str
    calendar: Calendar
    created: date
    years: tuple[int, ...]
    private: bool
    full: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request told: of the person, and of their repository where that was asked for. Where either is
    missing, `problem` or `refusal` says why."""

    person: Person | None = None
    problem: CouldNotTell | None = None
    repository: Repository | None = None
    refusal: CouldNotTell | None = None


def read(
    client: GraphQL, login: str, now: datetime, patience: Patience, where: Where | None = None
) -> Answer:
    """Read a person and, with `where`, the repository: its config file, ledger and workflow.

    One request; one more, without the year, when GitHub refuses the year. Raises ConfigurationError for a
    config file that is no text. Without the issue, in one request more, where the token may not read it.
    """
    try:
        return _ask(client, login, now, patience, where, year=True)
    except YearRefused:
        pass
    except CouldNotTell as problem:
        if where and where.issue and isinstance(problem, Refused) and problem.where == "repository":
            return read(client, login, now, patience, replace(where, issue=False))
        return Answer(problem=problem, refusal=problem)
    try:
        return _ask(client, login, now, patience, where, year=False)
    except YearRefused:
        what = "GitHub refused to read the calendar, even for 14 days."
        kind = "RESOURCE_LIMITS_EXCEEDED"
        refused = Refused(what, "", NEXT_RUN, Cause.WINDOW_REFUSED, {}, kind=kind, where="user")
        return Answer(problem=refused, refusal=refused)
    except CouldNotTell as problem:
        return Answer(problem=problem, refusal=problem)


def read_repository(client: GraphQL, where: Where, patience: Patience) -> Repository:
    """Read the repository alone. One request. Raises CouldNotTell, ConfigurationError."""
    try:
        query = queries.alone(issue=where.issue)
        found = client.ask(query, where.variables(), patience)["repository"]
        return _repository(found, where)
    except (YearRefused, *MALFORMED):
        raise _puzzled() from None


def read_issue(
    client: GraphQL, owner_name: tuple[str, str], patience: Patience, label: str = queries.LABEL
) -> Tracker:
    """Read the issue with this label alone. One request. Raises CouldNotTell."""
    variables = dict(zip(("owner", "name"), owner_name, strict=True))
    try:
        found = client.ask(queries.tracker(label), variables, patience)["repository"]
        from streaky.github.issues import read_tracker  # as in _repository

        return read_tracker(found)
    except (YearRefused, *MALFORMED):
        raise _puzzled() from None


def read_team_issues(
    client: GraphQL, owner_name: tuple[str, str], since: datetime, patience: Patience
) -> dict[str, Tracker]:
    """A team's issues in which something has happened since an instant (aware), by the login, in lower case,
    of the person whose it is. One request for 25 of them. Raises CouldNotTell."""
    variables: dict[str, Any] = dict(zip(("owner", "name"), owner_name, strict=True))
    variables["since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    trackers: dict[str, Tracker] = {}
    from streaky.github.issues import read_trackers  # as in _repository

    try:
        for _ in range(MOST_PAGES):
            found = client.ask(queries.TRACKERS, variables, patience)["repository"]
            trackers = read_trackers(found) | trackers
            page = found["issues"]["pageInfo"]
            if not page["hasNextPage"]:
                break
            variables["after"] = _text(page["endCursor"])
    except (YearRefused, *MALFORMED):
        raise _puzzled() from None
    return trackers


def read_last_branch(client: GraphQL, owner_name: tuple[str, str], folder: str, patience: Patience) -> str:
    """The last part of the name of the last branch, by name, below a folder such as `a/b`; "" for none. One
    request. Raises CouldNotTell."""
    variables = dict(zip(("owner", "name"), owner_name, strict=True)) | {"prefix": f"refs/heads/{folder}/"}
    try:
        nodes = client.ask(queries.LAST_BRANCH, variables, patience)["repository"]["refs"]["nodes"]
        return _text(nodes[0]["name"]).rpartition("/")[2] if nodes else ""
    except (YearRefused, *MALFORMED):
        raise _puzzled() from None


def _ask(
    client: GraphQL, login: str, now: datetime, patience: Patience, where: Where | None, *, year: bool
) -> Answer:
    query, variables = queries.person(
        now, year=year, repository=where is not None, issue=where is not None and where.issue
    )
    variables["login"] = login
    if where:
        variables |= where.variables()
    refused: Refused | None = None
    data: Mapping[str, Any]
    try:
        try:
            data = client.ask(query, variables, patience, long=year)
        except Refused as answered:
            refused, data = answered, answered.data
            if refused.kind != "NOT_FOUND" or refused.where not in ("user", "repository"):
                raise
        if refused and refused.where == "user":
            other = data.get("repository")
            return Answer(problem=refused, repository=_repository(other, where) if where and other else None)
        if refused and not data.get("user"):
            raise refused
        seen = _repository(data["repository"], where) if where and not refused else None
        person = _person(data["user"], year=year)
    except MALFORMED:
        raise _puzzled() from None
    _same(person, login)
    return Answer(person, repository=seen, refusal=refused)


def read_member(user: Mapping[str, Any], login: str) -> Person:
    """One person's part of an answer about many: their one window is all that was asked for, so it is full.

    Raises CouldNotTell.
    """
    try:
        calendar, years = _calendar(user["window"]), _years(user["window"])
        created = _date(user["createdAt"])
        person = Person(
            login=_text(user["login"]),
            calendar=calendar,
            created=created,
            years=years,
            private=bool(user["window"]["hasAnyRestrictedContributions"]),
            full=True,
            whole=_earliest(years, created) >= calendar.first,
        )
    except MALFORMED:
        raise _puzzled() from None
    _same(person, login)
    return person


def _same(person: Person, login: str) -> None:
    """Refuse an answer about another login. Raises CouldNotTell."""
    if person.login.casefold() != login.casefold():
        mend = "Check user: the login may have changed."
        raise CouldNotTell("GitHub answered about somebody else.", "", mend, Cause.SOMEBODY_ELSE)


def _puzzled() -> CouldNotTell:
    mend = "Nothing to mend here, unless it stays so; then tell Streaky's authors."
    return CouldNotTell("GitHub's answer was not understood.", "", mend, Cause.NOT_UNDERSTOOD)


def _repository(found: Any, where: Where) -> Repository:
    from streaky.github.repository import repository  # 8 ms, 20 without bytecode; loaded on GitHub's time

    return repository(found, where)


def _person(user: Mapping[str, Any], *, year: bool) -> Person:
    recent, years = _calendar(user["recent"]), _years(user["recent"])
    calendar = recent.joined(_calendar(user["year"])) if year else recent
    created = _date(user["createdAt"])
    return Person(
        login=_text(user["login"]),
        calendar=calendar,
        created=created,
        years=years,
        private=bool(user["year" if year else "recent"]["hasAnyRestrictedContributions"]),
        full=year,
        whole=_earliest(years, created) >= calendar.first,
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
    if not timedelta() <= last - first <= LONGEST_WINDOW:
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


def read_older(client: GraphQL, person: Person, patience: Patience, *, all_years: bool = False) -> Person:
    """The person with the years before their calendar, as far as these follow on each other without a gap, or
    with `all_years` all that have contributions.

    One request. Raises CouldNotTell.
    """
    first = person.calendar.first
    year = first.year
    while year - 1 in person.years:
        year -= 1
    if all_years:
        year = min((year, *person.years))
    if date(year, 1, 1) >= first:
        return replace(person, whole=True)
    query, variables = queries.older(first, date(year, 1, 1))
    variables["login"] = person.login
    try:
        user = client.ask(query, variables, patience, long=True)["user"]
        calendar = person.calendar
        for window in user.values():
            calendar = calendar.joined(_calendar(window))
    except (YearRefused, *MALFORMED):
        raise CouldNotTell("GitHub did not show the older years.") from None
    return replace(person, calendar=calendar, whole=True)
