"""What a query costs: its nodes, which are limited, and its points, which the rate limit counts.

Source: GitHub docs, "Rate limits and query limits for the GraphQL API". Nodes: the `first` or `last` of a
connection, times those of the connections that it lies in. Points: one request for each connection, for each
node around it; those are divided by 100, and one is the least.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
)

MOST_NODES = 500_000


def cost(document: DocumentNode, variables: Mapping[str, Any]) -> tuple[int, int]:
    """Points and nodes of a query."""
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    requests = nodes = 0

    def walk(chosen: SelectionSetNode | None, around: int) -> None:
        nonlocal requests, nodes
        for each in chosen.selections if chosen else ():
            if isinstance(each, FragmentSpreadNode):
                walk(fragments[each.name.value].selection_set, around)
                continue
            size = _size(each, variables) if isinstance(each, FieldNode) else None
            if size is not None:
                requests += around
                nodes += around * size
            inner = getattr(each, "selection_set", None)  # of a field or an inline fragment
            walk(inner, around if size is None else around * size)

    for definition in document.definitions:
        if not isinstance(definition, FragmentDefinitionNode):
            walk(definition.selection_set, 1)  # type: ignore[attr-defined]
    return max(1, round(requests / 100)), nodes


def _size(asked: FieldNode, variables: Mapping[str, Any]) -> int | None:
    """How many nodes a field asks for; None where it is no connection."""
    for argument in asked.arguments or ():
        if argument.name.value in ("first", "last"):
            value = argument.value
            if isinstance(value, IntValueNode):
                return int(value.value)
            if isinstance(value, VariableNode):
                return int(variables.get(value.name.value) or 0)
    return None
