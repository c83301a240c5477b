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


# Names that no public name server knows, or that stand for this machine. Source: RFC 6761, 6762, 8375, 9476,
# and the names that ICANN keeps out for private use.
INSIDE = ("localhost", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa", "alt")


def is_outside(host: str) -> bool:
    """Whether a lower-case host name can be one of the public internet: no address, no bare word, and no name
    of a network of one's own. What it resolves to is not asked."""
    name = host.rstrip(".")
    last = name.rpartition(".")[2]
    inside = any(name == each or name.endswith(f".{each}") for each in INSIDE)
    # Where the last label begins with a digit, it is an address in one of its many spellings: 127.1, 0x7f.1.
    return "." in name and ":" not in name and not inside and not last[:1].isdigit()
