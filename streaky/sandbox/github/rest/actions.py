"""REST's workflow runs in the sandbox's GitHub. Source: GitHub REST docs, schema `workflow-run`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import problem, stamp
from streaky.sandbox.github.people import simple
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.workflows import WorkflowRun, attempt, listed, page, workflow_id

RUN = re.compile(r"(\d+)(?:/attempts/(\d+))?")


def read(request: Request, found: Repository, parts: list[str]) -> Response | None:
    """GET actions/...; None where there is no such route."""
    match parts:
        case ["workflows", rest_of] if rest_of.endswith("/runs"):
            runs = listed(found.runs, rest_of.removesuffix("/runs"), request.query)
            shown = [run_shown(found, run) for run in page(runs, request.query)]
            return Response.json({"total_count": len(runs), "workflow_runs": shown})
        case ["runs", rest_of] if match := RUN.fullmatch(rest_of):
            run = attempt(found.runs, int(match[1]), int(match[2]) if match[2] else None)
            return Response.json(run_shown(found, run)) if run else problem(404, "Not Found")
    return None


def run_shown(found: Repository, run: WorkflowRun) -> dict[str, Any]:
    """An excerpt of a workflow-run. A later attempt was created when the first one was, as on GitHub."""
    created = min(each.started for each in found.runs if each.id == run.id) - timedelta(seconds=5)
    siblings = list(dict.fromkeys(each.id for each in found.runs if each.workflow == run.workflow))
    return {
        "id": run.id,
        "name": "Streaky",
        "display_title": run.title,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "run_attempt": run.attempt,
        "run_number": siblings.index(run.id) + 1,
        "workflow_id": workflow_id(run.workflow),
        "path": f".github/workflows/{run.workflow}",
        "head_branch": found.branch,
        "head_sha": found.commit(),
        "created_at": stamp(created),
        "run_started_at": stamp(run.started),
        "updated_at": stamp(run.started + timedelta(seconds=30)),
        "url": found.link(f"actions/runs/{run.id}"),
        "html_url": f"{found.page}/actions/runs/{run.id}",
        "actor": simple(found.owner),
        "repository": {"full_name": found.full_name, "private": found.private},
    }
