"""Looking at older years, where a streak reaches back to them or the longest of all time is not known yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from streaky import github, streak
from streaky.errors import CouldNotTell
from streaky.http import Pace, Patience
from streaky.ledger import journal
from streaky.ledger.book import Ledger
from streaky.look import Look
from streaky.streak import Rules


def look_back(
    seen: Look,
    rules: Rules,
    ledger: Ledger | None,
    today: date,
    patience: Patience,
    hurry: Pace | None = None,
) -> Look:
    """The same look, with the older years that matter and the ledger does not remember. One request more, or
    none. `hurry`: how long a warning may wait for the longest streak of all time, which it does not need."""
    person = seen.person
    if person is None:
        return seen
    seen = replace(seen, since=person.calendar.first, all_time=person.whole)
    if person.whole or not person.calendar.covers(today):
        return seen
    if not person.full:
        refused = "GitHub refused to read the last year, so this comes from the last 14 days."
        return replace(seen, notes=(*seen.notes, refused))
    known = journal.known(ledger, rules) if ledger else None
    # The longest streak of all time is asked for once.
    all_years = ledger is not None and not (known and known.longest)
    current = known.current if known else None
    needed = streak.needs_older(person.calendar, today, rules, current)
    if not (all_years or needed):
        return seen
    if hurry and not needed and person.calendar.count(today) < rules.minimum:
        patience = Patience(replace(hurry, total=min(hurry.total, patience.left)))
    try:
        older = github.read_older(seen.clients.reader, person, patience, all_years=all_years)
    except CouldNotTell as problem:
        so = "streak is a lower bound" if needed else "longest streak is that of the last year"
        unread = f"The years before could not be read, so the {so}. {problem}"
        return replace(seen, notes=(*seen.notes, unread))
    if all_years:
        return replace(seen, person=older, since=None, all_time=True)
    return replace(seen, person=older)
