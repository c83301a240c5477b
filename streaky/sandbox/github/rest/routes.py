"""The REST routes of the sandbox's GitHub: a repository, its Git database, workflows and issues; the token.

An answer is an excerpt: what a client of ours may ask for. A test holds each property's name and type
against GitHub's REST description (npm @octokit/openapi).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import Refusal, number, problem, stamp
from streaky.sandbox.github.people import Person, simple
from streaky.sandbox.github.repositories import ROLES, Repository
from streaky.sandbox.github.rest import actions, contents, git, issues, secrets
from streaky.sandbox.github.rest.issues import Asker
from streaky.sandbox.github.tokens import Access, Scope, Token

PREFIX = "/api/v3"  # of a GitHub Enterprise Server's REST
PATH = re.compile(rf"(?:{PREFIX})?/repos/([^/]+)/([^/]+)/?(.*)")


def rest(request: Request, asker: Asker, rest_of: str) -> Response | None:
    """The answer about a repository that the token may see; None where there is no such route."""
    found, token = asker.found, asker.token
    parts = [unquote(part) for part in rest_of.split("/")]
    barred = _barred(request, found, token, parts)
    if barred:
        return barred
    body: Any = {}
    if request.method in ("POST", "PATCH", "PUT") and request.body:
        try:
            body = request.json()
        except ValueError:
            return problem(400, "Problems parsing JSON")
    found.last(found.branch)  # what was put into `files` is in the Git database from now on
    try:
        match parts:
            case [""]:
                return Response.json(repository_shown(found, token)) if request.method == "GET" else None
            case ["collaborators", login, "permission"] if request.method == "GET":
                return _permission(found, token, login)
            case ["git", kind, *name]:
                return git.answer(request.method, asker, kind, "/".join(name), body)
            case ["contents", *path]:
                return contents.answer(request, asker, "/".join(path), body)
            case ["actions", "secrets", *path]:
                return secrets.answer(request, found, path, body)
            case ["actions", *path]:
                return actions.answer(request, asker, path, body)
        return issues.answer(request, asker, parts, body) if issues.about_issues(parts) else None
    except Refusal as refusal:
        return problem(422, f"Invalid request.\n\n{refusal}")
    except (KeyError, TypeError, AttributeError):
        return problem(422, "Invalid request.")


def _barred(request: Request, found: Repository, token: Token, parts: list[str]) -> Response | None:
    """Why the token may not do that here."""
    scope: Scope = "contents"
    if parts[0] == "actions":
        scope = "actions"
    elif issues.about_issues(parts):
        scope = "issues"
    access: Access = "read" if request.method in ("GET", "HEAD") else "write"
    # what is public needs no permission to be read
    open_to_all = access == "read" and scope != "actions" and not found.private
    if parts[0] not in ("", "collaborators") and not open_to_all and not token.may(scope, access):
        return problem(403, token.refusal, {"X-Accepted-GitHub-Permissions": f"{scope}={access}"})
    if access == "write" and found.archived:
        return problem(403, "Repository was archived so is read-only.")
    return None


def repository_shown(found: Repository, token: Token) -> dict[str, Any]:
    """An excerpt of a full-repository."""
    shown = {
        "id": number(found.full_name),
        "name": found.name,
        "full_name": found.full_name,
        "owner": simple(found.owner),
        "private": found.private,
        "visibility": "private" if found.private else "public",
        "fork": found.fork,
        "archived": found.archived,
        "has_issues": found.has_issues,
        "default_branch": found.branch,
        "created_at": stamp(found.created),
        "pushed_at": stamp(found.pushed),
        "url": found.link(),
        "html_url": found.page,
    }
    if token.of_a_job:
        return shown
    login = token.login(found.owner)
    may = {{"write": "push", "read": "pull"}.get(role, role): found.allows(login, role) for role in ROLES}
    return shown | {"permissions": may | {"pull": True}}


def _permission(found: Repository, token: Token, login: str) -> Response:
    """An excerpt of a repository-collaborator-permission. Source: GitHub REST docs, "Get repository
    permissions for a user": `maintain` is shown as write, `triage` as read; strangers may read what is
    public."""
    if not token.of_a_job and not found.allows(token.login(found.owner), "write"):
        return problem(403, "Must have push access to view collaborator permission.")
    role = found.role(login) or ("none" if found.private else "read")
    shown = {"maintain": "write", "triage": "read"}.get(role, role)
    return Response.json({"permission": shown, "role_name": role, "user": simple(login)})


def user_shown(person: Person) -> dict[str, Any]:
    """An excerpt of a private-user: the person whose the token is."""
    created = f"{person.created.isoformat()}T00:00:00Z"
    seen = {"user_view_type": "private", "name": person.name, "created_at": created, "updated_at": created}
    return simple(person.login) | seen
