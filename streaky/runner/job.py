"""The workflow run that a process is part of, as the runner's variables tell.

Source: GitHub docs, default environment variables; the payload of `schedule`, `github.event.schedule`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WORKFLOWS = ".github/workflows/"


@dataclass(frozen=True, slots=True)
class Job:
    """A run's id and attempt, the event that woke it, the path of its workflow in the repository, the cron
    line that it belongs to, and the id of the job in its own workflow. All empty outside of a runner.
    `handed_on`: the job before has left alerts to this one."""

    run: str = ""
    attempt: int = 1
    event: str = ""
    workflow: str = ""
    schedule: str = ""
    id: str = ""
    handed_on: bool = False

    def process(self) -> str:
        """A name for this process among all runs: run id, attempt, and something that no other has."""
        return f"{self.run or 'local'}/{self.attempt}/{os.urandom(3).hex()}"


def read_job(environment: Mapping[str, str], repository: tuple[str, str] | None) -> Job:
    """The run that the environment names; a workflow of another repository is none of ours."""
    variables = ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_EVENT_NAME", "GITHUB_WORKFLOW_REF")
    run, attempt, event, ref = (environment.get(name, "").strip() for name in variables)
    # owner/name/.github/workflows/streaky.yml@refs/heads/main
    *owner_name, path = ref.partition("@")[0].split("/", 2)
    ours = repository is not None and tuple(owner_name) == repository
    return Job(
        run if run.isdecimal() else "",
        int(attempt) if attempt.isdecimal() else 1,
        event,
        path if ours and path.startswith(WORKFLOWS) else "",
        _schedule(environment.get("GITHUB_EVENT_PATH", "")) if event == "schedule" else "",
        environment.get("GITHUB_JOB", "").strip(),
        environment.get("STREAKY_HANDED_ON", "").strip() == "true",
    )


def _schedule(path: str) -> str:
    """The cron line in the event's file."""
    try:
        return str(json.loads(Path(path).read_bytes())["schedule"])[:200]
    except (OSError, KeyError, ValueError, TypeError, RecursionError):
        return ""
