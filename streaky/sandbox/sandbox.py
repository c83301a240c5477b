"""The four services together: started, stopped and cleared as one."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from streaky.sandbox.discord.service import Discord
from streaky.sandbox.github.service import GitHub
from streaky.sandbox.service import Service
from streaky.sandbox.telegram.service import Telegram
from streaky.sandbox.webhook import WebhookReceiver


class Sandbox:
    """Four loopback servers with one life. `ports` fixes some, as in `{"github": 8001}`; the others are free.

    Started by `with` or `start()`. What the services know and recorded outlives a stop; so do their URLs.
    """

    def __init__(self, ports: Mapping[str, int] | None = None) -> None:
        chosen = dict(ports or {})
        self.github = GitHub(chosen.pop("github", 0))
        self.discord = Discord(chosen.pop("discord", 0))
        self.telegram = Telegram(chosen.pop("telegram", 0))
        self.webhook = WebhookReceiver(chosen.pop("webhook", 0))
        if chosen:
            unknown, known = ", ".join(chosen), ", ".join(self.services)
            raise ValueError(f"The sandbox has no service called {unknown}; it has {known}.")

    @property
    def services(self) -> dict[str, Service]:
        """The services by name."""
        return {
            "github": self.github,
            "discord": self.discord,
            "telegram": self.telegram,
            "webhook": self.webhook,
        }

    def start(self) -> None:
        """Start all, or none. Raises OSError when a port is taken."""
        try:
            for service in self.services.values():
                service.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close every connection, waking those that hang. Stopping twice is once."""
        for service in self.services.values():
            service.stop()

    def heal(self) -> None:
        """Clear the faults and limits of all services."""
        for service in self.services.values():
            service.heal()

    def clear(self) -> None:
        """Forget the recorded requests and messages of all services."""
        for service in self.services.values():
            service.clear()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
