"""The points of the sandbox's GitHub, and its rate limits.

Source: GitHub docs, "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from streaky.sandbox.github.answers import stamp

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
POINTS = 5000  # per hour and token


class Limits:
    """What is used up. `primary`: epoch seconds of the reset, while the points are used up; `secondary`: the
    headers, while the secondary limit holds."""

    def __init__(self) -> None:
        self.used = 0
        self.primary: float | None = None
        self.secondary: Mapping[str, str] | None = None

    def spend(self) -> None:
        """Count one query. A calendar is no connection, so it costs one point."""
        self.used = min(self.used + 1, POINTS)

    def shown(self, _info: object, **_: bool) -> dict[str, Any]:
        """Query.rateLimit."""
        reset_at = stamp(datetime.fromtimestamp(self._reset(), UTC))
        left = POINTS - self.used
        return {"limit": POINTS, "cost": 1, "remaining": left, "used": self.used, "resetAt": reset_at}

    def headers(self) -> dict[str, str]:
        """The rate limit's headers."""
        used = self.used if self.primary is None else POINTS
        return {
            "X-RateLimit-Limit": str(POINTS),
            "X-RateLimit-Remaining": str(POINTS - used),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str(self._reset()),
            "X-RateLimit-Resource": "graphql",
        }

    def _reset(self) -> int:
        """When the points return: epoch seconds, the next full hour where no test says otherwise."""
        return math.ceil(self.primary if self.primary is not None else time.time() // 3600 * 3600 + 3600)
