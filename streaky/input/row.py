"""One input as a row of the table: how it is read, where it can be set, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any, Generic, TypeVar

from streaky.input.refusal import BadValue, UnlessSealed

T = TypeVar("T")
JSON = dict[str, Any]


class Seat(Flag):
    """Where an input can be set, beside its flag and its environment variable. `TEMPLATE`: the template's
    config file shows it."""

    ACTION = auto()
    GUARD_INPUT = auto()
    GUARD_SECRET = auto()
    FILE = auto()
    TEMPLATE = auto()


WORKFLOW = Seat.ACTION | Seat.GUARD_INPUT
ANYWHERE = WORKFLOW | Seat.FILE | Seat.TEMPLATE
REMOVE = "remove it from here; replace it, if it was ever pushed."
NO_SECRET = BadValue("is a secret, which a file must not hold.", f"Make it a repository secret, and {REMOVE}")
NO_PLAIN_SECRET = UnlessSealed(
    "is a secret, which a file must not hold.",
    f"Make it a repository secret or seal it with streaky seal, and {REMOVE}",
)
SEAL_IT = UnlessSealed("is a secret, which a file must not hold.", f"Seal it with streaky seal, and {REMOVE}")
TEAM_ALONE = BadValue("is set by the team's workflow alone.", "Remove it from here.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Input(Generic[T]):
    """One input.

    How it is read: `read` takes the text, which may have several `lines`; `read_in_file` takes what a config
    file says, where less is allowed there. `not_in_file` is said where a file may not set it at all.
    `read_in_roster` and `not_in_roster`: the same for one person's file in a team's roster.
    What is said of it: `what` it is, its `form` with an example, and `without`, what happens when it is left
    out (no full stop); `more` is advice for the documents. `examples` and `schema` are for the JSON Schema.
    A `secret` is shown to nobody. Neither is what is `private`, but a file may hold that as it is. `parts`
    are patterns: the groups of the first one that fits are the secret; where none fits, all of it is.
    In `guard.yml`, `guard_name` is the name of its secret, and `guard_value` the expression that hands it to
    the action, where these are not the usual ones.
    """

    name: str
    environment: str
    read: Callable[[str], T]
    what: str
    form: str
    without: str = ""
    more: str = ""
    default: str = ""
    seats: Seat = ANYWHERE
    secret: bool = False
    private: bool = False
    parts: tuple[str, ...] = ()
    lines: bool = False
    read_in_file: Callable[[str], T] | None = None
    not_in_file: BadValue | None = None
    read_in_roster: Callable[[str], T] | None = None
    not_in_roster: BadValue | None = None
    examples: tuple[object, ...] = ()
    schema: JSON | None = None
    guard_name: str = ""
    guard_value: str = ""

    @property
    def flag(self) -> str:
        return f"--{self.name}"

    @property
    def left_out(self) -> str:
        """What happens when it is left out, without a full stop."""
        return self.without or f"`{self.default}`"

    @property
    def description(self) -> str:
        """What it is, its form, and what happens when it is left out."""
        return f"{self.what} {self.form} Left out: {self.left_out}."


class Preset(Input[T]):
    """An input that always has a value: its `default`, written as a person would, if nothing else."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Secret(Input[T]):
    """An input that nobody may see, and that a file may hold only where it is sealed."""

    seats: Seat = Seat.ACTION | Seat.GUARD_SECRET
    secret: bool = True
    not_in_file: BadValue | None = NO_PLAIN_SECRET
    not_in_roster: BadValue | None = SEAL_IT


def matching(pattern: str) -> JSON:
    """The schema of text that fits a pattern as a whole."""
    return {"type": "string", "pattern": f"^{pattern}$"}


def add_secret(each: Input[Any]) -> str:
    """The mend for a secret that is missing, in the words of GitHub's pages."""
    return f"Add the repository secret `{each.environment}` (Settings → Secrets and variables → Actions)."
