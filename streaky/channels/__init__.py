"""Where alerts go: the channels, each a folder that holds all of it.

This is the list of them. Nothing outside of a channel's folder knows its name, but for the sandbox and the
demo; and what reads replies on the issue knows the issue.
"""

from __future__ import annotations

from typing import Any

from streaky.channels.address import Address
from streaky.channels.apprise import AppriseAddress
from streaky.channels.discord import DiscordAddress
from streaky.channels.issue import IssueAddress
from streaky.channels.telegram import TelegramAddress
from streaky.channels.webhook import WebhookAddress
from streaky.errors import Fault
from streaky.input.row import Input, add_secret

# In the order of the documents and of delivery.
CHANNELS: tuple[type[Address], ...] = (
    DiscordAddress,
    TelegramAddress,
    WebhookAddress,
    AppriseAddress,
    IssueAddress,
)
KEY = rf"({'|'.join(each.name for each in CHANNELS)})(-\d{{1,3}})?"  # what a channel's key looks like
NO_CHANNEL = "no channel is set, so no alert could be sent."
ADDRESSES: tuple[Input[Any], ...] = tuple(each.inputs[0] for each in CHANNELS if each.own)


def no_channel(*, needs_permission: bool = False) -> Fault:
    """The fault that no alert could be sent. `needs_permission`: that to write issues would mend it, too."""
    first, *rest = ADDRESSES
    others = ", ".join(each.name for each in rest)
    mend = f"{add_secret(first)} Or set another channel: {others}."
    if needs_permission:
        mend += " Or give the job `permissions: issues: write`: then an issue of this repository warns you."
    return Fault(first.name, NO_CHANNEL, mend)
