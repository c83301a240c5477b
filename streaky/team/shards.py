"""Shards: the parts of a roster that are guarded on a runner and remembered on a branch of their own.

Who belongs to which is told by the login alone, so that a ledger stays where it is, whoever joins or leaves.
How many there are is a power of two that only grows: when it doubles, each shard leaves half of its people to
a new one, which begins with what the old one remembers of them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

FOLDER = "streaky-team"  # a branch `streaky/…` could not stand beside a person's own branch `streaky`
PREFIX = "shard-"
BOOK = "ledger.jsonl"  # the one file of a shard's branch: see book.py
MOST = 256  # jobs of a matrix. Source: GitHub docs, "Usage limits" of Actions
PEOPLE = 1_000  # in a shard at the most, until there are 256: they take a runner under a minute


@dataclass(frozen=True, slots=True)
class Shard:
    """One of `count` parts, by its number from 1 on. `count` is a power of two."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @classmethod
    def read(cls, text: str) -> Shard:
        """The shard that `str` wrote. Raises ValueError."""
        match = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text.strip(), re.ASCII)
        number, count = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= count <= MOST or count & (count - 1):
            raise ValueError("not a shard")
        return cls(number, count)

    def holds(self, login: str) -> bool:
        """Whether a person belongs to it."""
        return self.at(login, self.count) == self.number - 1

    @staticmethod
    def at(login: str, count: int) -> int:
        """The index, from 0 on, of the shard among `count` that a person belongs to."""
        return place(login) % count

    @property
    def name(self) -> str:
        """As files are named after it."""
        return f"{PREFIX}{self.number:03}"

    @property
    def branch(self) -> str:
        """Where its ledger lies."""
        return f"{FOLDER}/{self.name}"

    @property
    def parents(self) -> tuple[Shard, ...]:
        """The shards, the nearest first, that held its people when there were fewer."""
        found, count = [], self.count // 2
        while count:
            older = Shard((self.number - 1) % count + 1, count)
            if older.number != self.number:
                found.append(older)
            count //= 2
        return tuple(dict.fromkeys(found))


def place(login: str) -> int:
    """A number that a login, in any case, always has, and that spreads people evenly. A file's name that is
    no login, nor even text, has one, too."""
    return int.from_bytes(hashlib.sha256(login.lower().encode(errors="surrogateescape")).digest()[:8], "big")


def shards(people: int, last: str = "") -> tuple[Shard, ...]:
    """The shards for so many people. `last`: the name of the one with the highest number so far, "" for none:
    there are never fewer than before."""
    number = int(last.removeprefix(PREFIX)) if re.fullmatch(rf"{PREFIX}\d{{3}}", last) else 1
    count = 1
    while count < MOST and (count * PEOPLE < people or count < number):
        count *= 2
    return tuple(Shard(number, count) for number in range(1, count + 1))
