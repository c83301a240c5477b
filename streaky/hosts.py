"""Names of hosts: what can be one, and which are this machine itself."""

from __future__ import annotations

import ipaddress
import re


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_host(host: str) -> bool:
    """Whether a lower-case text can be a host's name, by its letters and lengths, or is an IP address."""
    if ":" in host:
        try:
            return "%" not in host and ipaddress.ip_address(host).version == 6
        except ValueError:
            return False
    label = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
    return len(host) <= 253 and bool(re.fullmatch(rf"{label}(\.{label})*\.?", host))
