"""Everything else: any service that Apprise speaks, one channel per URL.

Apprise takes a third of a second to import, so only those who use it pay for it; they do in every run,
so that a wrong URL is found on the first one, not on the first bad evening. It reports a failure without
a reason, so each URL is tried once more at the most, and only by us.
"""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING

from streaky.channels.base import Undelivered, Unusable, marked, persist
from streaky.errors import ConfigurationError, Fault
from streaky.http import Again, Patience, bounded
from streaky.messages import Alert

if TYPE_CHECKING:
    from streaky.channels.base import Channel


def open_apprise(urls: tuple[str, ...]) -> list[Channel]:
    """One channel per URL, or one that fails where Apprise is missing: the other channels still deliver.
    Raises ConfigurationError where Apprise does not know a URL."""
    if find_spec("apprise") is None:
        return [Unusable("apprise", marked(url), missing(), _key(at)) for at, url in enumerate(urls, 1)]
    channels = [Apprise(url, number) for number, url in enumerate(urls, 1)]
    wrong = [channel.number for channel in channels if not channel.is_known()]
    if wrong:
        mend = "Apprise's own list of services has the form of each."
        faults = (
            Fault("apprise-urls", f"URL {number} is none that Apprise knows.", mend) for number in wrong
        )
        raise ConfigurationError(tuple(faults))
    return list(channels)


def _key(number: int) -> str:
    return "apprise" if number == 1 else f"apprise-{number}"


def missing() -> Undelivered:
    """Apprise is missing. Another run may find a package index."""
    return Undelivered("Apprise is not installed.", "Install it: pip install 'streaky[apprise]'.", again=True)


def payload(alert: Alert) -> tuple[str, str]:
    """Title and body, as plain text with the links written out."""
    body = f"{alert.text}\n{alert.url}"
    if alert.choice:
        body += f"\n\n{alert.choice.text}"
    elif alert.pause:
        body += "\n{}: {}".format(*alert.pause)
    return alert.title, body


class Apprise:
    """One Apprise URL, named by its number, never by its text."""

    name = "apprise"

    def __init__(self, url: str, number: int) -> None:
        import apprise

        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its lines may show short tokens whole
        self.number = number
        self.key = _key(number)
        self.mark = marked(url)
        self._apprise = apprise.Apprise()
        self._known = bool(self._apprise.add(url))
        for service in self._apprise:
            # What a URL may say of it (`?retry=3`, `?optional=yes`) would send too often, or call a failure a
            # success. How long to wait before the next try, for Apprise up to 5.5 s, is `persist`'s matter.
            service.retry, service.optional, service.request_rate_per_sec = 0, False, 0

    def is_known(self) -> bool:
        """Whether Apprise understood the URL."""
        return self._known

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Notify once, and once more after a failure. Raises Undelivered."""
        title, body = payload(alert)
        tries = 0

        def attempt(within: float) -> bool | Again:
            nonlocal tries
            tries += 1
            try:
                if bounded(lambda: bool(self._apprise.notify(body=body, title=title)), within):
                    return True
            except TimeoutError:
                pass
            if tries > 1:
                what = f"Apprise URL {self.number} did not take it."
                raise Undelivered(what, "Check this URL with `apprise -vv`.", again=True)
            return Again(f"Apprise URL {self.number} failed")

        persist(f"Apprise URL {self.number}", patience, attempt)
        return ""

    def look_up(self, patience: Patience) -> str:
        """That Apprise knows the URL, which was seen when it was opened."""
        return "Apprise knows the URL; only a test alert tells whether it takes alerts."
