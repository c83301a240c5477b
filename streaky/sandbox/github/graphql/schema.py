"""GraphQL as GitHub answers it: an excerpt of its schema, and errors in its own form.

Kept apart from the rest: importing graphql-core and building the schema take time that only a query needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from streaky.sandbox.github.answers import Collapse, Refusal
from streaky.sandbox.github.graphql.cost import MOST_NODES, cost


@cache
def schema() -> GraphQLSchema:
    """The excerpt, built once for the process."""
    return build_schema(files("streaky.sandbox.github").joinpath("github.graphql").read_text("utf-8"))


@lru_cache(maxsize=64)
def _document(query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """A query, parsed and validated; without a document when it is not one."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error]
    return document, validate(schema(), document)


def price(query: str, variables: Mapping[str, Any]) -> int:
    """The points that a query costs; one that is none costs one."""
    document, faults = _document(query)
    return cost(document, variables)[0] if document and not faults else 1


def answer(
    query: str, variables: Mapping[str, Any], operation: str | None, root: Mapping[str, Callable[..., Any]]
) -> dict[str, Any]:
    """The answer to a query: `data`, `errors` or both. `root` has a function for each field of Query.

    A query that does not fit the schema has errors only. Raises Collapse.
    """
    document, faults = _document(query)
    if document is None or faults:
        return {"errors": [_shown(fault) for fault in faults]}
    nodes = cost(document, variables)[1]
    if nodes > MOST_NODES:
        said = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of"
        return {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": f"{said} {MOST_NODES:,}."}]}
    result = execute_sync(schema(), document, root, variable_values=dict(variables), operation_name=operation)
    errors = result.errors or []
    for error in errors:
        if isinstance(error.original_error, Collapse):
            raise error.original_error
    answer: dict[str, Any] = {} if result.data is None else {"data": result.data}
    return {**answer, "errors": [_shown(error) for error in errors]} if errors else answer


def _shown(error: GraphQLError) -> dict[str, Any]:
    """An error as GitHub writes it: the type beside the message, not among extensions."""
    cause = error.original_error
    if cause is not None and not isinstance(cause, (Refusal, GraphQLError)):
        raise cause  # a mistake of the sandbox
    shown: dict[str, Any] = {"type": cause.kind} if isinstance(cause, Refusal) and cause.kind else {}
    if error.path:
        shown["path"] = list(error.path)
    if error.locations:
        shown["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    return {**shown, "message": error.message}
