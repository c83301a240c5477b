"""Keeps secrets out of everything that is said: the values to mask, and text with secrets replaced.

GitHub masks exact values only, so a part of a secret, or the secret inside an encoded text, would pass.
Here any run of 8 characters that a secret holds is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PART = 8  # characters: the shortest part of a secret that may not appear
SHORTEST = 4  # characters: masking shorter lines would blot out ordinary words
STARS = "***"


SECRET_PARTS = {
    "discord-webhook-url": r"/webhooks/(?:\d+/)?([^?#]+)",
    "telegram-bot-token": r"(\d+:(.+))",
    "webhook-url": r"https?://[^/?#]*(.+)",
    "apprise-urls": r"://(.+)",
}


def telling(name: str, value: str) -> tuple[str, ...]:
    """The parts of an input's value that are the secret: a webhook's id and a URL's host are not."""
    match = re.search(SECRET_PARTS.get(name, "$^"), value, re.DOTALL)
    return match.groups() if match else (value,)


def forms(text: str) -> Iterable[str]:
    """A secret as it is, percent-encoded, in base64, and as JSON writes it."""
    import base64
    import json
    from urllib.parse import quote, quote_plus

    raw = text.encode("utf-8", "surrogatepass")
    plain = base64.b64encode(raw).decode()
    yield text
    yield from (quote(raw, safe=""), quote(raw), quote_plus(raw), json.dumps(text)[1:-1])
    yield from (plain, plain.rstrip("="), plain.replace("+", "-").replace("/", "_"))


def shifted(text: str) -> Iterable[str]:
    """The base64 of a secret behind something else, as in "user:secret", but for its edges."""
    import base64

    raw = text.encode("utf-8", "surrogatepass")
    for before in (1, 2):
        yield base64.b64encode(b"\0" * before + raw).decode()[4:].rstrip("=")[:-1]


class Redactor:
    """Replaces every secret, and every part of one that is 8 characters or longer, by `***`."""

    def __init__(self, secrets: Iterable[tuple[str, str]]) -> None:
        """`secrets`: pairs of an input's name and its value."""
        self._secrets = tuple(secrets)
        self._masks: dict[str, None] = {}
        self._parts: set[str] = set()
        self._short: set[str] = set()
        self._learned = False

    def _learn_all(self) -> None:
        """Take the secrets apart, once, when something is to be said of them at all."""
        if self._learned:
            return
        self._learned = True
        for name, value in self._secrets:
            for line in (value, *value.splitlines()):
                self._learn(name, line.strip())

    def _learn(self, name: str, value: str) -> None:
        if len(value) < SHORTEST:
            return
        self._masks |= dict.fromkeys(forms(value))
        for heart in telling(name, value):
            if len(heart) >= PART:
                self._masks |= dict.fromkeys(forms(heart))
            for form in (*forms(heart), *shifted(heart)):
                if SHORTEST <= len(form) < PART:
                    self._short.add(form)
                self._parts.update(form[at : at + PART] for at in range(len(form) - PART + 1))

    @property
    def masks(self) -> tuple[str, ...]:
        """What the runner must mask: each secret whole, its telling part, and both in other encodings."""
        self._learn_all()
        return tuple(self._masks)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        self._learn_all()
        for whole in sorted(self._masks, key=len, reverse=True):
            text = text.replace(whole, STARS)
        hidden = [False] * len(text)
        for at in range(len(text) - PART + 1):
            if text[at : at + PART] in self._parts:
                hidden[at : at + PART] = [True] * PART
        pieces, at = [], 0
        while at < len(text):
            end = at
            while end < len(text) and hidden[end] == hidden[at]:
                end += 1
            pieces.append(STARS if hidden[at] else text[at:end])
            at = end
        text = "".join(pieces)
        for short in self._short:
            text = text.replace(short, STARS)
        return text
