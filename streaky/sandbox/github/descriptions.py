"""How GitHub's REST describes a repository, its owner, its Git objects and its workflow runs.

Source: GitHub's REST description, schemas `full-repository`, `git-commit`, `git-tree`, `git-ref` and
`workflow-run`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from streaky.sandbox.github.git import MODES, WEB, Commit, entries, tree_oid
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.runs import WorkflowRun, workflow_id

API = "https://api.github.com"
PAGE = "https://github.com"
OF_AN_OWNER = {
    "events": "events{/privacy}",
    "followers": "followers",
    "following": "following{/other_user}",
    "gists": "gists{/gist_id}",
    "organizations": "orgs",
    "received_events": "received_events",
    "repos": "repos",
    "starred": "starred{/owner}{/repo}",
    "subscriptions": "subscriptions",
}
OF_A_REPOSITORY = {
    "archive": "{archive_format}{/ref}",
    "assignees": "assignees{/user}",
    "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}",
    "collaborators": "collaborators{/collaborator}",
    "comments": "comments{/number}",
    "commits": "commits{/sha}",
    "compare": "compare/{base}...{head}",
    "contents": "contents/{+path}",
    "contributors": "contributors",
    "deployments": "deployments",
    "downloads": "downloads",
    "events": "events",
    "forks": "forks",
    "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}",
    "hooks": "hooks",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}",
    "issues": "issues{/number}",
    "keys": "keys{/key_id}",
    "labels": "labels{/name}",
    "languages": "languages",
    "merges": "merges",
    "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}",
    "releases": "releases{/id}",
    "stargazers": "stargazers",
    "statuses": "statuses/{sha}",
    "subscribers": "subscribers",
    "subscription": "subscription",
    "tags": "tags",
    "teams": "teams",
    "trees": "git/trees{/sha}",
}
COUNTS = ("forks", "open_issues", "watchers")  # each has a twin that ends in _count
OTHER_COUNTS = ("network_count", "size", "stargazers_count", "subscribers_count")
NOTHING = ("description", "homepage", "language", "license", "mirror_url")
FLAGS = ("has_issues", "has_projects", "has_wiki", "has_pages", "has_discussions", "archived", "disabled")


def link(found: Repository, path: str) -> str:
    """An address below the repository's in the API."""
    return f"{API}/repos/{found.full_name}/{path}".rstrip("/")


def owner_shown(login: str) -> dict[str, Any]:
    """A simple-user."""
    user = f"{API}/users/{login}"
    links = {f"{name}_url": f"{user}/{path}" for name, path in OF_AN_OWNER.items()}
    number = _number(login)
    pages = {"url": user, "html_url": f"{PAGE}/{login}", "avatar_url": f"{PAGE}/{login}.png"}
    kind = {"type": "User", "site_admin": False, "gravatar_id": ""}
    return {"login": login, "id": number, "node_id": f"U_{number}", **pages, **kind, **links}


def repository_shown(found: Repository) -> dict[str, Any]:
    """A full-repository."""
    page = f"{PAGE}/{found.full_name}"
    links = {f"{name}_url": link(found, path) for name, path in OF_A_REPOSITORY.items()} | {
        "url": link(found, ""),
        "html_url": page,
        "clone_url": f"{page}.git",
        "svn_url": page,
        "git_url": f"git://github.com/{found.full_name}.git",
        "ssh_url": f"git@github.com:{found.full_name}.git",
    }
    number = _number(found.full_name)
    return {
        "id": number,
        "node_id": f"R_{number}",
        "name": found.name,
        "full_name": found.full_name,
        "owner": owner_shown(found.owner),
        "private": found.private,
        "visibility": "private" if found.private else "public",
        "fork": found.fork,
        "default_branch": found.branch,
        "created_at": _stamp(found.created),
        "pushed_at": _stamp(found.pushed),
        "updated_at": _stamp(found.pushed),
        **dict.fromkeys(NOTHING),
        **dict.fromkeys(FLAGS, False),
        **dict.fromkeys((*COUNTS, *(f"{name}_count" for name in COUNTS), *OTHER_COUNTS), 0),
        **links,
    }


def ref_shown(found: Repository, branch: str, sha: str) -> dict[str, Any]:
    """A git-ref."""
    name = f"refs/heads/{branch}"
    target = {"type": "commit", "sha": sha, "url": link(found, f"git/commits/{sha}")}
    return {"ref": name, "node_id": f"REF_{branch}", "url": link(found, f"git/{name}"), "object": target}


def tree_shown(found: Repository, sha: str) -> dict[str, Any]:
    """A git-tree, one level of it."""
    rows = []
    for entry in entries(found.objects.trees[sha]):
        row: dict[str, Any] = {"path": entry.name, "mode": MODES[entry.kind], "type": entry.kind}
        row |= {"sha": entry.oid, "url": link(found, f"git/{entry.kind}s/{entry.oid}")}
        rows.append(row if entry.size is None else row | {"size": entry.size})
    return {"sha": sha, "url": link(found, f"git/trees/{sha}"), "tree": rows, "truncated": False}


def commit_shown(found: Repository, made: Commit) -> dict[str, Any]:
    """A git-commit."""
    page, url = f"{PAGE}/{found.full_name}/commit", link(found, "git/commits")
    tree, at = tree_oid(made.files), _stamp(made.at)
    unsigned = {"verified": False, "reason": "unsigned"}
    return {
        "sha": made.oid,
        "node_id": f"C_{made.oid}",
        "url": f"{url}/{made.oid}",
        "html_url": f"{page}/{made.oid}",
        "author": {"name": made.author_name, "email": made.author_email, "date": at},
        "committer": {"name": WEB[0], "email": WEB[1], "date": at},
        "message": made.message,
        "tree": {"sha": tree, "url": link(found, f"git/trees/{tree}")},
        "parents": [{"sha": oid, "url": f"{url}/{oid}", "html_url": f"{page}/{oid}"} for oid in made.parents],
        "verification": unsigned | dict.fromkeys(("signature", "payload", "verified_at")),
    }


def run_shown(found: Repository, run: WorkflowRun) -> dict[str, Any]:
    """A workflow-run. A later attempt was created when the first one was, as on GitHub."""
    started = run.started.astimezone(UTC)
    created = min(each.started for each in found.runs if each.id == run.id) - timedelta(seconds=5)
    url, number = link(found, f"actions/runs/{run.id}"), workflow_id(run.workflow)
    siblings = list(dict.fromkeys(each.id for each in found.runs if each.workflow == run.workflow))
    head = found.last(found.branch)
    short = repository_shown(found)
    return {
        "id": run.id,
        "node_id": f"WFR_{run.id}",
        "name": "Streaky",
        "display_title": run.title,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "run_attempt": run.attempt,
        "run_number": siblings.index(run.id) + 1,
        "workflow_id": number,
        "path": f".github/workflows/{run.workflow}",
        "head_branch": found.branch,
        "head_sha": head.oid if head else "",
        "head_commit": _simple(head) if head else None,
        "pull_requests": [],
        "created_at": _stamp(created),
        "run_started_at": _stamp(started),
        "updated_at": _stamp(started + timedelta(seconds=30)),
        "url": url,
        "html_url": f"{PAGE}/{found.full_name}/actions/runs/{run.id}",
        "workflow_url": link(found, f"actions/workflows/{number}"),
        "check_suite_url": link(found, f"check-suites/{run.id}"),
        "previous_attempt_url": f"{url}/attempts/{run.attempt - 1}" if run.attempt > 1 else None,
        **{f"{name}_url": f"{url}/{name}" for name in ("jobs", "logs", "artifacts", "cancel", "rerun")},
        "actor": short["owner"],
        "triggering_actor": short["owner"],
        "repository": short,
        "head_repository": short,
    }


def _simple(head: Commit) -> dict[str, Any]:
    """A simple-commit."""
    person = {"name": head.author_name, "email": head.author_email}
    shown = {"id": head.oid, "tree_id": tree_oid(head.files), "message": head.message}
    return shown | {"timestamp": _stamp(head.at), "author": person, "committer": person}


def _number(name: str) -> int:
    """An id that stays the same for a name."""
    return crc32(name.casefold().encode())


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
