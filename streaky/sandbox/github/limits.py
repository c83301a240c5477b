"""The rate limits of the sandbox's GitHub: points by token and resource, and the secondary ones.

Source: GitHub docs, "Rate limits for the REST API", "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from streaky.sandbox.exchange import Response
from streaky.sandbox.github.answers import problem, stamp
from streaky.sandbox.window import Limit, Window

Resource = Literal["core", "graphql"]
POINTS = 5000  # per hour, of a person's token
JOB_POINTS = 1000  # per hour and repository, of a job's token
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
TOO_MUCH_CONTENT = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. "
    "Please retry your request again later."
)
CONTENT: Limit = (80, 60.0)  # requests that make content, issues and comments, in seconds


class Limits:
    """What is used up. `primary`: epoch seconds of a resource's reset, while its points are used up;
    `secondary`: the headers, while the secondary limit holds; `content`: how much a token may write."""

    def __init__(self) -> None:
        self.primary: dict[Resource, float] = {}
        self.secondary: Mapping[str, str] | None = None
        self.content: Limit | None = CONTENT
        self.cost = 1  # of the last request, in points
        self._used: Counter[tuple[str, Resource]] = Counter()
        self._written: dict[str, Window] = {}

    def heal(self) -> None:
        """End the limits that hold, and let those of content begin anew."""
        self.primary.clear()
        self.secondary = None
        self._written.clear()

    def spend(self, token: str, resource: Resource, points: int = 1) -> None:
        """Count one request. A calendar is no connection, so its query costs one point."""
        self._used[token, resource] += points
        self.cost = points

    def write(self, token: str) -> Response | None:
        """Count one request that makes content; the refusal when those were too many."""
        if self.content is None:
            return None
        allowance = self._written.setdefault(token, Window()).take(self.content, time.monotonic())
        if allowance.granted:
            return None
        return problem(403, TOO_MUCH_CONTENT, {"Retry-After": str(math.ceil(allowance.reset_after))})

    def state(self, token: str, resource: Resource) -> dict[str, Any]:
        """A resource as REST's rate_limit shows it: `reset` in epoch seconds."""
        limit = JOB_POINTS if token.startswith("ghs_") else POINTS
        used = limit if resource in self.primary else min(self._used[token, resource], limit)
        # the next full hour where no test says otherwise
        reset = math.ceil(self.primary.get(resource, time.time() // 3600 * 3600 + 3600))
        return {"limit": limit, "remaining": limit - used, "used": used, "reset": reset}

    def shown(self, token: str) -> dict[str, Any]:
        """Query.rateLimit."""
        state = self.state(token, "graphql")
        reset = stamp(datetime.fromtimestamp(state.pop("reset"), UTC))
        return state | {"cost": self.cost, "resetAt": reset}

    def headers(self, token: str, resource: Resource) -> dict[str, str]:
        """The headers that tell of a resource."""
        told = {f"X-RateLimit-{name.title()}": str(n) for name, n in self.state(token, resource).items()}
        return told | {"X-RateLimit-Resource": resource}
