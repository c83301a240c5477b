"""Where the config file comes from: the workspace first, else the repository, in the same request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import NOW, World, days_before, local
from tests.questions import CONFIG, asked, push, refused, write

TODAY = NOW.date()


def test_a_file_in_the_workspace_is_taken_and_the_repositorys_is_not_asked_for(world: World) -> None:
    write(world, "timezone: Asia/Tokyo\n")
    push(world, "timezone: Europe/Berlin\n")
    report = world.check()
    assert str(report.day.zone) == "Asia/Tokyo"
    assert asked(world) == ["recent year"]


def test_a_file_in_the_repository_is_read_in_the_same_request(world: World) -> None:
    push(world, "timezone: Asia/Tokyo\nremind-at: '06:00'\nrest-days: [tue]\n")
    report = world.check()  # 06:30 on Tuesday the 24th in Tokyo
    assert (str(report.day.zone), report.day.date) == ("Asia/Tokyo", TODAY + timedelta(days=1))
    assert report.status == "resting"
    assert asked(world) == ["recent year file"]


def test_reminders_of_the_repositorys_file_are_kept(world: World) -> None:
    push(world, "remind-at: [20:15, 22:00]\n")
    assert [str(alert.slot) for alert in world.check().alerts] == [f"{TODAY}/at-risk/20:15"]


def test_no_file_anywhere_means_the_defaults(world: World) -> None:
    report = world.check()
    assert (str(report.day.zone), report.exit_status) == ("UTC", 0)


def test_a_folder_where_the_file_should_be_is_no_file(world: World) -> None:
    push(world, "x", f"{CONFIG}/readme")
    assert world.check().exit_status == 0


@pytest.mark.parametrize("where", ["workspace", "repository"])
def test_flags_and_environment_beat_the_file(world: World, where: str) -> None:
    (write if where == "workspace" else push)(world, "timezone: Asia/Tokyo\nmin-contributions: 5\n")
    world.contributions[TODAY] = 1
    report = world.check(STREAKY_TIMEZONE="Europe/Berlin", STREAKY_MIN_CONTRIBUTIONS="1")
    assert (str(report.day.zone), report.status) == ("Europe/Berlin", "safe")


def test_a_named_file_is_read_from_the_repository_too(world: World) -> None:
    push(world, "timezone: Asia/Tokyo\n", "ci/guard.yml")
    assert str(world.check(STREAKY_CONFIG="ci/guard.yml").day.zone) == "Asia/Tokyo"


def test_a_named_file_that_is_nowhere_is_refused(world: World) -> None:
    assert "ci/guard.yml does not exist" in refused(world, STREAKY_CONFIG="ci/guard.yml")


@pytest.mark.parametrize("path", ["/nowhere/guard.yml", "../guard.yml"])
def test_a_named_file_outside_the_repository_is_refused_before_github_is_asked(
    world: World, path: str
) -> None:
    assert f"{path} does not exist" in refused(world, STREAKY_CONFIG=path)
    assert not world.sandbox.github.requests


def test_outside_of_a_repository_a_named_file_must_be_here(world: World) -> None:
    more = {"GITHUB_REPOSITORY": "", "STREAKY_USER": "octocat"}
    assert "guard.yml does not exist" in refused(world, STREAKY_CONFIG="guard.yml", **more)
    assert not world.sandbox.github.requests


@pytest.mark.parametrize("where", ["workspace", "repository"])
def test_every_fault_of_a_broken_file_is_named_with_its_place(world: World, where: str) -> None:
    text = "timezone: Europe/Berlin\nremind-at: 25:00\nrest-day: sat\n"
    (write if where == "workspace" else push)(world, text)
    faults = refused(world).splitlines()
    assert [fault.partition(": ")[0] for fault in faults] == [f"{CONFIG}:3:1", f"{CONFIG}:2:12"]
    assert '"25:00" is not a time of day' in faults[1]
    assert 'Did you mean "rest-days"?' in faults[0]
    assert len(world.sandbox.github.requests) == (0 if where == "workspace" else 1)


@pytest.mark.parametrize("where", ["workspace", "repository"])
def test_a_file_that_is_no_text_is_refused(world: World, where: str) -> None:
    (write if where == "workspace" else push)(world, b"\x00\xff\xfe\x00timezone")
    assert "text" in refused(world)


@pytest.mark.parametrize("where", ["workspace", "repository"])
@pytest.mark.parametrize("size", [70_000, 600_000])
def test_a_file_that_is_too_large_is_refused(world: World, where: str, size: int) -> None:
    (write if where == "workspace" else push)(world, "#" * size)
    assert "Keep the settings only" in refused(world)


def test_a_secret_in_the_repositorys_file_is_refused_and_not_repeated(world: World) -> None:
    push(world, f"telegram-bot-token: {world.bot.token}\n")
    said = refused(world)
    assert "must not hold" in said
    assert world.bot.token.partition(":")[2] not in said


def test_another_user_in_the_repositorys_file_costs_one_request_more(world: World) -> None:
    world.sandbox.github.person("hubot", contributions=days_before(TODAY, 3) | {TODAY: 1})
    push(world, "user: hubot\n")
    report = world.check()
    assert (report.user, report.status) == ("hubot", "safe")
    assert asked(world) == ["recent year file", "recent year file"]


def test_the_owner_in_another_spelling_costs_nothing_more(world: World) -> None:
    push(world, "user: OctoCat\n")
    assert world.check().status == "at-risk"
    assert asked(world) == ["recent year file"]


def test_a_user_in_the_workspaces_file_or_the_environment_is_asked_for_at_once(world: World) -> None:
    world.sandbox.github.person("hubot", contributions=days_before(TODAY, 3))
    assert world.check(STREAKY_USER="hubot").user == "hubot"
    assert asked(world) == ["recent year file"]
    world.sandbox.clear()
    write(world, "user: hubot\n")
    assert world.check().user == "hubot"
    assert asked(world) == ["recent year"]


def test_a_repository_of_an_organization_may_name_its_person_in_the_file(world: World) -> None:
    world.sandbox.github.repository("acme/streaky", {CONFIG: "user: octocat\ntimezone: Europe/Lisbon\n"})
    report = world.check(GITHUB_REPOSITORY="acme/streaky")
    assert (report.user, report.status, str(report.day.zone)) == ("octocat", "at-risk", "Europe/Lisbon")
    assert asked(world) == ["recent year file", "recent year file"]


def test_a_repository_of_an_organization_that_names_nobody_is_unknown_in_its_own_zone(world: World) -> None:
    world.sandbox.github.repository("acme/streaky", {CONFIG: "timezone: Asia/Tokyo\n"})
    report = world.check(local("2026-11-23T21:30", "Asia/Tokyo"), GITHUB_REPOSITORY="acme/streaky")
    assert (report.status, report.exit_status, str(report.day.zone)) == ("unknown", 1, "Asia/Tokyo")
    assert "not an organization" in str(report.problem)
    assert len(world.hook.messages) == 1


def test_a_path_with_a_dot_is_asked_for_as_git_knows_it(world: World) -> None:
    push(world, "timezone: Asia/Tokyo\n")
    report = world.check(STREAKY_CONFIG="./.github//streaky.yml")
    assert report.document()["timezone"] == "Asia/Tokyo"
