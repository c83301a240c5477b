"""Where alerts go: the channels, each a folder that holds all of it.

This is the list of them. Nothing outside of a channel's folder knows its name, but for the sandbox and the
demo; and what reads replies on the issue knows the issue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streaky.channels.address import Address
from streaky.channels.apprise import AppriseAddress
from streaky.channels.discord import DiscordAddress
from streaky.channels.issue import IssueAddress, uses_issue
from streaky.channels.telegram import TelegramAddress
from streaky.channels.webhook import WebhookAddress
from streaky.errors import ConfigurationError, Fault
from streaky.input.row import Input, add_secret

if TYPE_CHECKING:
    from streaky.channels.base import Channel
    from streaky.config.settings import Settings
    from streaky.github.clients import Clients
    from streaky.github.repository import Repository

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


def check_channels(settings: Settings) -> None:
    """Refuse, before GitHub is asked, what only a channel can tell to be wrong. Raises ConfigurationError."""
    for address in settings.channels:
        address.check()


def require_channel(settings: Settings, repository: Repository | None) -> None:
    """Refuse a run that counted on an issue, and may write none, now that its workflow is known. Raises
    ConfigurationError."""
    counted_on = settings.may_use_issue and not (settings.has_address or settings.dry_run)
    if counted_on and not uses_issue(settings, repository):
        raise ConfigurationError((no_channel(needs_permission=True),))


def open_channels(
    settings: Settings, clients: Clients | None = None, repository: Repository | None = None
) -> list[Channel]:
    """One channel for each place that the settings name. Sends nothing.

    `clients` and `repository`, as it was read, are for the issue. Only what is used is imported. Raises
    ConfigurationError where a channel needs what is not installed.
    """
    from streaky.channels.base import Run  # loaded with the channels

    run = Run(settings, clients, repository)
    return [channel for address in settings.channels for channel in address.load()(run)]
