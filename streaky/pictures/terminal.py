"""The report as lines for a terminal or a job's log."""

from __future__ import annotations

from streaky.report import Report, days
from streaky.schedule.slots import hours


def terminal(report: Report) -> str:
    """What was found, decided and done, in a few lines."""
    left = hours(report.day.left(report.now))
    lines = [f"{report.user}: {report.status}"]
    if report.standing:
        shown = report.today if report.discreet else f"GitHub shows {report.today}"
        lines.append(f"  today {report.day.date}: {shown}")
        lines.append(f"  streak {days(report.standing.current)}, longest {days(report.standing.longest)}")
    if report.problem:
        lines.append(f"  {report.problem}")
    lines.append(f"  the day ends at {report.day.deadline:%H:%M} ({report.day.zone}), {left:.1f} hours left")
    if not (report.alerts or report.told):
        lines.append("  nothing is due")
    for alert in report.alerts if report.dry_run else ():
        lines.append(f"  would say: {alert.title}")
        lines += [f"    {line}" for line in alert.lines]
    if report.choice and report.dry_run:
        lines += [f"    {line}" for line in report.choice.text.splitlines()]
    for outcome in report.outcomes:
        said = f": {outcome.why} {outcome.mend}".rstrip() if outcome.why else ""
        lines.append(f"  {outcome.slot} on {outcome.channel}: {outcome.state}{said}")
    lines += [f"  {each.name.lower()}: {each.text}" for each in report.understood.points]
    lines += [f"  doubt: {each}" for each in report.understood.doubts]
    lines += [f"  note: {note}" for note in report.notes]
    return "\n".join(lines)
