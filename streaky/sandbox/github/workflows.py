"""Workflows of a repository in the sandbox's GitHub, and their runs.

Source: GitHub REST docs, "Workflows", "Workflow runs".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from streaky.sandbox.github.answers import number

WorkflowState = Literal["active", "disabled_inactivity", "disabled_manually", "disabled_fork"]


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One attempt of a run of a workflow file. `started` is aware."""

    id: int
    workflow: str
    started: datetime
    conclusion: str | None
    status: str
    event: str
    title: str
    attempt: int


def workflow_id(workflow: str) -> int:
    """The id of a workflow file, which stays the same for its name."""
    return number(workflow)


def listed(runs: Sequence[WorkflowRun], workflow: str | None, query: Mapping[str, str]) -> list[WorkflowRun]:
    """The runs of a workflow (file name or id; None: of all) that a query asks for: the newest first, each by
    its last attempt. A query's `status` may be a conclusion too."""
    last: dict[int, WorkflowRun] = {}
    for run in sorted(runs, key=lambda run: run.attempt):
        if workflow in (None, run.workflow, str(workflow_id(run.workflow))):
            last[run.id] = run
    status, event = query.get("status"), query.get("event")
    found = [
        run
        for run in last.values()
        if status in (None, run.status, run.conclusion) and event in (None, run.event)
    ]
    return sorted(found, key=lambda run: run.started, reverse=True)


def attempt(runs: Sequence[WorkflowRun], id: int, number: int | None) -> WorkflowRun | None:
    """An attempt of a run, the last one without a number; None where there is none."""
    found = [run for run in runs if run.id == id and number in (None, run.attempt)]
    return max(found, key=lambda run: run.attempt, default=None)
