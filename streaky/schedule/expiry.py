"""When to tell that the person's own token ends: once a week before, and once on its last day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from streaky.calendar import ONE_DAY, Day
from streaky.schedule.slots import Speaking

WEEK = timedelta(days=7)


def told_on(ends: datetime, day: Day, speaking: Speaking) -> date | None:
    """The date of the news that holds on a local day, for a token that expires at `ends` (aware): a week
    before, or its last day; None for neither yet, or when it is over.

    The last day is the one before where the token expires in the quiet hours, when nothing is said.
    """
    last = ends.astimezone(day.zone).date()
    if ends <= Day.at(ends, day.zone).moment(speaking.quiet_until):
        last -= ONE_DAY
    if not last - WEEK <= day.date <= last:
        return None
    return last if day.date == last else last - WEEK
