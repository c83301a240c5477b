"""How far a long run has come: a line in the log every few seconds, a bar in a terminal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TextIO

EVERY = 3.0  # seconds between two lines of a log
WIDTH = 30  # characters of the bar


class Progress:
    """Counts one step of a run. `what` is what is counted, such as "people read"."""

    def __init__(
        self, stream: TextIO, what: str, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._what, self._total, self._clock = stream, what, total, clock
        self._done, self._last, self._lock = 0, clock(), threading.Lock()
        self._said = -1

    def add(self, count: int = 1) -> None:
        """Count more."""
        with self._lock:
            self._done += count
            now, bar = self._clock(), self._stream.isatty()
            if now - self._last >= (0.1 if bar else EVERY):
                self._last = now
                self._show(bar)

    def end(self) -> None:
        """Say the last count, where there was something to count."""
        with self._lock:
            if self._total:
                self._show(self._stream.isatty())
                if self._stream.isatty():
                    print(file=self._stream, flush=True)

    def _show(self, bar: bool) -> None:
        count = f"{self._done} of {self._total} {self._what}"
        if bar:
            full = WIDTH * self._done // max(self._total, 1)
            print(f"\r{'█' * full}{'░' * (WIDTH - full)} {count}", end="", file=self._stream, flush=True)
        else:
            if self._said != self._done:
                print(f"{count}.", file=self._stream, flush=True)
            self._said = self._done
