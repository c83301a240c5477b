"""The steps of a team's run, each a job of `team.yml`: plan, check, left, report.

Each loads what it needs itself: what tells of a run is loaded while GitHub's answers are on their way.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from streaky.config.sources import Sources
from streaky.errors import ConfigurationError, Fault
from streaky.preload import ON_ITS_WAY
from streaky.runner.handover import packed
from streaky.runner.outputs import Runner, inert
from streaky.team.shards import Shard
from streaky.team.steps import OPTIONS
from streaky.text import counted

MARK = packed("left")  # for the next job; a mask could meet any word, and GitHub would then drop it

ALERTS = ("alert", "alerts")


@dataclass(frozen=True, slots=True)
class Options:
    """What a step is told."""

    shard: Shard
    roster: Path
    results: Path | None
    left: Path | None

    @classmethod
    def read(
        cls, step: str, flags: Mapping[str, Any], environment: Mapping[str, str], workspace: str
    ) -> Options:
        """From flags, variables and defaults, in this order. Raises ConfigurationError."""
        said = {
            name: (flags.get(name) or environment.get(variable, "").strip() or default)
            for name, (variable, default, _) in OPTIONS.items()
        }
        try:
            shard = Shard.read(said["shard"]) if said["shard"] or step == "check" else Shard(1, 1)
        except ValueError:
            mend = "Write K/N, such as 3/16: N is a power of two up to 256; 1/1 guards everybody."
            raise ConfigurationError((Fault("shard", "is not a shard.", mend),)) from None
        return cls(
            shard,
            Path(workspace, said["roster"]),
            Path(said["results"]) if said["results"] else None,
            Path(said["left"]) if said["left"] else None,
        )


def run(
    step: str,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    sources: Sources,
    runner: Runner,
    clock: datetime,
) -> tuple[int, str]:
    """One step's exit status, and the reason for it where it is not 0. Raises ConfigurationError."""
    options = Options.read(step, flags, environment, sources.workspace)
    if step == "plan":
        return _plan(options, sources, runner, clock)
    if step == "check":
        return _check(options, sources, runner, clock)
    if options.results is None:
        mend = "Pass --results, or STREAKY_RESULTS."
        raise ConfigurationError((Fault("results", "the folder with the results is not named.", mend),))
    return _left(options.results, runner) if step == "left" else _report(options.results, runner)


def _plan(options: Options, sources: Sources, runner: Runner, clock: datetime) -> tuple[int, str]:
    from streaky.report import WELL
    from streaky.team import plan as plans
    from streaky.team.begin import LIMITS

    plan = plans.plan(sources, clock, options.roster, LIMITS)
    warnings = [*plan.warnings]
    try:
        if options.results:
            plan.write(options.results)
    except OSError as error:  # the shards can run without it, and the last job says that it is missing
        warnings.append(f"The plan could not be written into the results: {error.strerror}.")
    said = (
        f"{counted(plan.people, 'person', 'people')}, {plan.waiting:,} of them with a day that matters now, "
        f"in {len(plan.shards)} of {counted(plan.count, 'shard', 'shards')}."
    )
    print(inert(said), flush=True)
    _hand_over(plan.matrix, runner, left=MARK if plan.shards else "")
    runner.summary(f"{said}\n\n")
    for warning in warnings:
        runner.warning(warning)
        print(inert(f"warning: {warning}"), file=sys.stderr)
    if plan.shards or not plan.faulty:
        return WELL, ""
    for login, why in sorted(plan.faulty.items()):  # no other job says it
        runner.error(f"{login} is not guarded. {why}")
    return ConfigurationError.exit_status, "Files of the roster are wrong."


def _check(options: Options, sources: Sources, runner: Runner, clock: datetime) -> tuple[int, str]:
    from streaky.team.begin import Order, begin

    begun = begin(sources, clock, Order(options.shard, options.roster, options.results, options.left))
    time.sleep(ON_ITS_WAY)
    from streaky.channels.base import Result  # while GitHub is asked
    from streaky.report import WELL
    from streaky.team import report as reports
    from streaky.team.check import check

    report = check(begun)
    print(
        inert(
            f"Shard {report.shard}: {counted(report.people, 'person', 'people')}, "
            f"{report.looked:,} looked at, {counted(report.count(Result.SENT), *ALERTS)} sent, "
            f"{report.pending:,} pending; "
            f"{counted(report.points.requests, 'request', 'requests')} for calendars, "
            f"{counted(report.writes, 'write', 'writes')}, {report.seconds:.1f} s."
        ),
        flush=True,
    )
    # Another job may still make it good; the one that reports has the last word.
    say = runner.notice if runner.hands_on else runner.error
    for title, named in (
        ("could not be warned", report.unheard),
        ("could not be checked", report.unread),
        ("is not guarded", report.faulty),
    ):
        for login, why in sorted(named.items()):
            print(inert(f"{login} {title}. {why}"), file=sys.stderr)
        if named:
            say(f"{reports.listed(named)} {title}. The log says why.")
    for warning in report.warnings:
        runner.warning(warning)
        print(inert(f"warning: {warning}"), file=sys.stderr)
    if runner.hands_on:
        runner.outputs({"left": MARK if report.pending or report.unsettled else ""})
        return WELL, ""
    return report.exit_status, "Somebody could not be warned, or not be checked."


def _left(folder: Path, runner: Runner) -> tuple[int, str]:
    from streaky.report import WELL
    from streaky.team import plan as plans
    from streaky.team import report as reports

    found = reports.left(folder)
    have = f"{counted(len(found), 'shard has', 'shards have')} something left for a fresh runner."
    print(have, flush=True)
    _hand_over(plans.matrix(found), runner)
    return WELL, ""


def _hand_over(matrix: str, runner: Runner, **more: str) -> None:
    """Tell the next jobs which shards to run; outside of a workflow, whoever reads what is printed."""
    runner.outputs({"matrix": matrix, **more})
    if matrix and not runner.has_outputs:
        print(matrix, flush=True)


def _report(folder: Path, runner: Runner) -> tuple[int, str]:
    from streaky.team import report as reports

    report = reports.gather(folder)
    runner.summary(reports.summary(report))
    plan = report.plan
    people = counted(plan.people, "person", "people") if plan else "The team"
    print(f"{people}: {counted(report.numbers.get('sent', 0), *ALERTS)} sent.", flush=True)
    for line in report.lines:
        print(inert(line), file=sys.stderr)
    for line in report.lines[: reports.SHOWN]:
        runner.error(line)
    for warning in report.warnings:
        runner.warning(warning)
    status = report.exit_status
    return status, report.lines[0] if status else ""
