"""People of the sandbox's GitHub, and their contributions within a window of time.

Source: GitHub's GraphQL schema, `User.contributionsCollection` and `ContributionCalendar`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from streaky.sandbox.github.answers import PAGE, number, stamp


@dataclass(slots=True)
class Person:
    """A person. `contributions`: dates and their counts, to be changed at any time; a date left out has none.

    `private`: some of the counts are of private repositories. `emails`: the addresses linked to the account,
    beside the one that GitHub gives.
    """

    login: str
    created: date
    contributions: dict[date, int] = field(default_factory=dict)
    private: bool = False
    name: str | None = None
    emails: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Span:
    """The time from `start` to `end`, aware instants in UTC; their dates are both included."""

    start: datetime
    end: datetime

    @classmethod
    def asked(cls, start: datetime | None, end: datetime | None, now: datetime) -> Span:
        """The span that `from` and `to` mean: a missing end lies a year from the other, or is now."""
        if start is None:
            end = end or now
            return cls(_years_on(end, -1), end)
        return cls(start, end or _years_on(start, 1))

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    @property
    def over_a_year(self) -> bool:
        """Whether it spans more than a calendar year, which GitHub refuses."""
        # counted from either end, so that a leap day is never the one day too many
        return self.end > _years_on(self.start, 1) and self.start < _years_on(self.end, -1)

    def until(self, last: date | None) -> Span:
        """The span without what lies after the date `last`."""
        if last is None or self.end.date() <= last:
            return self
        return Span(self.start, datetime.combine(last, time(23, 59, 59), UTC))


def collection(person: Person, span: Span) -> dict[str, Any]:
    """A ContributionsCollection: every date of the span with its count, in weeks that begin on Sunday."""
    counts = dict(person.contributions)  # a snapshot, since a test may change them meanwhile
    first, last = span.start.date(), span.end.date()
    weeks: list[dict[str, Any]] = []
    total = 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        weekday = day.isoweekday() % 7  # 0 is Sunday
        if not weeks or weekday == 0:
            weeks.append({"firstDay": day.isoformat(), "contributionDays": []})
        count = counts.get(day, 0)
        total += count
        weeks[-1]["contributionDays"].append(
            {"date": day.isoformat(), "contributionCount": count, "weekday": weekday}
        )
    return {
        "startedAt": stamp(span.start),
        "endedAt": stamp(span.end),
        "contributionYears": sorted({day.year for day, count in counts.items() if count}, reverse=True),
        "hasAnyRestrictedContributions": person.private,
        "restrictedContributionsCount": total if person.private else 0,
        "contributionCalendar": {"totalContributions": total, "weeks": weeks},
    }


def simple(login: str) -> dict[str, Any]:
    """A person, or a bot, as REST shows them beside what they did: a simple-user."""
    kind = "Bot" if login.endswith("[bot]") else "User"
    page = (
        f"{PAGE}/{login.removesuffix('[bot]')}"
        if kind == "User"
        else f"{PAGE}/apps/{login.removesuffix('[bot]')}"
    )
    return {"login": login, "id": number(login), "type": kind, "site_admin": False, "html_url": page}


def _years_on(instant: datetime, years: int) -> datetime:
    """The same time of that date `years` later; 29 February becomes the 28th where there is none."""
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, day=28)
