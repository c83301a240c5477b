"""The ledger on the branch `streaky` of the person's own repository: an orphan branch with only our files.

Changed with one atomic call, which GitHub refuses when somebody else was first.
Source: GitHub GraphQL schema, `createCommitOnBranch`, `expectedHeadOid`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from streaky.errors import CouldNotTell
from streaky.github import queries
from streaky.github.client import GraphQL, Refused, YearRefused
from streaky.github.person import read_repository
from streaky.github.repository import Repository, Where
from streaky.ledger.store import CannotKeep, Kept, Stale

if TYPE_CHECKING:
    from streaky.github.rest import Rest

MEND = "Give the job `permissions: contents: write`, or set ledger to none."
FORBIDDEN = ("FORBIDDEN", "403", "401", "404", "INSUFFICIENT_SCOPES")
# Nobody's account: what this author commits is no contribution of anybody's.
AUTHOR = {"name": "github-actions[bot]", "email": "41898282+github-actions[bot]@users.noreply.github.com"}
README = """# Streaky's memory

This branch holds what [Streaky](https://github.com/streaky-action/streaky) remembers for this repository:
which alerts were sent, and a line for each day, in `ledger.json`. It shares no history with your code, and
nothing on it counts as a contribution. Delete the branch, and Streaky begins anew.
"""


class Branch:
    """A store on the branch. `seen`: the repository as it was read already; `rest` makes a REST client, which
    only the branch's beginning needs."""

    def __init__(self, client: GraphQL, rest: Callable[[], Rest], where: Where, seen: Repository) -> None:
        self._client, self._rest, self._where, self._seen = client, rest, where, seen

    @property
    def name(self) -> str:
        return f"the branch {queries.BRANCH} of {self._where.owner}/{self._where.name}"

    @property
    def kept(self) -> Kept:
        """What was read already."""
        return Kept(self._seen.ledger, self._seen.head)

    def using(self, client: GraphQL) -> None:
        """Ask through this client from now on."""
        self._client = client

    def read(self) -> Kept:
        """What lies there now. Raises CannotKeep."""
        try:
            self._seen = read_repository(self._client, self._where)
        except CouldNotTell as problem:
            raise CannotKeep("The ledger cannot be read.", str(problem)) from None
        return self.kept

    def write(self, kept: Kept, data: bytes, about: str, aside: tuple[str, bytes] | None) -> Kept:
        """Replace what was read, with a commit. Raises Stale, CannotKeep."""
        files = {self._where.ledger: data}
        if aside:
            name, broken = aside
            broken = self._blob(self._seen.odd) if self._seen.odd else broken
            files[str(PurePosixPath(self._where.ledger).with_name(name))] = broken
        if not kept.version:
            return Kept(data, self._begin(files, about))
        head = self._commit(kept.version, files, about)
        self._seen = Repository(head=head, ledger=data)
        return Kept(data, head)

    def _commit(self, head: str, files: dict[str, bytes], about: str) -> str:
        """Commit files on top of `head`; the new commit."""
        additions = [{"path": path, "contents": b64encode(data).decode()} for path, data in files.items()]
        repository = f"{self._where.owner}/{self._where.name}"
        given = {
            "branch": {"repositoryNameWithOwner": repository, "branchName": queries.BRANCH},
            "expectedHeadOid": head,
            "message": {"headline": about},
            "fileChanges": {"additions": additions},
        }
        try:
            answer = self._client.ask(queries.COMMIT, {"input": given}, long=False)
            return str(answer["createCommitOnBranch"]["commit"]["oid"])
        except Refused as refused:
            if refused.kind in ("STALE_DATA", "NOT_FOUND") or "Expected branch to point to" in refused.why:
                raise Stale from None
            raise _refusal(refused, forbidden=refused.kind in FORBIDDEN) from None
        except YearRefused:
            raise CannotKeep("The ledger could not be written.", "GitHub refused it as too much.") from None
        except CouldNotTell as problem:
            raise _refusal(problem, forbidden=False) from None
        except (KeyError, TypeError):
            raise CannotKeep(
                "The ledger could not be written.", "GitHub's answer was not understood."
            ) from None

    def _begin(self, files: dict[str, bytes], about: str) -> str:
        """Make the branch with its first commit, which has no parent; the commit.

        The branch's name is the lock: GitHub refuses to make it twice.
        """
        from streaky.github.rest import Conflict, Forbidden

        git = f"/repos/{self._where.owner}/{self._where.name}/git"
        texts = {"README.md": README.encode()} | files
        entries = [
            {"path": path, "mode": "100644", "type": "blob", "content": data.decode("utf-8", "replace")}
            for path, data in texts.items()
        ]
        try:
            rest = self._rest()
            tree = rest.post(f"{git}/trees", {"tree": entries})["sha"]
            first: dict[str, Any] = {"message": about, "tree": tree, "parents": [], "author": AUTHOR}
            commit = rest.post(f"{git}/commits", first)["sha"]
            rest.post(f"{git}/refs", {"ref": f"refs/heads/{queries.BRANCH}", "sha": commit})
        except Forbidden as refused:
            raise _refusal(refused, forbidden=True) from None
        except Conflict as refused:
            if "exists" in str(refused):
                raise Stale from None
            raise _refusal(refused, forbidden=False) from None
        except CouldNotTell as problem:
            raise _refusal(problem, forbidden=False) from None
        except (KeyError, TypeError):
            raise CannotKeep(
                "The ledger could not be begun.", "GitHub's answer was not understood."
            ) from None
        return str(commit)

    def _blob(self, oid: str) -> bytes:
        """A whole blob, be it binary or large. Raises CannotKeep."""
        from base64 import b64decode

        try:
            found = self._rest().get(f"/repos/{self._where.owner}/{self._where.name}/git/blobs/{oid}", {})
            return b64decode(found["content"])
        except (CouldNotTell, KeyError, ValueError, TypeError):
            raise CannotKeep("The unreadable ledger could not be kept aside.") from None


def _refusal(problem: Exception, *, forbidden: bool) -> CannotKeep:
    if "rule violation" in str(problem).lower():
        what, mend = "The repository's rules refuse the branch streaky.", "Exempt it, or set ledger to none."
        return CannotKeep(what, "", mend, forbidden=True)
    if forbidden:
        what = "The token may not write to this repository."
        return CannotKeep(what, "", MEND, forbidden=True)
    return CannotKeep("The ledger could not be written.", str(problem))
