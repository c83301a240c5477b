"""The REST routes of the sandbox's GitHub: a repository, its Git database and its workflow runs.

Source: GitHub's REST description (npm @octokit/openapi).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github import database
from streaky.sandbox.github.answers import problem
from streaky.sandbox.github.descriptions import repository_shown, run_shown
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.runs import attempt, listed, page

PATH = re.compile(r"(?:/api/v3)?/repos/([^/]+)/([^/]+)/?(.*)")
RUN = re.compile(r"(\d+)(?:/attempts/(\d+))?")


def rest(request: Request, found: Repository, rest_of: str, identity: tuple[str, str]) -> Response | None:
    """The answer about a repository that the token may see; None where there is no such route."""
    parts = [unquote(part) for part in rest_of.split("/", 2)]
    found.last(found.branch)  # what was put into `files` is in the Git database from now on
    if request.method == "GET":
        return _read(request, found, parts)
    if request.method in ("POST", "PATCH"):
        try:
            body = request.json()
        except ValueError:
            return problem(400, "Problems parsing JSON")
        try:
            return _write(request.method, found, parts, body, identity)
        except (KeyError, TypeError, AttributeError):
            return problem(422, "Invalid request.")
    return None


def _read(request: Request, found: Repository, parts: list[str]) -> Response | None:
    match parts:
        case [""]:
            return Response.json(repository_shown(found))
        case ["git", "ref", name]:
            return database.ref(found, name)
        case ["git", "blobs", sha]:
            return database.blob(found, sha)
        case ["git", "trees", sha]:
            return database.tree(found, sha)
        case ["git", "commits", sha]:
            return database.commit_of(found, sha)
        case ["actions", "workflows", rest_of] if rest_of.endswith("/runs"):
            runs = listed(found.runs, rest_of.removesuffix("/runs"), request.query)
            shown = [run_shown(found, run) for run in page(runs, request.query)]
            return Response.json({"total_count": len(runs), "workflow_runs": shown})
        case ["actions", "runs", rest_of] if match := RUN.fullmatch(rest_of):
            run = attempt(found.runs, int(match[1]), int(match[2]) if match[2] else None)
            return Response.json(run_shown(found, run)) if run else problem(404, "Not Found")
    return None


def _write(
    method: str, found: Repository, parts: list[str], body: dict[str, object], identity: tuple[str, str]
) -> Response | None:
    match method, parts:
        case "POST", ["git", "blobs"]:
            return database.make_blob(found, body)
        case "POST", ["git", "trees"]:
            return database.make_tree(found, body)
        case "POST", ["git", "commits"]:
            return database.make_commit(found, body, identity)
        case "POST", ["git", "refs"]:
            return database.make_ref(found, body)
        case "PATCH", ["git", "refs", name]:
            return database.move_ref(found, name, body)
    return None
