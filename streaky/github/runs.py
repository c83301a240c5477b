"""When this workflow last ran to a good end: the memory of a run that has no ledger.

Source: GitHub REST docs, "List workflow runs for a workflow", "Get a workflow run attempt".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from streaky.errors import CouldNotTell
from streaky.github.rest import Forbidden, Rest
from streaky.http import Patience

# The template's run-name says the command; these remind nobody of anything.
OTHER_COMMANDS = ("test-alert", "doctor", "pause")
MEND = "Give the job `permissions: actions: read`."


class WorkflowRuns:
    """The runs of one workflow file, as this job's token may list them."""

    def __init__(self, rest: Rest, owner_name: tuple[str, str], workflow: str) -> None:
        """`workflow`: the file's path in the repository."""
        self._rest = rest
        self._actions = f"/repos/{'/'.join(owner_name)}/actions"
        self._workflow = f"{self._actions}/workflows/{quote(PurePosixPath(workflow).name, safe='')}"
        self._runs = f"{self._workflow}/runs"

    def last_success(self, run: str, attempt: int, patience: Patience) -> datetime | None:
        """When the last run that ended well started (aware), None where there is none.

        `run` and `attempt` are this run's own: it is left out, but an earlier attempt of it counts. One
        request, two in a later attempt. Raises CouldNotTell.
        """
        try:
            if run and attempt > 1:
                before = self._rest.get(f"{self._actions}/runs/{run}/attempts/{attempt - 1}", patience)
                if before["conclusion"] == "success":
                    return _started(before)
            query = {"status": "success", "per_page": "20", "exclude_pull_requests": "true"}
            listed = self._rest.get(self._runs, patience, query)["workflow_runs"]
            started = [_started(each) for each in listed if str(each["id"]) != run and _reminds(each)]
            return max(started, default=None)
        except Forbidden:
            raise CouldNotTell("The token may not read this workflow's runs.", "", MEND) from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CouldNotTell("GitHub's list of this workflow's runs was not understood.") from None

    def scheduled_starts(self, patience: Patience) -> list[datetime]:
        """When the last scheduled runs were started (aware), at most 100. One request.

        Source: GitHub REST docs, `created_at`: a late run is created late. Raises CouldNotTell.
        """
        query = {"event": "schedule", "per_page": "100"}
        try:
            listed = self._rest.get(self._runs, patience, query)["workflow_runs"]
            return [datetime.fromisoformat(each["created_at"]) for each in listed]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise CouldNotTell("GitHub's list of this workflow's runs was not understood.") from None

    def state(self, patience: Patience) -> tuple[str, datetime]:
        """The workflow's state, such as `active` or `disabled_inactivity`, and since when there is this file
        (aware). One request. Source: GitHub REST docs, "Get a workflow". Raises CouldNotTell, Forbidden."""
        found = self._rest.get(self._workflow, patience)
        try:
            return str(found["state"]), datetime.fromisoformat(found["created_at"])
        except (KeyError, TypeError, ValueError):
            raise CouldNotTell("GitHub's answer about this workflow was not understood.") from None


def _reminds(run: Mapping[str, Any]) -> bool:
    title = str(run.get("display_title", ""))
    return run["conclusion"] == "success" and not any(each in title for each in OTHER_COMMANDS)


def _started(run: Mapping[str, Any]) -> datetime:
    started = datetime.fromisoformat(run["run_started_at"])
    if started.tzinfo is None:
        raise ValueError("not an instant")
    return started
