"""Writing to a repository of the sandbox's GitHub: GraphQL's createCommitOnBranch, and REST's Git database.

Source: GitHub's GraphQL schema, `CreateCommitOnBranchInput`; REST docs, "Git database"; error texts as
github.com sends them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from streaky.sandbox.exchange import Response
from streaky.sandbox.github_answers import problem
from streaky.sandbox.github_git import Branch, Commit, commit
from streaky.sandbox.github_refusals import Refusal
from streaky.sandbox.github_repositories import Repository

FORBIDDEN = "Resource not accessible by integration"


def create_commit_on_branch(
    found: Repository, given: Mapping[str, Any], author: tuple[str, str]
) -> dict[str, Any]:
    """Mutation.createCommitOnBranch: a commit on top of the head that the caller expects, or an error."""
    name = str(given["branch"].get("branchName") or "").removeprefix("refs/heads/")
    head = found.head(name)
    if head is None:
        raise Refusal("NOT_FOUND", f"Could not resolve to a Ref with the name '{name}'.")
    if given["expectedHeadOid"] != head:
        said = (
            f'Expected branch to point to "{given["expectedHeadOid"]}" but it did not.  Pull and try again.'
        )
        raise Refusal("STALE_DATA", said)
    changes = given.get("fileChanges") or {}
    files: dict[str, str | bytes] = {}
    for each in changes.get("additions") or []:
        try:
            files[each["path"]] = base64.b64decode(each["contents"], validate=True)
        except binascii.Error:
            raise Refusal("ARGUMENT_ERROR", "Could not coerce value to Base64String") from None
    message = given["message"]
    text = "\n\n".join(part for part in (message["headline"], message.get("body")) if part)
    deleted = [each["path"] for each in changes.get("deletions") or []]
    added = found.write(name, files, message=text, author=author, deleted=deleted)
    ref = found.ref(f"refs/heads/{name}")
    return {"commit": {"oid": found.head(name) or added.oid}, "ref": ref}


def trees(found: Repository, body: Mapping[str, Any]) -> Response:
    """POST git/trees."""
    files = dict(found.objects.trees.get(str(body.get("base_tree")), {}))
    for entry in body["tree"]:
        if "content" in entry:
            files[entry["path"]] = entry["content"].encode()
        elif entry.get("sha") in found.objects.blobs:
            files[entry["path"]] = found.objects.blobs[entry["sha"]]
        else:
            return problem(422, "tree.sha is not a valid blob")
    for data in files.values():
        found.objects.blob(data)
    sha = found.objects.tree(files)
    rows = [
        {"path": path, "mode": "100644", "type": "blob", "size": len(data), "sha": found.objects.blob(data)}
        for path, data in sorted(files.items())
    ]
    return Response.json(
        {"sha": sha, "url": f"https://api.github.com/{sha}", "tree": rows, "truncated": False}, 201
    )


def commits(found: Repository, body: Mapping[str, Any], identity: tuple[str, str]) -> Response:
    """POST git/commits."""
    files = found.objects.trees.get(str(body["tree"]))
    if files is None:
        return problem(422, "Tree SHA does not exist")
    given = body.get("author")
    author = (given["name"], given["email"]) if given else identity
    made = commit(body["message"], author, tuple(body.get("parents", ())), files)
    return Response.json(_commit(found.objects.keep(made)), 201)


def refs(found: Repository, body: Mapping[str, Any]) -> Response:
    """POST git/refs: the name is taken once."""
    made = found.objects.commits.get(str(body["sha"]))
    name = str(body["ref"])
    if not name.startswith("refs/heads/"):
        return problem(422, f"{name} is not a valid ref name.")
    if made is None:
        return problem(422, "Object does not exist")
    if found.head(name.removeprefix("refs/heads/")) is not None:
        return problem(422, "Reference already exists")
    found.branches[name.removeprefix("refs/heads/")] = Branch(_history(found, made))
    return Response.json(_ref(name, made.oid), 201)


def ref(found: Repository, name: str) -> Response:
    """GET git/ref/heads/NAME."""
    head = found.head(name.removeprefix("heads/"))
    return Response.json(_ref(f"refs/{name}", head)) if head else problem(404, "Not Found")


def move(found: Repository, name: str, body: Mapping[str, Any]) -> Response:
    """PATCH git/refs/heads/NAME."""
    branch, made = (
        found.branches.get(name.removeprefix("heads/")),
        found.objects.commits.get(str(body["sha"])),
    )
    if branch is None or made is None:
        return problem(422, "Reference does not exist")
    if not body.get("force") and branch.head not in made.parents:
        return problem(422, "Update is not a fast forward")
    branch.commits[:] = _history(found, made)
    return Response.json(_ref(f"refs/{name}", made.oid))


def blob(found: Repository, sha: str) -> Response:
    """GET git/blobs/SHA."""
    data = found.objects.blobs.get(sha)
    if data is None:
        return problem(404, "Not Found")
    shown = {"sha": sha, "node_id": sha, "size": len(data), "url": f"https://api.github.com/{sha}"}
    return Response.json(shown | {"content": base64.encodebytes(data).decode(), "encoding": "base64"})


def _history(found: Repository, last: Commit) -> list[Commit]:
    """A commit and those before it, oldest first."""
    line = [last]
    while line[0].parents and line[0].parents[0] in found.objects.commits:
        line.insert(0, found.objects.commits[line[0].parents[0]])
    return line


def _ref(name: str, sha: str) -> dict[str, Any]:
    url = "https://api.github.com/"
    return {"ref": name, "node_id": name, "url": url, "object": {"type": "commit", "sha": sha, "url": url}}


def _commit(made: Commit) -> dict[str, Any]:
    url = f"https://api.github.com/{made.oid}"
    stamp = made.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    person = {"name": made.author_name, "email": made.author_email, "date": stamp}
    return {
        "sha": made.oid,
        "node_id": made.oid,
        "url": url,
        "html_url": url,
        "author": person,
        "committer": person,
        "message": made.message,
        "tree": {"sha": made.oid, "url": url},
        "parents": [{"sha": parent, "url": url, "html_url": url} for parent in made.parents],
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }
