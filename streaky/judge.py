"""Where a person stands, from what GitHub shows and the ledger remembers."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime

from streaky import github, streak
from streaky.calendar import Day
from streaky.config.settings import Settings
from streaky.config.sources import Sources
from streaky.errors import NEXT_RUN, CouldNotTell
from streaky.finding import Finding
from streaky.github import Nobody, Reading
from streaky.github.client import GraphQL
from streaky.ledger import journal
from streaky.ledger.book import Ledger
from streaky.look import Answer
from streaky.streak import Streak

log = logging.getLogger("streaky")


def paused(settings: Settings, ledger: Ledger | None, now: datetime) -> Settings:
    """The settings with rules that know of the pause: the one that is set, or a longer one that the ledger
    remembers, unless a person sets another one with this run."""
    today = Day.at(now, settings.zone or UTC).date
    asked = settings.pause.last(today) if settings.pause else None
    remembered = ledger.pause_until if ledger and not settings.pause_by_hand else None
    last = max((each for each in (asked, remembered) if each), default=None)
    return replace(settings, rules=replace(settings.rules, pause_until=last))


def judge(
    client: GraphQL,
    settings: Settings,
    sources: Sources,
    answer: Answer,
    ledger: Ledger | None,
    now: datetime,
) -> Finding:
    """Where the person stands, or why that cannot be told."""
    try:
        if isinstance(answer, CouldNotTell):
            raise answer
        if isinstance(answer, Nobody):
            raise answer.problem
        finding = _stand(client, settings, answer, ledger, now)
        return replace(finding, notes=tuple(sources.redact(note) for note in finding.notes))
    except CouldNotTell as problem:
        said = CouldNotTell(*(sources.redact(part) for part in (problem.what, problem.why, problem.mend)))
        return Finding(settings, now, problem=said)


def _stand(
    client: GraphQL, settings: Settings, reading: Reading, ledger: Ledger | None, now: datetime
) -> Finding:
    """Where the person stands today, with older years where a streak reaches back to them and the ledger does
    not remember it, or where the longest of all time is not known yet."""
    today, calendar, rules = Day.at(now, settings.zone or UTC).date, reading.calendar, settings.rules
    recent = {f"{day}": calendar.count(day) for day in calendar.days(today) if (today - day).days < 14}
    log.debug("calendar of %s, %s to %s: %s", reading.login, calendar.first, calendar.last, recent)
    if not calendar.covers(today):
        what = f"GitHub's calendar runs from {calendar.first} to {calendar.last}, without today, {today}."
        raise CouldNotTell(what, "", NEXT_RUN)
    known = journal.known(ledger, rules) if ledger else None
    current = known.current if known else None
    # The longest streak of all time is asked for once, and not where a warning costs requests enough.
    begun, counted = ledger is not None and bool(ledger.days), calendar.count(today) >= rules.minimum
    all_years = begun and counted and not (known and known.longest)
    since: date | None = calendar.first
    all_time = reading.whole or bool(known and known.longest)
    notes: tuple[str, ...] = ()
    if not reading.full:
        notes = ("GitHub refused to read the last year, so this comes from the last 14 days.",)
    elif not reading.whole and (all_years or streak.needs_older(calendar, today, rules, current)):
        try:
            reading = github.read_older(client, reading, all_years=all_years)
            since, all_time = (None, True) if all_years else (since, all_time)
        except CouldNotTell as problem:
            notes = (f"The years before could not be read, so the streak is a lower bound. {problem}",)
    standing = streak.stand(
        reading.calendar,
        today,
        rules,
        whole=reading.whole,
        full=reading.full,
        since=since,
        news=journal.news_since(ledger, today) if ledger else None,
        known=current,
    )
    longest = max(
        (each for each in (standing.longest, known and known.longest) if each), key=_days, default=None
    )
    standing = replace(standing, longest=longest)
    return Finding(settings, now, reading, standing, notes=notes, all_time=all_time)


def _days(streak: Streak) -> int:
    return streak.days
