"""One shard's run: everybody is read, judged, claimed for, told and settled, and nobody holds up anybody."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from streaky.channels.base import Result
from streaky.config.sources import Sources
from streaky.http import Pace
from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from streaky.sandbox.faults import Fault as AnyFault
from streaky.sandbox.github.answers import Refusal
from streaky.sandbox.github.people import Person
from streaky.team import plan as plans
from streaky.team.progress import EVERY, Progress
from tests.conftest import TOKEN, leaks
from tests.team.squad import ALONE, NOW, QUICK, WORKFLOW, WRITES, Squad

BEGUN = ["POST /git/trees", "POST /git/commits", "POST /git/refs"]


def naming(login: str) -> Callable[[Request], bool]:
    """Whether a GraphQL request is about somebody."""
    return lambda request: f'"{login}"'.encode() in request.body


# Everybody


def test_everybody_at_risk_is_warned_once_with_two_writes(squad: Squad) -> None:
    logins = squad.crowd(30)
    squad.crowd(30, today=1)
    report = squad.check()
    assert report.exit_status == 0
    assert squad.messages() == dict.fromkeys(logins, 1)
    asked = squad.requests()
    reads = asked.count("StreakyMembers")
    assert reads in (2, 3)  # the second request asks for more people where the first was answered before it
    assert asked == ["StreakyRepository", *["StreakyMembers"] * reads, *BEGUN, "StreakyLedger"]
    assert set(map(tuple, squad.states().values())) == {("sent",), ()}
    squad.sandbox.github.clear()
    assert squad.check(minutes=30).count(Result.SENT) == 0
    assert squad.messages() == dict.fromkeys(logins, 1)
    # Who is known to be safe is not read again, and nothing is written where nothing changes.
    assert squad.requests() == ["StreakyRepository", "StreakyMembers", "StreakyMembers"]


def test_a_small_team_is_read_while_its_ledger_is(squad: Squad) -> None:
    squad.crowd(10)
    squad.sandbox.github.latency = 0.3
    squad.check()
    assert sorted(squad.requests()[:2]) == ["StreakyMembers", "StreakyRepository"]
    squad.sandbox.github.clear()
    squad.sandbox.github.latency = 1.0
    squad.check(minutes=60)
    one, other = squad.sandbox.github.requests
    assert abs(one.at - other.at) < 1.0


def test_a_contribution_resolves_what_was_sent(squad: Squad) -> None:
    squad.join("ada", 5)
    squad.check()
    squad.sandbox.github.person("ada", contributions={NOW.date() - timedelta(days=n): 1 for n in range(6)})
    squad.check(minutes=30)
    (message,) = squad.hooks["ada"].messages
    assert len(message.edits) == 1
    assert squad.states() == {"ada": ["resolved"]}


def test_the_year_is_read_only_for_whom_it_matters_and_only_once(squad: Squad) -> None:
    squad.join("short", 5)
    squad.join("long", 90)
    squad.join("older", 500)
    squad.check()
    assert sorted(squad.requests()[:2]) == ["StreakyMembers", "StreakyRepository"]
    assert squad.requests()[2:4] == ["StreakyMembers", "StreakyOlder"]
    text = {login: json.dumps(hook.messages[0].payload) for login, hook in squad.hooks.items()}
    assert "5-day" in text["short"]
    assert "90-day" in text["long"]
    assert "500-day" in text["older"]
    squad.sandbox.github.clear()
    squad.check(minutes=60 * 24)
    assert squad.requests().count("StreakyMembers") == 1
    assert "StreakyOlder" not in squad.requests()


def test_progress_is_counted_in_the_log(squad: Squad) -> None:
    squad.crowd(3)
    squad.check()
    assert squad.said == "3 of 3 people read.\n3 of 3 alerts delivered.\n"


def test_progress_says_no_count_twice() -> None:
    stream, clock = StringIO(), itertools.count(0, EVERY)
    progress = Progress(stream, "people read", 4, lambda: next(clock))
    progress.add(3)
    progress.add(1)
    progress.end()
    assert stream.getvalue() == "3 of 4 people read.\n4 of 4 people read.\n"


def test_nothing_is_said_or_asked_before_the_quiet_hours_end(squad: Squad) -> None:
    squad.crowd(3)
    report = squad.check(minutes=-60 * 14)
    assert (report.people, report.looked) == (3, 0)
    assert squad.messages() == {}


def test_a_dry_run_sends_and_writes_nothing(squad: Squad) -> None:
    squad.crowd(3)
    report = squad.check(STREAKY_DRY_RUN="true")
    assert report.count(Result.DRY_RUN) == 3
    assert squad.messages() == {}
    assert squad.requests() == ["StreakyRepository", "StreakyMembers"] or len(squad.requests()) == 2


# What is wrong with one stops nobody else


def test_a_bad_file_is_named_and_the_others_are_warned(squad: Squad) -> None:
    logins = squad.crowd(3)
    (squad.roster / "broken.yml").write_text("timezone: Europe/Berln\n")
    report = squad.check()
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert report.exit_status == 2
    assert "roster/broken.yml:1:11" in report.faulty["broken"]
    assert "Europe/Berlin" in report.faulty["broken"]


def test_a_file_whose_name_no_login_can_be_stops_nobody_and_forges_no_line(squad: Squad) -> None:
    squad.join("ada")
    for name in (b"\xff\xfe.yml", b"a\x1b[31m\nbob is guarded.yml", b"\xe2\x80\xaegnp.yml"):
        Path(os.fsdecode(bytes(squad.roster) + b"/" + name)).write_text("timezone: UTC\n")
    assert plans.plan(Sources({}, squad.environment), NOW, squad.roster, QUICK).shards == (ALONE,)
    report = squad.check()
    assert squad.messages() == {"ada": 1}
    assert report.faulty.keys() == {"��", "a�[31m�bob is guarded", "�gnp"}
    for why in report.faulty.values():
        assert why.isprintable()
        assert why.count("is not a GitHub login") == 1
    asked = [request.body for request in squad.sandbox.github.requests if b"Members" in request.body]
    assert all(b'"l0": "ada"' in body and b"l1" not in body for body in asked)


def test_a_login_that_is_gone_is_named_and_the_others_are_warned(squad: Squad) -> None:
    logins = squad.crowd(30)
    del squad.sandbox.github._people["person7"]
    report = squad.check()
    assert squad.messages() == dict.fromkeys(logins, 1)  # person7 hears that it could not be checked
    assert "could not check" in json.dumps(squad.hooks["person7"].messages[0].payload)
    assert report.exit_status == 1
    assert list(report.unread) == ["person7"]
    assert "GitHub knows no such user." in report.unread["person7"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(502, "bad gateway"),
        Fault.graphql("RESOURCE_LIMITS_EXCEEDED", path="u0"),
        Fault.status(200, {"errors": [{"message": "Something went wrong while executing your query."}]}),
        Fault.status(500, "oops"),
    ],
    ids=["time-out", "too much", "went wrong", "500"],
)
def test_the_one_login_that_fails_is_found_and_the_others_are_read(squad: Squad, fault: AnyFault) -> None:
    logins = squad.crowd(40)
    squad.sandbox.github.fail(fault, times=None, when=naming("person7"))
    report = squad.check()
    assert list(report.unread) == ["person7"]
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert "streak" in json.dumps(squad.hooks["person8"].messages[0].payload)


def test_the_one_login_that_fails_does_not_let_the_others_wait_for_long(squad: Squad) -> None:
    squad.crowd(12)
    squad.sandbox.github.fail(Fault.status(502, "bad gateway"), times=None, when=naming("person8"))
    waits: list[float] = []
    pace = Pace(total=60, each=10, sleep=waits.append, jitter=lambda _, longest: longest)
    report = squad.check(limits=replace(QUICK, github=pace))
    assert list(report.unread) == ["person8"]
    assert waits[-4:] == [1, 2, 4, 8]  # alone, and no more before it is given up


def test_parts_that_are_refused_alone_are_asked_for_again_alone(squad: Squad) -> None:
    logins = squad.crowd(20)
    github, once = squad.sandbox.github, list[Person]()
    real = github._contributions

    def refuse(person: Person, start: str | None, end: str | None) -> dict[str, Any]:
        if person.login == "person3" and not once:
            once.append(person)
            raise Refusal("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
        return real(person, start, end)

    github._contributions = refuse  # type: ignore[method-assign]
    report = squad.check()
    assert report.exit_status == 0
    assert squad.messages() == dict.fromkeys(logins, 1)


def test_batches_shrink_when_github_is_overtaxed_and_everybody_is_read(squad: Squad) -> None:
    squad.crowd(60)

    def too_many(request: Request) -> bool:
        return b"u12:" in request.body

    squad.sandbox.github.fail(Fault.status(504, "gateway time-out"), times=None, when=too_many)
    report = squad.check()
    assert report.exit_status == 0
    assert len(squad.messages()) == 60


def test_points_that_run_out_leave_the_last_days_ends_unread_and_say_so(squad: Squad) -> None:
    zones = ["Asia/Tokyo", "Europe/Berlin", "America/New_York"]  # here the day ends last
    for number in range(120):
        squad.join(f"p{number:03}", settings=f"timezone: {zones[number % 3]}\nremind-at: 06:00\n")
    squad.sandbox.github.limits._used[TOKEN, "graphql"] = 1000 - 20 - 1
    report = squad.check()
    assert report.exit_status == 1
    assert "its rate limit is used up" in report.unread["p000"]
    order = [login for zone in (1, 2, 0) for login in sorted(squad.hooks) if int(login[1:]) % 3 == zone]
    # Up to three requests were on their way when GitHub said that few points are left.
    assert len(report.unread) in (45, 70, 95)
    assert report.unread.keys() == set(order[-len(report.unread) :])
    assert report.writes == 2


def test_when_github_is_down_everybody_is_told_to_look_themselves(squad: Squad) -> None:
    logins = squad.crowd(3)
    squad.sandbox.github.rate_limited(reset_in=3600)
    report = squad.check()
    assert report.exit_status == 1
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert len(report.unread) == 3


@pytest.mark.parametrize("when", ["from the start", "while sending"])
def test_results_that_cannot_be_written_keep_nobody_from_being_warned(squad: Squad, when: str) -> None:
    logins = squad.crowd(3)
    folder = squad.folder / "results"
    if when == "from the start":
        folder.write_text("a file in the folder's place")
    else:

        def vanish(_: Request) -> bool:
            shutil.rmtree(folder, ignore_errors=True)
            return False

        squad.sandbox.discord.fail(Fault.drop(), when=vanish)
    report = squad.check()
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert squad.states() == {login: ["sent"] for login in logins}
    (warning,) = report.warnings
    assert warning.startswith("What this job has done could not be written into its results: ")


def test_a_ledger_that_cannot_be_written_keeps_nobody_from_being_warned(squad: Squad) -> None:
    logins = squad.crowd(3)
    squad.repository.files[WORKFLOW] = WRITES.replace("contents: write", "contents: read")
    report = squad.check()
    assert squad.messages() == dict.fromkeys(logins, 1)
    assert "contents: write" in report.warnings[0]


# Deliveries


HASTY = replace(QUICK, channel=Pace(total=3, each=1, attempts=9, first=0.01, longest=0.05))


def test_slow_and_dead_webhooks_delay_nobody(squad: Squad) -> None:
    logins = squad.crowd(100)
    ids = {squad.hooks[login].id for login in logins[:80]}
    squad.sandbox.discord.fail(
        Fault.hang(9), times=None, when=lambda request: request.path.split("/")[4] in ids
    )
    report = squad.check(limits=HASTY)
    quick = [squad.hooks[login].messages[0].at for login in logins[80:]]
    assert len(quick) == 20
    assert max(quick) - min(quick) < 6
    assert len(report.unheard) == 80
    assert report.exit_status == 3


def test_a_webhook_that_many_share_is_never_asked_too_often(squad: Squad) -> None:
    squad.crowd(9)
    shared = squad.sandbox.discord.add_webhook("42")
    for path in squad.roster.iterdir():
        path.write_text("timezone: UTC\n")
    report = squad.check(DISCORD_WEBHOOK_URL=shared.url)
    assert report.exit_status == 0
    assert len(shared.messages) == 9
    assert len(squad.sandbox.discord.requests) == 9  # none was refused with 429
    assert shared.messages[-1].at - shared.messages[0].at >= 2


def test_whose_day_ends_first_is_told_first(squad: Squad) -> None:
    shared = squad.sandbox.discord.add_webhook("42")
    for number in range(10):
        login, zone = (f"late{number}", "America/New_York") if number < 5 else (f"soon{number}", "UTC")
        squad.join(login)
        text = f"timezone: {zone}\nremind-at: 05:00\nquiet-until: 05:00\n"
        (squad.roster / f"{login}.yml").write_text(text)
    squad.check(DISCORD_WEBHOOK_URL=shared.url)
    texts = [json.dumps(message.payload) for message in shared.messages]
    assert ["soon" in text for text in texts] == [True] * 5 + [False] * 5


def test_no_secret_is_in_what_is_left_for_other_jobs(squad: Squad) -> None:
    logins = squad.crowd(3)
    squad.sandbox.discord.fail(Fault.status(404, {"message": "Unknown Webhook", "code": 10015}), times=None)
    report = squad.check()
    assert report.unheard.keys() == set(logins)
    text = (squad.folder / "results/shard-001.jsonl").read_text()
    assert not leaks(text, tuple(hook.token for hook in squad.hooks.values()))
    assert "The webhook was deleted" in text


def test_who_has_no_secret_gets_an_issue_of_their_own_and_is_heard_there(squad: Squad) -> None:
    squad.repository.files[WORKFLOW] = f"{WRITES}  issues: write\n"
    squad.join("ada", 5)
    squad.join("bob", 5)
    for login in ("ada", "bob"):
        (squad.roster / f"{login}.yml").write_text("timezone: UTC\n")
    squad.sandbox.github.clock = lambda: NOW
    report = squad.check()
    assert report.exit_status == 0, report.unheard
    ada, bob = sorted(squad.repository.issues, key=lambda issue: issue.comments[0].body.count("@bob"))
    assert "@ada" in ada.comments[0].body
    squad.repository.tracker.comment(bob, "/pause 3d", author="bob", at=NOW + timedelta(minutes=20))
    squad.sandbox.github.clock = lambda: NOW + timedelta(minutes=95)
    squad.check(minutes=95)
    assert (len(ada.comments), ada.state) == (2, "open")
    assert bob.state == "closed"
