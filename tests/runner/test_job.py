"""The workflow run that a process is part of, as the runner's variables tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streaky.runner.job import Job, read_job
from tests.book import IN_RUN, WORKFLOW

OURS = ("octocat", "streaky")


def test_a_run_is_known_by_its_id_attempt_event_and_workflow(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"schedule": "7 13-23 * * *"}))
    more = {"GITHUB_RUN_ATTEMPT": "3", "GITHUB_EVENT_PATH": str(event), "GITHUB_JOB": "guard"}
    job = read_job(IN_RUN | more, OURS)
    assert job == Job("100", 3, "schedule", WORKFLOW, "7 13-23 * * *", "guard")


def test_outside_of_a_runner_there_is_no_run() -> None:
    assert read_job({}, None) == read_job({}, OURS) == Job()


@pytest.mark.parametrize("repository", [None, ("octocat", "other"), ("hubot", "streaky")])
def test_a_workflow_of_another_repository_is_none_of_ours(repository: tuple[str, str] | None) -> None:
    assert read_job(IN_RUN, repository).workflow == ""


@pytest.mark.parametrize(
    "ref", ["", "octocat/streaky", "octocat/streaky/action.yml@main", "octocat/streaky/.github/x.yml@main"]
)
def test_what_is_no_workflows_path_is_none(ref: str) -> None:
    assert read_job(IN_RUN | {"GITHUB_WORKFLOW_REF": ref}, OURS).workflow == ""


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schedule"', '{"other": 1}', "[" * 100_000])
def test_an_event_that_names_no_line_leaves_it_open(tmp_path: Path, text: str) -> None:
    event = tmp_path / "event.json"
    event.write_text(text)
    assert read_job(IN_RUN | {"GITHUB_EVENT_PATH": str(event)}, OURS).schedule == ""


def test_the_line_of_another_event_is_not_read(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"schedule": "7 * * * *"}')
    more = {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_EVENT_PATH": str(event)}
    assert read_job(IN_RUN | more, OURS).schedule == ""


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", "²"])
def test_what_is_no_number_is_no_run(number: str) -> None:
    job = read_job(IN_RUN | {"GITHUB_RUN_ID": number, "GITHUB_RUN_ATTEMPT": number}, OURS)
    assert (job.run, job.attempt) == ("", 1)
