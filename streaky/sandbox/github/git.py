"""Commits, branches and the object store of a repository in the sandbox's GitHub, named as Git names them.

Source: Git, "Git Objects" and "Git Internals"; what Git itself says of the same files is held against it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

BOT = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
WEB = ("GitHub", "noreply@github.com")  # nobody's contributions, and the committer of all that the API makes
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n \n sandbox\n -----END PGP SIGNATURE-----"
MODES = {"blob": "100644", "tree": "040000"}


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its oid, message, author, time (aware), parents' oids, and all files of its tree.

    `signed`: by GitHub, which vouches for the token that made it.
    """

    oid: str
    message: str
    author_name: str
    author_email: str
    at: datetime
    parents: tuple[str, ...]
    files: Mapping[str, bytes]
    signed: bool = False


@dataclass(slots=True)
class Branch:
    """A branch: its commits, oldest first, and the oid of the last one."""

    commits: list[Commit] = field(default_factory=list)

    @property
    def head(self) -> str:
        return self.commits[-1].oid

    @property
    def files(self) -> Mapping[str, bytes]:
        return self.commits[-1].files


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a tree: a file or a folder by its own name. `size`: a file's, in bytes."""

    name: str
    kind: str
    oid: str
    size: int | None


def noreply(login: str) -> tuple[str, str]:
    """A person as the author of commits that GitHub makes for them."""
    return login, f"{login}@users.noreply.github.com"


def belongs(commit: Commit, login: str) -> bool:
    """Whether a commit is a person's by its e-mail, with or without the number that GitHub puts first."""
    number, _, address = commit.author_email.casefold().rpartition("+")
    return address == noreply(login)[1].casefold() and (not number or number.isdecimal())


def holder(email: str) -> str | None:
    """The person whose address this is, if it is one that GitHub gave them; a bot is nobody here."""
    address, at, host = email.rpartition("@")
    number, plus, login = address.rpartition("+")
    given = at and host.casefold() == "users.noreply.github.com" and (not plus or number.isdecimal())
    return login if given and not login.endswith("[bot]") else None


def oid(kind: str, data: bytes) -> str:
    """Git's name of an object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


def entries(files: Mapping[str, bytes]) -> list[Entry]:
    """The topmost lines of a tree, in Git's order: a folder sorts as if its name ended in a slash."""
    folders: dict[str, dict[str, bytes]] = {}
    found = []
    for path, data in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(name, {})[rest] = data
        else:
            found.append(Entry(name, "blob", oid("blob", data), len(data)))
    found += [Entry(name, "tree", tree_oid(within), None) for name, within in folders.items()]
    return sorted(found, key=lambda entry: (entry.name + "/" * (entry.kind == "tree")).encode())


def tree_oid(files: Mapping[str, bytes]) -> str:
    """Git's name of a tree of files, none of them executable."""
    lines = (
        f"{MODES[entry.kind].lstrip('0')} {entry.name}\0".encode() + bytes.fromhex(entry.oid)
        for entry in entries(files)
    )
    return oid("tree", b"".join(lines))


def commit(
    message: str,
    author: tuple[str, str],
    parents: tuple[str, ...],
    files: Mapping[str, bytes],
    at: datetime | None = None,
    signed: bool = False,
) -> Commit:
    """A commit of these files, now unless `at` (aware) says otherwise; `signed` by GitHub or not."""
    moment = at or datetime.now(UTC)
    name, email = author
    when = f"{int(moment.timestamp())} {moment:%z}"
    head = [f"tree {tree_oid(files)}", *(f"parent {parent}" for parent in parents)]
    head += [f"author {name} <{email}> {when}", f"committer {WEB[0]} <{WEB[1]}> {when}"]
    head += [f"gpgsig {SIGNATURE}"] if signed else []
    text = "\n".join([*head, "", message])
    return Commit(oid("commit", text.encode()), message, name, email, moment, parents, dict(files), signed)


class Objects:
    """Blobs, trees and commits by oid, whether or not a branch holds them."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, Mapping[str, bytes]] = {}
        self.commits: dict[str, Commit] = {}

    def blob(self, data: bytes) -> str:
        """Keep a file; its oid."""
        name = oid("blob", data)
        self.blobs[name] = data
        return name

    def tree(self, files: Mapping[str, bytes]) -> str:
        """Keep a tree of files, with its folders and the files themselves; its oid."""
        name = tree_oid(files)
        if name not in self.trees:
            self.trees[name] = dict(files)
            for folder in {path.partition("/")[0] for path in files if "/" in path}:
                self.tree(
                    {
                        path[len(folder) + 1 :]: data
                        for path, data in files.items()
                        if path.startswith(f"{folder}/")
                    }
                )
            for data in files.values():
                self.blob(data)
        return name

    def keep(self, made: Commit) -> Commit:
        """Keep a commit, with its tree."""
        self.commits[made.oid] = made
        self.tree(made.files)
        return made

    def ancestors(self, oid: str) -> Iterator[Commit]:
        """A commit and all that it follows from, as far as they are kept."""
        waiting, seen = [oid], set()
        while waiting:
            found = self.commits.get(waiting.pop())
            if found is not None and found.oid not in seen:
                seen.add(found.oid)
                waiting += found.parents
                yield found

    def line(self, oid: str) -> list[Commit]:
        """A commit and its first parents, oldest first: what a branch with this head holds."""
        line: list[Commit] = []
        found = self.commits.get(oid)
        while found is not None:
            line.append(found)
            found = self.commits.get(found.parents[0]) if found.parents else None
        return line[::-1]
