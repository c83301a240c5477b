"""GitHub: a person's calendar, and their repository's config file and ledger, in one GraphQL request."""

from streaky.github.person import Nobody, Reading, read, read_older, read_repository
from streaky.github.repository import Repository, Where

__all__ = ["Nobody", "Reading", "Repository", "Where", "read", "read_older", "read_repository"]
