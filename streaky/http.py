"""One HTTP exchange, bounded in time and size, and the rule for asking again.

Nothing here lets a URL into a message: a channel's URL may hold its token.
"""

from __future__ import annotations

import json
import logging
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3

from streaky.errors import NoReply
from streaky.hosts import is_loopback

T = TypeVar("T")
SHORTEST = 0.2  # seconds that a last attempt must still have
LARGEST = 8 * 1024 * 1024  # bytes of a body, unpacked; a year of calendar has about 30,000
log = logging.getLogger("streaky")
# At DEBUG it would write request lines, which may hold a channel's token.
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


class _Session(requests.Session):
    """A session for which an answer is an answer, whatever its status."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere. To know the next request, requests reads a redirect's whole body, however large."""


class Http:
    """Sends requests to one service, without following redirects."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._session = _Session()
        self._session.headers.update(headers)

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
        if is_loopback(urlsplit(url).hostname or ""):
            self._session.trust_env = False  # a proxy could not reach this machine's own services

        def exchange() -> Reply:
            with self._session.request(
                method,
                url,
                data=data,
                headers=headers,
                params=params,
                timeout=within,
                allow_redirects=False,
                stream=True,
                auth=_as_it_is,
            ) as response:
                body = bytearray()
                for chunk in response.iter_content(65_536):
                    body += chunk
                    if len(body) > LARGEST:
                        raise NoReply("the answer was far too large", temporary=False)
                return Reply(response.status_code, response.headers, bytes(body))

        started = time.monotonic()
        try:
            reply = bounded(exchange, within)
        except (TimeoutError, requests.Timeout):
            raise NoReply(f"no answer within {within:.1f} seconds", timed_out=True) from None
        except requests.RequestException as error:
            raise _no_reply(error) from None
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoReply(f"the request failed ({type(error).__name__})") from None
        except ValueError:  # such as a chunk of less than no bytes
            raise NoReply("the answer made no sense") from None
        log.debug("%s answered %d in %.0f ms", method, reply.status, (time.monotonic() - started) * 1000)
        return reply


def proxied(url: str) -> bool:
    """Whether requests to this URL go through a proxy that the environment names."""
    split = urlsplit(url)
    if is_loopback(split.hostname or ""):
        return False
    return split.scheme in requests.utils.get_environ_proxies(url)


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


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from replacing our Authorization by what a .netrc file says."""
    return request


def _no_reply(error: requests.RequestException) -> NoReply:
    """What went wrong, in words without the URL."""
    if isinstance(error, requests.exceptions.SSLError):
        return NoReply("the server's certificate was not accepted", temporary=False)
    if isinstance(error, requests.exceptions.ProxyError):
        return NoReply("the proxy refused the connection")
    if isinstance(
        error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)
    ):
        return NoReply("the answer broke off")
    if isinstance(error, requests.ConnectionError):
        return NoReply("the connection was refused or broke")
    return NoReply(f"the request could not be sent ({type(error).__name__})", temporary=False)


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
