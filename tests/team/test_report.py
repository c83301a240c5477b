"""The plan of a run, and the report of all its shards."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from streaky.config.sources import Sources
from streaky.sandbox import Fault
from streaky.team import plan as plans
from streaky.team import report as reports
from streaky.team.plan import Plan
from streaky.team.progress import EVERY
from streaky.team.report import TeamReport
from streaky.team.shards import Shard, shards
from tests import program
from tests.team.squad import NOW, QUICK, Squad


def plan(squad: Squad, now: datetime = NOW, **more: str) -> Plan:
    return plans.plan(Sources({}, squad.environment | more), now, squad.roster, QUICK)


def everybody(squad: Squad, minutes: float = 0, *, left: str = "") -> None:
    """Run the planned shards, as the jobs of a workflow do."""
    planned = plan(squad, NOW + timedelta(minutes=minutes))
    if not left:
        planned.write(squad.folder / "all/1-a-plan")
    for shard in reports.left(squad.folder / "all") if left else planned.shards:
        folder = f"all/1-{'c' if left else 'b'}-{shard.name}"
        squad.check(shard, minutes, results=folder, left=left)


# Plan


def test_one_shard_is_enough_for_a_small_team_and_the_matrix_is_github_actions_own(squad: Squad) -> None:
    squad.crowd(3)
    found = plan(squad)
    assert json.loads(found.matrix) == {"include": [{"shard": "1/1", "name": "shard-001"}]}
    assert (found.people, found.waiting) == (3, 3)


def test_only_shards_with_a_day_that_matters_run_and_the_first_day_that_ends_comes_first(
    squad: Squad,
) -> None:
    squad.repository.write("streaky-team/shard-004", {"ledger.jsonl": b'{"version":1}\n'})
    four = shards(0, "shard-004")
    zones = {four[0]: "America/New_York", four[1]: "Europe/Berlin", four[2]: "Asia/Tokyo", four[3]: "UTC"}
    for login in (f"person{number}" for number in range(40)):
        zone = next(zone for shard, zone in zones.items() if shard.holds(login))
        squad.join(login, settings=f"timezone: {zone}\n")
    # At 21:30 UTC: 22:30 in Berlin, 16:30 in New York, and 06:30 of the next day in Tokyo, before any word.
    assert plan(squad).shards == (four[1], four[3], four[0])
    assert plan(squad).count == 4
    assert plan(squad, NOW - timedelta(hours=18)).shards == (four[0], four[2])


def test_nobodys_day_matters_makes_no_matrix_at_all(squad: Squad) -> None:
    squad.crowd(3)
    found = plan(squad, NOW - timedelta(hours=20))
    assert (found.matrix, found.shards, found.people) == ("", (), 3)


def test_a_plan_needs_no_key_and_names_bad_files(squad: Squad) -> None:
    squad.crowd(2)
    (squad.roster / "broken.yml").write_text("timezone: Europe/Berln\n")
    found = plan(squad, STREAKY_KEY="")
    assert found.waiting == 2
    assert "roster/broken.yml:1:11" in found.faulty["broken"]


def test_a_plan_counts_the_files_that_it_reads_in_the_log(squad: Squad) -> None:
    squad.crowd(3)
    stream, clock = StringIO(), itertools.count(0, EVERY / 2)
    limits = replace(QUICK, clock=lambda: next(clock))
    plans.plan(Sources({}, squad.environment), NOW, squad.roster, limits, stream)
    assert stream.getvalue() == "2 of 3 files read.\n3 of 3 files read.\n"


def test_outside_of_a_workflow_the_matrix_is_printed(squad: Squad) -> None:
    squad.crowd(2)
    environment = program.PLAIN | squad.environment | {"STREAKY_NOW": NOW.isoformat()}
    done = program.run("team", "plan", environment=environment)
    assert json.loads(done.stdout.splitlines()[-1]) == json.loads(plan(squad).matrix)
    done = program.run("team", "left", "--results", f"{squad.folder}", environment=environment)
    assert done.stdout == "0 shards have something left for a fresh runner.\n"


def test_a_plan_that_cannot_be_written_down_starts_the_shards_all_the_same(squad: Squad) -> None:
    squad.crowd(2)
    outputs, taken = squad.folder / "outputs", squad.folder / "taken"
    taken.touch()
    environment = squad.environment | {"GITHUB_OUTPUT": f"{outputs}", "STREAKY_NOW": NOW.isoformat()}
    done = program.run("team", "plan", "--results", f"{taken}/x", environment=program.PLAIN | environment)
    assert done.returncode == 0
    assert "warning: The plan could not be written into the results: Not a directory." in done.stderr
    assert '{"shard":"1/1","name":"shard-001"}' in outputs.read_text()


def test_a_plan_is_made_though_the_branches_cannot_be_read(squad: Squad) -> None:
    squad.crowd(2)
    squad.sandbox.github.rate_limited(reset_in=3600)
    found = plan(squad)
    assert found.shards == (Shard(1, 1),)
    assert "could not be read" in found.warnings[0]


def test_a_roster_of_ten_thousand_has_sixteen_shards_and_never_more_than_a_matrix_has_jobs() -> None:
    assert [len(shards(people)) for people in (0, 1, 1000, 1001, 10_000, 256_000, 10**7)] == [
        1,
        1,
        1,
        2,
        16,
        256,
        256,
    ]


# Report


def test_all_shards_are_one_report_that_is_green_when_everybody_was_warned(squad: Squad) -> None:
    squad.repository.write("streaky-team/shard-004", {"ledger.jsonl": b'{"version":1}\n'})
    squad.crowd(20)
    everybody(squad)
    report = reports.gather(squad.folder / "all")
    assert (report.exit_status, report.lines, report.numbers["sent"]) == (0, (), 20)
    assert "🟢 20 people are guarded" in reports.summary(report)
    assert reports.left(squad.folder / "all") == ()


def test_what_a_fresh_runner_made_good_is_no_fault_and_what_it_could_not_is(squad: Squad) -> None:
    squad.crowd(4)
    ban = {login: squad.hooks[login].id for login in ("person0", "person1")}
    for login, id in ban.items():
        times = 1 if login == "person0" else None
        squad.sandbox.discord.fail(
            Fault.edge_ban(), times=times, when=lambda request, id=id: id in request.path
        )
    everybody(squad)
    assert reports.left(squad.folder / "all") == (Shard(1, 1),)
    assert list(reports.gather(squad.folder / "all").unheard) == ["person0", "person1"]
    everybody(squad, 2, left="all")
    report = reports.gather(squad.folder / "all")
    assert list(report.unheard) == ["person1"]
    assert report.exit_status == 3
    assert report.lines[0].startswith(
        "person1 could not be warned. discord: Discord refuses this runner's IP"
    )
    assert squad.messages() == {"person0": 1, "person2": 1, "person3": 1}


def test_who_has_contributed_before_the_fresh_runner_came_is_no_fault(squad: Squad) -> None:
    squad.crowd(2)
    squad.sandbox.discord.fail(Fault.edge_ban(), times=2)
    everybody(squad)
    for person in squad.sandbox.github._people.values():
        person.contributions[NOW.date()] = 1
    everybody(squad, 2, left="all")
    assert reports.gather(squad.folder / "all").exit_status == 0
    assert squad.messages() == {}


@pytest.mark.parametrize("lost", ["the file", "its end", "what its end says"])
def test_a_shard_that_left_no_end_is_missed(squad: Squad, lost: str) -> None:
    squad.crowd(2)
    everybody(squad)
    (path,) = (squad.folder / "all").rglob("shard-001.jsonl")
    if lost == "the file":
        path.unlink()
    elif lost == "what its end says":
        path.write_text(path.read_text().rpartition('{"end"')[0] + '{"end":["x"]}\n')
    else:
        path.write_text(path.read_text().rpartition('{"end"')[0] + '{"login":"per')
    assert reports.left(squad.folder / "all") == (Shard(1, 1),)
    report = reports.gather(squad.folder / "all")
    assert (report.missing, report.exit_status) == ((Shard(1, 1),), 1)
    assert "Shard 1/1 left no result" in report.lines[0]
    everybody(squad, 2, left="all")
    assert reports.gather(squad.folder / "all").exit_status == 0


def test_who_is_both_unwarned_and_unread_is_one_person_who_needs_a_look(tmp_path: Path) -> None:
    planned = Plan((Shard(1, 2), Shard(2, 2)), 2, 8, 8, {"bob": "x"})
    named = {"ada": "x", "bob": "x"}
    report = TeamReport(planned, (Shard(2, 2),), named, {"ada": "y"}, {"bob": "z"})
    assert "🔴 2 of 8 people need a look, and 1 shard left no result\n" in reports.summary(report)
    report = TeamReport(planned, (Shard(1, 2), Shard(2, 2)))
    assert "🔴 2 shards left no result\n" in reports.summary(report)


def test_without_a_plan_the_report_is_red(tmp_path: Path) -> None:
    report = reports.gather(tmp_path)
    assert report.exit_status == 1
    assert "The plan did not arrive" in report.lines[0]


def test_hostile_text_of_others_stays_text_in_the_summary(squad: Squad) -> None:
    folder = squad.folder / "all"
    Plan((Shard(1, 1),), 1, 1, 1, {"<b>x</b>": "[a](http://b) | @all `c`"}).write(folder)
    text = reports.summary(reports.gather(folder))
    assert "<b>" not in text
    assert "[a](http" not in text
    assert "\\@all" in text
