"""Loading what comes after GitHub's answer while that is on its way."""

from __future__ import annotations

import threading
from contextlib import suppress
from importlib import import_module

from streaky.config.settings import Settings

# Seconds until the request is sent; loading earlier would hold it up. Worth 16 to 49 ms of a cold start.
ON_ITS_WAY = 0.03
LATER = (
    "judge",
    "look_back",
    "replies",
    "understanding",
    "due",
    "suggest",
    "compose",
    "resolve",
    "deliver",
    "report",
    "ledger.memory",
    "pictures.terminal",
)


def preload(settings: Settings) -> None:
    """Start to load, in a thread, the steps after looking and the channels that these settings name."""

    def load() -> None:
        with suppress(ImportError):  # it comes again where the module is used
            for name in LATER:
                import_module(f"streaky.{name}")
            for address in settings.channels:
                if address.own or settings.may_use_issue:
                    address.load()

    loading = threading.Timer(ON_ITS_WAY, load)
    loading.daemon = True
    loading.start()
