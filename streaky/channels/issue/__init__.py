"""An issue of the person's own repository, which needs no secret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaky.channels.address import Address, Given
from streaky.input.row import Preset
from streaky.input.switches import SWITCHES, switch_or_auto

if TYPE_CHECKING:
    from streaky.channels.base import Channel, Run

ISSUE = Preset(
    name="issue",
    environment="STREAKY_ISSUE",
    read=switch_or_auto,
    what="Whether an issue of your own repository gets your alerts, which needs no secret.",
    form="`true`, `false` or `auto`: where no other channel is set and the job has `issues: write`.",
    default="auto",
    examples=("auto", True, False),
    schema={"anyOf": [{"type": "boolean"}, {"enum": ["auto", *SWITCHES]}]},
)


@dataclass(frozen=True, slots=True)
class IssueAddress(Address):
    """The issue; `asked_for`: even beside other channels, and whatever the workflow's text permits."""

    asked_for: bool

    name = "issue"
    inputs = (ISSUE,)
    own = False

    @classmethod
    def read(cls, given: Given) -> IssueAddress | None:
        wanted = given[ISSUE]
        return None if wanted == "false" else cls(wanted == "true")

    def load(self) -> Callable[[Run], Sequence[Channel]]:
        from streaky.channels.issue.delivery import open_issue

        return open_issue
