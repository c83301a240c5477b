"""GitHub, read only: the contribution calendar and the person's config file in one GraphQL request."""

from streaky.github.reading import Nobody, Reading, read, read_older

__all__ = ["Nobody", "Reading", "read", "read_older"]
