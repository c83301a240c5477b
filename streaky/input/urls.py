"""Readers for URLs. They may hold a secret, so no message here repeats one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from streaky.hosts import is_host, is_loopback, is_outside
from streaky.input.refusal import BadValue

T = TypeVar("T")
# The parts of a URL that are secret: the user before the host, and all that stands behind the host.
PARTS = r"(?i:https?)://(?:([^/?#@]*)@)?[^/?#@]*([/?#].*)?"


def url(text: str) -> SplitResult:
    """An absolute https URL without user or fragment; plain http only to a loopback address."""
    if re.search(r"[\s\\]", text) or not text.isascii():
        raise BadValue("is not a URL.", "It holds a space, a backslash or a letter that URLs do not have.")
    try:
        split = urlsplit(text)
        host, _ = split.hostname or "", split.port
    except ValueError:
        raise BadValue("is not a URL.", "Its host or port cannot be read.") from None
    if split.scheme not in ("http", "https") or not host:
        raise BadValue("is not a URL.", "It must start with https:// and name a host.")
    if "@" in split.netloc:
        raise BadValue("names a user before the host.", "Remove everything from :// to @.")
    if "#" in text:
        raise BadValue("has a fragment.", "Remove the # and what follows.")
    if split.scheme == "http" and not is_loopback(host):
        raise BadValue(
            "would be sent unencrypted.", "Use https:// (http:// works to a loopback address only)."
        )
    if split.scheme == "https" and not is_host(host):
        raise BadValue("is not a URL.", "Its host is not a host name.")
    return split


def web_url(text: str) -> str:
    """Any https URL, as it was written."""
    url(text)
    return text


def outside(read: Callable[[str], T]) -> Callable[[str], T]:
    """A reader for a URL of the public internet alone, for what somebody else's runner will call."""

    def read_outside(text: str) -> T:
        split = url(text)
        if split.scheme != "https" or split.port not in (None, 443) or not is_outside(split.hostname or ""):
            what = "is not a URL of the public internet."
            raise BadValue(what, "Use https:// with a host name such as hooks.example.com, and no port.")
        return read(text)

    return read_outside


def base_url(text: str) -> str:
    """The root of a service, without a slash at its end, query or fragment."""
    split = url(text)
    if split.query:
        raise BadValue("has a query.", "Remove the ? and what follows.")
    return text.rstrip("/")
