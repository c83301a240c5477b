"""GitHub, read only: the contribution calendar and the person's config file in one GraphQL request."""

from streaky.github.reading import Reading, read, read_older

__all__ = ["Reading", "read", "read_older"]
