"""How GitHub's GraphQL shows a repository, its branches and its files, and how it commits to a branch.

Source: GitHub's GraphQL schema, `Repository`, `Ref`, `Commit`, `Blob`; gitrevisions(7) for `<rev>:<path>`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from streaky.sandbox.github.answers import BY_PULL_REQUEST, PAGE, Refusal, instant, number, stamp
from streaky.sandbox.github.git import SIGNATURE, WEB, Commit, oid, tree_oid
from streaky.sandbox.github.graphql.connections import connection
from streaky.sandbox.github.graphql.issues import actor, issue_fields, issue_shown
from streaky.sandbox.github.issues import Issue
from streaky.sandbox.github.pulls import Pull
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.tokens import Token

TEXT_LIMIT = 512_000  # bytes of a blob that GitHub shows as text; assumed, its documentation names no number


def repository(found: Repository, token: Token) -> dict[str, Any]:
    """A Repository as a token sees it."""
    viewer = token.login(found.owner)
    role = None if token.of_a_job else found.role(viewer) or (None if found.private else "read")

    def git_object(_info: object, expression: str | None = None) -> dict[str, Any] | None:
        return at(found, expression) if expression else None

    def branch(_info: object, qualifiedName: str) -> dict[str, Any] | None:  # noqa: N803
        return ref(found, qualifiedName, token)

    def refs(
        _info: object,
        refPrefix: str,  # noqa: N803
        orderBy: dict[str, Any] | None = None,  # noqa: N803
        **page: Any,
    ) -> dict[str, Any]:
        heads = "refs/heads/"
        below = refPrefix.removeprefix(heads) if refPrefix.startswith(heads) else None
        names = sorted(
            name for name in (found.branch, *found.branches) if below is not None and name.startswith(below)
        )
        if orderBy and orderBy["field"] == "TAG_COMMIT_DATE":
            names.sort(key=lambda name: _when(found, name))
        if orderBy and orderBy["direction"] == "DESC":
            names.reverse()
        return connection("refs", names, lambda name: ref(found, name, token) or {}, **page)

    parent = found.parent
    seen = parent is not None and token.lists(
        parent.full_name, private=parent.private, role=parent.role(token.login(parent.owner))
    )

    return {
        "__typename": "Repository",
        "id": f"R_{number(found.full_name)}",
        "nameWithOwner": found.full_name,
        "url": found.page,
        "isPrivate": found.private,
        "isFork": found.fork,
        "isArchived": found.archived,
        "createdAt": stamp(found.created),
        "pushedAt": stamp(found.last_push),
        "viewerPermission": role.upper() if role else None,  # none for an App's token, as a job's own is
        "owner": {"__typename": "User", "login": found.owner, "url": f"{PAGE}/{found.owner}"},
        "parent": lambda _info: repository(parent, token) if parent and seen else None,
        "mergeCommitAllowed": found.merge_commits,
        "squashMergeAllowed": found.squash,
        "defaultBranchRef": ref(found, f"refs/heads/{found.branch}", token),
        "object": git_object,
        "ref": branch,
        "refs": refs,
        **issue_fields(found, token),
    }


def ref(found: Repository, qualified: str, token: Token) -> dict[str, Any] | None:
    """A Ref: a branch by its full name or its short one; None where there is none."""
    name = qualified.removeprefix("refs/heads/")
    last = found.last(name)

    def pulls(_info: object, states: Sequence[str] | None = None, **page: Any) -> dict[str, Any]:
        if found.private and token.of_a_job and not token.may("pulls", "read"):
            raise Refusal("FORBIDDEN", token.refusal)  # as in fpicalausa/remove-stale-branches#49
        chosen = [each for each in found.proposed(name) if not states or each[1].state in states]
        return connection("associatedPullRequests", chosen, lambda each: pull(*each, token), **page)

    return {"name": name, "target": commit(found, last), "associatedPullRequests": pulls} if last else None


def _when(found: Repository, branch: str) -> datetime:
    last = found.last(branch)
    return found.pushed if last is None else _made(found, last)


def _made(found: Repository, made: Commit) -> datetime:
    """When a commit was made; the default branch's last one may come from a change of `files`."""
    return found.pushed if made.oid == found.commit() else made.at


def commit(found: Repository, made: Commit) -> dict[str, Any]:
    """A Commit."""

    def file(_info: object, path: str) -> dict[str, Any] | None:
        data = made.files.get(path)
        return None if data is None else {"path": path, "object": blob(data)}

    def history(_info: object, since: str | None = None, **page: Any) -> dict[str, Any]:
        start = instant(since)
        line = [
            each for each in found.objects.ancestors(made.oid) if start is None or _made(found, each) >= start
        ]
        line.sort(key=lambda each: _made(found, each), reverse=True)
        return connection("history", line, lambda each: commit(found, each), **page)

    def parents(_info: object, **page: Any) -> dict[str, Any]:
        known = [found.objects.commits[each] for each in made.parents if each in found.objects.commits]
        return connection("parents", known, lambda each: commit(found, each), **page)

    at = _made(found, made)
    login = found.whose(made.author_email)
    return {
        "__typename": "Commit",
        "oid": made.oid,
        "committedDate": stamp(at),
        "message": made.message,
        "file": file,
        "history": history,
        "parents": parents,
        "author": {
            "name": made.author_name,
            "email": made.author_email,
            "date": at.isoformat(timespec="seconds"),
            "user": {"login": login} if login else None,
        },
        "signature": signature(made) if made.signed else None,
    }


def pull(found: Repository, each: Pull, token: Token) -> dict[str, Any]:
    """A PullRequest of a repository."""
    return {
        "__typename": "PullRequest",
        "id": f"PR_{each.id}",
        "databaseId": each.id,
        "number": each.number,
        "title": each.title,
        "url": f"{found.page}/pull/{each.number}",
        "author": actor(each.author),
        "state": each.state,
        "isDraft": each.draft,
        "mergeable": each.mergeable,
        "reviewDecision": each.decision,
        "baseRefName": each.base,
        "headRefName": each.head[1],
        "createdAt": stamp(each.created),
        "updatedAt": stamp(each.updated),
        "repository": lambda _info: repository(found, token),
    }


def issue(found: Repository, each: Issue, token: Token) -> dict[str, Any]:
    """An Issue with the repository that it belongs to."""
    shown = issue_shown(found, each, token.login(found.owner))
    return shown | {"repository": lambda _info: repository(found, token)}


def signature(made: Commit) -> dict[str, Any]:
    """A GpgSignature, made by GitHub itself."""
    return {
        "__typename": "GpgSignature",
        "email": WEB[1],
        "isValid": True,
        "signature": SIGNATURE,
        "state": "VALID",
        "wasSignedByGitHub": True,
        "verifiedAt": stamp(made.at),
    }


def at(found: Repository, expression: str) -> dict[str, Any] | None:
    """The GitObject that an expression names: a commit, a file, a folder; None for anything else."""
    revision, colon, path = expression.partition(":")
    named = found.revision(revision)
    if named is None:
        return None
    if not colon:
        return commit(found, named)
    data = named.files.get(path)
    if data is not None:
        return blob(data)
    folder = path.rstrip("/") + "/" if path else ""
    within = {
        name.removeprefix(folder): data for name, data in named.files.items() if name.startswith(folder)
    }
    return {"__typename": "Tree", "oid": tree_oid(within)} if within else None


def blob(data: bytes) -> dict[str, Any]:
    """A Blob. `text` is null when it is binary: it holds a zero byte, or is no UTF-8."""
    text: str | None
    try:
        text = None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        text = None
    truncated = text is not None and len(data) > TEXT_LIMIT
    return {
        "__typename": "Blob",
        "oid": oid("blob", data),
        "byteSize": len(data),
        "isBinary": text is None,
        "isTruncated": truncated,
        "text": data[:TEXT_LIMIT].decode("utf-8", "ignore") if truncated else text,
    }


def create_commit_on_branch(
    found: Repository, given: Mapping[str, Any], token: Token, at: datetime
) -> dict[str, Any]:
    """Mutation.createCommitOnBranch: a commit on top of the head that the caller expects. Raises Refusal."""
    name = str(given["branch"].get("branchName") or "").removeprefix("refs/heads/")
    head = found.head(name)
    if head is None:
        raise Refusal("NOT_FOUND", f"Could not resolve to a Ref with the name '{name}'.")
    expected = given["expectedHeadOid"]
    if expected != head:
        said = f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
        raise Refusal("STALE_DATA", said)
    if name in found.protected:
        raise Refusal("BRANCH_PROTECTION_RULE_VIOLATION", BY_PULL_REQUEST)
    changes = given.get("fileChanges") or {}
    files = {each["path"]: _decoded(each["contents"]) for each in changes.get("additions") or []}
    deleted = [each["path"] for each in changes.get("deletions") or []]
    if not found.tree(name).keys() >= set(deleted):
        said = f"A path was requested for deletion which does not exist as of commit oid `{head}`"
        raise Refusal("NOT_FOUND", said)
    message = given["message"]
    text = "\n\n".join(part for part in (message["headline"], message.get("body")) if part)
    # GitHub signs what it commits itself, and the input has no author of its own to hinder that
    author = token.author(found.owner)
    added = found.write(name, files, message=text, author=author, deleted=deleted, at=at, signed=True)
    return {
        "clientMutationId": given.get("clientMutationId"),
        "commit": commit(found, added),
        "ref": ref(found, f"refs/heads/{name}", token),
    }


def _decoded(contents: object) -> bytes:
    """A Base64String. Raises Refusal."""
    try:
        return base64.b64decode(str(contents), validate=True)
    except ValueError:
        raise Refusal("ARGUMENT_ERROR", "Could not coerce value to Base64String") from None
