"""Whether Streaky itself keeps running: GitHub disables schedules, drops runs, and says so to nobody.

Source: GitHub docs, "Events that trigger workflows", schedule: in a public repository, scheduled workflows
are disabled when no repository activity has occurred in 60 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DISABLED = 60  # days without activity
WARNED = (45, 52, 57)
SILENT = 3  # days without a scheduled run; the longest delay that was seen had 13 hours
AGAIN = 7  # days


@dataclass(frozen=True, slots=True)
class Alive:
    """What keeps, or kept, Streaky from running; `link` is the page where the person mends it.

    `disabled_on`: around this date GitHub disables the schedule; `scheduled`: the date of the last scheduled
    run, where it is long ago; `gap`: the first and the last date without any run.
    """

    link: str
    disabled_on: date | None = None
    scheduled: date | None = None
    gap: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What GitHub says of the repository: whether it is public, its default branch, the date of that branch's
    last commit, and the pages where a person looks at the workflow and where they edit it."""

    public: bool
    active: date | None
    workflow_page: str
    edit_page: str


def watch(
    activity: Activity,
    scheduled: date | None,
    asked: date | None,
    gap: tuple[date, date] | None,
    today: date,
) -> tuple[list[date], Alive] | None:
    """What to tell of Streaky's own running, and the dates that it is news of; None when all is well.

    `scheduled`: the last scheduled run, None when unknown or when this is one; `asked`: the date on which the
    next one after it was asked for.
    """
    news, disabled_on, silent = [], None, None
    if activity.public and activity.active:
        age = (today - activity.active).days
        passed = [days for days in WARNED if days <= age < DISABLED]
        if passed:
            disabled_on = activity.active + timedelta(days=DISABLED)
            news.append(activity.active + timedelta(days=passed[-1]))
    if scheduled and asked and (today - asked).days >= SILENT:
        silent = scheduled
        news.append(today - timedelta(days=((today - asked).days - SILENT) % AGAIN))
    if gap:
        news.append(today)
    if not news:
        return None
    link = activity.edit_page if disabled_on and not silent else activity.workflow_page
    return sorted(set(news)), Alive(link, disabled_on, silent, gap)
