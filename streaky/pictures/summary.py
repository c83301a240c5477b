"""The job summary: a heading with the standing, the figures, the alerts, and the last weeks as squares."""

from __future__ import annotations

from datetime import date, tzinfo

from streaky.channels.base import Outcome, Result
from streaky.messages import Choice
from streaky.pictures.markdown import cell, lateness, linked, minutes, squares, two_columns, with_code
from streaky.report import Report, days
from streaky.schedule.lateness import Start, Timing
from streaky.schedule.slots import hours
from streaky.streak import State, Streak
from streaky.understanding import NEXT, SETTINGS, Doubt, Point

WEEKS = 16  # as many as a phone shows whole
EMPTY, COUNTED, TODAY_OPEN = "⬜", "🟩", "🟨"
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
    Result.RESOLVED: "✅ updated",
    Result.UNRESOLVED: "➖ not updated",
}


def span(streak: Streak | None) -> str:
    """A streak's length with its dates."""
    return f"{days(streak)} ({streak.start} to {streak.end})" if streak else "none"


def summary(report: Report) -> str:
    """The report as GitHub-flavoured Markdown: what is to be mended first, then what a person came for."""
    parts = [
        f"## {_heading(report)}",
        *(f"> ⚠️ {_linked(each)}" for each in report.understood.doubts),
        *([f"> ❌ {cell(str(report.problem))}"] if report.problem else []),
        *(f"> {'⚠️ ' if note in report.warnings else ''}{cell(note)}" for note in report.notes),
        _next(report),
        *_outcomes(report),
        *([_ways(report.choice)] if report.choice else []),
        *_weeks(report),
        _figures(report),
        *([f"> 💡 {with_code(report.advice)}"] if report.advice else []),
        _understood(report),
    ]
    return "\n\n".join(filter(None, parts)) + "\n\n"


def _next(report: Report) -> str:
    """Until when there is time, and what comes next, with links to where that is changed."""
    left = f"{hours(report.day.left(report.now)):.1f} hours left"
    said = f"The day ends at **{report.day.deadline:%H:%M}** ({cell(str(report.day.zone))}): **{left}**."
    points = {each.name: each for each in report.understood.points}
    if NEXT in points:
        said += f" Next reminder: {cell(points[NEXT].text)}."
    links = {
        "Page and card": points["Page"].link if "Page" in points else "",
        "Pause": points["Pause"].link if "Pause" in points else "",
        "Settings": points[SETTINGS].link if SETTINGS in points else "",
        "Profile": points["Guarding"].link if "Guarding" in points else "",
    }
    shown = " · ".join(linked(name, link) for name, link in links.items() if link)
    return f"{said}\n\n{shown}" if shown else said


def _outcomes(report: Report) -> list[str]:
    """What was sent where."""
    if not report.outcomes:
        return []
    rows = "\n".join(_row(outcome) for outcome in report.outcomes)
    return [f"| Alert | Channel | Result |\n| --- | --- | --- |\n{rows}"]


def _weeks(report: Report) -> list[str]:
    """The last weeks as squares."""
    calendar, today = report.calendar, report.day.date
    if calendar is None:
        return []

    def square(day: date) -> str:
        if day > today or not calendar.covers(day):
            return ""
        if calendar.count(day) >= report.minimum:
            return COUNTED
        return TODAY_OPEN if day == today else EMPTY

    return [squares(today, WEEKS, square)]


def _understood(report: Report) -> str:
    """What the run understood, folded where it is not what a person came for."""
    points = report.understood.points
    if not points:
        return ""
    opened = " open" if report.test else ""
    head = f"<details{opened}><summary>What this run understood</summary>"
    return f"{head}\n\n{two_columns([(each.name, _linked(each)) for each in points])}\n\n</details>"


def _heading(report: Report) -> str:
    """The run in one line: what a test or a second job is about, else where the person stands."""
    user, failed = cell(report.user), sorted({each.channel for each in report.failures})
    if report.test:
        if failed:
            return f"🔴 The test alert did not arrive on {', '.join(failed)}"
        if not report.outcomes:
            return "🔴 No test alert was sent"
        return f"🧪 The test alert arrived on {', '.join(sorted({each.channel for each in report.outcomes}))}"
    if report.redelivery and (report.told or report.lost):
        bad = failed or report.lost
        return "🔴 Not delivered on a fresh runner either" if bad else "🟢 Delivered on a fresh runner"
    if report.status is State.AT_RISK and not report.alerts and not report.spoke:
        return f"🟡 {user}: nothing is due yet for the streak of {days(report.current)}"
    return HEADINGS[report.status].format(user=user, days=days(report.current))


def _linked(each: Doubt | Point) -> str:
    """A text, with a link to where it is seen or changed."""
    text = cell(each.text)
    return f"{text} {linked('Open', each.link)}" if each.link else text


def started(start: Start, zone: tzinfo) -> str:
    """Which time a scheduled run belongs to."""
    asked = f"{start.asked.astimezone(zone):%H:%M}" if start.asked else ""
    said = f"asked for at {asked}" + (" of the day before" if start.midnight else "")
    said += ", on time" if start.kind is Timing.ON_TIME else f", {minutes(start.late)} late"
    return said + (f"; {start.skipped} more were skipped" if start.skipped else "")


def refusal(faults: list[str]) -> str:
    """The summary of a run whose configuration is wrong."""
    rows = "\n".join(f"- {cell(fault)}" for fault in faults)
    return f"## 🔴 Streaky's configuration is wrong\n\nNothing was sent.\n\n{rows}\n\n"


def _figures(report: Report) -> str:
    standing = report.standing
    rows = [("Today", f"{report.day.date} ({report.day.zone})")]
    if standing:
        rows.append(("Contributions today", report.today))
        rows.append(("Current streak", span(standing.current)))
        longest = "Longest streak" if report.all_time else "Longest streak in the last year"
        rows.append((longest, span(standing.longest)))
        rows.append(("Private contributions", "counted" if report.private else "none seen"))
    if report.rescues:
        rows.append(("Days rescued by a reminder", str(report.rescues)))
    if report.start and report.start.asked:
        rows.append(("This run", started(report.start, report.day.zone)))
    if report.lateness and report.lateness.last is not None:
        rows.append(("GitHub's runs here start late by", lateness(report.lateness)))
    return two_columns([(name, cell(value)) for name, value in rows])


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
