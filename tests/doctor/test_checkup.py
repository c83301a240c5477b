"""What the doctor finds, thing by thing, over real HTTP."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streaky.sandbox import Fault
from streaky.sandbox.exchange import Request
from tests.book import READS, WORKFLOW, WRITES, read_only
from tests.conftest import NOW, TOKEN, World
from tests.doctor.checkups import HOURLY, checkup, first, healthy, levels, said
from tests.questions import CONFIG as SETTINGS
from tests.questions import push, write

PERSONAL = "ghp_" + "a1B2c3D4e5F6" * 3


# All of it


def test_where_all_is_well_each_line_is_ok_and_nothing_is_sent(world: World) -> None:
    healthy(world)
    found = checkup(world)
    assert (levels(found), found.exit_status, found.heading) == ({"ok"}, 0, "🟢 All is well")
    assert not world.hook.messages
    assert not world.bot.messages


def test_five_mistakes_are_each_named_in_one_run_of_seconds(world: World) -> None:
    read_only(world).files[WORKFLOW] = READS.replace("7 * * * *", '"17 6 * * *"')
    mistakes = {
        "STREAKY_TIMEZONE": "Europe/Berln",
        "DISCORD_WEBHOOK_URL": f"{world.hook.url}x",
        "TELEGRAM_CHAT_ID": "42",
    }
    started = time.monotonic()
    found = checkup(world, **mistakes)
    assert time.monotonic() - started < 10
    assert 'Did you mean "Europe/Berlin"?' in first(found, "timezone")
    assert "copy its URL from Discord anew" in first(found, "Channel discord")
    assert "check telegram-chat-id" in first(found, "Channel telegram")
    assert "permissions: contents: write" in first(found, "Ledger")
    assert "warn: The schedule brings no run between 18:00 and 22:00" in said(found, "Schedule")[0]
    assert found.exit_status == 2
    assert (len(world.hook.messages), len(world.bot.messages)) == (0, 0)


def test_the_worst_comes_first_and_decides_the_exit_status(world: World) -> None:
    healthy(world)
    assert checkup(world, TELEGRAM_CHAT_ID="42").exit_status == 3
    world.sandbox.github.fail(Fault.status(401, {"message": "Bad credentials"}), times=None)
    assert checkup(world).exit_status == 1
    found = checkup(world, TELEGRAM_CHAT_ID="42", STREAKY_LANGUAGE="tlh")
    assert found.exit_status == 2
    assert [each.level for each in found.verdicts] == sorted(
        (each.level for each in found.verdicts), key=["fail", "warn", "ok"].index
    )


def test_github_that_does_not_answer_at_all_is_not_asked_on_and_on(world: World) -> None:
    healthy(world)
    world.sandbox.github.fail(Fault.status(401, {"message": "Bad credentials"}), times=None)
    found = checkup(world)
    assert first(found, "Calendar").startswith("fail: GitHub refused the token.")
    assert "ok" in first(found, "Channel discord")
    assert not said(found, "Repository")
    assert len(world.sandbox.github.requests) <= 2


# Settings


def test_each_setting_is_listed_with_what_set_it(world: World) -> None:
    healthy(world).repository.files[SETTINGS] = "remind-at: [19:00]\n"
    found = checkup(world, STREAKY_LEAD="1h")
    origins = {each.name: (each.value, each.source) for each in found.origins}
    assert origins["lead"] == ("1h", "STREAKY_LEAD")
    assert origins["remind-at"] == ("19:00", ".github/streaky.yml:1:12")
    assert origins["quiet-until"] == ("09:00", "")
    assert origins["user"] == ("the repository's owner", "")
    assert origins["discord-webhook-url"] == ("set", "DISCORD_WEBHOOK_URL")
    assert origins["telegram-chat-id"] == ("set", "TELEGRAM_CHAT_ID")
    assert first(found, "Settings file") == "ok: .github/streaky.yml."


def test_a_value_that_looks_like_a_secret_is_not_shown(world: World) -> None:
    found = checkup(world, STREAKY_USER=PERSONAL)
    assert PERSONAL not in str(found)


def test_every_fault_of_settings_and_file_is_named_and_the_rest_is_looked_at(world: World) -> None:
    write(world, "remind-at: 25:00\nrest-day: sat\n")
    found = checkup(world, STREAKY_LANGUAGE="tlh", STREAKY_APPRISE_URLS="nobody://abcdefghij")
    assert "In .github/streaky.yml:1:12." in first(found, "remind-at")
    assert 'Did you mean "rest-days"?' in first(found, "rest-day")
    assert first(found, "language").startswith('fail: "tlh" is not a language')
    assert "URL 1 is none that Apprise knows" in first(found, "apprise-urls")
    assert "ok" in first(found, "Channel telegram")
    assert "ok" in first(found, "Calendar")


def test_a_settings_file_that_is_no_text_leaves_the_channels_to_look_at(world: World) -> None:
    push(world, b"\x00\xff\xfe\x00timezone")
    found = checkup(world)
    assert "text" in first(found, "config")
    assert "ok" in first(found, "Channel discord")
    assert found.exit_status == 2


def test_no_channel_is_a_fault_with_the_secret_to_add(world: World) -> None:
    found = checkup(world, DISCORD_WEBHOOK_URL="", TELEGRAM_BOT_TOKEN="", TELEGRAM_CHAT_ID="")
    assert "Add the repository secret `DISCORD_WEBHOOK_URL`" in first(found, "discord-webhook-url")


NO_SECRETS = {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}


def test_an_issue_that_may_be_written_is_a_channel_and_nothing_is_written_to_find_out(world: World) -> None:
    repository = healthy(world).repository
    text = str(repository.files[WORKFLOW])
    found = checkup(world, **NO_SECRETS)
    assert "issues: write" in first(found, "discord-webhook-url")
    repository.files[WORKFLOW] = text.replace("contents: write", "contents: write\n  issues: write")
    assert "ok: Issues are on" in first(checkup(world, **NO_SECRETS), "Channel issue")
    assert not repository.issues
    repository.has_issues = False
    assert "switched off" in first(checkup(world, **NO_SECRETS), "Channel issue")


def test_a_misplaced_settings_file_is_named(world: World) -> None:
    healthy(world).repository.files["streaky.yml"] = "timezone: Asia/Tokyo\n"
    assert said(checkup(world), "Settings")[0].startswith("warn: streaky.yml is not read")


def test_a_schedule_in_two_zones_is_a_fault(world: World) -> None:
    two = "on:\n  schedule:\n" + "".join(
        f"    - cron: 17 13-23 * * *\n      timezone: {zone}\n" for zone in ("Europe/Berlin", "Asia/Tokyo")
    )
    healthy(world).repository.files[WORKFLOW] = two
    found = checkup(world)
    assert "the entries of the schedule name different time zones" in first(found, "timezone")
    assert "ok" in first(found, "Calendar")


def test_a_pause_by_hand_that_has_passed_is_a_fault(world: World) -> None:
    healthy(world)
    past = {"GITHUB_EVENT_NAME": "workflow_dispatch", "STREAKY_PAUSE_UNTIL": "2026-11-01"}
    assert "has passed" in first(checkup(world, **past), "pause-until")


def test_no_zone_is_a_doubt_with_the_place_to_write_it(world: World) -> None:
    healthy(world).repository.files[WORKFLOW] = WRITES
    assert first(checkup(world), "Time zone").startswith("warn: No time zone is set")


# What GitHub shows


def test_a_calendar_that_ends_before_what_was_asked_for_is_a_doubt(world: World) -> None:
    healthy(world)
    world.sandbox.github.last_day = NOW.date()
    assert first(checkup(world), "Calendar").startswith(
        "warn: GitHub shows it up to 2026-11-23 only, though 2026-11-25 was asked for."
    )


def test_a_calendar_without_today_is_a_failure(world: World) -> None:
    healthy(world)
    world.sandbox.github.last_day = NOW.date() - timedelta(days=1)
    found = checkup(world)
    assert first(found, "Calendar").startswith("fail: GitHub's calendar runs from")
    assert found.exit_status == 1


def test_an_unknown_login_is_a_failure(world: World) -> None:
    healthy(world)
    found = checkup(world, STREAKY_USER="nobody")
    assert "GitHub knows no such user" in first(found, "Calendar")
    assert found.exit_status == 1


def test_private_contributions_are_told_of_with_what_to_do(world: World) -> None:
    healthy(world)
    assert "turn on Private contributions" in first(checkup(world), "Private contributions")
    world.sandbox.github.person("octocat", contributions=world.contributions, private=True)
    assert first(checkup(world), "Private contributions") == "ok: The counts hold them."


# The token


def personal(world: World, **powers: object) -> dict[str, str]:
    """A personal token beside the job's own."""
    healthy(world)
    world.sandbox.github.token(PERSONAL, **{"owner": "octocat", "scopes": ("read:user",)} | powers)
    return {"GITHUB_TOKEN": PERSONAL, "STREAKY_JOB_TOKEN": TOKEN}


def test_a_job_token_is_no_question(world: World) -> None:
    healthy(world)
    assert first(checkup(world), "Token").startswith("ok: The job's own.")
    assert not [each for each in world.sandbox.github.requests if each.path == "/user"]


def test_a_personal_token_says_whose_it_is_and_until_when(world: World) -> None:
    more = personal(world, expires=datetime(2027, 6, 1, tzinfo=UTC))
    assert said(checkup(world, **more), "Token") == [
        "ok: A personal one, of octocat.",
        "ok: It expires on 2027-06-01.",
    ]


def test_a_personal_token_that_expires_soon_is_a_doubt(world: World) -> None:
    more = personal(world, expires=NOW + timedelta(days=5))
    (soon, _) = said(checkup(world, **more), "Token")
    assert soon.startswith("warn: It expires in 5 days, on 2026-11-28. Make a new token")


def test_a_personal_token_without_read_user_or_of_somebody_else_is_a_doubt(world: World) -> None:
    more = personal(world, owner="hubot", scopes=("repo",))
    world.sandbox.github.person("hubot")
    (other, scope, _) = said(checkup(world, **more), "Token")
    assert "It belongs to hubot" in other
    assert "lacks the scope `read:user`" in scope


def test_a_token_that_does_not_tell_whose_it_is_is_well_if_it_reads(world: World) -> None:
    healthy(world)
    apps = "ghu_" + "a1B2c3D4e5F6" * 3
    world.sandbox.github.token(apps)
    found = checkup(world, GITHUB_TOKEN=apps, STREAKY_JOB_TOKEN=TOKEN)
    assert first(found, "Token").startswith("ok: One that does not tell whose it is")


def test_without_a_token_github_is_no_second_fault(world: World) -> None:
    found = checkup(world, GITHUB_TOKEN="")
    assert [each.about for each in found.verdicts if each.level == "fail"] == ["github-token"]
    assert "ok" in first(found, "Channel discord")


def test_a_personal_token_that_is_refused_is_a_failure_beside_what_the_jobs_own_shows(world: World) -> None:
    more = personal(world)

    def with_it(request: Request) -> bool:
        return PERSONAL in request.headers.get("Authorization", "")

    world.sandbox.github.fail(Fault.status(401, {"message": "Bad credentials"}), times=None, when=with_it)
    found = checkup(world, **more)
    assert "replace the repository secret behind `token`" in first(found, "Token")
    assert first(found, "Calendar").startswith("fail")
    assert "ok" in first(found, "Ledger")
    assert found.exit_status == 1


# The schedule


@pytest.mark.parametrize(
    ("state", "said_of_it"),
    [
        ("disabled_inactivity", "after 60 days without activity"),
        ("disabled_manually", "Somebody has disabled"),
        ("disabled_fork", "of a fork"),
    ],
)
def test_a_disabled_workflow_is_a_failure_with_the_page_to_enable_it(
    world: World, state: str, said_of_it: str
) -> None:
    healthy(world).repository.workflow_states["streaky.yml"] = state  # type: ignore[assignment]
    found = checkup(world)
    (verdict,) = [each for each in found.verdicts if each.level == "fail"]
    assert said_of_it in verdict.text
    assert verdict.link.endswith("/octocat/streaky/actions/workflows/streaky.yml")
    assert found.exit_status == 2


def test_a_schedule_that_has_not_fired_yet_is_well_on_its_first_evening(world: World) -> None:
    healthy(world)
    world.sandbox.github.repository(
        "octocat/streaky", {WORKFLOW: schedule_in("Europe/Berlin")}, created=NOW - timedelta(hours=3)
    )
    assert (
        "has brought no run yet; the first was asked for at 2026-11-23 20:17"
        in said(checkup(world), "Schedule")[0]
    )
    world.sandbox.github.repository(
        "octocat/streaky", {WORKFLOW: schedule_in("Europe/Berlin")}, created=NOW - timedelta(minutes=5)
    )
    assert "The first run is asked for at 2026-11-23 23:17" in said(checkup(world), "Schedule")[0]


def schedule_in(zone: str) -> str:
    """A workflow that may write, with the template's schedule."""
    return WRITES.replace("7 * * * *", f'"{HOURLY}"\n      timezone: {zone}')


def test_a_schedule_that_never_fired_is_a_doubt_from_the_next_day_on(world: World) -> None:
    healthy(world)
    world.sandbox.github.repository(
        "octocat/streaky", {WORKFLOW: schedule_in("Europe/Berlin")}, created=NOW - timedelta(days=3)
    )
    assert "warn: It has never brought a run" in said(checkup(world), "Schedule")[0]


def test_a_schedule_that_has_stopped_is_a_doubt(world: World) -> None:
    healthy(world)
    found = checkup(world, NOW + timedelta(days=3))
    assert "warn: It has brought no run since 2026-11-23 21:24" in said(found, "Schedule")[0]


def test_the_runs_that_came_are_counted_with_their_lateness(world: World) -> None:
    healthy(world).repository.created = NOW - timedelta(days=2)
    (first_line, _) = said(checkup(world), "Schedule")
    assert "10 of 22 runs came, usually 7 min late or more" in first_line


def test_a_public_repository_near_sixty_days_is_a_doubt(world: World) -> None:
    healthy(world).repository.pushed = NOW - timedelta(days=50)
    assert "GitHub disables it around 2026-12-03" in said(checkup(world), "Schedule")[0]


def test_cron_lines_that_github_refuses_are_a_failure(world: World) -> None:
    healthy(world).repository.files[WORKFLOW] = WRITES.replace("7 * * * *", '"17 25 * * *"')
    assert "fail: None of its lines is one that GitHub accepts." in said(checkup(world), "Schedule")[0]


def test_a_workflow_that_is_not_on_the_default_branch_is_a_failure(world: World) -> None:
    del healthy(world).repository.files[WORKFLOW]
    assert "commit it there" in said(checkup(world), "Schedule")[0]


def test_without_actions_read_the_permission_is_named(world: World) -> None:
    healthy(world)
    world.sandbox.github.no_actions_tokens.add(TOKEN)
    assert "permissions: actions: read" in said(checkup(world), "Schedule")[0]


def test_outside_of_a_workflow_no_schedule_is_looked_at(world: World) -> None:
    assert first(checkup(world), "Schedule").startswith("warn: This is no run of a workflow")


def test_of_a_repository_that_cannot_be_read_nothing_is_said_that_is_not_known(world: World) -> None:
    healthy(world)
    world.sandbox.github.stop()
    found = checkup(world)
    unread = "The repository could not be read"
    assert first(found, "Schedule") == f"warn: {unread}, so no schedule was looked at."
    assert "permissions" not in first(found, "Ledger")
    assert "No time zone is set" not in first(found, "Time zone")


# The ledger


def test_the_ledger_is_written_for_real_without_a_change(world: World) -> None:
    book = healthy(world)
    world.check()
    before, commits = book.raw(), len(book.repository.branches["streaky"].commits)
    assert first(checkup(world), "Ledger").startswith("ok: It was written, on the branch streaky of octocat")
    assert book.raw() == before
    assert len(book.repository.branches["streaky"].commits) == commits + 1
    assert "GitHub signs its commits." in first(checkup(world), "Ledger")
    assert not book.repository.made  # nothing on the default branch


def test_a_ledger_that_was_never_begun_is_begun(world: World) -> None:
    book = healthy(world)
    assert "ok: It was written" in first(checkup(world), "Ledger")
    assert book.read()["user"] == "octocat"


def test_a_token_that_may_not_write_is_named_though_the_workflow_asks_for_it(world: World) -> None:
    healthy(world)
    world.sandbox.github.read_only_tokens.add(TOKEN)
    assert "warn: The token may not write to this repository." in first(checkup(world), "Ledger")


def test_rules_that_refuse_the_branch_are_named(world: World) -> None:
    book = healthy(world)
    world.check()
    book.repository.protected.add("streaky")
    assert "rules protect the branch" in first(checkup(world), "Ledger")


@pytest.mark.parametrize("dry", ["false", "true"])
def test_without_a_ledger_and_in_a_dry_run_nothing_is_written(world: World, dry: str) -> None:
    book = healthy(world)
    more = {"STREAKY_DRY_RUN": "true"} if dry == "true" else {"STREAKY_LEDGER": "none"}
    assert first(checkup(world, **more), "Ledger").startswith("ok")
    assert "streaky" not in book.repository.branches


def test_a_ledger_in_a_file_is_written_too(world: World, tmp_path: Path) -> None:
    healthy(world)
    found = checkup(world, STREAKY_LEDGER=f"file:{tmp_path}/ledger.json")
    assert first(found, "Ledger").startswith("ok: It was written, on the file")
    assert (tmp_path / "ledger.json").exists()
    (tmp_path / "folder").mkdir()
    found = checkup(world, STREAKY_LEDGER=f"file:{tmp_path}/folder")
    assert first(found, "Ledger").startswith("warn: The ledger cannot be read.")


# Channels


def test_a_webhook_whose_host_is_down_fails_and_is_sent_nothing(world: World) -> None:
    endpoint = world.sandbox.webhook.endpoint()
    more = {"STREAKY_WEBHOOK_URL": endpoint.url}
    assert "ok: Its host can be reached" in first(checkup(world, **more), "Channel webhook")
    assert not world.sandbox.webhook.requests
    world.sandbox.webhook.stop()
    assert first(checkup(world, **more), "Channel webhook").startswith("fail")


def test_an_apprise_url_is_only_known(world: World) -> None:
    found = checkup(world, STREAKY_APPRISE_URLS="json://localhost:9/hook")
    assert "ok: Apprise knows the URL" in first(found, "Channel apprise")


def test_an_edge_that_keeps_this_runner_out_is_told_apart_from_a_dead_webhook(world: World) -> None:
    world.sandbox.discord.fail(Fault.edge_refusal(), times=None)
    assert "was not reached: an edge or a proxy" in first(checkup(world), "Channel discord")


# The machine


@pytest.mark.parametrize(("minutes", "level"), [(0, "ok"), (5, "warn"), (90, "fail")])
def test_the_runners_clock_is_held_against_githubs(world: World, minutes: int, level: str) -> None:
    healthy(world)
    off = datetime.now(UTC) - timedelta(minutes=minutes)
    date = off.strftime("%a, %d %b %Y %H:%M:%S GMT")

    def is_place(request: Request) -> bool:
        return request.path == "/repos/octocat/streaky"

    world.sandbox.github.fail(Fault.status(200, {"archived": False}, {"Date": date}), when=is_place)
    assert first(checkup(world), "Clock").startswith(level)


def test_an_archived_repository_is_a_failure(world: World) -> None:
    healthy(world).repository.archived = True
    assert "Unarchive it" in said(checkup(world), "Repository")[0]
