"""Delivery: each channel is sent its alerts and edits, all side by side, and each in its own time."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from streaky.channels.base import SEALED, Channel, Editor, Outcome, Result, Run, Undelivered, Unusable, marked
from streaky.config.settings import Settings
from streaky.github.clients import Clients
from streaky.github.repository import Repository
from streaky.http import Pace, Patience
from streaky.ledger.book import MESSAGE, Pair
from streaky.messages import Alert, Became, Resolution
from streaky.schedule.slots import Slot

NOT_REPLACED = Undelivered("The reminder that was to replace it was not delivered.", only_this=True)
TRIES = 2  # of an edit in one run: nobody waits for it, and what was sent has to be written down
GRACE = 0.5  # seconds a channel may take to notice that its time is over
log = logging.getLogger("streaky")


@dataclass(frozen=True, slots=True)
class Edit:
    """What an alert that was sent is to say from now on. `message`: as its channel named it."""

    slot: Slot
    editor: Editor
    message: str
    resolution: Resolution


Lane = tuple[Channel, Sequence[Alert | Edit]]  # a channel, and what is to be done there


def open_channels(
    settings: Settings, clients: Clients | None = None, repository: Repository | None = None
) -> list[Channel]:
    """One channel for each place that the settings name, or one that fails where it stays sealed. Sends
    nothing.

    `clients` and `repository`, as it was read, are for the issue. Only what is used is imported. Raises
    ConfigurationError where a channel needs what is not installed.
    """
    run = Run(
        settings.user,
        settings.language,
        settings.github,
        clients,
        repository,
        settings.uses_issue(repository),
        settings.member,
    )
    opened = [channel for address in settings.channels for channel in address.load()(run)]
    return opened + [Unusable(each.name, marked(each.name), SEALED) for each in settings.shut]


def lanes(
    channels: Sequence[Channel],
    alerts: Sequence[Alert],
    send: Collection[Pair],
    resolve: Mapping[Pair, str],
    resolutions: Mapping[Slot, Resolution],
) -> list[Lane]:
    """Each channel with those of the alerts that `send` names for its key, and then with the edits of its
    messages, which `resolve` names; without those for which there is nothing to do."""
    named: list[Lane] = []
    for channel in channels:
        mine: list[Alert | Edit] = [alert for alert in alerts if (alert.slot, channel.key) in send]
        mine += [
            Edit(slot, channel, message, resolutions[slot])
            for (slot, key), message in resolve.items()
            if key == channel.key and slot in resolutions and isinstance(channel, Editor)
        ]
        named.append((channel, mine))
    return [(channel, mine) for channel, mine in named if mine]


def deliver(chosen: Sequence[Lane], pace: Pace, redact: Callable[[str], str]) -> tuple[Outcome, ...]:
    """Deliver to each channel its alerts, and edit its messages, side by side; say what became of each.

    Each channel has a thread of its own and `pace.total` seconds; one that fails, hangs or breaks never
    holds up another.
    """
    started = [_Lane(channel, alerts, pace, redact) for channel, alerts in chosen]
    end = pace.clock() + pace.total + GRACE
    return tuple(outcome for lane in started for outcome in lane.finish(end - pace.clock()))


def rehearse(chosen: Sequence[Lane]) -> tuple[Outcome, ...]:
    """What a dry run says of the same: nothing was sent, and nothing is edited."""
    return tuple(
        Outcome(alert.slot, alert.urgency, channel.name, Result.DRY_RUN, key=channel.key)
        for channel, alerts in chosen
        for alert in alerts
        if isinstance(alert, Alert)
    )


class Sender:
    """Sends one channel's alerts and makes its edits, one after the other."""

    def __init__(self, channel: Channel, redact: Callable[[str], str]) -> None:
        self.channel, self._redact = channel, redact
        self._down: Undelivered | None = None
        self._unheard = False  # an urgent alert did not arrive, so that the one before it stays as it is

    def send(self, alert: Alert | Edit, patience: Patience) -> Outcome:
        """What became of one of them. Once the channel is down, nothing more is tried."""
        kept = self._unheard and isinstance(alert, Edit) and alert.resolution.kind is Became.REPLACED
        became = self._down or (NOT_REPLACED if kept else self._try(alert, patience))
        if isinstance(became, Undelivered) and isinstance(alert, Alert) and alert.urgency:
            self._unheard = True
        if isinstance(became, Undelivered) and not became.only_this:
            self._down = became  # a webhook that is gone, or an address that is banned, is not asked again
        return self._outcome(alert, became)

    def late(self, alert: Alert | Edit, what: str) -> Outcome:
        """What is said of one for which there was no time; `what` is a sentence."""
        return self._outcome(alert, Undelivered(what, "A later run tries again.", again=True))

    def _try(self, alert: Alert | Edit, patience: Patience) -> str | Undelivered:
        try:
            if isinstance(alert, Alert):
                return self.channel.deliver(alert, patience)
            alert.editor.resolve(alert.message, alert.resolution, patience)
            return ""
        except Undelivered as failure:
            return failure
        except Exception as error:  # a defect in one channel must not silence the others
            what = f"Streaky failed with {type(error).__name__} on this channel."
            return Undelivered(what, "This is a defect; please report it.")

    def _outcome(self, alert: Alert | Edit, became: str | Undelivered) -> Outcome:
        name, key = self.channel.name, self.channel.key
        if isinstance(alert, Edit):
            done = isinstance(became, str)
            log.debug("%s on %s: %s", alert.slot, key, "edited" if done else became)
            why = "" if isinstance(became, str) else self._redact(became.what)
            state = Result.RESOLVED if done else Result.UNRESOLVED
            return Outcome(alert.slot, None, name, state, why, key=key)
        if isinstance(became, str):
            log.debug("%s on %s: sent", alert.slot, key)
            message = became if re.fullmatch(MESSAGE, became) else ""  # another one would spoil the ledger
            return Outcome(alert.slot, alert.urgency, name, Result.SENT, key=key, message=message)
        log.debug("%s on %s: %s", alert.slot, key, became)
        return Outcome(
            alert.slot,
            alert.urgency,
            name,
            Result.FAILED,
            self._redact(became.what),
            self._redact(became.mend),
            key,
            became.again,
            became.dead,
        )


class _Lane:
    """One channel's alerts and edits, in a thread of their own."""

    def __init__(
        self, channel: Channel, alerts: Sequence[Alert | Edit], pace: Pace, redact: Callable[[str], str]
    ) -> None:
        self._sender, self._alerts, self._pace = Sender(channel, redact), alerts, pace
        self._outcomes: list[Outcome] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        alerts, edits = Patience(self._pace), Patience(replace(self._pace, attempts=TRIES))
        for alert in self._alerts:
            self._outcomes.append(self._sender.send(alert, edits if isinstance(alert, Edit) else alerts))

    def finish(self, within: float) -> list[Outcome]:
        """The outcomes, after `within` seconds at the latest; alerts without one have failed."""
        self._thread.join(max(0.0, within))
        done = list(self._outcomes)
        what = f"No confirmation within {self._pace.total:.0f} seconds."
        return done + [self._sender.late(alert, what) for alert in self._alerts[len(done) :]]
