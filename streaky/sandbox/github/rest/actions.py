"""REST's workflows and their runs in the sandbox's GitHub.

Source: GitHub REST docs, "Workflows", "Workflow runs", schemas `workflow` and `workflow-run`.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import yaml

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import page, problem, stamp
from streaky.sandbox.github.people import simple
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.rest.issues import Asker
from streaky.sandbox.github.workflows import WorkflowRun, attempt, listed, workflow_id

FOLDER = ".github/workflows/"
NAME = re.compile(r"(?m)^name:[ \t]*[\"']?([^\n\"'#]+)")


def answer(request: Request, asker: Asker, path: list[str], body: Any) -> Response | None:
    """The answer about workflows; None where there is no such route."""
    found = asker.found
    match request.method, path:
        case "POST", ["workflows", workflow, "dispatches"]:
            return _dispatch(asker, _named(found, workflow), body)
        case "GET", ["workflows"]:
            shown = [workflow_shown(found, name) for name in _workflows(found)]
            return Response.json({"total_count": len(shown), "workflows": page(shown, request.query)})
        case "GET", ["workflows", workflow]:
            name = _named(found, workflow)
            return Response.json(workflow_shown(found, name)) if name else problem(404, "Not Found")
        case "PUT", ["workflows", workflow, ("enable" | "disable") as what]:
            return _switch(found, _named(found, workflow), on=what == "enable")
        case "GET", ["workflows", workflow, "runs"]:
            runs = _runs(request, found, listed(found.runs, workflow, request.query))
            _gone_on(found)
            return runs
        case "GET", ["runs"]:
            return _runs(request, found, listed(found.runs, None, request.query))
        case "GET", ["runs", id, *rest_of] if id.isdecimal():
            match rest_of:
                case []:
                    run = attempt(found.runs, int(id), None)
                case ["attempts", number] if number.isdecimal():
                    run = attempt(found.runs, int(id), int(number))
                case _:
                    return None
            return Response.json(run_shown(found, run)) if run else problem(404, "Not Found")
    return None


def _dispatch(asker: Asker, name: str | None, body: dict[str, Any]) -> Response:
    """Start a workflow. Source: GitHub REST docs, "Create a workflow dispatch event"."""
    found = asker.found
    if name is None:
        return problem(404, "Not Found")
    trigger = (yaml.safe_load(found.files.get(FOLDER + name, "")) or {}).get(True) or {}
    if "workflow_dispatch" not in trigger:
        return problem(422, "Workflow does not have 'workflow_dispatch' trigger")
    known = (trigger["workflow_dispatch"] or {}).get("inputs") or {}
    if unknown := [each for each in body.get("inputs") or {} if each not in known]:
        return problem(422, f"Unexpected inputs provided: {json.dumps(unknown)}")
    if found.head(body["ref"]) is None:
        return problem(422, f"No ref found for: {body['ref']}")
    # It is queued at first; whoever looks the second time finds it ended.
    id = 1 + max((run.id for run in found.runs), default=1000)
    title = f"Streaky: {(body.get('inputs') or {}).get('command', '')}"
    queued = WorkflowRun(id, name, asker.now, None, "queued", "workflow_dispatch", title, 1)
    found.runs.append(queued)
    found.dispatched[id] = {**(body.get("inputs") or {})}
    return Response(204)


def _gone_on(found: Repository) -> None:
    """Let each run that somebody started go on by one look: queued, running, ended."""
    for at, run in enumerate(found.runs):
        if run.id not in found.dispatched:
            continue
        if run.status == "queued":
            found.runs[at] = replace(run, status="in_progress")
        elif run.status == "in_progress":
            found.runs[at] = replace(run, status="completed", conclusion=found.conclusion)


def _workflows(found: Repository) -> list[str]:
    """The workflow files of a repository, and those that ran or were switched off, by name."""
    files = {path.removeprefix(FOLDER) for path in found.files if path.startswith(FOLDER)}
    files |= {run.workflow for run in found.runs} | found.workflow_states.keys()
    return sorted(name for name in files if "/" not in name)


def _named(found: Repository, asked: str) -> str | None:
    """The workflow file that a name or an id means."""
    return next((name for name in _workflows(found) if asked in (name, str(workflow_id(name)))), None)


def _switch(found: Repository, name: str | None, *, on: bool) -> Response:
    if name is None:
        return problem(404, "Not Found")
    found.workflow_states[name] = "active" if on else "disabled_manually"
    return Response(204)


def _runs(request: Request, found: Repository, runs: list[WorkflowRun]) -> Response:
    shown = [run_shown(found, run) for run in page(runs, request.query)]
    return Response.json({"total_count": len(runs), "workflow_runs": shown})


def workflow_shown(found: Repository, name: str) -> dict[str, Any]:
    """An excerpt of a workflow. Without a name of its own it has its path's."""
    path = FOLDER + name
    text = found.files.get(path, "")
    given = NAME.search(text if isinstance(text, str) else text.decode("utf-8", "replace"))
    number = workflow_id(name)
    return {
        "id": number,
        "name": given[1].strip() if given else path,
        "path": path,
        "state": found.workflow_states.get(name, "active"),
        "created_at": stamp(found.created),
        "updated_at": stamp(found.created),
        "url": found.link(f"actions/workflows/{number}"),
        "html_url": f"{found.page}/blob/{found.branch}/{path}",
    }


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
        "path": f"{FOLDER}{run.workflow}",
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
