"""Loading what comes after GitHub's answer while that is on its way."""

from __future__ import annotations

import threading
from contextlib import suppress
from importlib import import_module

from streaky.config.settings import Settings

# Seconds until the request is sent; loading earlier would hold it up. Worth 16 to 49 ms of a cold start.
ON_ITS_WAY = 0.03
LATER = (
    "streaky.github.repository",
    "streaky.judge",
    "streaky.look_back",
    "streaky.replies",
    "streaky.understanding",
    "streaky.due",
    "streaky.suggest",
    "streaky.compose",
    "streaky.resolve",
    "streaky.deliver",
    "streaky.report",
    "streaky.ledger.memory",
    "streaky.pictures.terminal",
)
# What reads the text of a workflow, and the zone that its schedule names: 20 ms and more.
OF_A_WORKFLOW = ("yaml", "zoneinfo")


def preload(settings: Settings) -> None:
    """Start to load, in a thread, what comes after GitHub's answer, and the channels that are set."""

    def load() -> None:
        with suppress(ImportError):  # it comes again where the module is used
            for name in (*(OF_A_WORKFLOW if settings.job.workflow else ()), *LATER):
                import_module(name)
            for address in settings.channels:
                if address.own or settings.may_use_issue:
                    address.load()

    loading = threading.Timer(ON_ITS_WAY, load)
    loading.daemon = True
    loading.start()
