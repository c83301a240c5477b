"""What a sealed value looks like. A file of its own, because few runs need what opens one."""

from __future__ import annotations

from streaky.input.row import matching

PREFIX = "sealed:"
# Base64 of an encapsulated key, a text and a tag: 48 bytes and more.
SCHEMA = matching("sealed:v1:[0-9a-f]{8}:[A-Za-z0-9_-]{64,}")


def is_sealed(text: str) -> bool:
    """Whether a text is meant to be a sealed value."""
    return text.startswith(PREFIX)
