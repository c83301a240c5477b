"""Keeps secrets out of everything that is said: the values to mask, and text with secrets replaced.

GitHub masks exact values only, so a part of a secret, or the secret inside an encoded text, would pass.
Here any run of 8 characters that a secret holds is replaced.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from streaky.text import plain

PART = 8  # characters: the shortest part of a secret that may not appear
SHORTEST = 4  # characters: replacing shorter lines would blot out ordinary words
MASKED = 16  # characters: the runner drops a job's output that holds a mask, so no word of ours may be one
STARS = "***"


def telling(patterns: Iterable[str], value: str) -> tuple[str, ...]:
    """The parts of a value that are the secret, as the first pattern that fits has them; else all of it."""
    for pattern in patterns:
        match = re.match(pattern, value, re.DOTALL)
        if match:
            return tuple(part for part in match.groups() if part)
    return (value,)


def forms(text: str) -> Iterable[str]:
    """A secret as it is, as `plain` shows it, percent-encoded once and twice, in base64, in hexadecimal, and
    as JSON and HTML write it. Upper and lower case make no difference where it is looked for."""
    import html  # 7 ms, and only where something is to be said of a secret

    raw = text.encode("utf-8", "surrogatepass")
    percent, encoded = quote(raw, safe=""), base64.b64encode(raw).decode()
    yield text
    yield plain(text, len(raw))
    yield from (percent, quote(raw), quote_plus(raw), quote(percent, safe=""))
    yield from (json.dumps(text)[1:-1], html.escape(text), raw.hex())
    yield from (encoded, encoded.rstrip("="), _urlsafe(encoded), _urlsafe(encoded).rstrip("="))


def shifted(text: str) -> Iterable[str]:
    """The base64 of a secret behind something else, as in "user:secret", but for its edges."""
    raw = text.encode("utf-8", "surrogatepass")
    for before in (1, 2):
        encoded = base64.b64encode(b"\0" * before + raw).decode()[4:].rstrip("=")[:-1]
        yield from (encoded, _urlsafe(encoded))


def _urlsafe(encoded: str) -> str:
    """Base64 in the alphabet of URLs and file names. Source: RFC 4648, 5."""
    return encoded.replace("+", "-").replace("/", "_")


def _lines(value: str) -> Iterable[str]:
    """A secret as a whole, and each line of it, but for what is too short to hide."""
    lines = dict.fromkeys(line.strip() for line in (value, *value.splitlines()))
    return (line for line in lines if len(line) >= SHORTEST)


def _folded(text: str) -> str:
    """The text in lower case, character by character, so that places in it stay the same."""
    if text.isascii():
        return text.lower()  # as secrets are, and many times as fast: a millisecond of each run
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


class Redactor:
    """Replaces every secret, and every part of one that is 8 characters or longer, by `***`."""

    def __init__(
        self, secrets: Iterable[tuple[str, str]], parts: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        """`secrets`: pairs of an input's name and its value; `parts`: by input name, the patterns for the
        parts that are secret, where a webhook's id or a URL's host is not."""
        self._secrets, self._patterns = dict.fromkeys(secrets), parts or {}
        self._wholes: dict[str, None] = {}
        self._parts: set[str] = set()
        self._short: set[str] = set()
        self._learned = False

    def learn(self, name: str, value: str) -> bool:
        """Keep one more secret out of what is said from now on; whether it is new."""
        if (name, value) in self._secrets:
            return False
        self._secrets[name, value] = None
        self._learned = False
        return True

    def _learn_all(self) -> None:
        """Take the secrets apart when something is to be said of them at all, and not again."""
        if self._learned:
            return
        self._learned = True
        for name, value in self._secrets:
            for line in _lines(value):
                self._learn(name, line)

    def _learn(self, name: str, value: str) -> None:
        self._wholes |= dict.fromkeys(self._all(name, value))
        for heart in telling(self._patterns.get(name, ()), value):
            for form in {*forms(heart), *shifted(heart)}:  # most are the same
                if SHORTEST <= len(form) < PART:
                    self._short.add(form)
                folded = _folded(form)
                self._parts.update(folded[at : at + PART] for at in range(len(form) - PART + 1))

    def _all(self, name: str, value: str) -> Iterable[str]:
        """All forms of a secret, and of its telling parts."""
        yield from forms(value)
        for heart in telling(self._patterns.get(name, ()), value):
            if len(heart) >= PART and heart != value:
                yield from forms(heart)

    @property
    def masks(self) -> tuple[str, ...]:
        """What the runner must mask: each secret whole; and its telling part and both in other forms, where
        they are so long that no output of ours holds them by chance."""
        masks: dict[str, None] = {}
        for _, value in self._secrets:
            if len(value.strip()) >= SHORTEST and len(value.splitlines()) == 1:
                masks[value.strip()] = None  # a whole secret is one at any length
        for name, value in self._secrets:
            for line in _lines(value):
                masks |= {whole: None for whole in self._all(name, line) if len(whole) >= MASKED}
        return tuple(masks)

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        self._learn_all()
        for whole in sorted(self._wholes, key=len, reverse=True):
            text = text.replace(whole, STARS)
        hidden, folded = [False] * len(text), _folded(text)
        for at in range(len(text) - PART + 1):
            if folded[at : at + PART] in self._parts:
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
