"""The ledger on the branch `streaky` of the person's own repository: an orphan branch with only our files.

Changed with one atomic call, which GitHub refuses when somebody else was first.
Source: GitHub GraphQL schema, `createCommitOnBranch`, `expectedHeadOid`.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from streaky.errors import CouldNotTell
from streaky.github import queries
from streaky.github.client import GraphQL, Refused, YearRefused
from streaky.github.person import read_repository
from streaky.github.queries import Where
from streaky.github.repository import Repository
from streaky.github.rest import Conflict, Forbidden, Rest
from streaky.http import Patience
from streaky.ledger.store import NOTHING, LedgerUnavailable, Snapshot, Stale

MEND = "Give the job `permissions: contents: write`, or set ledger to none."
FORBIDDEN = ("FORBIDDEN", "403", "401", "404", "INSUFFICIENT_SCOPES")
# A protected branch has a type of its own; a ruleset's refusal is known by its message alone, from GraphQL
# and REST alike. Source: recorded answers of GitHub's to createCommitOnBranch and git/refs.
PROTECTED = "BRANCH_PROTECTION_RULE_VIOLATION"
RULES = re.compile(
    "rule violation|GH013|protected (branch|ref)|through a pull request|verified signature"
    "|(creations|updates) being restricted",
    re.IGNORECASE,
)
RULES_MEND = (
    "Exempt the branch `streaky` from them (in the repository's Settings: Rules, and Branches), "
    "or set `ledger: none`."
)
# Nobody's account: what this author commits is no contribution of anybody's. With a job's token GitHub names
# the same author itself, and signs the commit. Source: GitHub docs, "Signature verification for bots".
AUTHOR = {"name": "github-actions[bot]", "email": "41898282+github-actions[bot]@users.noreply.github.com"}
README = """# Streaky's memory

This branch holds what [Streaky](https://github.com/streaky-action/streaky) remembers for this repository:
which alerts were sent, and a line for each day, in `ledger.json`. It shares no history with your code, and
nothing on it counts as a contribution. Delete the branch, and Streaky begins anew.
"""


class Branch:
    """A store on the branch, in the place that `where` names. `seen`: the repository as it was read already;
    `sign`: the token is a job's, so GitHub names the author and signs; `readme`: what the branch says of
    itself."""

    shown = True

    def __init__(
        self,
        client: GraphQL,
        rest: Rest,
        where: Where,
        seen: Repository,
        *,
        sign: bool = True,
        readme: str = README,
    ) -> None:
        self._client, self._rest, self._where, self._seen, self._sign = client, rest, where, seen, sign
        self._readme = readme

    @property
    def name(self) -> str:
        return f"the branch {self._where.branch} of {self._where.owner}/{self._where.name}"

    @property
    def snapshot(self) -> Snapshot:
        """What was read already."""
        return Snapshot(self._seen.ledger, self._seen.head)

    def read(self, patience: Patience) -> Snapshot:
        """What lies there now. Raises LedgerUnavailable."""
        try:
            self._seen = read_repository(self._client, self._where, patience)
        except CouldNotTell as problem:
            raise LedgerUnavailable("The ledger cannot be read.", str(problem)) from None
        return self.snapshot

    def whole(self, patience: Patience) -> Snapshot:
        """What was read already, and all of a file that GitHub showed in part. Raises LedgerUnavailable."""
        if self._seen.odd:
            data = self._blob(self._seen.odd, patience)
            self._seen = replace(self._seen, ledger=data, odd="")
        return self.snapshot

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: Patience,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> Snapshot:
        """Replace what was read, with a commit. Raises Stale, LedgerUnavailable."""
        place = PurePosixPath(self._where.ledger)
        files = {str(place.with_name(name)): text for name, text in beside.items()}
        files[self._where.ledger] = data
        if aside:
            name, broken = aside
            broken = self._blob(self._seen.odd, patience) if self._seen.odd else broken
            files[str(place.with_name(name))] = broken
        if not before.version:
            return Snapshot(data, self._begin(files, about, patience))
        head = self._commit(before.version, files, about, patience)
        self._seen = Repository(head=head, ledger=data)
        return Snapshot(data, head)

    def _commit(self, head: str, files: dict[str, bytes], about: str, patience: Patience) -> str:
        """Commit files on top of `head`; the new commit."""
        additions = [{"path": path, "contents": b64encode(data).decode()} for path, data in files.items()]
        repository = f"{self._where.owner}/{self._where.name}"
        given = {
            "branch": {"repositoryNameWithOwner": repository, "branchName": self._where.branch},
            "expectedHeadOid": head,
            "message": {"headline": about},
            "fileChanges": {"additions": additions},
        }
        try:
            answer = self._client.ask(queries.COMMIT, {"input": given}, patience)
            return str(answer["createCommitOnBranch"]["commit"]["oid"])
        except Refused as refused:
            if refused.kind in ("STALE_DATA", "NOT_FOUND") or "Expected branch to point to" in refused.why:
                raise Stale from None
            raise _refusal(refused, forbidden=refused.kind in FORBIDDEN) from None
        except YearRefused:
            raise LedgerUnavailable(
                "The ledger could not be written.", "GitHub refused it as too much."
            ) from None
        except CouldNotTell as problem:
            raise _refusal(problem, forbidden=False) from None
        except (KeyError, TypeError):
            raise LedgerUnavailable(
                "The ledger could not be written.", "GitHub's answer was not understood."
            ) from None

    def _begin(self, files: dict[str, bytes], about: str, patience: Patience) -> str:
        """Make the branch with its first commit, which has no parent; the commit.

        The branch's name is the lock: GitHub refuses to make it twice.
        """
        git = f"/repos/{self._where.owner}/{self._where.name}/git"
        texts = {"README.md": self._readme.encode()} | files
        entries = [
            {"path": path, "mode": "100644", "type": "blob", "content": data.decode("utf-8", "replace")}
            for path, data in texts.items()
        ]
        try:
            rest = self._rest
            tree = rest.post(f"{git}/trees", patience, {"tree": entries})["sha"]
            first: dict[str, Any] = {"message": about, "tree": tree, "parents": []}
            if not self._sign:
                first["author"] = AUTHOR
            commit = rest.post(f"{git}/commits", patience, first)["sha"]
            ref = {"ref": f"refs/heads/{self._where.branch}", "sha": commit}
            rest.post(f"{git}/refs", patience, ref)
        except Forbidden as refused:
            raise _refusal(refused, forbidden=True) from None
        except Conflict as refused:
            if "exists" in str(refused):
                raise Stale from None
            raise _refusal(refused, forbidden=False) from None
        except CouldNotTell as problem:
            raise _refusal(problem, forbidden=False) from None
        except (KeyError, TypeError):
            raise LedgerUnavailable(
                "The ledger could not be begun.", "GitHub's answer was not understood."
            ) from None
        return str(commit)

    def _blob(self, oid: str, patience: Patience) -> bytes:
        """A whole blob, be it binary or large. Raises LedgerUnavailable."""
        path = f"/repos/{self._where.owner}/{self._where.name}/git/blobs/{oid}"
        try:
            return b64decode(self._rest.get(path, patience)["content"])
        except (CouldNotTell, KeyError, ValueError, TypeError):
            raise LedgerUnavailable("The unreadable ledger could not be kept aside.") from None


def _refusal(problem: CouldNotTell, *, forbidden: bool) -> LedgerUnavailable:
    """Why GitHub took no write. A 401, 403 or 404 without a word of GitHub's own is an edge's, and passes."""
    kind = problem.kind if isinstance(problem, Refused) else ""
    if kind == PROTECTED or RULES.search(problem.why):
        what = "The repository's rules protect the branch `streaky`, so the ledger cannot be written."
        return LedgerUnavailable(what, problem.why, RULES_MEND, forbidden=True)
    if forbidden and problem.why:
        what = "The token may not write to this repository."
        return LedgerUnavailable(what, "", MEND, forbidden=True, by_choice=True)
    return LedgerUnavailable("The ledger could not be written.", str(problem))
