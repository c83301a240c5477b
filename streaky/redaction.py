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


def telling(name: str, value: str) -> str:
    """The part of an input's value that is the secret: a webhook's id and a URL's host are not."""
    if name == "discord-webhook-url":
        match = re.search(r"/webhooks/\d+/([\w-]+)", value)
        return match[1] if match else value
    if name == "telegram-bot-token":
        return value.rpartition(":")[2]
    if name == "webhook-url":
        match = re.match(r"https?://[^/?#]*(.*)", value, re.DOTALL)
        return match[1] if match else value
    if name == "apprise-urls":
        return value.partition("://")[2] or value
    return value


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
        heart = telling(name, value)
        for form in (*forms(value), *(forms(heart) if len(heart) >= PART else ())):
            self._masks[form] = None
        for form in forms(heart):
            if len(form) < PART:
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
