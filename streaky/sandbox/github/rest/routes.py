"""The REST routes of the sandbox's GitHub: a repository, its Git database and its workflow runs.

An answer is an excerpt: what a client of ours may ask for. A test holds each property's name and type
against GitHub's REST description (npm @octokit/openapi).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import number, problem, stamp
from streaky.sandbox.github.people import simple
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.rest import actions, git

PATH = re.compile(r"(?:/api/v3)?/repos/([^/]+)/([^/]+)/?(.*)")


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
            return git.ref(found, name)
        case ["git", "blobs", sha]:
            return git.blob(found, sha)
        case ["git", "trees", sha]:
            return git.tree(found, sha)
        case ["git", "commits", sha]:
            return git.commit_of(found, sha)
        case ["actions", *rest_of]:
            return actions.read(request, found, rest_of)
    return None


def _write(
    method: str, found: Repository, parts: list[str], body: dict[str, object], identity: tuple[str, str]
) -> Response | None:
    match method, parts:
        case "POST", ["git", "blobs"]:
            return git.make_blob(found, body)
        case "POST", ["git", "trees"]:
            return git.make_tree(found, body)
        case "POST", ["git", "commits"]:
            return git.make_commit(found, body, identity)
        case "POST", ["git", "refs"]:
            return git.make_ref(found, body)
        case "PATCH", ["git", "refs", name]:
            return git.move_ref(found, name, body)
    return None


def repository_shown(found: Repository) -> dict[str, Any]:
    """An excerpt of a full-repository."""
    return {
        "id": number(found.full_name),
        "name": found.name,
        "full_name": found.full_name,
        "owner": simple(found.owner),
        "private": found.private,
        "visibility": "private" if found.private else "public",
        "fork": found.fork,
        "default_branch": found.branch,
        "created_at": stamp(found.created),
        "pushed_at": stamp(found.pushed),
        "url": found.link(),
        "html_url": found.page,
    }
