"""The reader of the workflow's file: its schedule, what our job is granted, and what a person can start."""

from __future__ import annotations

import random
import time
from zoneinfo import ZoneInfo

import pytest
import yaml

from streaky import REPOSITORY
from streaky.errors import Fault
from streaky.github.workflow import BIGGEST, Entry, Workflow, read_workflow
from streaky.runner.job import Job
from streaky.schedule.crons import Cron
from tests.conftest import ROOT, World

PATH = ".github/workflows/streaky.yml"
GUARD = f"uses: {REPOSITORY}/.github/workflows/guard.yml@main"
STEP = f"steps: [{{uses: {REPOSITORY}@v1}}]"


def read(text: str, own: str = "") -> Workflow:
    """What a text says that can be read."""
    found = read_workflow(text, Job(id=own))
    assert found is not None
    return found


def scheduled(*entries: str) -> str:
    """A workflow with these entries in its schedule, the first of which begins in line 3."""
    return "on:\n  schedule:\n" + "".join(f"    - {entry}\n" for entry in entries)


# The schedule


def test_the_entries_come_with_their_zones_and_lines() -> None:
    text = """
on:
  schedule:
    - cron: "7 18 * * *"
      timezone: Europe/Berlin
    - cron: '30 9 * * 1-5'
"""
    found = read(text)
    assert found.entries == (
        Entry(Cron("7 18 * * *", ZoneInfo("Europe/Berlin")), "Europe/Berlin", 4),
        Entry(Cron("30 9 * * 1-5"), "", 6),
    )
    assert found.crons == (Cron("7 18 * * *", ZoneInfo("Europe/Berlin")), Cron("30 9 * * 1-5"))
    assert found.zones == ("Europe/Berlin",)
    assert found.scheduled


def test_the_templates_own_file_is_read_whole() -> None:
    found = read((ROOT / "template" / PATH).read_text("utf-8"), "guard")
    assert [cron.line for cron in found.crons] == ["43 13-23 * * *"]
    assert (found.contents, found.issues, found.actions) == ("write", "write", "read")
    assert (found.scheduled, found.dispatch, found.pause) == (True, True, True)


@pytest.mark.parametrize(
    "entry",
    [
        "cron: 61 * * * *",
        "cron: 7 18 * * *\n      timezone: Nowhere",
        "7 18 * * *",
        "cron: [7]",
        "zone: UTC",
        "cron: 0 7 18 * * *",
    ],
)
def test_an_entry_that_github_would_refuse_is_left_out(entry: str) -> None:
    found = read(scheduled(entry, "cron: 7 13 * * *"))
    assert found.crons == (Cron("7 13 * * *"),)


@pytest.mark.parametrize(
    "text", ["on: push", "on: [push]", "on: {push: }", "on:\n  schedule:\n", "on: schedule"]
)
def test_without_entries_there_are_no_cron_lines(text: str) -> None:
    assert read(text).crons == ()


def test_the_word_schedule_in_a_script_is_no_schedule() -> None:
    found = read("on: push\njobs:\n  a:\n    steps:\n      - run: 'echo schedule: none'\n")
    assert not found.scheduled
    found = read("on:\n  push:\n  # schedule:\n  #   - cron: 7 18 * * *\n")
    assert not found.scheduled


def test_an_entry_may_be_an_alias_as_github_allows() -> None:
    text = scheduled("&evening {cron: 7 18 * * *, timezone: Asia/Tokyo}", "*evening")
    assert read(text).crons == (Cron("7 18 * * *", ZoneInfo("Asia/Tokyo")),) * 2


def test_no_more_entries_are_read_than_anybody_needs() -> None:
    assert len(read(scheduled(*["cron: 7 18 * * *"] * 60)).entries) == 50


# Which zone the schedule has chosen

BERLIN, TOKYO = ("cron: 7 18 * * *\n      timezone: " + zone for zone in ("Europe/Berlin", "Asia/Tokyo"))
NO_ZONE = "cron: 7 18 * * *"


@pytest.mark.parametrize(
    ("entries", "zone", "line"),
    [
        ((BERLIN,), "Europe/Berlin", 3),
        ((BERLIN, BERLIN), "Europe/Berlin", 3),
        ((NO_ZONE, BERLIN), "Europe/Berlin", 4),
    ],
)
def test_the_one_zone_of_the_schedule_is_chosen(entries: tuple[str, ...], zone: str, line: int) -> None:
    chosen = read(scheduled(*entries)).chosen_zone(PATH)
    assert isinstance(chosen, Entry)
    assert (chosen.zone, chosen.line) == (zone, line)


@pytest.mark.parametrize(
    "entries", [(), (NO_ZONE,), (f"{NO_ZONE}\n      timezone: Etc/UTC", f"{NO_ZONE}\n      timezone: UTC")]
)
def test_where_the_schedule_names_no_zone_but_utc_nobody_has_chosen_one(entries: tuple[str, ...]) -> None:
    assert read(scheduled(*entries)).chosen_zone(PATH) is None


@pytest.mark.parametrize("other", [TOKYO, f"{NO_ZONE}\n      timezone: Etc/UTC"])
def test_entries_with_different_zones_are_a_fault_that_names_their_lines(other: str) -> None:
    fault = read(scheduled(BERLIN, other)).chosen_zone(PATH)
    assert isinstance(fault, Fault)
    assert fault.input == "timezone"
    assert "Europe/Berlin (line 3)" in fault.what
    assert "(line 5)" in fault.what
    assert str(fault).startswith(f"{PATH}:5:1: timezone: ")


# What our job is granted


def granted(text: str, own: str = "") -> tuple[str | None, str | None, str | None]:
    found = read(text, own)
    return found.contents, found.issues, found.actions


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        ("{contents: write, actions: read}", ("write", "none", "read")),
        ("{contents: read}", ("read", "none", "none")),
        ("{issues: none}", ("none", "none", "none")),
        ("{}", ("none", "none", "none")),
        ("read-all", ("read", "read", "read")),
        ("write-all", ("write", "write", "write")),
        ("'write-all'", ("write", "write", "write")),
        ("", (None, None, None)),
        ("[contents]", (None, None, None)),
        ("{contents: wirte}", (None, "none", "none")),
        ("{contents: [write]}", (None, "none", "none")),
    ],
)
@pytest.mark.parametrize("level", ["workflow", "job"])
def test_permissions_are_read_as_github_documents_them(
    permissions: str, expected: tuple[str | None, ...], level: str
) -> None:
    top, inner = (permissions, None) if level == "workflow" else ("write-all", permissions)
    text = f"on: push\npermissions: {top}\njobs:\n  guard:\n    {GUARD}\n"
    if inner is not None:
        text += f"    permissions: {inner}\n"
    assert granted(text) == expected


def test_where_nothing_is_said_the_repositorys_default_holds_which_is_not_known() -> None:
    assert granted(f"on: push\njobs:\n  guard:\n    {GUARD}\n") == (None, None, None)


@pytest.mark.parametrize("call", [GUARD, STEP, "steps: [{uses: ./}]", "uses: $/.github/workflows/guard.yml"])
def test_what_another_job_is_granted_is_not_ours(call: str) -> None:
    text = f"""
on: push
jobs:
  pages:
    permissions: {{contents: write, issues: write}}
    steps: [{{run: 'echo contents: write'}}, {{uses: actions/checkout@v7}}, {{uses: ./.github/actions/own}}]
  guard:
    permissions: {{contents: read}}
    {call}
"""
    assert granted(text) == ("read", "none", "none")


@pytest.mark.parametrize(
    "used",
    [f"octocat/{REPOSITORY.split('/')[1]}", REPOSITORY.upper(), f"{REPOSITORY}/.github/workflows/team.yml"],
)
def test_a_fork_a_mirror_and_any_of_our_workflows_are_ours(used: str) -> None:
    text = "on: push\npermissions: write-all\njobs:\n  a: {}\n  b:\n    permissions: {contents: read}\n"
    assert granted(f"{text}    uses: {used}@v1\n") == ("read", "none", "none")


def test_of_several_jobs_that_call_us_in_a_step_the_one_that_runs_counts() -> None:
    text = f"""
on: push
jobs:
  one: {{permissions: {{contents: read}}, {STEP}}}
  two: {{permissions: {{contents: write}}, {STEP}}}
"""
    assert granted(text, "one")[0] == "read"
    assert granted(text, "two")[0] == "write"
    assert granted(text, "three")[0] is None
    assert granted(text)[0] is None


def test_a_called_workflows_job_has_an_id_of_its_own_so_that_only_what_all_callers_have_is_known() -> None:
    text = f"""
on: push
jobs:
  guard: {{permissions: {{contents: read, actions: read}}, {GUARD}}}
  other: {{permissions: {{contents: write, actions: read}}, {GUARD}}}
"""
    assert granted(text, "guard") == (None, "none", "read")


def test_a_job_that_names_us_goes_before_one_that_uses_its_own_folder() -> None:
    test = "  test: {permissions: write-all, steps: [{uses: ./}]}\n"
    text = f"on: push\njobs:\n{test}  guard: {{permissions: {{}}, {GUARD}}}\n"
    assert granted(text) == ("none", "none", "none")


def test_where_no_job_names_us_the_running_one_is_ours_or_what_all_have_is_known() -> None:
    one = "  one: {permissions: {contents: read}, steps: [{run: streaky check}]}\n"
    two = "  two: {permissions: {contents: write}, steps: [{run: make}]}\n"
    three = "  three: {steps: [{run: make}]}\n"
    top = "on: push\npermissions: read-all\njobs:\n"
    assert granted(top + one + two, "one")[0] == "read"
    assert granted(top + one)[0] == "read"
    assert granted(top + one + two)[0] is None
    assert granted(top + one + three)[:2] == ("read", None)


@pytest.mark.parametrize("jobs", ["", "jobs: guard\n", "jobs: [guard]\n", "jobs: {guard: 3}\n", "jobs: {}\n"])
def test_without_jobs_the_workflows_own_permissions_hold(jobs: str) -> None:
    assert granted(f"on: push\npermissions: {{contents: write}}\n{jobs}") == ("write", "none", "none")


def test_a_ledger_is_not_tried_where_only_another_job_may_write(world: World) -> None:
    text = f"""
on: {{schedule: [{{cron: 17 13-23 * * *}}]}}
jobs:
  pages: {{permissions: {{contents: write}}, steps: [{{run: make}}]}}
  guard: {{permissions: {{contents: CONTENTS}}, {GUARD}}}
"""
    in_run = {"GITHUB_WORKFLOW_REF": f"octocat/streaky/{PATH}@refs/heads/main", "STREAKY_LEDGER": "auto"}
    for contents, branches in ("read", []), ("write", ["streaky"]):
        files = {PATH: text.replace("CONTENTS", contents)}
        repository = world.sandbox.github.repository("octocat/streaky", files)
        assert world.check(**in_run).exit_status == 0
        assert list(repository.branches) == branches


# What a person can start


@pytest.mark.parametrize(
    ("events", "dispatch", "pause"),
    [
        ("workflow_dispatch", True, False),
        ("[push, workflow_dispatch]", True, False),
        ("{workflow_dispatch: }", True, False),
        ("{workflow_dispatch: {inputs: {pause-until: {type: string}}}}", True, True),
        ("{workflow_dispatch: {inputs: {command: {type: string}}}}", True, False),
        ("{workflow_dispatch: {inputs: [pause-until]}}", True, False),
        ("{push: , workflow_call: {inputs: {pause-until: {type: string}}}}", False, False),
        ("[push, [workflow_dispatch]]", False, False),
    ],
)
def test_whether_a_person_can_start_it_and_pause_it_there(events: str, dispatch: bool, pause: bool) -> None:
    found = read(f"on: {events}\n")
    assert (found.dispatch, found.pause) == (dispatch, pause)


# What is no workflow

DEEP = 20_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "- a\n- b",
        "push",
        "name: Streaky",
        "on: 3\n---\non: 4",
        "on: push\non: pull_request",
        "on: push\n? [a]\n: b",
        "on: push\nname: *nothing",
        "on: &a [*a]",
        "on: &a {b: *a}",
        "on: push\nname: \x00",
        "on: push\nname: \ud800",
        "on: push\n\tname: tabs",
        "on: " + "[" * DEEP,
        "on: " + "[" * 100_000,
        "on:\n" + "- " * DEEP + "a",
        "on:\n" + "- " * 60_000 + "a",
        "on: " + "{a: " * DEEP,
        "on:\n" + "? " * DEEP + "a",
        "on:\n" + "\n".join(" " * depth + "a:" for depth in range(1, 400)),
        "on: push\nname: " + "x" * BIGGEST,
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_github_could_not_run_is_not_read(text: str) -> None:
    assert read_workflow(text, Job()) is None


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.abort []",
        "!!int ''",
        "!!timestamp x",
        "!<x> y",
        "0x" + "f" * 9000,
        "2026-99-99",
        "1:99:99",
    ],
)
def test_tags_and_odd_scalars_are_only_text(value: str) -> None:
    assert read(f"on: push\nname: {value}\n") == Workflow()


SAME_STEPS = "".join(f" j{n}: {{steps: *s}}\n" for n in range(4000))


def levels(before: str, after: str = "") -> str:
    """Lines each of which has ten times what the one before has."""
    return "".join(f"a{n}: &a{n} {before}[{', '.join([f'*a{n - 1}'] * 10)}]{after}\n" for n in range(1, 15))


@pytest.mark.parametrize(
    "text",
    [
        # Each level ten times the one before: as aliases, and as merge keys, which PyYAML would copy.
        f"a0: &a0 [x]\n{levels('')}on: *a14\n",
        f"a0: &a0 {{x: y}}\n{levels('{<<: ', '}')}on: {{push: *a14}}\njobs: *a14\n",
        # Many jobs with the same many steps.
        "steps: &s\n" + "- {uses: x}\n" * 4000 + "on: push\njobs:\n" + SAME_STEPS,
        scheduled(*["cron: 7 18 * * *"] * 5000),
    ],
    ids=["aliases", "merge keys", "steps", "entries"],
)
def test_a_text_that_would_grow_is_read_in_no_time(text: str) -> None:
    before = time.process_time()
    read(text)
    assert time.process_time() - before < 4


@pytest.mark.parametrize("c_parser", [True, False])
def test_no_text_makes_it_fail(c_parser: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    read_workflow.cache_clear()
    if not c_parser:
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    whole = (ROOT / "template" / PATH).read_text("utf-8")
    chance = random.Random(8)
    strange = [
        *"{}[]:-?&*!|>'\"%@`#,\n\t \\\u2028\ufeff",
        "<<: ",
        "*a ",
        "&a ",
        "!!map ",
        "- ",
        "---\n",
        "null",
    ]
    readable = 0
    for _ in range(400 if c_parser else 60):
        text = whole
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(strange) + text[at + chance.randrange(3) :]
        readable += read_workflow(text, Job(id="guard")) is not None
    assert readable > 5


def test_without_the_c_parser_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "template" / PATH).read_text("utf-8")
    with_it = read(text)
    read_workflow.cache_clear()
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert read(text) == with_it
