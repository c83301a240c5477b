"""All shards of a run as one: what the team is told, and what is left to fresh runners."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streaky.channels.base import Result
from streaky.errors import ConfigurationError
from streaky.report import COULD_NOT_TELL, UNDELIVERED, WELL
from streaky.team import plan as plans
from streaky.team import results
from streaky.team.plan import Plan
from streaky.team.results import Found
from streaky.team.shards import Shard
from streaky.text import counted

SHOWN = 200  # people of a list; a summary takes 1 MB
NO_PLAN = "The plan did not arrive, so nobody knows who was to be guarded. The first job's log says more."


@dataclass(frozen=True, slots=True)
class TeamReport:
    """What became of everybody. `missing`: the shards of which nobody knows; by login: `unheard`, why an
    alert reached nobody; `unread`, why somebody could not be judged; `faulty`, what is wrong with a file.
    `numbers`: sums over all shards."""

    plan: Plan | None
    missing: tuple[Shard, ...] = ()
    unheard: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    faulty: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """As that of a single run: 3 an alert reached nobody, 1 somebody could not be judged, 2 a file is
        wrong."""
        if self.unheard:
            return UNDELIVERED
        if self.unread or self.missing or self.plan is None:
            return COULD_NOT_TELL
        return ConfigurationError.exit_status if self.faulty else WELL

    @property
    def lines(self) -> tuple[str, ...]:
        """What is wrong, a line each: nobody by more than their login."""
        return (
            *((NO_PLAN,) if self.plan is None else ()),
            *(_lost(shard) for shard in self.missing),
            *(f"{login} could not be warned. {why}" for login, why in sorted(self.unheard.items())),
            *(f"{login} could not be checked. {why}" for login, why in sorted(self.unread.items())),
            *(f"{login} is not guarded. {why}" for login, why in sorted(self.faulty.items())),
        )


def _lost(shard: Shard) -> str:
    known = "so nobody knows whether its people were warned"
    return f"Shard {shard} left no result, {known}. Its job's log says more."


def left(folder: Path) -> tuple[Shard, ...]:
    """The shards that have something left for a fresh runner: alerts that it may deliver, or all, where a job
    has died, or could not write down what it had done. In the plan's order."""
    plan, found = plans.read(folder), results.read_all(folder)
    planned = plan.shards if plan else tuple(sorted(found, key=lambda shard: shard.number))
    return tuple(shard for shard in planned if _is_left(found.get(shard, [])))


def _is_left(found: Sequence[Found]) -> bool:
    last = found[-1] if found else None
    return last is None or not last.ended or bool((last.end or {}).get("pending"))


def gather(folder: Path) -> TeamReport:
    """The report of all that lies in a folder and below it."""
    plan, found = plans.read(folder), results.read_all(folder)
    missing = [shard for shard in (plan.shards if plan else ()) if not _ended(found.get(shard, []))]
    unheard: dict[str, str] = {}
    unread: dict[str, str] = {}
    faulty = dict(plan.faulty) if plan else {}
    warnings = list(plan.warnings) if plan else []
    numbers = dict.fromkeys(("sent", "looked", "points", "requests", "writes"), 0)
    for shard, files in found.items():
        for each in files:
            numbers["sent"] += sum(told.state is Result.SENT for told in each.told)
            for name in ("looked", "points", "requests", "writes") if each.end else ():
                value = (each.end or {}).get(name)
                numbers[name] += value if isinstance(value, int) else 0
        unheard |= _unheard(files)
        unread |= files[-1].unread
        for each in files:
            end = each.end or {}
            faulty |= _texts(end.get("faulty"))
            mended = not each.ended and files[-1].ended  # the job after it has written down what it had done
            listed = None if mended else end.get("warnings")
            warnings += [f"Shard {shard}: {text}" for text in (listed if isinstance(listed, list) else ())]
    return TeamReport(plan, tuple(missing), unheard, unread, faulty, numbers, tuple(dict.fromkeys(warnings)))


def _ended(files: Sequence[Found]) -> bool:
    """Whether the last job of a shard came to its end."""
    return bool(files) and files[-1].end is not None


def _unheard(files: Sequence[Found]) -> dict[str, str]:
    """Whom no job of a shard could reach: what the last one says of those whom it went on for, and what those
    before say of the others."""
    found: dict[str, str] = {}
    for each in files:
        if each.end is None:
            continue
        later = {told.login for told in each.told if told.state is Result.SENT}
        # What could be delivered on another runner was its to deliver, or to find no longer true.
        again = {told.login for file in files for told in file.told if told.again} if found else set()
        found = {login: why for login, why in found.items() if login not in later | again}
        found |= _texts(each.end.get("unheard"))
    return found


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}


def summary(report: TeamReport) -> str:
    """The report as GitHub-flavoured Markdown."""
    plan, numbers = report.plan, report.numbers
    parts = [f"## {_heading(report)}"]
    if plan:
        rows = {
            "People": f"{plan.people:,}",
            "Whose day matters now": f"{plan.waiting:,}",
            "Looked at": f"{numbers.get('looked', 0):,}",
            "Alerts sent": f"{numbers.get('sent', 0):,}",
            "Shards that ran": f"{len(plan.shards)} of {plan.count}",
            "Requests for calendars": f"{numbers.get('requests', 0):,}",
            "Points of GitHub's rate limit": f"{numbers.get('points', 0):,}",
            "Writes of ledgers": f"{numbers.get('writes', 0):,}",
        }
        cells = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
        parts.append(f"| | |\n| --- | --- |\n{cells}")
    if plan is None:
        parts.append(f"> {NO_PLAN}")
    parts += [f"> {_cell(_lost(shard))}" for shard in report.missing]
    for title, people_named in (
        ("Could not be warned", report.unheard),
        ("Could not be checked", report.unread),
        ("Not guarded, because of their file", report.faulty),
    ):
        if people_named:
            parts.append(f"### {title}\n\n{_table(people_named)}")
    parts += [f"> ⚠️ {_cell(text)}" for text in report.warnings[:SHOWN]]
    return "\n\n".join(parts) + "\n\n"


def _heading(report: TeamReport) -> str:
    people = counted(report.plan.people, "person", "people") if report.plan else "the team"
    bad = len({*report.unheard, *report.unread, *report.faulty})
    wrong = [f"{bad} of {people} {'needs' if bad == 1 else 'need'} a look"] if bad else []
    if report.missing:
        wrong.append(f"{counted(len(report.missing), 'shard', 'shards')} left no result")
    if wrong:
        return f"🔴 {', and '.join(wrong)}"
    if report.plan is None:
        return "🔴 The plan of this run did not arrive"
    return f"🟢 {people} {'is' if report.plan.people == 1 else 'are'} guarded"


def _table(named: Mapping[str, str]) -> str:
    rows = [f"| {_cell(login)} | {_cell(why)} |" for login, why in sorted(named.items())[:SHOWN]]
    more = len(named) - SHOWN
    rows += [f"| and {more:,} more | the log names them |"] if more > 0 else []
    return "| Login | Why |\n| --- | --- |\n" + "\n".join(rows)


def _cell(text: str) -> str:
    """Foreign text in which nothing acts as Markdown or HTML."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    return "".join(f"\\{c}" if c in r"\`*_[]|~@" else c for c in escaped)


def listed(names: Iterable[str]) -> str:
    """Some of many names, for a line of text."""
    found = sorted(names)
    more = len(found) - SHOWN
    return ", ".join(found[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
