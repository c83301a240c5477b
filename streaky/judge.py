"""Where a person stands, from what GitHub showed and the ledger remembers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from streaky import streak
from streaky.calendar import Calendar, Day
from streaky.config.inputs import PAUSE_UNTIL
from streaky.config.settings import Settings
from streaky.errors import NEXT_RUN, Cause, ConfigurationError, CouldNotTell, Fault
from streaky.ledger import journal
from streaky.ledger.book import Ledger
from streaky.look import Look
from streaky.schedule.habit import Habit, habit
from streaky.streak import Rules, Standing


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where somebody stands on a day, and by which rules; `standing` is None when that could not be told, and
    `problem` then says why.

    `login`: GitHub's own spelling, where it is known; `private`: whether the counts hold private
    contributions; `all_time`: the longest streak is that of all years; `habit`: by when the person usually
    contributes, where the reminders wait for that.
    """

    login: str
    day: Day
    rules: Rules
    standing: Standing | None = None
    problem: CouldNotTell | None = None
    calendar: Calendar | None = None
    private: bool = False
    all_time: bool = False
    habit: Habit | None = None


def rules_in_force(settings: Settings, ledger: Ledger | None, today: date) -> Rules:
    """The rules of the settings with the pause that holds: the longer one of what is set and what is
    remembered; a pause that this run sets by hand takes the place of the remembered one.

    Raises ConfigurationError for a pause by hand up to a date that has passed.
    """
    if settings.pause_by_hand and settings.pause and (until := settings.pause.until) and until < today:
        mend = "Write a date from today on; none ends a pause."
        raise ConfigurationError((Fault(PAUSE_UNTIL.name, f"{until} has passed.", mend),))
    asked = settings.pause.last(today) if settings.pause else None
    remembered = ledger.pause_until if ledger and not settings.pause_by_hand else None
    return replace(settings.rules, pause_until=max((day for day in (asked, remembered) if day), default=None))


def judge(seen: Look, rules: Rules, ledger: Ledger | None, day: Day) -> Judgement:
    """Where the person stands on their local day, or why that cannot be told."""
    person, waits_for = seen.person, _habit(seen.settings, ledger, day)
    if person is None:
        return Judgement(seen.settings.user, day, rules, problem=seen.problem, habit=waits_for)
    calendar, known = person.calendar, journal.known(ledger, rules) if ledger else None
    judgement = Judgement(
        person.login, day, rules, calendar=calendar, private=person.private, habit=waits_for
    )
    if not calendar.covers(day.date):
        what = f"GitHub's calendar runs from {calendar.first} to {calendar.last}, without today, {day.date}."
        dates = {"first": calendar.first, "last": calendar.last}
        problem = CouldNotTell(what, "", NEXT_RUN, Cause.NO_TODAY, dates)
        return replace(judgement, calendar=None, problem=problem)
    standing = streak.stand(
        calendar,
        day.date,
        _with_past_pause(rules, ledger, day.date),
        whole=person.whole,
        full=person.full,
        since=seen.since,
        news=journal.news_since(ledger, day.date) if ledger else None,
        known=known.current if known else None,
    )
    longest = [each for each in (standing.longest, known.longest if known else None) if each]
    return replace(
        judgement,
        standing=replace(standing, longest=max(longest, key=lambda each: each.days, default=None)),
        all_time=seen.all_time or bool(known and known.longest),
    )


def _with_past_pause(rules: Rules, ledger: Ledger | None, today: date) -> Rules:
    """The rules with a pause that is over by now, too: what its days broke is no news."""
    before = journal.paused_until(ledger, today, rules) if ledger else None
    return replace(rules, pause_until=max((day for day in (rules.pause_until, before) if day), default=None))


def _habit(settings: Settings, ledger: Ledger | None, day: Day) -> Habit | None:
    """The habit that the reminders of a day wait for; None for none that is known, or for times that the
    person set themselves."""
    speaking = settings.speaking
    if ledger is None or not speaking.auto:
        return None
    return habit(journal.safe_times(ledger, day.date), day, speaking.lead)
