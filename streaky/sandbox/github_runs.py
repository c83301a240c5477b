"""Workflow runs of a repository in the sandbox's GitHub. Source: GitHub REST docs, "Workflow runs"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


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

    def shown(self, url: str, full_name: str) -> dict[str, Any]:
        """The run as REST shows it."""
        started = self.started.astimezone(UTC)
        page = f"{url}/repos/{full_name}/actions/runs/{self.id}"
        return {
            "id": self.id,
            "node_id": f"WFR_{self.id}",
            "name": "Streaky",
            "display_title": self.title,
            "event": self.event,
            "status": self.status,
            "conclusion": self.conclusion,
            "run_attempt": self.attempt,
            "run_number": self.id,
            "workflow_id": 1,
            "path": f".github/workflows/{self.workflow}",
            "head_branch": "main",
            "head_sha": "0" * 40,
            "created_at": _stamp(started - timedelta(seconds=5)),
            "run_started_at": _stamp(started),
            "updated_at": _stamp(started + timedelta(seconds=30)),
            "url": page,
            "html_url": f"https://github.com/{full_name}/actions/runs/{self.id}",
        }


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(runs: list[WorkflowRun], workflow: str, query: Mapping[str, str]) -> list[WorkflowRun]:
    """The runs of a workflow that a query asks for, newest first; each run by its last attempt."""
    last: dict[int, WorkflowRun] = {}
    for run in sorted(runs, key=lambda run: run.attempt):
        if run.workflow == workflow:
            last[run.id] = run
    status, event = query.get("status"), query.get("event")
    found = [
        run
        for run in last.values()
        if (status in (None, run.status, run.conclusion)) and (event in (None, run.event))
    ]
    return sorted(found, key=lambda run: run.started, reverse=True)
