"""Workflows of the sandbox's GitHub and their runs, as REST lists and shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streaky.sandbox import Sandbox
from streaky.sandbox.github.repositories import Repository
from tests.sandbox.github.test_rest import Ask, asking

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
RUNS = "/actions/workflows/streaky.yml/runs"


@pytest.fixture
def repository(sandbox: Sandbox) -> Repository:
    return sandbox.github.repository("octocat/streaky")


@pytest.fixture
def ask(sandbox: Sandbox, repository: Repository) -> Ask:
    return asking(sandbox)


def ids(ask: Ask, **query: str) -> list[int]:
    return [run["id"] for run in ask("GET", RUNS, **query).json()["workflow_runs"]]


def test_a_run_is_described(ask: Ask, repository: Repository) -> None:
    repository.add_run(started=START, title="Streaky: check", id=41)
    shown = ask("GET", "/actions/runs/41").json()
    expected: dict[str, Any] = {
        "id": 41,
        "name": "Streaky",
        "display_title": "Streaky: check",
        "event": "schedule",
        "status": "completed",
        "conclusion": "success",
        "run_attempt": 1,
        "run_number": 1,
        "run_started_at": "2026-11-23T09:00:00Z",
        "path": ".github/workflows/streaky.yml",
        "head_branch": "main",
        "head_sha": repository.commit(),
        "html_url": "https://github.com/octocat/streaky/actions/runs/41",
    }
    assert {name: shown[name] for name in expected} == expected
    assert shown["created_at"] <= shown["run_started_at"] <= shown["updated_at"]
    assert shown["repository"]["full_name"] == "octocat/streaky"


def test_a_run_that_goes_on_has_no_conclusion(ask: Ask, repository: Repository) -> None:
    repository.add_run(started=START, status="in_progress", id=1)
    shown = ask("GET", "/actions/runs/1").json()
    assert (shown["status"], shown["conclusion"]) == ("in_progress", None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"status": "completed"}, [4, 3, 2, 1]),
        ({"status": "in_progress"}, [5]),
        ({"status": "success"}, [4, 2, 1]),
        ({"status": "failure"}, [3]),
        ({"event": "workflow_dispatch"}, [2]),
        ({"event": "schedule", "status": "success"}, [4, 1]),
        ({"per_page": "2"}, [5, 4]),
        ({"per_page": "2", "page": "3"}, [1]),
        ({"page": "2"}, []),
    ],
)
def test_a_list_is_narrowed_by_its_query(
    ask: Ask, repository: Repository, query: dict[str, str], found: list[int]
) -> None:
    for hour, more in enumerate(
        (
            {},
            {"event": "workflow_dispatch"},
            {"conclusion": "failure"},
            {},
            {"status": "in_progress", "conclusion": None},
        )
    ):
        repository.add_run(started=START + timedelta(hours=hour), **more)  # type: ignore[arg-type]
    repository.add_run(started=START, workflow="other.yml")
    assert ids(ask, **query) == found


def test_the_total_counts_all_pages(ask: Ask, repository: Repository) -> None:
    for hour in range(35):
        repository.add_run(started=START + timedelta(hours=hour))
    answer = ask("GET", RUNS).json()
    assert (answer["total_count"], len(answer["workflow_runs"])) == (35, 30)
    assert len(ids(ask, per_page="100")) == 35


def test_of_the_attempts_of_a_run_the_last_one_is_listed(ask: Ask, repository: Repository) -> None:
    repository.add_run(started=START, conclusion="failure", id=7)
    repository.add_run(started=START + timedelta(hours=2), id=7, attempt=2)
    first, second = (ask("GET", f"/actions/runs/7/attempts/{n}").json() for n in (1, 2))
    assert (first["conclusion"], second["conclusion"]) == ("failure", "success")
    assert (first["created_at"], first["run_number"]) == (second["created_at"], second["run_number"])
    assert second["run_started_at"] == "2026-11-23T11:00:00Z"
    assert ask("GET", RUNS).json()["workflow_runs"] == [second] == [ask("GET", "/actions/runs/7").json()]
    assert ask("GET", "/actions/runs/7/attempts/3").status_code == 404
    assert ask("GET", "/actions/runs/8").status_code == 404


def test_a_workflow_is_found_by_its_id_too(ask: Ask, repository: Repository) -> None:
    repository.add_run(started=START, id=7)
    number = ask("GET", "/actions/runs/7").json()["workflow_id"]
    assert ask("GET", f"/actions/workflows/{number}/runs").json()["total_count"] == 1
    assert ask("GET", "/actions/workflows/other.yml/runs").json()["total_count"] == 0


def test_a_run_without_an_id_gets_one_that_is_free(repository: Repository) -> None:
    given = (None, 3, None, None)
    assert [repository.add_run(started=START, id=id).id for id in given] == [1, 3, 4, 5]


def test_a_workflow_is_described_by_its_file_and_its_state(ask: Ask, repository: Repository) -> None:
    repository.files[".github/workflows/streaky.yml"] = "name: Streaky  # mine\non: schedule\n"
    shown = ask("GET", "/actions/workflows/streaky.yml").json()
    assert (shown["name"], shown["state"]) == ("Streaky", "active")
    assert shown["path"] == ".github/workflows/streaky.yml"
    repository.workflow_states["streaky.yml"] = "disabled_inactivity"
    assert ask("GET", f"/actions/workflows/{shown['id']}").json()["state"] == "disabled_inactivity"
    assert [each["id"] for each in ask("GET", "/actions/workflows").json()["workflows"]] == [shown["id"]]
    assert ask("GET", "/actions/workflows/other.yml").status_code == 404


def test_a_workflow_is_enabled_and_disabled_by_who_may_write_actions(
    sandbox: Sandbox, ask: Ask, repository: Repository
) -> None:
    repository.files[".github/workflows/streaky.yml"] = ""
    repository.workflow_states["streaky.yml"] = "disabled_inactivity"
    assert ask("PUT", "/actions/workflows/streaky.yml/enable").status_code == 204
    assert ask("GET", "/actions/workflows/streaky.yml").json()["state"] == "active"
    assert ask("PUT", "/actions/workflows/streaky.yml/disable").status_code == 204
    assert repository.workflow_states["streaky.yml"] == "disabled_manually"
    sandbox.github.token("ghs_job", actions="read")
    assert ask("PUT", "/actions/workflows/streaky.yml/enable").status_code == 403
    assert ask("PUT", "/actions/workflows/none.yml/enable", token="ghs_other").status_code == 404


def test_the_runs_of_all_workflows_are_listed_too(ask: Ask, repository: Repository) -> None:
    repository.add_run(started=START, id=1)
    repository.add_run(started=START + timedelta(hours=1), id=2, workflow="other.yml")
    found = ask("GET", "/actions/runs", event="schedule").json()["workflow_runs"]
    assert [run["id"] for run in found] == [2, 1]
