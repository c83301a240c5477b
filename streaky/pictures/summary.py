"""The job summary: a heading with the standing, the figures, the alerts, and the last weeks as squares."""

from __future__ import annotations

import html
from datetime import date, timedelta, tzinfo
from urllib.parse import quote

from streaky.calendar import ONE_DAY, Calendar
from streaky.channels.base import Outcome, Result
from streaky.messages import Choice
from streaky.report import Report, days
from streaky.schedule.lateness import COUNTED_ON, FEWEST, Lateness, Start, Timing
from streaky.schedule.slots import hours
from streaky.streak import State, Streak
from streaky.understanding import Doubt, Point

WEEKS = 8
SAFE = ":/?#=&%+.-_~@"  # what a URL may hold, without what could end a link
MUCH = timedelta(hours=1)  # so late that something should be done about it
EMPTY, COUNTED, TODAY_OPEN, AHEAD = "⬜", "🟩", "🟨", "▫️"
HEADINGS = {
    State.SAFE: "🟢 {user} is safe today",
    State.AT_RISK: "🟠 {user}'s streak of {days} is at risk",
    State.IDLE: "⚪ {user} has no streak to lose",
    State.RESTING: "🔵 {user} rests today",
    State.UNKNOWN: "🔴 {user}'s streak could not be checked",
}
MARKS = {
    Result.SENT: "✅ sent",
    Result.FAILED: "❌ failed",
    Result.SKIPPED: "⏭️ skipped",
    Result.DRY_RUN: "📝 dry run",
    Result.RESOLVED: "✅ resolved",
    Result.UNRESOLVED: "➖ not updated",
}


def span(streak: Streak | None) -> str:
    """A streak's length with its dates."""
    return f"{days(streak)} ({streak.start} to {streak.end})" if streak else "none"


def summary(report: Report) -> str:
    """The report as GitHub-flavoured Markdown."""
    parts = [f"## {_heading(report)}", *(f"> ⚠️ {_linked(each)}" for each in report.understood.doubts)]
    if report.problem:
        parts.append(f"> {cell(str(report.problem))}")
    parts.append(_figures(report))
    if report.calendar:
        parts.append(_squares(report.calendar, report.day.date, report.minimum))
    if report.outcomes:
        rows = "\n".join(_row(outcome) for outcome in report.outcomes)
        parts.append(f"| Alert | Channel | Result |\n| --- | --- | --- |\n{rows}")
    if report.choice:
        parts.append(_ways(report.choice))
    parts += [f"> {cell(note)}" for note in report.notes]
    return "\n\n".join(parts) + "\n\n"


def _heading(report: Report) -> str:
    """The run in one line: what a test or a second job is about, else where the person stands."""
    user, failed = cell(report.user), sorted({each.channel for each in report.failures})
    if report.test:
        if failed:
            return f"🔴 The test alert did not arrive on {', '.join(failed)}"
        if not report.outcomes:
            return "🔴 No test alert was sent"
        return f"🧪 The test alert arrived on {', '.join(sorted({each.channel for each in report.outcomes}))}"
    if report.redelivery:
        bad = failed or report.lost
        return "🔴 Not delivered on a fresh runner either" if bad else "🟢 Delivered on a fresh runner"
    if report.status is State.AT_RISK and not report.alerts and not report.spoke:
        return f"🟡 {user}: nothing is due yet for the streak of {days(report.current)}"
    return HEADINGS[report.status].format(user=user, days=days(report.current))


def _linked(each: Doubt | Point) -> str:
    """A text, with a link to where it is seen or changed."""
    text = cell(each.text)
    return f"{text} [Open]({quote(each.link, safe=SAFE)})" if each.link else text


def started(start: Start, zone: tzinfo) -> str:
    """Which time a scheduled run belongs to."""
    asked = f"{start.asked.astimezone(zone):%H:%M}" if start.asked else ""
    said = f"asked for at {asked}" + (" of the day before" if start.midnight else "")
    said += ", on time" if start.kind is Timing.ON_TIME else f", {minutes(start.late)} late"
    return said + (f"; {start.skipped} more were skipped" if start.skipped else "")


def lateness(seen: Lateness) -> str:
    """How late runs start, and the advice that fits."""
    half, most = (seen.quantile(share) for share in (0.5, COUNTED_ON))
    said = f"up to {minutes(half)} in half of {seen.total} runs, {minutes(most)} in 95 %;"
    said += f" {minutes(seen.last)} last."
    if seen.total < FEWEST:
        return f"{said} That is too little to reckon with."
    if most and most > MUCH:
        return f"{said} More cron lines, or an outside timer, make warnings timelier."
    return said


def minutes(span: timedelta | None) -> str:
    """A lateness in minutes, or in hours where it has as many."""
    whole = (span or timedelta()) // timedelta(minutes=1)
    return f"{whole} min" if whole < 120 else f"{whole / 60:.1f} h"


def refusal(faults: list[str]) -> str:
    """The summary of a run whose configuration is wrong."""
    rows = "\n".join(f"- {cell(fault)}" for fault in faults)
    return f"## 🔴 Streaky's configuration is wrong\n\nNothing was sent.\n\n{rows}\n\n"


def cell(text: str) -> str:
    """Foreign text inside a table or paragraph, with nothing that Markdown or HTML would act on."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    return "".join(f"\\{c}" if c in r"\`*_[]|~" else c for c in escaped)


def _figures(report: Report) -> str:
    standing = report.standing
    rows = [("Today", f"{report.day.date} ({report.day.zone})")]
    if standing:
        rows.append(("Contributions today", report.today))
        rows.append(("Current streak", span(standing.current)))
        longest = "Longest streak" if report.all_time else "Longest streak in the last year"
        rows.append((longest, span(standing.longest)))
        rows.append(("Private contributions", "counted" if report.private else "none seen"))
    left = f"{report.day.deadline:%H:%M}, {hours(report.day.left(report.now)):.1f} hours left"
    rows.append(("Day ends", left))
    if report.rescues:
        rows.append(("Days rescued by a reminder", str(report.rescues)))
    if report.start and report.start.asked:
        rows.append(("This run", started(report.start, report.day.zone)))
    if report.lateness and report.lateness.last is not None:
        rows.append(("GitHub's runs here start late by", lateness(report.lateness)))
    shown = [f"| {name} | {cell(value)} |" for name, value in rows]
    shown += [f"| {each.name} | {_linked(each)} |" for each in report.understood.points]
    return "| | |\n| --- | --- |\n" + "\n".join(shown)


def _ways(choice: Choice) -> str:
    """What the person could do, as the warning says it."""
    ways = (f"{n}. {_linked(Point('', way.text, way.url))}" for n, way in enumerate(choice.ways, 1))
    return "\n".join(
        (f"**{cell(choice.title)}**\n", *ways, "", _linked(Point("", choice.rest, choice.pause)))
    )


def _row(outcome: Outcome) -> str:
    result = MARKS[outcome.state]
    if outcome.why:
        result += f": {cell(f'{outcome.why} {outcome.mend}'.strip())}"
    slot = outcome.slot
    kind = f"{slot.kind} {slot.at:%H:%M}" if slot.at else str(slot.kind)
    return f"| {kind}{f' ({outcome.urgency})' if outcome.urgency else ''} | {outcome.channel} | {result} |"


def _squares(calendar: Calendar, today: date, minimum: int) -> str:
    """The last weeks, a column each and Sunday at the top as on the profile; the week of today comes last."""
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    first = sunday - timedelta(weeks=WEEKS - 1)
    rows = []
    for weekday in range(7):
        dates = (first + timedelta(weeks=week) + weekday * ONE_DAY for week in range(WEEKS))
        rows.append("".join(_square(calendar, day, today, minimum) for day in dates))
    return "\n".join(f"{row}<br>" for row in rows)


def _square(calendar: Calendar, day: date, today: date, minimum: int) -> str:
    if day > today or not calendar.covers(day):
        return AHEAD
    if calendar.count(day) >= minimum:
        return COUNTED
    return TODAY_OPEN if day == today else EMPTY
