"""One HTTP exchange, bounded in time and size, and the rule for asking again.

Nothing here lets a URL into a message: a channel's URL may hold its token.
"""

from __future__ import annotations

import json
import logging
import random
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPMessage, IncompleteRead
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlencode, urlsplit

from streaky.connections import Connections, body, proxy
from streaky.errors import NoReply

T = TypeVar("T")
SHORTEST = 0.2  # seconds that a last attempt must still have
LARGEST = 8 * 1024 * 1024  # bytes of a body, unpacked; a year of calendar has about 30,000
log = logging.getLogger("streaky")
# Apprise's requests: at DEBUG it would write request lines, which may hold a channel's token.
logging.getLogger("urllib3").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, headers (looked up without regard to case) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, None when it is something else."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def retry_after(self) -> float | None:
        """Seconds of the Retry-After header, which may be a date. Source: RFC 9110, 10.2.3."""
        text = self.headers.get("Retry-After", "").strip()
        if not text:
            return None
        try:
            return seconds(float(text))
        except ValueError:
            try:
                return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
            except (ValueError, OverflowError):
                return None


def seconds(value: object) -> float | None:
    """A number of seconds that a service sent; None for anything that is not one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        return None
    return float(value)


def beside(work: Callable[[], T]) -> Callable[[float | None], T]:
    """Begin to work in a thread. What is returned waits so many seconds (None: to the end) for the result,
    and raises the work's own error; TimeoutError where there is none, and the work is left to end by itself.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller, whatever it is
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def result(limit: float | None) -> T:
        thread.join(limit)
        if errors:
            raise errors[0]
        if not results:
            raise TimeoutError
        return results[0]

    return result


def bounded(work: Callable[[], T], limit: float) -> T:
    """The result of `work`, or TimeoutError after `limit` seconds; then it is left to end by itself.

    A thread, because a socket's own time-out starts anew with each byte that trickles in.
    """
    return beside(work)(limit)


class _Headers(Mapping[str, str]):
    """The headers of an answer. One that came twice is the first of them."""

    def __init__(self, message: HTTPMessage) -> None:
        self._message = message

    def __getitem__(self, name: str) -> str:
        if (value := self._message.get(name)) is None:
            raise KeyError(name)
        return str(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._message)

    def __len__(self) -> int:
        return len(self._message)


class Http:
    """Sends requests to one service, without following redirects."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        # As every client sends them: an edge may take whoever does not for a bot.
        self._headers = {"Accept": "*/*", "Accept-Encoding": "gzip", **headers}
        self._connections = Connections()

    def send(
        self,
        method: str,
        url: str,
        *,
        within: float,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:
        """The reply, within `within` seconds from start to end. Raises NoReply."""
        split = urlsplit(f"{url}?{urlencode(params)}" if params else url)
        sent = {**self._headers, **(headers or {})}
        started = time.monotonic()
        try:
            reply = bounded(lambda: self._exchange(method, split, sent, data, within), within)
        except TimeoutError:
            raise NoReply(f"no answer within {within:.1f} seconds", timed_out=True) from None
        log.debug("%s answered %d in %.0f ms", method, reply.status, (time.monotonic() - started) * 1000)
        return reply

    def _exchange(
        self, method: str, url: SplitResult, headers: Mapping[str, str], data: bytes | None, within: float
    ) -> Reply:
        """One request and its answer. Raises TimeoutError, and NoReply in words without the URL."""
        try:
            connection = self._connections.ask(method, url, data, headers, within)
        except TimeoutError:
            raise
        except ssl.SSLCertVerificationError:
            raise NoReply("the server's certificate was not accepted", temporary=False) from None
        except OSError:
            raise NoReply("the connection was refused or broke") from None
        except (HTTPException, ValueError) as error:  # such as a line break within the URL
            why = f"the request could not be sent ({type(error).__name__})"
            raise NoReply(why, temporary=False) from None
        try:
            reply, whole = _answer(connection)
        except BaseException:
            connection.close()
            raise
        if whole:
            self._connections.give_back(url, connection)
        else:
            connection.close()
        return reply


def _answer(connection: HTTPConnection) -> tuple[Reply, bool]:
    """The answer to what was asked on a connection, and whether another one can follow there."""
    try:
        response = connection.getresponse()
        while 102 <= response.status < 200:  # such as 103, a hint before the answer; source: RFC 8297
            response.headers = None  # type: ignore[assignment] # or `begin` would read no more
            response.begin()
        read = bytearray()
        for part in body(response):
            read += part
            if len(read) > LARGEST:
                raise NoReply("the answer was far too large", temporary=False)
    except TimeoutError:
        raise
    except (IncompleteRead, zlib.error):
        raise NoReply("the answer broke off") from None
    except OSError:  # of which http.client's RemoteDisconnected
        raise NoReply("the connection was refused or broke") from None
    except (HTTPException, ValueError):  # such as a chunk of less than no bytes
        raise NoReply("the answer made no sense") from None
    return Reply(response.status, _Headers(response.headers), bytes(read)), not response.will_close


def proxied(url: str) -> bool:
    """Whether requests to this URL go through a proxy that the environment names."""
    return proxy(urlsplit(url)) is not None


def reach(url: str, *, within: float) -> None:
    """Open a connection to a URL's host, and close it again without a word. Raises NoReply."""
    split = urlsplit(url)
    port = split.port or (443 if split.scheme == "https" else 80)

    def connect() -> bool:
        socket.create_connection((split.hostname or "", port), timeout=within).close()
        return True

    try:
        bounded(connect, within)
    except TimeoutError:
        raise NoReply(f"no answer within {within:.1f} seconds", timed_out=True) from None
    except OSError:
        raise NoReply("the connection was refused or broke") from None


@dataclass(frozen=True, slots=True)
class Again:
    """Worth asking again, after `after` seconds when the service said so. `why` is a clause."""

    why: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How long to ask: seconds in all and per request, and the backoff's bounds.

    `attempts` only stops a service that fails at once and asks for no wait from being hammered.
    """

    total: float
    each: float = 10.0
    attempts: int = 100
    first: float = 1.0
    longest: float = 16.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = field(default=random.uniform)


class Exhausted(Exception):
    """Asking again did not help, or would not fit into the time that is left."""

    def __init__(self, last: Again, wait: float | None = None) -> None:
        super().__init__(last.why)
        self.last, self.wait = last, wait


class Patience:
    """Asks again while that can help and time is left: exponential backoff with full jitter.

    Source: AWS Architecture Blog, "Exponential Backoff And Jitter"; waits that the service asked for
    come first. A wait longer than what is left is not waited for.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace, self._end = pace, pace.clock() + pace.total

    @property
    def left(self) -> float:
        """Seconds left in all."""
        return max(0.0, self._end - self._pace.clock())

    def wait(self, number: int) -> bool:
        """Wait after try `number` (from 0); False, at once, when no time is left for another one."""
        pace = self._pace
        wait = pace.jitter(0, min(pace.longest, pace.first * 2**number))
        if number + 1 >= pace.attempts or wait + SHORTEST >= self.left:
            return False
        pace.sleep(wait)
        return True

    def pause(self, seconds: float) -> None:
        """Wait as long as a service asked for, which must fit into what is left."""
        self._pace.sleep(seconds)

    def persist(self, attempt: Callable[[float], T | Again]) -> T:
        """The first answer that is not `Again`. `attempt` is given its seconds. Raises Exhausted, NoReply."""
        pace, last = self._pace, Again("the time for it was used up")
        for number in range(pace.attempts):
            if self.left <= 0:
                break
            try:
                answer: T | Again = attempt(min(pace.each, self.left))
            except NoReply as error:
                if not error.temporary:
                    raise
                answer = Again(error.what)
            if not isinstance(answer, Again):
                return answer
            last, wait = answer, answer.after
            if wait is None:
                wait = pace.jitter(0, min(pace.longest, pace.first * 2**number))
            log.debug("attempt %d: %s; next in %.1f s", number + 1, last.why, wait)
            if wait + SHORTEST >= self.left:
                raise Exhausted(last, last.after)
            if number + 1 < pace.attempts:
                pace.sleep(wait)
        raise Exhausted(last)
