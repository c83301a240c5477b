"""Connections to one service: kept open between requests, straight or through the environment's proxy.

The standard library's own, since start-up is the job's cost: `import requests` takes four times as many
instructions (390 million against 94), more than all else that happens before GitHub is asked.
"""

from __future__ import annotations

import os
import re
import selectors
import ssl
import sys
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, quote, unquote, urlsplit

from streaky.errors import NoReply
from streaky.hosts import is_loopback

# Bundles of certificates of one's own, as `requests` and curl read them. OpenSSL itself reads SSL_CERT_FILE.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# What stands for itself in a URL, and the sign of what is quoted already. Source: RFC 3986, 2.2 and 2.3.
AS_THEY_ARE = "!#$%&'()*+,/:;=?@[]~"
PART = 65_536  # bytes that are read, and unpacked, at once
GZIP = zlib.MAX_WBITS | 16
TRUSTING = threading.Lock()


class Connections:
    """The connections to one service that are idle at the moment, for any number of threads."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[HTTPConnection]] = {}
        self._lock = threading.Lock()

    def ask(
        self, method: str, url: SplitResult, data: bytes | None, headers: Mapping[str, str], within: float
    ) -> HTTPConnection:
        """A connection on which this request is on its way, within so many seconds, or else it is not sent.
        Each wait on it ends with them, too. Raises OSError, of which TimeoutError; NoReply where a proxy or a
        certificate is the reason; ValueError and HTTPException for what cannot be sent."""
        end, through = time.monotonic() + within, proxy(url)
        path, query = quote(url.path or "/", AS_THEY_ARE), quote(url.query, AS_THEY_ARE)
        path += f"?{query}" if query else ""
        if through and url.scheme == "http":  # it passes on the request itself, not a tunnel
            path, headers = f"http://{_host(url)}{path}", {**headers, **_authorization(through)}
        connection = self._take(url) or _open(url, through, within)
        try:
            # To look a name up, to connect and to encrypt have waits of their own.
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.sock.settimeout(left)
            connection.request(method, path, data, headers)
        except BaseException:
            connection.close()
            raise
        return connection

    def give_back(self, url: SplitResult, connection: HTTPConnection) -> None:
        """Keep a connection whose last answer was read whole, for the next request."""
        with self._lock:
            self._idle.setdefault((url.scheme, url.netloc), []).append(connection)

    def _take(self, url: SplitResult) -> HTTPConnection | None:
        """An idle connection to a URL's host that is still open."""
        with self._lock:
            idle = self._idle.get((url.scheme, url.netloc))
            kept = idle.pop() if idle else None
        if kept is not None and not _speaks(kept):
            return kept
        if kept is not None:
            kept.close()
        return None

    def __del__(self) -> None:
        for idle in self._idle.values():
            for connection in idle:
                connection.close()


def body(response: HTTPResponse) -> Iterator[bytes]:
    """A response's body in parts of a bounded size, unpacked. Raises IncompleteRead where it broke off,
    zlib.error, and ValueError where it made no sense."""
    packed = response.getheader("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")
    unpack = zlib.decompressobj(GZIP) if packed else None
    empty = True
    while part := response.read1(PART):
        if response.chunked and (response.chunk_left or 0) < 0:
            raise ValueError("a chunk of less than nothing")
        empty = False
        while unpack is not None and part:
            if unpack.eof:  # another member may follow; source: RFC 1952, 2.2
                if not part.startswith(b"\x1f\x8b"):
                    break
                unpack = zlib.decompressobj(GZIP)
            yield unpack.decompress(part, PART)
            part = unpack.unconsumed_tail or unpack.unused_data
        if unpack is None:
            yield part
    if response.length or (unpack is not None and not unpack.eof and not empty):
        raise IncompleteRead(b"")
    response.close()  # which leaves the connection open for another request


def proxy(url: SplitResult) -> SplitResult | None:
    """The proxy that the environment names for a URL; none for this machine's own services, which no proxy
    could reach."""
    host = url.hostname or ""
    if is_loopback(host) or not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    # 6 ms, and seldom needed.
    from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

    named = getproxies_environment()
    found = named.get(url.scheme) or named.get("all")
    if not found or proxy_bypass_environment(_host(url), named) or _in_networks(host, named.get("no", "")):
        return None
    try:
        through = urlsplit(found if "://" in found else f"http://{found}")
        through.port  # noqa: B018 which refuses what is no number
    except ValueError:
        raise NoReply("the proxy's address cannot be read", temporary=False) from None
    return through


def _in_networks(host: str, excepted: str) -> bool:
    """Whether a host is an address in one of the networks or addresses that no_proxy names."""
    with suppress(ValueError):
        address = ip_address(host)
        for each in excepted.split(","):
            with suppress(ValueError):
                if address in ip_network(each.strip(), strict=False):
                    return True
    return False


def _host(url: SplitResult) -> str:
    """Host and port, without the name and password that a URL may hold."""
    return url.netloc.rpartition("@")[2]


def _speaks(connection: HTTPConnection) -> bool:
    """Whether an idle connection has something to say, which is its end, or was never asked for."""
    if isinstance(connection.sock, ssl.SSLSocket) and connection.sock.pending():
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _open(url: SplitResult, through: SplitResult | None, within: float) -> HTTPConnection:
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    if through and through.scheme != "http":
        raise NoReply("the proxy's address must begin with http://", temporary=False)
    at = (through.hostname or "", through.port or 80) if through else (host, port)
    connection: HTTPConnection
    if url.scheme == "https":
        connection = HTTPSConnection(*at, timeout=within, context=_trust())
        if through:
            connection.set_tunnel(host, port, dict(_authorization(through)))
    else:
        connection = HTTPConnection(*at, timeout=within)
    try:
        connection.connect()
    except (TimeoutError, ssl.SSLError):
        connection.close()
        raise
    except (OSError, HTTPException):
        connection.close()
        if through:
            raise NoReply("the proxy refused the connection") from None
        raise
    return connection


def _authorization(through: SplitResult) -> Mapping[str, str]:
    """Who we are, for a proxy whose address says so."""
    if through.username is None:
        return {}
    known = f"{unquote(through.username)}:{unquote(through.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(known).decode('ascii')}"}


def _trust() -> ssl.SSLContext:
    """Whose certificates are accepted, loaded once: 30 ms, which two connections that begin together would
    each spend, one after the other."""
    with TRUSTING:
        return _trusted()


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are accepted: the bundle that the environment names, else the system's. Where that
    has none that Python finds, as on macOS, or not all of them, as on Windows, Mozilla's."""
    name = next((name for name in BUNDLES if os.environ.get(name)), "")
    if name:
        own = os.environ[name]
        try:
            folder = os.path.isdir(own)
            context = ssl.create_default_context(
                capath=own if folder else None, cafile=None if folder else own
            )
        except OSError:
            raise NoReply(f"the certificates that {name} names cannot be read", temporary=False) from None
    else:
        context = ssl.create_default_context()
        if sys.platform != "linux" or not _system_trusts():
            import certifi  # seldom needed

            context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def _system_trusts() -> bool:
    """Whether OpenSSL finds certificates of the system's, in one file or by the hashes of their subjects."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return True
    with suppress(OSError):
        return any(re.fullmatch(r"[0-9a-f]{8}\.\d+", each) for each in os.listdir(paths.capath or ""))
    return False
