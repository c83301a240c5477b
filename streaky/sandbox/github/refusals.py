"""How a field of GitHub's GraphQL fails, apart from the GraphQL machinery that turns it into an answer."""

from __future__ import annotations


class Refusal(Exception):
    """A field that is answered with an error. `kind` is the error's `type`, empty for one without."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Collapse(Exception):
    """The whole query failed on GitHub's side, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
