"""One exception family: what happened, why, how to mend it, and the exit status it leads to.

Exit statuses are the interface of `streaky check` (0 well, 1 could not tell, 2 wrong
configuration, 3 an alert that no channel took).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value came from: a flag, an environment variable, or a file's line and column (from 1)."""

    source: str
    line: int = 0
    column: int = 0

    @property
    def in_file(self) -> bool:
        return self.line > 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.in_file else self.source


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the configuration: the input, what is wrong, how to mend it, and its place."""

    input: str
    what: str
    mend: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        said = f"{self.input}: {self.what}" + (f" {self.mend}" if self.mend else "")
        if self.place is None:
            return said
        if self.place.in_file:
            return f"{self.place}: {said}"
        return f"{said} (from {self.place})"


NEXT_RUN = "Nothing to mend here: the next run asks again."
NOTHING: Mapping[str, str | date] = MappingProxyType({})


class StreakyError(Exception):
    """Anything Streaky gives up on. `str()` is fit for a person; it never holds a secret or a URL."""

    def __init__(self, what: str, why: str = "", mend: str = "") -> None:
        super().__init__(what, why, mend)
        self.what, self.why, self.mend = what, why, mend

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.mend) if part)


class ConfigurationError(StreakyError):
    """The configuration is wrong; nothing was sent. `faults` names every one of them."""

    exit_status = 2

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class Cause(StrEnum):
    """Why GitHub did not say what had to be known, by a name that the other languages translate."""

    NO_ANSWER = "no-answer"
    RATE_LIMITED = "rate-limited"
    TOKEN_REFUSED = "token-refused"
    TOKEN_EXPIRED = "token-expired"
    REFUSED = "refused"
    ERROR = "error"
    NO_USER = "no-user"
    NO_REPOSITORY = "no-repository"
    WINDOW_REFUSED = "window-refused"
    SOMEBODY_ELSE = "somebody-else"
    NOT_UNDERSTOOD = "not-understood"
    REDIRECTED = "redirected"
    NO_TODAY = "no-today"


class CouldNotTell(StreakyError):
    """GitHub did not say what had to be known: the standing is `unknown`, and the exit status 1.

    `cause` names the reason where the other languages have words for it, with their `values`: `status`;
    `message`, GitHub's own words; `time`, when it may be asked again in UTC; dates.
    """

    def __init__(
        self,
        what: str,
        why: str = "",
        mend: str = "",
        cause: Cause | None = None,
        values: Mapping[str, str | date] = NOTHING,
    ) -> None:
        super().__init__(what, why, mend)
        self.cause, self.values = cause, {name: value for name, value in values.items() if value}


class NoReply(StreakyError):
    """A request brought no answer. `temporary` says whether asking again can help."""

    def __init__(self, what: str, *, temporary: bool = True, timed_out: bool = False) -> None:
        super().__init__(what)
        self.temporary, self.timed_out = temporary, timed_out
