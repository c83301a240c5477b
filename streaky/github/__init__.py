"""GitHub: a person's calendar, and their repository's config file, workflow and ledger, in one request."""

from streaky.github.person import (
    Answer,
    Person,
    read,
    read_issue,
    read_older,
    read_repository,
    read_team_issues,
)
from streaky.github.queries import Where

__all__ = [
    "Answer",
    "Person",
    "Where",
    "read",
    "read_issue",
    "read_older",
    "read_repository",
    "read_team_issues",
]
