"""Who may be asked on GitHub, with which token."""

from __future__ import annotations

from dataclasses import dataclass

from streaky.github.client import GraphQL
from streaky.github.rest import Rest
from streaky.runner.server import GitHub


@dataclass(frozen=True, slots=True)
class Clients:
    """`reader` has the token that reads the person; `job` and `rest` have the job's own, which may write
    where the other one may be somebody's that only reads."""

    reader: GraphQL
    job: GraphQL
    rest: Rest


def clients(github: GitHub) -> Clients:
    """The clients for these tokens: one connection for both where they are the same."""
    same = github.job_token == github.token
    reader = GraphQL(github.graphql_url, github.token, personal=not same)
    job = reader if same else GraphQL(github.graphql_url, github.job_token)
    return Clients(reader, job, Rest(github.api_url, github.job_token))
