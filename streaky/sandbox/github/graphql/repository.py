"""How GitHub's GraphQL shows a repository, its branches and its files, and how it commits to a branch.

Source: GitHub's GraphQL schema, `Repository`, `Ref`, `Commit`, `Blob`; gitrevisions(7) for `<rev>:<path>`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from streaky.sandbox.github.answers import BY_PULL_REQUEST, Refusal, number, stamp
from streaky.sandbox.github.git import SIGNATURE, WEB, Commit, belongs, oid, tree_oid
from streaky.sandbox.github.graphql.issues import issue_fields
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
        return ref(found, qualifiedName)

    return {
        "id": f"R_{number(found.full_name)}",
        "nameWithOwner": found.full_name,
        "url": found.page,
        "isPrivate": found.private,
        "isFork": found.fork,
        "isArchived": found.archived,
        "createdAt": stamp(found.created),
        "pushedAt": stamp(found.pushed),
        "viewerPermission": role.upper() if role else None,  # none for an App's token, as a job's own is
        "defaultBranchRef": ref(found, f"refs/heads/{found.branch}"),
        "object": git_object,
        "ref": branch,
        **issue_fields(found, token),
    }


def ref(found: Repository, qualified: str) -> dict[str, Any] | None:
    """A Ref: a branch by its full name or its short one; None where there is none."""
    name = qualified.removeprefix("refs/heads/")
    last = found.last(name)
    return {"name": name, "target": commit(found, last)} if last else None


def commit(found: Repository, made: Commit) -> dict[str, Any]:
    """A Commit."""

    def file(_info: object, path: str) -> dict[str, Any] | None:
        data = made.files.get(path)
        return None if data is None else {"path": path, "object": blob(data)}

    at = found.pushed if made.oid == found.commit() else made.at
    author: dict[str, Any] = {
        "name": made.author_name,
        "email": made.author_email,
        "date": at.isoformat(timespec="seconds"),
    }
    if belongs(made, found.owner):
        author["user"] = {"login": found.owner}
    return {
        "__typename": "Commit",
        "oid": made.oid,
        "committedDate": stamp(at),
        "message": made.message,
        "file": file,
        "author": author,
        "signature": signature(made) if made.signed else None,
    }


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
        "ref": ref(found, f"refs/heads/{name}"),
    }


def _decoded(contents: object) -> bytes:
    """A Base64String. Raises Refusal."""
    try:
        return base64.b64decode(str(contents), validate=True)
    except ValueError:
        raise Refusal("ARGUMENT_ERROR", "Could not coerce value to Base64String") from None
