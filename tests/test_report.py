"""A run as data: its outputs, and the report as JSON."""

from __future__ import annotations

import json
import subprocess
from datetime import timedelta
from typing import Any

import jsonschema
import pytest

from streaky.pictures.summary import summary
from streaky.sandbox import Fault
from tests.conftest import NOW, ROOT, World, days_before
from tests.traces import commands

TODAY = NOW.date()


def entry(kind: str, slot: str, urgency: str, channel: str, state: str) -> dict[str, str]:
    return {"kind": kind, "slot": slot, "urgency": urgency, "channel": channel, "state": state}


def expected(status: str, today: str, current: str, longest: str, **more: str) -> dict[str, str]:
    fixed = {
        "deadline": "2026-11-24T00:00:00+00:00",
        "hours-left": "2.5",
        "alerts": "[]",
        "undelivered": "[]",
        "pending": "",
        "handed-on": "",
    }
    counted = {"today": today, "current-streak": current, "longest-streak": longest}
    return {"status": status} | counted | fixed | more


def sent(kind: str, slot: str, urgency: str = "", state: str = "sent") -> str:
    rows = [
        entry(kind, f"2026-11-23/{kind}/{slot}", urgency, name, state) for name in ("discord", "telegram")
    ]
    return json.dumps(rows, separators=(",", ":"))


def gap(world: World) -> None:
    """Ten days ago there was nothing: 9 days run, 32 are the longest."""
    del world.contributions[TODAY - timedelta(days=10)]


def empty(world: World) -> None:
    world.contributions.clear()


def lost(world: World) -> None:
    world.contributions.clear()
    world.contributions |= days_before(TODAY - timedelta(days=5), 20)


def safe(world: World) -> None:
    world.contributions[TODAY] = 4


def down(world: World) -> None:
    world.sandbox.github.fail(Fault.status(401), times=None)


CASES: dict[str, tuple[Any, dict[str, str], dict[str, str]]] = {
    "at risk": (gap, {}, expected("at-risk", "0", "9", "32", alerts=sent("at-risk", "21:00", "urgent"))),
    "safe": (safe, {}, expected("safe", "4", "43", "43")),
    "idle": (lost, {}, expected("idle", "0", "0", "20")),
    "never": (empty, {}, expected("idle", "0", "0", "0")),
    "resting": (gap, {"STREAKY_REST_DAYS": "mon"}, expected("resting", "0", "10", "32")),
    "paused": (gap, {"STREAKY_PAUSE_UNTIL": "2026-12-31"}, expected("resting", "0", "9", "32")),
    "unknown": (down, {}, expected("unknown", "", "", "", alerts=sent("unknown", "day"))),
    "dry run": (
        gap,
        {"STREAKY_DRY_RUN": "true"},
        expected("at-risk", "0", "9", "32", alerts=sent("at-risk", "21:00", "urgent", "dry-run")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_outputs_are_exactly_these(world: World, name: str) -> None:
    arrange, more, exact = CASES[name]
    arrange(world)
    assert world.check(**more).outputs() == exact


@pytest.mark.parametrize(("private", "said"), [(True, "counted"), (False, "none seen")])
def test_the_report_says_whether_private_contributions_are_counted(
    world: World, private: bool, said: str
) -> None:
    world.sandbox.github.person("octocat", contributions=days_before(TODAY, 42), private=private)
    report = world.check()
    assert report.document()["private"] is private
    assert f"| Private contributions | {said} |" in summary(report)


# As JSON

Process = subprocess.CompletedProcess[str]
REPORT_SCHEMA = json.loads((ROOT / "streaky/report.schema.json").read_text("utf-8"))


def valid(document: object) -> None:
    """Hold a report against its schema."""
    formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(REPORT_SCHEMA, format_checker=formats).validate(document)


def report_of(done: Process) -> dict[str, Any]:
    """The printed report, which is as its schema says."""
    document = json.loads(done.stdout)
    valid(document)
    assert document["exit-status"] == done.returncode
    return dict(document)


def dry(world: World) -> dict[str, str]:
    return {"STREAKY_DRY_RUN": "true"}


def spoken_safe(world: World) -> dict[str, str]:
    world.contributions[TODAY] = 1
    return {"STREAKY_NOTIFY": "safe"}


def idle(world: World) -> dict[str, str]:
    world.contributions.clear()
    return {}


def broken(world: World) -> dict[str, str]:
    del world.contributions[TODAY - timedelta(days=1)]
    return {}


def bound(world: World) -> dict[str, str]:
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    return {}


def unknown(world: World) -> dict[str, str]:
    world.sandbox.github.rate_limited(reset_in=3600)
    return {}


def unheard(world: World) -> dict[str, str]:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    world.sandbox.telegram.fail(Fault.status(403, {"ok": False, "description": "Forbidden"}), times=None)
    return {}


@pytest.mark.parametrize(
    ("arrange", "status", "states", "exact"),
    [
        (dry, "at-risk", ["dry-run"] * 2, True),
        (spoken_safe, "safe", ["sent"] * 2, True),
        (idle, "idle", [], True),
        (broken, "idle", ["sent"] * 2, True),
        (bound, "at-risk", ["sent"] * 2, False),
        (unknown, "unknown", ["sent"] * 2, None),
        (unheard, "at-risk", ["failed"] * 2, True),
    ],
)
def test_the_json_report_is_as_its_schema_says(
    world: World, arrange: Any, status: str, states: list[str], exact: bool | None
) -> None:
    report = world.check(**arrange(world)).document()
    valid(report)
    assert (report["status"], report["exact"], report["user"]) == (status, exact, "octocat")
    assert [alert["state"] for alert in report["alerts"]] == states
    assert report["undelivered"] == [alert for alert in report["alerts"] if alert["state"] == "failed"]
    assert bool(report["problem"]) == (status == "unknown")


@pytest.mark.parametrize("arrange", [broken, unheard])
def test_the_program_prints_that_report_and_ends_with_its_status(world: World, arrange: Any) -> None:
    done = world.run("check", "--format", "json", **arrange(world))
    report = report_of(done)
    assert [alert["kind"] for alert in report["alerts"]] == ["broken" if arrange is broken else "at-risk"] * 2
    assert done.stderr == ""


def test_the_json_report_of_a_refusal_names_the_faults(world: World) -> None:
    done = world.run("check", "--format=json", STREAKY_LANGUAGE="tlh")
    report = report_of(done)
    assert report["exit-status"] == 2
    (fault,) = report["faults"]
    assert fault.startswith('language: "tlh" is not a language Streaky speaks.')


def test_json_stays_alone_on_stdout_in_a_runner(world: World, runner: dict[str, str]) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    done = world.run("check", "--format", "json", **runner)
    assert report_of(done)["status"] == "at-risk"
    assert commands(done.stderr, "add-mask")
    assert len(commands(done.stderr, "warning")) == 1


def test_the_schema_of_the_report_refuses_what_is_no_report() -> None:
    for wrong in ({}, {"version": 1, "exit-status": 0}, {"version": 1, "exit-status": 2, "faults": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, REPORT_SCHEMA)
