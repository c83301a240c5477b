"""An outside dead-man's switch, told of each run's start and end, which tells a person when none comes.

Source: healthchecks.io docs, "Pinging API": /start, the URL itself for success, /fail, and `rid`, which ties
a start to its end; a POST body is kept as diagnostics.
"""

from __future__ import annotations

import threading
import uuid
from urllib.parse import urlsplit, urlunsplit

from streaky import HOMEPAGE, __version__
from streaky.errors import NoReply
from streaky.http import Again, Exhausted, Http, Pace, Patience

LONGEST_REASON = 1000  # characters of a reason


class Ping:
    """Pings one URL, which is a secret, about one run; never raises. `within`: seconds for each ping."""

    def __init__(self, url: str, *, within: float = 5.0) -> None:
        self._url, self._within, self._run = urlsplit(url), within, str(uuid.uuid4())
        self._http = Http({"User-Agent": f"streaky/{__version__} (+{HOMEPAGE})"})
        self._starting: threading.Thread | None = None

    def start(self) -> None:
        """Say that the run starts, without waiting for an answer."""
        self._starting = threading.Thread(target=self._send, args=("/start",), daemon=True)
        self._starting.start()

    def finish(self, exit_status: int, said: str) -> str | None:
        """Say how the run ended: 0 is success. None when it was heard, else why not, as a sentence."""
        if self._starting:
            self._starting.join(self._within)  # an end must not arrive before its start
        if exit_status == 0:
            return self._send("")
        return self._send(
            "/fail", f"exit status {exit_status}: {said}"[:LONGEST_REASON].encode(errors="replace")
        )

    def _send(self, ending: str, body: bytes | None = None) -> str | None:
        scheme, host, path, query, _ = self._url
        query = "&".join(part for part in (query, f"rid={self._run}") if part)
        url = urlunsplit((scheme, host, path.rstrip("/") + ending, query, ""))
        headers = {"Content-Type": "text/plain; charset=utf-8"} if body else None

        def attempt(within: float) -> str | Again:
            method = "POST" if body else "GET"
            reply = self._http.send(method, url, within=within, data=body, headers=headers)
            if reply.status == 429 or reply.status >= 500:
                return Again(f"it answered {reply.status}")
            return (
                "" if 200 <= reply.status < 300 else f"ping-url did not take it: it answered {reply.status}."
            )

        pace = Pace(self._within, each=self._within, attempts=2, first=0.5)
        try:
            return Patience(pace).persist(attempt) or None
        except Exhausted as exhausted:
            return f"ping-url did not take it: {exhausted.last.why}."
        except NoReply as error:
            return f"ping-url did not take it: {error.what}."
