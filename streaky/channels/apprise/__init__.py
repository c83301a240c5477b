"""Everything else: any service that Apprise speaks, by its URL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streaky.channels.address import Address, Given
from streaky.input.refusal import BadValue
from streaky.input.row import Secret

if TYPE_CHECKING:
    from streaky.channels.base import Channel, Run


def read_urls(text: str) -> tuple[str, ...]:
    """Apprise URLs, one per line; empty lines and lines that start with # are left out."""
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines, 1):
        if line and not line.startswith("#") and not re.match(r"[A-Za-z][\w+-]*://.", line):
            raise BadValue(
                f"line {number} is not an Apprise URL.", "Write one URL per line, like ntfy://topic."
            )
    found = tuple(line for line in lines if line and not line.startswith("#"))
    if not found:
        raise BadValue("holds no URL.", "Write one Apprise URL per line, or remove it.")
    return found


URLS = Secret(
    name="apprise-urls",
    environment="STREAKY_APPRISE_URLS",
    read=read_urls,
    lines=True,
    what="Any other services, through Apprise, from a secret.",
    form="Apprise URLs, such as `ntfy://topic`, one per line.",
    parts=(r".*?://(.+)",),  # where others have a host, many of its services have a token
    without="Apprise is not installed",
    not_in_roster=BadValue(  # among its services are programs and networks of the machine itself
        "is never taken from a roster, because nothing bounds where it sends.",
        "Remove it from here, and use Discord, Telegram or webhook-url.",
    ),
)


@dataclass(frozen=True, slots=True)
class AppriseAddress(Address):
    """Apprise URLs, each a channel."""

    urls: tuple[str, ...] = field(repr=False)

    name = "apprise"
    inputs = (URLS,)

    @classmethod
    def read(cls, given: Given) -> AppriseAddress | None:
        urls = given[URLS]
        return cls(urls) if urls else None

    def check(self) -> None:
        from streaky.channels.apprise.delivery import open_apprise  # a third of a second

        open_apprise(self.urls)

    def load(self) -> Callable[[Run], Sequence[Channel]]:
        from streaky.channels.apprise.delivery import open_apprise

        return lambda _: open_apprise(self.urls)
