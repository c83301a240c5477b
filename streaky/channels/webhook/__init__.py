"""A webhook of the person's own: a URL that takes JSON, and the secret that signs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streaky.channels.address import Address, Given
from streaky.input import urls
from streaky.input.row import Secret

if TYPE_CHECKING:
    from streaky.channels.base import Channel, Run

URL = Secret(
    name="webhook-url",
    environment="STREAKY_WEBHOOK_URL",
    read=urls.web_url,
    what="A webhook that gets each alert as JSON, from a secret.",
    form="An https URL, such as `https://hooks.example.com/streaky`.",
    parts=(urls.PARTS,),
    without="no webhook is called",
    read_in_roster=urls.outside(urls.web_url),
)
SECRET = Secret(
    name="webhook-secret",
    environment="STREAKY_WEBHOOK_SECRET",
    read=str,
    lines=True,
    what="Signs what the webhook gets, from a secret.",
    form="Any text. The signature is the header `X-Streaky-Signature-256: sha256=…` (HMAC).",
    without="the body is not signed",
)


@dataclass(frozen=True, slots=True)
class WebhookAddress(Address):
    """A URL that takes JSON, and the secret that signs it ("" for none)."""

    url: str = field(repr=False)
    secret: str = field(repr=False)

    name = "webhook"
    inputs = (URL, SECRET)

    @classmethod
    def read(cls, given: Given) -> WebhookAddress | None:
        url, secret = given[URL], given[SECRET]
        if secret and not url:
            given.misses(URL, beside=SECRET)
        return cls(url, secret or "") if url else None

    def load(self) -> Callable[[Run], Sequence[Channel]]:
        from streaky.channels.webhook.delivery import Webhook

        return lambda _: [Webhook(self.url, self.secret)]
