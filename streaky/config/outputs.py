"""Every output of the action, in one table: its name and what it says. After a change run `make generate`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One output; `in_guard` tells whether `guard.yml` hands it on to its caller, `of_doctor` whether only
    the doctor sets it, `of_team` whether only the steps of `team.yml` do."""

    name: str
    description: str
    in_guard: bool = True
    of_doctor: bool = False
    of_team: bool = False


OUTPUTS = (
    Output("status", "Where you stand now: `safe`, `at-risk`, `idle`, `resting` or `unknown`."),
    Output("today", "Today's contributions; empty when unknown."),
    Output("current-streak", "The running streak's days; empty when unknown."),
    Output(
        "longest-streak",
        "The longest streak's days, of all time with a ledger, else of the last year; empty when unknown.",
    ),
    Output("deadline", "The end of your local day, ISO 8601 with offset."),
    Output("hours-left", "Hours until the deadline, rounded down to a tenth."),
    Output(
        "alerts",
        "A JSON array: `kind`, `slot`, `urgency`, `channel` and `state` (`sent`, `failed`, `skipped` or "
        "`dry-run`) of each due alert on each channel.",
    ),
    Output("undelivered", "A JSON array with those of `alerts` that failed."),
    Output(
        "pending",
        "What another job may still deliver, for its input `pending`; else empty.",
        in_guard=False,
    ),
    Output(
        "handed-on",
        "`true` if another job may still deliver all that failed; else empty.",
        in_guard=False,
    ),
    Output(
        "canary",
        "What `doctor` hands to the next job of `guard.yml`, which compares it; else empty.",
        in_guard=False,
        of_doctor=True,
    ),
    Output(
        "matrix",
        "The jobs that `team.yml` starts next, as the JSON of a matrix; else empty.",
        in_guard=False,
        of_team=True,
    ),
    Output(
        "left",
        "Not empty if a step of `team.yml` left work to the next job.",
        in_guard=False,
        of_team=True,
    ),
)
