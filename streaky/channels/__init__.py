"""Where alerts go. `open_channels` is all that the rest of Streaky needs to know of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaky.config.sources import no_channel
from streaky.errors import ConfigurationError

if TYPE_CHECKING:
    from streaky.channels.base import Channel
    from streaky.config.settings import Settings
    from streaky.github.clients import Clients
    from streaky.github.issues import Tracker
    from streaky.github.repository import Repository
    from streaky.http import Patience


def check_channels(settings: Settings) -> None:
    """Refuse, before GitHub is asked, what only a channel can tell to be wrong. Raises ConfigurationError."""
    if settings.apprise:
        from streaky.channels.apprise import open_apprise  # a third of a second

        open_apprise(settings.apprise)


def uses_issue(settings: Settings, repository: Repository | None) -> bool:
    """Whether an issue of the repository gets the alerts; where that could not be read, it is tried."""
    if settings.issue == "true" or repository is None:
        return settings.may_use_issue
    workflow = repository.workflow
    return settings.may_use_issue and workflow is not None and workflow.issues == "write"


def require_channel(settings: Settings, repository: Repository | None) -> None:
    """Refuse a run that counted on an issue, and may write none, now that its workflow is known. Raises
    ConfigurationError."""
    counted_on = settings.may_use_issue and not (settings.has_address or settings.dry_run)
    if counted_on and not uses_issue(settings, repository):
        raise ConfigurationError((no_channel(needs_permission=True),))


def open_channels(
    settings: Settings, clients: Clients | None = None, repository: Repository | None = None
) -> list[Channel]:
    """One channel for each place that the settings name, in a fixed order. Sends nothing.

    `clients` and `repository`, as it was read, are for the issue. Only what is used is imported. Raises
    ConfigurationError where a channel needs what is not installed.
    """
    channels: list[Channel] = []
    if settings.discord:
        from streaky.channels.discord import Discord

        channels.append(Discord(settings.discord, settings.discord_mention))
    if settings.telegram:
        from streaky.channels.telegram import Telegram

        channels.append(Telegram(settings.telegram))
    if settings.webhook:
        from streaky.channels.webhook import Webhook

        channels.append(Webhook(settings.webhook))
    if clients and settings.github.repository and uses_issue(settings, repository):
        channels.append(_issue(settings, clients, settings.github.repository, repository))
    if settings.apprise:
        from streaky.channels.apprise import open_apprise

        channels += open_apprise(settings.apprise)
    return channels


def _issue(
    settings: Settings, clients: Clients, owner_name: tuple[str, str], repository: Repository | None
) -> Channel:
    from streaky import github
    from streaky.channels.issue import Issue
    from streaky.github.issues import Issues

    def read(patience: Patience) -> Tracker:
        return github.read_issue(clients.job, owner_name, patience)

    tracker = repository.tracker if repository else None
    own = settings.github.token != settings.github.job_token  # which counts what only the person sees
    return Issue(
        Issues(clients.rest, owner_name),
        settings.user,
        settings.language,
        tracker,
        read,
        discreet=own and (repository is None or repository.public),
    )
