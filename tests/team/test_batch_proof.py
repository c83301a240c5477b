"""Never twice, never lost, told for many: kills in the middle, faults everywhere, shards that split."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from dataclasses import replace

import pytest

from streaky.channels.base import Result
from streaky.errors import ConfigurationError
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from streaky.team import report as reports
from streaky.team.shards import Shard, place, shards
from tests import program
from tests.team.squad import ALONE, NOW, QUICK, Squad

PEOPLE = 24


def writes(request: Request) -> bool:
    """Whether a request writes a ledger: by a commit, or by a branch's beginning."""
    return b"createCommitOnBranch" in request.body or request.path.endswith("/git/refs")


def start(squad: Squad, folder: str, *flags: str, **more: str) -> program.Started:
    """The program itself, on the one shard."""
    plain = program.PLAIN | {"STREAKY_NOW": NOW.isoformat()}
    command = ["team", "check", "--shard", "1/1", "--roster", f"{squad.roster}"]
    command += ["--results", f"{squad.folder / folder}", *flags]
    return program.start(*command, environment=plain | squad.environment | more)


def killed(squad: Squad, service: str, number: int, *, writing: bool = False, processed: bool) -> None:
    """Run the shard and kill it, with SIGKILL, as the number-th request arrives at a service."""
    seen: list[Request] = []
    process: program.Started | None = None
    struck, started, lock = threading.Event(), threading.Event(), threading.Lock()

    def strike(request: Request) -> bool:
        with lock:
            if struck.is_set():
                return True  # nothing of a dead process arrives any more
            if writing and not writes(request):
                return False
            seen.append(request)
            if len(seen) != number:
                return False
            struck.set()
        started.wait(10)
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        return not processed

    squad.sandbox.services[service].fail(Fault.drop(), times=None, when=strike)
    process = start(squad, "died")
    started.set()
    ended = process.end()
    assert struck.is_set()
    assert ended.returncode == -signal.SIGKILL
    squad.sandbox.heal()


STEPS = {
    "before the claim": ("github", 1, False, False),
    "while the claim is on its way": ("github", 1, True, False),
    "after the claim": ("github", 1, True, True),
    "while sending the first": ("discord", 1, False, False),
    "while sending": ("discord", PEOPLE // 2, False, False),
    "before settling": ("github", 2, True, False),
    "after settling": ("github", 2, True, True),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_shard_that_is_killed_loses_nothing_and_the_job_after_it_sends_nothing_twice(
    squad: Squad, step: str
) -> None:
    logins = squad.crowd(PEOPLE)
    squad.check(minutes=-60 * 11)  # the branch has begun, and nothing was due
    service, number, writing, processed = STEPS[step]
    killed(squad, service, number, writing=writing, processed=processed)
    told = known(squad)
    squad.check(minutes=1, left="died")
    messages = squad.messages()
    assert messages.keys() == set(logins)
    twice = {login for login, count in messages.items() if count > 1}
    if service != "discord":
        assert (twice, told) == (set(), set(logins) if "settling" in step else set())
    # What was on its way in the moment of the kill may have arrived without anybody knowing; nothing else.
    assert twice.isdisjoint(told)
    assert max(messages.values()) <= 2
    assert squad.states() == {login: ["sent"] for login in logins}
    before = squad.messages()
    squad.check(minutes=20, GITHUB_RUN_ID="101")
    assert squad.messages() == before


def known(squad: Squad) -> set[str]:
    """Whom the killed process knew to be warned; one that died as it asked GitHub left no file yet."""
    left = squad.folder / "died/shard-001.jsonl"
    lines = left.read_text().splitlines() if left.exists() else []
    return {json.loads(line)["login"] for line in lines if '"state":"sent"' in line}


def test_without_what_it_left_the_next_attempt_sends_what_was_claimed(squad: Squad) -> None:
    logins = squad.crowd(PEOPLE)
    squad.check(minutes=-60 * 11)
    killed(squad, "github", 1, writing=True, processed=True)
    squad.check(minutes=1, GITHUB_RUN_ATTEMPT="2")
    assert squad.messages() == dict.fromkeys(logins, 1)


def test_many_processes_at_once_send_one_alert_to_each(squad: Squad) -> None:
    logins = squad.crowd(PEOPLE)
    crowd = [start(squad, f"run{number}", GITHUB_RUN_ID=f"{number}") for number in range(1, 7)]
    ended = [process.end() for process in crowd]
    assert {each.returncode for each in ended} == {0}, ended
    assert squad.messages() == dict.fromkeys(logins, 1)


def test_all_alerts_arrive_exactly_once_with_one_request_in_twenty_failing(squad: Squad) -> None:
    logins = squad.crowd(80)
    squad.crowd(40, today=1)
    dice = random.Random(7)
    kinds = (Fault.drop(), Fault.status(500), Fault.status(502), Fault.status(503))
    for service in (squad.sandbox.github, squad.sandbox.discord):
        for fault in kinds:
            service.fail(fault, times=None, when=lambda _: dice.random() < 0.0125)
    for run in range(3):
        squad.check(minutes=run * 10, GITHUB_RUN_ID=f"{run}")
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert [login for login, states in squad.states().items() if states == ["sent"]] == sorted(logins)


# Shards


def test_each_person_belongs_to_one_shard_and_stays_while_others_come_and_go() -> None:
    logins = [f"person{number}" for number in range(5000)]
    found = shards(len(logins))
    assert len(found) == 8
    holding = {login: [shard for shard in found if shard.holds(login)] for login in logins}
    assert all(len(each) == 1 for each in holding.values())
    sizes = [sum(shard.holds(login) for login in logins) for shard in found]
    assert max(sizes) < 1.2 * min(sizes)
    assert place("octocat") == place("OctoCat")
    assert len(shards(10, found[-1].name)) == 8  # fewer people, but not fewer shards


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/3", "1/512", "1", "a/b", "-1/2", "1/2/4", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a shard"):
        Shard.read(text)


def test_a_new_shard_begins_with_what_the_older_one_remembers_of_its_people(squad: Squad) -> None:
    logins = squad.crowd(20)
    squad.check(ALONE)
    for shard in shards(0, "shard-004"):
        squad.check(shard, minutes=20)
    assert squad.messages() == dict.fromkeys(logins, 1)
    squad.check(Shard(3, 4), minutes=60 * 24)
    rows = squad.rows(Shard(3, 4))
    assert rows.keys() == {login for login in logins if Shard(3, 4).holds(login)}


def test_who_leaves_the_roster_is_forgotten(squad: Squad) -> None:
    squad.crowd(3)
    squad.check()
    (squad.roster / "person1.yml").unlink()
    squad.check(minutes=60 * 24)
    assert squad.rows().keys() == {"person0", "person2"}


def test_an_unreadable_book_is_put_aside_and_what_can_be_read_of_it_stays(squad: Squad) -> None:
    logins = squad.crowd(3)
    squad.check()
    data = squad.repository.read(ALONE.branch, "ledger.jsonl")
    assert data is not None
    lines = data.splitlines(keepends=True)
    broken = b"".join((*lines[:2], lines[2][:40], b"\n", lines[3]))
    squad.repository.write(ALONE.branch, {"ledger.jsonl": broken})
    report = squad.check(minutes=30)
    assert squad.messages() == {logins[0]: 1, logins[1]: 2, logins[2]: 1}
    assert "could not be used" in report.warnings[0]
    assert squad.repository.read(ALONE.branch, "ledger.broken-1.jsonl") == broken
    assert report.count(Result.SENT) == 1


def test_what_an_edge_keeps_from_one_runner_the_next_job_delivers(squad: Squad) -> None:
    logins = squad.crowd(6)
    squad.sandbox.discord.fail(Fault.edge_ban(), times=6)
    first = squad.check(results="first")
    assert (first.exit_status, first.pending) == (3, 6)
    second = squad.check(minutes=2, left="first")
    assert second.exit_status == 0
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert squad.states() == {login: ["sent"] for login in logins}


def test_what_one_job_could_not_settle_the_next_one_does_and_nobody_is_told_twice(squad: Squad) -> None:
    logins = squad.crowd(6)
    squad.check(minutes=-60 * 11)
    claimed: list[Request] = []

    def settling(request: Request) -> bool:
        if writes(request):
            claimed.append(request)
        return len(claimed) > 1 and writes(request)

    squad.sandbox.github.fail(Fault.status(500), times=None, when=settling)
    first = squad.check(results="all/b-first")
    assert (first.exit_status, first.pending, first.unsettled) == (0, 0, True)
    squad.sandbox.heal()
    assert reports.left(squad.folder / "all") == (ALONE,)
    assert "could not be written" in reports.gather(squad.folder / "all").warnings[0]
    second = squad.check(minutes=2, left="all", results="all/c-fresh")
    assert (second.exit_status, second.unsettled) == (0, False)
    assert squad.states() == {login: ["sent"] for login in logins}
    assert reports.left(squad.folder / "all") == ()
    assert reports.gather(squad.folder / "all").warnings == ()
    squad.check(minutes=20, GITHUB_RUN_ID="101")
    assert squad.messages() == dict.fromkeys(logins, 1)


def test_who_has_contributed_meanwhile_is_not_warned_by_the_next_job(squad: Squad) -> None:
    squad.crowd(2)
    squad.sandbox.discord.fail(Fault.edge_ban(), times=2)
    squad.check(results="first")
    squad.sandbox.github._people["person0"].contributions[NOW.date()] = 1
    second = squad.check(minutes=2, left="first")
    assert second.exit_status == 0
    assert squad.messages() == {"person1": 1}


def test_when_scheduled_runs_started_is_kept_once_for_all_people(squad: Squad) -> None:
    squad.crowd(5)
    squad.check(GITHUB_EVENT_NAME="schedule")
    data = squad.repository.read(ALONE.branch, "ledger.jsonl")
    assert data is not None
    head, *lines = data.splitlines()
    assert json.loads(head)["starts"] == {"2026-11-23": [21 * 60 + 30]}
    assert not [line for line in lines if b"starts" in line]
    assert squad.requests().count("GET /actions/workflows/team.yml/runs") == 1
    squad.sandbox.github.clear()
    squad.check(minutes=20, GITHUB_EVENT_NAME="schedule")
    assert "GET /actions/workflows/team.yml/runs" not in squad.requests()


def test_a_team_without_a_ledger_is_guarded_and_one_in_a_file_is_refused(squad: Squad) -> None:
    logins = squad.crowd(3)
    report = squad.check(STREAKY_LEDGER="none")
    assert (squad.messages(), report.warnings, report.writes) == (dict.fromkeys(logins, 1), [], 0)
    with pytest.raises(ConfigurationError, match="lie on branches"):
        squad.check(STREAKY_LEDGER="file:ledger.json")


def test_a_claims_lease_begins_with_the_claim_however_long_the_reading_took(squad: Squad) -> None:
    squad.crowd(3)
    clock = iter(range(0, 100_000, 100))
    squad.check(limits=replace(QUICK, clock=lambda: next(clock)))
    (claim,) = [
        commit for commit in squad.repository.branches[ALONE.branch].commits if "Claim" in commit.message
    ]
    rows = json.loads(claim.files["ledger.jsonl"].splitlines()[1])["alerts"]
    assert all(row["at"] > NOW.strftime("%Y-%m-%dT%H:%M:%SZ") for row in rows)


def test_who_could_not_be_read_is_asked_for_again_by_a_job_that_goes_on(squad: Squad) -> None:
    squad.join("Ada")
    squad.join("bob")
    squad.sandbox.github.fail(
        Fault.status(502), times=None, when=lambda request: b'"ada"' in request.body.lower()
    )
    squad.sandbox.discord.fail(Fault.edge_ban(), times=None)
    assert list(squad.check(results="first").unread) == ["Ada"]
    squad.sandbox.heal()
    second = squad.check(minutes=2, left="first")
    assert (second.exit_status, second.unread) == (0, {})
    assert squad.messages() == {"Ada": 1, "bob": 1}
