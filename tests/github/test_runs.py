"""When this workflow last ran to a good end."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from streaky.errors import CouldNotTell
from streaky.github.runs import WorkflowRuns
from streaky.sandbox import Fault
from tests.conftest import SPECS, TOKEN, World
from tests.github.test_rest import client, patience

REPOSITORY = ("octocat", "streaky")
LIST = "/repos/octocat/streaky/actions/workflows/streaky.yml/runs"
RUN = "100"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


@pytest.fixture
def runs(world: World) -> Any:
    """A repository without runs."""
    return world.sandbox.github.repository("octocat/streaky")


def ask(world: World, attempt: int = 1, **pace: Any) -> datetime | None:
    runs = WorkflowRuns(client(world), REPOSITORY, ".github/workflows/streaky.yml")
    return runs.last_success(RUN, attempt, patience(**pace))


def asked(world: World) -> list[str]:
    return [request.path for request in world.sandbox.github.requests]


# The last run that ended well


def test_the_newest_run_that_ended_well_is_found_with_one_request(world: World, runs: Any) -> None:
    runs.add_run(started=at(9))
    runs.add_run(started=at(18, 7))
    runs.add_run(started=at(12))
    found = ask(world)
    assert found == at(18, 7)
    assert found.utcoffset() is not None
    assert asked(world) == [LIST]


def test_a_repository_without_runs_has_no_last_one(world: World, runs: Any) -> None:
    assert ask(world) is None


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out", "skipped"])
def test_a_run_that_did_not_end_well_is_no_memory(world: World, runs: Any, conclusion: str) -> None:
    runs.add_run(started=at(9))
    runs.add_run(started=at(18), conclusion=conclusion)
    assert ask(world) == at(9)


def test_a_run_that_has_not_ended_is_no_memory(world: World, runs: Any) -> None:
    runs.add_run(started=at(18), status="in_progress", conclusion=None)
    assert ask(world) is None


@pytest.mark.parametrize("title", ["Streaky: test-alert", "Streaky: doctor", "Streaky: pause today"])
def test_a_run_of_another_command_reminded_nobody(world: World, runs: Any, title: str) -> None:
    runs.add_run(started=at(9))
    runs.add_run(started=at(18), title=title)
    assert ask(world) == at(9)


def test_another_workflows_run_is_not_ours(world: World, runs: Any) -> None:
    runs.add_run(started=at(18), workflow="tests.yml")
    assert ask(world) is None


def test_this_very_run_is_not_its_own_memory(world: World, runs: Any) -> None:
    runs.add_run(started=at(21), id=int(RUN))
    assert ask(world) is None


def test_an_earlier_attempt_that_ended_well_is_the_memory(world: World, runs: Any) -> None:
    runs.add_run(started=at(18))
    runs.add_run(started=at(21), id=int(RUN), attempt=1)
    assert ask(world, attempt=2) == at(21)
    assert asked(world) == [f"/repos/octocat/streaky/actions/runs/{RUN}/attempts/1"]


def test_after_an_earlier_attempt_that_failed_other_runs_are_looked_at(world: World, runs: Any) -> None:
    runs.add_run(started=at(18))
    runs.add_run(started=at(21), id=int(RUN), attempt=1, conclusion="failure")
    assert ask(world, attempt=2) == at(18)
    assert len(asked(world)) == 2


def test_what_is_asked_is_as_githubs_description_says(world: World, runs: Any) -> None:
    path = SPECS / "github-rest.openapi.json"
    if not path.exists():
        pytest.skip("GitHub's REST description is not at hand")
    ask(world)
    (request,) = world.sandbox.github.requests
    spec = json.loads(path.read_text("utf-8"))
    operation = spec["paths"]["/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs"]["get"]
    shared = spec["components"]["parameters"]
    listed = [
        shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for each in operation["parameters"]
    ]
    named = {each["name"]: each["schema"] for each in listed if each["in"] == "query"}
    assert set(request.query) <= set(named)
    assert request.query["status"] in named["status"]["enum"]
    assert named["per_page"]["type"] == "integer"
    assert 1 <= int(request.query["per_page"]) <= 100
    assert named["exclude_pull_requests"]["type"] == "boolean"
    assert request.query["exclude_pull_requests"] in ("true", "false")


# What it says where it cannot tell


def test_without_the_permission_the_mend_is_named(world: World, runs: Any) -> None:
    world.sandbox.github.no_actions_tokens.add(TOKEN)
    with pytest.raises(CouldNotTell, match="actions: read"):
        ask(world)
    assert len(asked(world)) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_each_refusal_names_the_mend(world: World, runs: Any, status: int) -> None:
    world.sandbox.github.fail(Fault.status(status, {"message": "No."}), times=None)
    with pytest.raises(CouldNotTell, match="actions: read"):
        ask(world)


GOOD = {
    "id": 1,
    "conclusion": "success",
    "run_started_at": "2026-11-23T18:00:00Z",
    "display_title": "Streaky",
}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"workflow_runs": None},
        {"workflow_runs": 3},
        {"workflow_runs": ["run"]},
        {"workflow_runs": [{}]},
        {"workflow_runs": [GOOD | {"run_started_at": None}]},
        {"workflow_runs": [GOOD | {"run_started_at": "yesterday"}]},
        {"workflow_runs": [GOOD | {"run_started_at": "2026-11-23T18:00:00"}]},
    ],
)
def test_an_answer_of_another_shape_is_never_taken_for_a_memory(
    world: World, runs: Any, document: dict[str, Any]
) -> None:
    world.sandbox.github.fail(Fault.status(200, document), times=None)
    with pytest.raises(CouldNotTell, match="not understood"):
        ask(world)


@pytest.mark.parametrize("fault", [Fault.status(502), Fault.garbage(), Fault.drop(), Fault.truncate()])
def test_what_may_pass_is_asked_again(world: World, runs: Any, fault: Fault) -> None:
    runs.add_run(started=at(18))
    world.sandbox.github.fail(fault)
    assert ask(world) == at(18)


def test_what_does_not_pass_is_given_up_in_time(world: World, runs: Any) -> None:
    world.sandbox.github.fail(Fault.hang(30), times=None)
    with pytest.raises(CouldNotTell, match="no answer"):
        ask(world, total=0.6, each=0.3)


def test_a_wait_longer_than_what_is_left_is_not_waited_for(world: World, runs: Any) -> None:
    world.sandbox.github.secondary_limited(retry_after=60)
    with pytest.raises(CouldNotTell, match="secondary rate limit"):
        ask(world)
    assert len(asked(world)) == 1
