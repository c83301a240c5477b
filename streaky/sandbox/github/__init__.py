"""GitHub on loopback: GraphQL, the git database over REST, workflow runs, and its refusals and limits."""

from streaky.sandbox.github.service import GitHub

__all__ = ["GitHub"]
