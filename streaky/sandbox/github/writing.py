"""Writing to a branch of the sandbox's GitHub through GraphQL: createCommitOnBranch.

Source: GitHub's GraphQL schema, `CreateCommitOnBranchInput`; error texts as github.com sends them.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from streaky.sandbox.github.refusals import Refusal
from streaky.sandbox.github.repositories import Repository

FORBIDDEN = "Resource not accessible by integration"


def create_commit_on_branch(
    found: Repository, given: Mapping[str, Any], author: tuple[str, str]
) -> dict[str, Any]:
    """Mutation.createCommitOnBranch: a commit on top of the head that the caller expects, or an error."""
    name = str(given["branch"].get("branchName") or "").removeprefix("refs/heads/")
    head = found.head(name)
    if head is None:
        raise Refusal("NOT_FOUND", f"Could not resolve to a Ref with the name '{name}'.")
    expected = given["expectedHeadOid"]
    if expected != head:
        said = f'Expected branch to point to "{expected}" but it did not.  Pull and try again.'
        raise Refusal("STALE_DATA", said)
    changes = given.get("fileChanges") or {}
    files = {each["path"]: _decoded(each["contents"]) for each in changes.get("additions") or []}
    deleted = [each["path"] for each in changes.get("deletions") or []]
    if not found.tree(name).keys() >= set(deleted):
        said = f"A path was requested for deletion which does not exist as of commit oid `{head}`"
        raise Refusal("NOT_FOUND", said)
    message = given["message"]
    text = "\n\n".join(part for part in (message["headline"], message.get("body")) if part)
    added = found.write(name, files, message=text, author=author, deleted=deleted)
    return {
        "clientMutationId": given.get("clientMutationId"),
        "commit": found.told(added),
        "ref": found.ref(f"refs/heads/{name}"),
    }


def _decoded(contents: object) -> bytes:
    """A Base64String. Raises Refusal."""
    try:
        return base64.b64decode(str(contents), validate=True)
    except ValueError:
        raise Refusal("ARGUMENT_ERROR", "Could not coerce value to Base64String") from None
