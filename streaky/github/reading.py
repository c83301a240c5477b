"""What GitHub says of a person, as plain data: the calendar, and the config file of the repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from streaky.calendar import Calendar
from streaky.configfile import BIGGEST
from streaky.errors import NEXT_RUN, ConfigurationError, CouldNotTell, Fault
from streaky.github import queries
from streaky.github.client import GraphQL, NoSuchUser, YearRefused

# What taking apart an answer of another shape raises.
LONGEST = timedelta(days=400)  # of a window; a year is the most that is asked for
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Reading:
    """One person as GitHub shows them. `login` is GitHub's own spelling.

    `created`: the account's date; `years`: those with contributions; `private`: whether the counts hold
    private contributions; `full`: whether the year was read, not only the last 14 days; `whole`: whether
    no contribution can lie before the calendar; `config`: the config file's bytes, None where there is none.
    """

    login: str
    calendar: Calendar
    created: date
    years: tuple[int, ...]
    private: bool
    full: bool
    whole: bool
    config: bytes | None


@dataclass(frozen=True, slots=True)
class Nobody:
    """No person has the login, which may be an organization's. `config` as in `Reading`."""

    problem: CouldNotTell
    config: bytes | None


def read(
    client: GraphQL,
    login: str,
    now: datetime,
    repository: tuple[str, str] | None = None,
    config_path: str = "",
) -> Reading | Nobody:
    """Read a person and, with `repository` (owner, name), the file at `config_path` on its default branch.

    One request; one more, without the year, when GitHub refuses the year. Raises CouldNotTell, and
    ConfigurationError for a config file that is no text.
    """
    try:
        return _ask(client, login, now, repository, config_path, year=True)
    except YearRefused:
        pass
    try:
        return _ask(client, login, now, repository, config_path, year=False)
    except YearRefused:
        raise CouldNotTell(
            "GitHub refused to read the calendar, even for 14 days.",
            "",
            NEXT_RUN,
        ) from None


def _ask(
    client: GraphQL,
    login: str,
    now: datetime,
    repository: tuple[str, str] | None,
    config_path: str,
    *,
    year: bool,
) -> Reading | Nobody:
    query, variables = queries.person(now, year=year, config=repository is not None)
    variables["login"] = login
    if repository:
        path = PurePosixPath(config_path)  # without ./ and doubled slashes, which git knows nothing of
        variables |= {"owner": repository[0], "name": repository[1], "expression": f"HEAD:{path}"}
    try:
        try:
            data = client.ask(query, variables, long=year)
        except NoSuchUser as problem:
            if repository and not problem.data.get("repository"):
                raise  # the file could not be read either
            return Nobody(problem, _config(problem.data.get("repository"), config_path))
        config = _config(data["repository"], config_path) if repository else None
        reading = _person(data["user"], config, year=year)
    except MALFORMED:
        raise CouldNotTell(
            "GitHub's answer was not understood.",
            "",
            "Nothing to mend here, unless it stays so; then tell Streaky's authors.",
        ) from None
    if reading.login.casefold() != login.casefold():
        raise CouldNotTell(
            "GitHub answered about somebody else.", "", "Check user: the login may have changed."
        )
    return reading


def _person(user: Mapping[str, Any], config: bytes | None, *, year: bool) -> Reading:
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
        config=config,
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


def _config(repository: Any, config_path: str) -> bytes | None:
    blob = None if repository is None else repository["object"]  # null without an error: nothing to read
    if not blob:
        return None
    if blob["isBinary"] or not isinstance(blob["text"], str):
        raise ConfigurationError((Fault("config", f"{config_path} is not a text file."),))
    if blob["isTruncated"] or blob["byteSize"] > BIGGEST:
        what = f"{config_path} has {blob['byteSize']} bytes."
        raise ConfigurationError((Fault("config", what, "Keep the settings only."),))
    return blob["text"].encode()


def read_older(client: GraphQL, reading: Reading) -> Reading:
    """The reading with the years before its calendar, as far as they follow on each other without a gap.

    One request. Raises CouldNotTell.
    """
    first = reading.calendar.first
    year = first.year
    while year - 1 in reading.years:
        year -= 1
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
