"""The REST routes of the sandbox's GitHub: a repository's Git database and its workflow runs.

Source: GitHub's REST description (npm @octokit/openapi).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from streaky.sandbox import github_writing as writing
from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github_answers import problem
from streaky.sandbox.github_repositories import Repository
from streaky.sandbox.github_runs import listed

PATH = re.compile(r"(?:/api/v3)?/repos/([^/]+)/([^/]+)/?(.*)")


def rest(request: Request, found: Repository, rest_of: str, identity: tuple[str, str]) -> Response | None:
    """The answer about a repository that the token may see; None where there is no such route."""
    match request.method, rest_of.split("/", 2):
        case "POST" | "PATCH", _:
            try:
                body = request.json()
            except ValueError:
                return problem(400, "Problems parsing JSON")
            return _write(request.method, found, rest_of, body, identity)
        case "GET", ["git", "ref", name]:
            return writing.ref(found, unquote(name))
        case "GET", ["git", "blobs", sha]:
            return writing.blob(found, sha)
        case "GET", ["actions", *path]:
            return _runs(request, found, "/".join(path))
        case "GET", [""]:
            return Response.json({"full_name": found.full_name, "private": found.private, "fork": found.fork})
    return None


def _write(
    method: str, found: Repository, path: str, body: dict[str, object], identity: tuple[str, str]
) -> Response | None:
    try:
        match method, path.split("/", 2):
            case "POST", ["git", "trees"]:
                return writing.trees(found, body)
            case "POST", ["git", "commits"]:
                return writing.commits(found, body, identity)
            case "POST", ["git", "refs"]:
                return writing.refs(found, body)
            case "PATCH", ["git", "refs", name]:
                return writing.move(found, unquote(name), body)
    except (KeyError, TypeError, AttributeError):
        return problem(422, "Invalid request.")
    return None


def _runs(request: Request, found: Repository, path: str) -> Response | None:
    """GET actions/…: runs of a workflow, one run, or one attempt of it."""
    url = "https://api.github.com"
    if match := re.fullmatch(r"workflows/([^/]+)/runs", path):
        runs = listed(found.runs, match[1], request.query)
        size, page = int(request.query.get("per_page", "30")), int(request.query.get("page", "1"))
        shown = [run.shown(url, found.full_name) for run in runs[(page - 1) * size : page * size]]
        return Response.json({"total_count": len(runs), "workflow_runs": shown})
    if match := re.fullmatch(r"runs/(\d+)(?:/attempts/(\d+))?", path):
        attempts = [run for run in found.runs if run.id == int(match[1])]
        wanted = [run for run in attempts if match[2] is None or run.attempt == int(match[2])]
        if wanted:
            return Response.json(max(wanted, key=lambda run: run.attempt).shown(url, found.full_name))
        return problem(404, "Not Found")
    return None
