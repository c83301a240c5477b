"""REST's Git database in the sandbox's GitHub: blobs, trees, commits and references.

Source: GitHub REST docs, "Git database", schemas `git-commit`, `git-tree`, `git-ref`; error texts as
github.com sends them.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from streaky.sandbox.exchange import Response
from streaky.sandbox.github.answers import BY_PULL_REQUEST, Refusal, instant, problem, stamp
from streaky.sandbox.github.git import MODES, SIGNATURE, WEB, Commit, commit, entries, tree_oid
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.rest.issues import Asker

Body = Mapping[str, Any]
VIOLATED = "Repository rule violations found"


def answer(method: str, asker: Asker, kind: str, name: str, body: Body) -> Response | None:
    """The answer about git/KIND/NAME; None where there is no such route."""
    found = asker.found
    match method, kind, name:
        case "GET", "ref", _:
            return ref(found, name)
        case "GET", "blobs", _:
            return blob(found, name)
        case "GET", "trees", _:
            return tree(found, name)
        case "GET", "commits", _:
            return commit_of(found, name)
        case "POST", "blobs", "":
            return make_blob(found, body)
        case "POST", "trees", "":
            return make_tree(found, body)
        case "POST", "commits", "":
            return make_commit(asker, body)
        case "POST", "refs", "":
            return make_ref(found, body)
        case "PATCH", "refs", _:
            return move_ref(found, name, body)
    return None


def make_blob(found: Repository, body: Body) -> Response:
    """POST git/blobs."""
    encoding = body.get("encoding", "utf-8")
    if encoding not in ("utf-8", "base64"):
        return problem(422, "Invalid request.\n\nencoding must be one of utf-8, base64.")
    try:
        content = body["content"]
        data = base64.b64decode(content) if encoding == "base64" else content.encode()
    except ValueError:
        return problem(422, "content is not valid Base64")
    sha = found.objects.blob(data)
    return Response.json({"sha": sha, "url": found.link(f"git/blobs/{sha}")}, 201)


def blob(found: Repository, sha: str) -> Response:
    """GET git/blobs/SHA."""
    data = found.objects.blobs.get(sha)
    if data is None:
        return problem(404, "Not Found")
    shown = {"sha": sha, "node_id": f"B_{sha}", "size": len(data), "url": found.link(f"git/blobs/{sha}")}
    return Response.json(shown | {"content": base64.encodebytes(data).decode(), "encoding": "base64"})


def make_tree(found: Repository, body: Body) -> Response:
    """POST git/trees: entries on top of `base_tree`, or alone; a null `sha` takes a file away."""
    files: dict[str, bytes] = {}
    base = body.get("base_tree")
    if base is not None:
        if base not in found.objects.trees:
            return problem(422, "base_tree is not a valid tree oid")
        files |= found.objects.trees[base]
    for entry in body["tree"]:
        path, sha = entry["path"], entry.get("sha")
        if "content" in entry and "sha" in entry:
            return problem(422, "Must supply either tree.sha or tree.content")
        if "content" in entry:
            files[path] = entry["content"].encode()
        elif sha in found.objects.blobs:
            files[path] = found.objects.blobs[sha]
        elif sha in found.objects.trees:
            files |= {f"{path}/{name}": data for name, data in found.objects.trees[sha].items()}
        elif "sha" in entry and sha is None and path in files:
            del files[path]
        else:
            return problem(422, f"tree.sha {sha} is not a valid blob")
    sha = found.objects.tree(files)
    return Response.json(tree_shown(found, sha), 201)


def tree(found: Repository, sha: str) -> Response:
    """GET git/trees/SHA, also by a commit or a branch."""
    named = found.revision(sha)
    known = found.objects.tree(named.files) if named else sha
    if known not in found.objects.trees:
        return problem(404, "Not Found")
    return Response.json(tree_shown(found, known))


def make_commit(asker: Asker, body: Body) -> Response:
    """POST git/commits. Without `author` it is the token's.

    A bot's is signed by GitHub, unless it names an author or a committer. Source: GitHub docs, "About commit
    signature verification", signature verification for bots.
    """
    found, token = asker.found, asker.token
    files = found.objects.trees.get(body["tree"])
    if files is None:
        return problem(422, "Tree SHA does not exist")
    parents = tuple(body.get("parents") or ())
    if any(parent not in found.objects.commits for parent in parents):
        return problem(422, "Parent SHA does not exist or is not a commit object")
    given = body.get("author") or {}
    author = (given["name"], given["email"]) if given else token.author(found.owner)
    signed = token.of_a_job and not given and not body.get("committer")
    try:
        at = instant(given.get("date"))
    except Refusal:
        return problem(422, "Invalid request.\n\nauthor.date is not a valid date-time.")
    made = commit(str(body["message"]), author, parents, files, at or asker.now, signed)
    return Response.json(commit_shown(found, found.objects.keep(made)), 201)


def commit_of(found: Repository, sha: str) -> Response:
    """GET git/commits/SHA."""
    known = found.objects.commits.get(sha)
    return Response.json(commit_shown(found, known)) if known else problem(404, "Not Found")


def make_ref(found: Repository, body: Body) -> Response:
    """POST git/refs: a name is taken once."""
    name, sha = body["ref"], body["sha"]
    branch = name.removeprefix("refs/heads/")
    if branch in (name, ""):
        return problem(422, f"{name} is not a valid ref name.")
    if found.head(branch) is not None:
        return problem(422, "Reference already exists")
    if sha not in found.objects.commits:
        return problem(422, "Object does not exist")
    broken = _broken_rule(found, branch, None, sha)
    if broken:
        return broken
    found.place(branch, sha)
    return Response.json(ref_shown(found, branch, sha), 201)


def ref(found: Repository, name: str) -> Response:
    """GET git/ref/heads/BRANCH."""
    branch = name.removeprefix("heads/")
    head = found.head(branch) if branch != name else None
    return Response.json(ref_shown(found, branch, head)) if head else problem(404, "Not Found")


def move_ref(found: Repository, name: str, body: Body) -> Response:
    """PATCH git/refs/heads/BRANCH: forward only, unless `force`."""
    branch, sha = name.removeprefix("heads/"), body["sha"]
    head = found.head(branch) if branch != name else None
    if head is None:
        return problem(422, "Reference does not exist")
    if sha not in found.objects.commits:
        return problem(422, "Object does not exist")
    if not body.get("force") and head not in {each.oid for each in found.objects.ancestors(sha)}:
        return problem(422, "Update is not a fast forward")
    broken = _broken_rule(found, branch, head, sha)
    if broken:
        return broken
    found.place(branch, sha)
    return Response.json(ref_shown(found, branch, sha))


def _broken_rule(found: Repository, branch: str, head: str | None, sha: str) -> Response | None:
    """The rule of the repository that a move of a branch, or its beginning, would break.

    Source for the words: satisfactory-factories/application#67 (REST), py-cov-action/
    python-coverage-comment-action#561 (signatures).
    """
    rules = []
    if head is not None and branch in found.protected:
        rules.append(BY_PULL_REQUEST)
    before = {each.oid for each in found.objects.ancestors(head)} if head else set()
    added = [each for each in found.objects.ancestors(sha) if each.oid not in before]
    if found.signed_only and not all(each.signed for each in added):
        rules.append("Commits must have verified signatures.")
    return problem(422, "\n\n".join([VIOLATED, *rules, ""])) if rules else None


def ref_shown(found: Repository, branch: str, sha: str) -> dict[str, Any]:
    """A git-ref."""
    name = f"refs/heads/{branch}"
    target = {"type": "commit", "sha": sha, "url": found.link(f"git/commits/{sha}")}
    return {"ref": name, "node_id": f"REF_{branch}", "url": found.link(f"git/{name}"), "object": target}


def tree_shown(found: Repository, sha: str) -> dict[str, Any]:
    """A git-tree, one level of it."""
    rows = []
    for entry in entries(found.objects.trees[sha]):
        row: dict[str, Any] = {"path": entry.name, "mode": MODES[entry.kind], "type": entry.kind}
        row |= {"sha": entry.oid, "url": found.link(f"git/{entry.kind}s/{entry.oid}")}
        rows.append(row if entry.size is None else row | {"size": entry.size})
    return {"sha": sha, "url": found.link(f"git/trees/{sha}"), "tree": rows, "truncated": False}


def commit_shown(found: Repository, made: Commit) -> dict[str, Any]:
    """A git-commit."""
    page, url = f"{found.page}/commit", found.link("git/commits")
    tree, at = tree_oid(made.files), stamp(made.at)
    return {
        "sha": made.oid,
        "node_id": f"C_{made.oid}",
        "url": f"{url}/{made.oid}",
        "html_url": f"{page}/{made.oid}",
        "author": {"name": made.author_name, "email": made.author_email, "date": at},
        "committer": {"name": WEB[0], "email": WEB[1], "date": at},
        "message": made.message,
        "tree": {"sha": tree, "url": found.link(f"git/trees/{tree}")},
        "parents": [{"sha": oid, "url": f"{url}/{oid}", "html_url": f"{page}/{oid}"} for oid in made.parents],
        "verification": {
            "verified": made.signed,
            "reason": "valid" if made.signed else "unsigned",
            "signature": SIGNATURE if made.signed else None,
            "payload": f"tree {tree}" if made.signed else None,
            "verified_at": at if made.signed else None,
        },
    }
