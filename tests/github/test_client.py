"""Whatever GitHub answers: what cannot be read is unknown, said so on every channel, and never safe."""

from __future__ import annotations

import copy
import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from streaky.github import Where, queries
from streaky.github.client import Refused, interpret
from streaky.http import Pace, Reply
from streaky.pictures.summary import summary
from streaky.pictures.terminal import terminal
from streaky.report import Report
from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.discord import Message
from streaky.sandbox.webhook import Endpoint
from tests.conftest import NOW, QUICK, TOKEN, Limits, World, days_before, leaks

TODAY = NOW.date()
BRISK = Limits(Pace(3, each=1, first=0.001, longest=0.005), QUICK.channel)
IMPATIENT = Limits(Pace(0.3, each=0.12, first=0.01, longest=0.05), QUICK.channel)
NOTHING_TO_MEND = "Nothing to mend here"
CHECK_TOKEN = "Check github-token"
Break = Callable[[World], object]


@dataclass
class Guarded:
    """A world with a third channel, a signed webhook, that tells what arrived where."""

    world: World
    endpoint: Endpoint
    environment: dict[str, str]

    def check(self, limits: Limits = BRISK, test: bool = False, **more: str) -> Report:
        return self.world.check(limits=limits, test=test, **(self.environment | more))

    @property
    def told(self) -> dict[str, list[str]]:
        """What each channel's messages say, without the escapes of the channel's own markup."""
        return {
            "discord": [said(message) for message in self.world.hook.messages],
            "telegram": [html.unescape(message.plain) for message in self.world.bot.messages],
            "webhook": [f"{body['title']}\n{body['text']}" for body in self.endpoint.received],
        }

    @property
    def sent(self) -> str:
        """All that was sent to the channels, as it went over the wire, without the channels' own keys."""
        services = (self.world.sandbox.discord, self.world.sandbox.telegram, self.world.sandbox.webhook)
        return "\n".join(request.body.decode() for service in services for request in service.requests)


def said(message: Message) -> str:
    return f"{message.content}\n{message.embeds[0]['description']}".replace("\\", "")


@pytest.fixture
def guarded(world: World) -> Guarded:
    """octocat, who has contributed today: only an answer that can be read may say so."""
    world.contributions[TODAY] = 3
    endpoint = world.sandbox.webhook.endpoint("/hooks/4f9c2d7e1b6a", secret="hush-hush-hush")
    environment = {"STREAKY_WEBHOOK_URL": endpoint.url, "STREAKY_WEBHOOK_SECRET": "hush-hush-hush"}
    return Guarded(world, endpoint, environment)


def shown(report: Report) -> str:
    """All that a person, a log or a later step sees of a run."""
    document, outputs = json.dumps(report.document()), json.dumps(report.outputs())
    return "\n".join([document, outputs, summary(report), terminal(report)])


def assert_unknown(guarded: Guarded, report: Report, mend: str) -> None:
    """The promise, in all its parts."""
    assert (report.status, report.exit_status) == ("unknown", 1)
    outputs = report.outputs()
    assert outputs["status"] == "unknown"
    assert [outputs[name] for name in ("today", "current-streak", "longest-streak")] == ["", "", ""]
    assert (outputs["deadline"], outputs["hours-left"]) == ("2026-11-24T00:00:00+00:00", "2.5")
    assert [entry["state"] for entry in json.loads(outputs["alerts"])] == ["sent"] * 3
    for channel, messages in guarded.told.items():
        (message,) = messages
        assert message.startswith("octocat: I could not check your streak"), channel
        assert "Please check your profile" in message, channel
        assert mend in message, channel
    document = report.document()
    assert [document[name] for name in ("today", "current-streak", "longest-streak", "exact", "private")] == [
        None
    ] * 5
    assert mend in document["problem"]
    seen = shown(report) + guarded.sent
    assert leaks(seen, (*guarded.world.secrets, "/hooks/4f9c2d7e1b6a", "hush-hush-hush")) == []


def always(fault: Fault) -> Break:
    return lambda world: world.sandbox.github.fail(fault, times=None)


def message(text: str) -> dict[str, Any]:
    return {"message": text, "documentation_url": "https://docs.github.com/rest"}


def invisible(world: World) -> None:
    world.sandbox.github.repository("octocat/streaky", private=True)
    world.sandbox.github.blind_tokens.add(TOKEN)


def wrong_token(world: World) -> None:
    world.sandbox.github.tokens = {"ghs_another"}


def no_today(world: World) -> None:
    world.sandbox.github.last_day = TODAY - timedelta(days=1)


def elsewhere(world: World) -> None:
    world.sandbox.webhook.endpoint("/graphql")
    world.sandbox.github.fail(Fault.redirect(f"{world.sandbox.webhook.url}/graphql"), times=None)


REFUSALS: dict[str, tuple[Break, str]] = {
    "a wrong token": (wrong_token, CHECK_TOKEN),
    "401 without a body": (always(Fault.status(401)), CHECK_TOKEN),
    "403": (always(Fault.status(403, message("Resource not accessible by integration"))), CHECK_TOKEN),
    "403 without a body": (always(Fault.status(403)), CHECK_TOKEN),
    "403, to wait an hour": (
        always(Fault.status(403, message("Wait"), {"Retry-After": "3600"})),
        NOTHING_TO_MEND,
    ),
    "404": (always(Fault.status(404, message("Not Found"))), CHECK_TOKEN),
    "418": (always(Fault.status(418)), CHECK_TOKEN),
    "204": (always(Fault.status(204)), CHECK_TOKEN),
    "429": (always(Fault.status(429)), NOTHING_TO_MEND),
    "500": (always(Fault.status(500, "<h1>Unicorn!</h1>")), NOTHING_TO_MEND),
    "502": (always(Fault.status(502)), NOTHING_TO_MEND),
    "503": (always(Fault.status(503, message("Service unavailable"))), NOTHING_TO_MEND),
    "504": (always(Fault.status(504)), NOTHING_TO_MEND),
    "a page": (always(Fault.garbage()), NOTHING_TO_MEND),
    "half of the answer": (always(Fault.truncate()), NOTHING_TO_MEND),
    "half of the JSON": (always(Fault.status(200, '{"data": {"user": {"login": "octo')), NOTHING_TO_MEND),
    "an answer without end": (always(Fault.status(200, b" " * (9 << 20))), NOTHING_TO_MEND),
    "JSON without bottom": (always(Fault.status(200, b"[" * 200_000)), NOTHING_TO_MEND),
    "no answer": (always(Fault.drop()), NOTHING_TO_MEND),
    "a redirect": (elsewhere, "Check GITHUB_GRAPHQL_URL"),
    "nobody there": (lambda world: world.sandbox.github.stop(), NOTHING_TO_MEND),
    "a repository that the token cannot see": (invisible, "Let github-token read this repository"),
    "a calendar without today": (no_today, NOTHING_TO_MEND),
    "no points left": (lambda world: world.sandbox.github.rate_limited(reset_in=1800), NOTHING_TO_MEND),
    "too much at once, for ten minutes": (
        lambda world: world.sandbox.github.secondary_limited(retry_after=600),
        NOTHING_TO_MEND,
    ),
    "too much at once": (lambda world: world.sandbox.github.secondary_limited(), NOTHING_TO_MEND),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_unknown_and_told_everywhere_with_its_mend(
    guarded: Guarded, name: str
) -> None:
    trouble, mend = REFUSALS[name]
    trouble(guarded.world)
    assert_unknown(guarded, guarded.check(), mend)


def test_an_error_without_words_is_not_quoted() -> None:
    with pytest.raises(Refused) as caught:
        interpret(Reply(200, {}, b'{"data": null, "errors": "bad"}'), personal=False)
    assert (caught.value.what, caught.value.why) == ("GitHub answered with an error.", "")


@pytest.mark.parametrize("fault", [Fault.hang(5), Fault.drip(0.05), Fault.slow(5)], ids=lambda f: f.kind)
def test_an_answer_that_does_not_come_in_time_is_unknown(guarded: Guarded, fault: Fault) -> None:
    guarded.world.sandbox.github.fail(fault, times=None)
    started = datetime.now(UTC)
    report = guarded.check(limits=IMPATIENT)
    assert_unknown(guarded, report, NOTHING_TO_MEND)
    assert datetime.now(UTC) - started < timedelta(seconds=2)


def test_a_personal_token_that_github_refuses_is_said_to_have_expired(guarded: Guarded) -> None:
    guarded.world.sandbox.github.tokens = {"ghs_the_jobs_own_token"}
    report = guarded.check(STREAKY_JOB_TOKEN="ghs_the_jobs_own_token")
    assert_unknown(guarded, report, "Renew the secret behind `token`")
    assert "Your personal token has expired, or was revoked." in str(report.problem)
    refused = guarded.check(STREAKY_JOB_TOKEN=TOKEN, GITHUB_TOKEN=TOKEN + "x")
    assert "Renew" in str(refused.problem)
    guarded.world.sandbox.github.tokens = {"ghs_another"}
    assert "personal token has" not in str(guarded.check(STREAKY_JOB_TOKEN=TOKEN).problem)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_for_good_is_not_asked_again(guarded: Guarded, status: int) -> None:
    guarded.world.sandbox.github.fail(Fault.status(status, message("No")), times=None)
    guarded.check()
    assert len(guarded.world.sandbox.github.requests) == 1


def test_a_redirect_is_not_followed(guarded: Guarded) -> None:
    elsewhere(guarded.world)
    guarded.check(STREAKY_WEBHOOK_URL="", STREAKY_WEBHOOK_SECRET="")
    assert guarded.world.sandbox.webhook.requests == []


@pytest.mark.parametrize("who", ["ghost", "acme"])
def test_a_login_that_is_nobodys_is_unknown_and_says_to_check_user(guarded: Guarded, who: str) -> None:
    guarded.world.sandbox.github.repository("acme/streaky")
    report = guarded.check(STREAKY_USER=who)
    assert (report.status, report.exit_status, report.user) == ("unknown", 1, who)
    for messages in guarded.told.values():
        (said,) = messages
        assert said.startswith(f"{who}: I could not check your streak")
        assert "Check user: it must be a person's login" in said
        assert "not an organization" in said


def test_nobody_in_a_repository_that_cannot_be_seen_is_unknown(guarded: Guarded) -> None:
    invisible(guarded.world)
    report = guarded.check(STREAKY_USER="ghost")
    assert (report.status, report.exit_status) == ("unknown", 1)
    assert "knows no such user" in str(report.problem)


def test_a_used_up_limit_says_from_when_github_may_be_asked_again(guarded: Guarded) -> None:
    before = datetime.now(UTC) + timedelta(seconds=1800)
    guarded.world.sandbox.github.rate_limited(reset_in=1800)
    problem = str(guarded.check().problem)
    expected = {f"{before + timedelta(seconds=more):%H:%M} UTC" for more in (0, 5)}
    assert any(f"asked again from {time}" in problem for time in expected)


def test_what_github_says_is_passed_on_but_not_what_it_echoes_of_the_token(guarded: Guarded) -> None:
    echo = message(f"Token {TOKEN} was revoked. @everyone, see [this](https://evil.example)")
    guarded.world.sandbox.github.fail(Fault.status(403, echo), times=None)
    report = guarded.check()
    assert 'GitHub said: "Token *** was revoked.' in str(report.problem)
    assert_unknown(guarded, report, CHECK_TOKEN)
    assert "[this]" not in summary(report)
    assert "@everyone" not in guarded.sent


def test_a_refusal_without_a_message_is_not_quoted(guarded: Guarded) -> None:
    guarded.world.sandbox.github.fail(Fault.status(403, {"errors": []}), times=None)
    assert '""' not in str(guarded.check().problem)


# Answers that are almost right

MISSING = object()
CALENDAR = ("data", "user", "recent", "contributionCalendar")
DAY = (*CALENDAR, "weeks", 0, "contributionDays", 0)


@pytest.fixture(scope="module")
def right() -> dict[str, Any]:
    """The right answer to what a check asks: 42 days, and three contributions today."""
    query, variables = queries.person(NOW, year=True, repository=True)
    where = Where("octocat", "streaky", "x", "ledger.json")
    names = where.variables() | {"login": "octocat"}
    body = {"query": query, "variables": variables | names}
    headers = {"Authorization": f"bearer {TOKEN}", "User-Agent": "tests"}
    with Sandbox() as sandbox:
        sandbox.github.person("octocat", contributions=days_before(TODAY, 42) | {TODAY: 3})
        sandbox.github.repository("octocat/streaky")
        return dict(
            requests.post(f"{sandbox.github.url}/graphql", json=body, headers=headers, timeout=5).json()
        )


def changed(answer: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The answer with another value at a path."""
    answer = copy.deepcopy(answer)
    place: Any = answer
    for step in path[:-1]:
        place = place[step]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return answer


def test_the_right_answer_replayed_is_safe(guarded: Guarded, right: dict[str, Any]) -> None:
    guarded.world.sandbox.github.fail(Fault.status(200, right), times=None)
    report = guarded.check()
    assert (report.status, report.exit_status, report.outputs()["today"]) == ("safe", 0, "3")


MALFORMED: list[tuple[tuple[str | int, ...], object]] = [
    *((("data",), value) for value in (MISSING, None, [], "x", 7, {})),
    *((("data", "user"), value) for value in (MISSING, None, [], "octocat", {})),
    *((("data", "user", "login"), value) for value in (MISSING, None, 7)),
    *((("data", "user", "createdAt"), value) for value in (MISSING, None, 2011, "long ago")),
    *((("data", "user", "recent"), value) for value in (MISSING, None, [])),
    *((("data", "user", "year"), value) for value in (MISSING, None, [])),
    *((("data", "user", "recent", "startedAt"), value) for value in (MISSING, None, "2026-02-30")),
    *((("data", "user", "recent", "endedAt"), value) for value in (MISSING, 7, "")),
    (("data", "user", "recent", "startedAt"), "2027-11-09T00:00:00Z"),
    (("data", "user", "recent", "endedAt"), "2026-11-22T23:59:59Z"),
    (("data", "user", "year", "endedAt"), "2026-10-01T00:00:00Z"),
    *(
        (("data", "user", "recent", "contributionYears"), value)
        for value in (MISSING, None, "2026", {"2026": 1})
    ),
    *((("data", "user", "recent", "contributionYears"), [value]) for value in (None, "x", [], 0, 99999)),
    (("data", "user", "recent", "contributionYears"), [float("inf")]),
    (("data", "user", "year", "hasAnyRestrictedContributions"), MISSING),
    *((CALENDAR, value) for value in (MISSING, None, [])),
    *(((*CALENDAR, "weeks"), value) for value in (MISSING, None, {}, "", 7, [None], [[]], [{}])),
    *(
        ((*CALENDAR, "weeks", 0, "contributionDays"), value)
        for value in (MISSING, None, {}, "", [None], [{}])
    ),
    *(((*DAY, "date"), value) for value in (MISSING, None, 20261109, "2026-13-01", "today")),
    *(
        ((*DAY, "contributionCount"), value)
        for value in (MISSING, None, -1, 1.5, "3", True, [], float("nan"))
    ),
    (("data", "repository"), MISSING),
    (("data", "repository"), []),
    (("data", "repository"), {}),
    (("data", "repository", "config"), "timezone: UTC"),
    (("data", "repository", "config"), {"text": "timezone: UTC"}),
    (("data", "repository", "config"), {"text": "timezone: UTC", "isBinary": False}),
]


@pytest.mark.parametrize(
    ("path", "value"),
    MALFORMED,
    ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else None,
)
def test_an_answer_of_another_shape_is_unknown(
    guarded: Guarded, right: dict[str, Any], path: tuple[str | int, ...], value: object
) -> None:
    wrong = changed(right, path, value)
    if path[:3] == ("data", "user", "recent") and path[-1] in ("endedAt", "weeks"):
        # the other window, which would still cover today, goes wrong with it
        wrong = changed(wrong, ("data", "user", "year", *path[3:]), value)
    guarded.world.sandbox.github.fail(Fault.status(200, wrong), times=None)
    assert_unknown(guarded, guarded.check(), NOTHING_TO_MEND)


@pytest.mark.parametrize("body", ["null", "[]", "7", '"safe"', "", "{}", "\ufeff{}", "\xff"])
def test_a_body_that_is_no_object_with_data_is_unknown(guarded: Guarded, body: str) -> None:
    guarded.world.sandbox.github.fail(Fault.status(200, body.encode("latin-1", "replace")), times=None)
    assert_unknown(guarded, guarded.check(), NOTHING_TO_MEND)


@pytest.mark.parametrize(
    ("errors", "mend"),
    [
        ([{"type": "FORBIDDEN", "message": "No"}], CHECK_TOKEN),
        ([{"message": "Something went wrong while executing your query."}], NOTHING_TO_MEND),
        ([{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits."}], NOTHING_TO_MEND),
        ([{"type": "NOT_FOUND", "path": ["user"], "message": "No"}], "Check user"),
        ([{"type": "NOT_FOUND", "path": ["repository"], "message": "No"}], "Let github-token read"),
        ([{"type": "NOT_FOUND", "path": [], "message": "No"}], CHECK_TOKEN),
        ([{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}], NOTHING_TO_MEND),
        ([{"type": ["odd"], "path": 7, "message": None}], CHECK_TOKEN),
        ([None], CHECK_TOKEN),
        ({"message": "No"}, CHECK_TOKEN),
        ("No", CHECK_TOKEN),
    ],
)
def test_data_beside_errors_is_not_believed(
    guarded: Guarded, right: dict[str, Any], errors: Any, mend: str
) -> None:
    answer = right | {"errors": errors}
    guarded.world.sandbox.github.fail(Fault.status(200, answer), times=None)
    assert_unknown(guarded, guarded.check(), mend)


@pytest.mark.parametrize("errors", [None, []])
def test_no_errors_may_be_said_too(guarded: Guarded, right: dict[str, Any], errors: Any) -> None:
    answer = right | {"errors": errors}
    guarded.world.sandbox.github.fail(Fault.status(200, answer), times=None)
    assert guarded.check().status == "safe"


@pytest.mark.parametrize("form", ["{}T00:00:00.000+00:00", "{}"])
def test_dates_may_come_with_a_time(guarded: Guarded, right: dict[str, Any], form: str) -> None:
    answer = copy.deepcopy(right)
    for window in ("recent", "year"):
        for week in answer["data"]["user"][window]["contributionCalendar"]["weeks"]:
            for day in week["contributionDays"]:
                day["date"] = form.format(day["date"])
    guarded.world.sandbox.github.fail(Fault.status(200, answer), times=None)
    assert guarded.check().outputs()["current-streak"] == "43"


# Unknown, and who hears of it


def test_unknown_out_of_notify_is_told_to_nobody_and_is_red_all_the_same(guarded: Guarded) -> None:
    guarded.world.sandbox.github.fail(Fault.status(500), times=None)
    report = guarded.check(STREAKY_NOTIFY="at-risk,broken")
    assert (report.status, report.exit_status, report.outcomes) == ("unknown", 1, ())
    assert guarded.sent == ""


def test_a_pause_silences_unknown_but_the_run_is_red(guarded: Guarded) -> None:
    guarded.world.sandbox.github.fail(Fault.status(500), times=None)
    report = guarded.check(STREAKY_PAUSE_UNTIL=str(TODAY))
    assert (report.status, report.exit_status, report.outcomes) == ("unknown", 1, ())


def test_github_and_all_channels_down_is_could_not_tell(guarded: Guarded) -> None:
    for service in guarded.world.sandbox.services.values():
        service.fail(Fault.status(500), times=None)
    report = guarded.check()
    assert (report.status, report.exit_status) == ("unknown", 1)
    assert [entry["state"] for entry in json.loads(report.outputs()["undelivered"])] == ["failed"] * 3


def test_the_repositorys_file_that_was_read_holds_for_the_alert_of_what_failed_later(
    guarded: Guarded,
) -> None:
    file = "user: ghost\nlanguage: de\ntimezone: Europe/Berlin\n"
    guarded.world.sandbox.github.repository("octocat/streaky", {".github/streaky.yml": file})
    report = guarded.check()
    assert (report.user, report.exit_status) == ("ghost", 1)
    assert report.outputs()["deadline"] == "2026-11-24T00:00:00+01:00"
    assert "ghost" in guarded.told["webhook"][0]
    assert "I could not check" not in guarded.told["webhook"][0], "the words are German"


def test_a_test_alert_says_that_github_could_not_be_read(guarded: Guarded) -> None:
    guarded.world.sandbox.github.fail(Fault.status(500), times=None)
    report = guarded.check(test=True)
    assert (report.status, report.exit_status) == ("unknown", 1)
    for messages in guarded.told.values():
        (said,) = messages
        assert "This is a test" in said
        assert "I could not check your streak" in said


def test_a_calendar_for_which_nothing_was_ever_counted_is_idle_not_unknown(world: World) -> None:
    world.contributions.clear()
    report = world.check()
    assert (report.status, report.exit_status, report.outcomes) == ("idle", 0, ())
    assert [report.outputs()[name] for name in ("today", "current-streak", "longest-streak")] == ["0"] * 3


def test_a_run_after_the_trouble_tells_the_truth_again(guarded: Guarded) -> None:
    guarded.world.contributions[TODAY] = 0
    guarded.world.contributions |= days_before(TODAY, 42)
    guarded.world.sandbox.github.rate_limited(reset_in=1800)
    assert guarded.check().status == "unknown"
    guarded.world.sandbox.heal()
    assert guarded.check().status == "at-risk"


# Waits that GitHub asks for, on a clock that only sleeping moves


class Clock:
    """A clock that stands still but for sleeping; each sleep is noted, then `awake` is called."""

    def __init__(self, awake: Callable[[], None]) -> None:
        self.at, self.slept, self._awake = 0.0, list[float](), awake
        pace = Pace(45, clock=lambda: self.at, sleep=self.sleep, jitter=lambda low, high: high)
        self.limits = Limits(pace, QUICK.channel)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        self._awake()


def test_a_short_retry_after_is_waited_for_as_long_as_it_says(world: World) -> None:
    world.sandbox.github.fail(Fault.status(403, {"message": "Slow down"}, {"Retry-After": "7"}))
    clock = Clock(lambda: None)
    assert world.check(limits=clock.limits).status == "at-risk"
    assert clock.slept == [7]


def test_a_secondary_limits_own_wait_is_waited_for(world: World) -> None:
    world.sandbox.github.secondary_limited(retry_after=30)
    clock = Clock(world.sandbox.github.heal)
    assert world.check(limits=clock.limits).status == "at-risk"
    assert clock.slept == [30]


def test_a_primary_limit_that_resets_in_time_is_waited_for(world: World) -> None:
    world.sandbox.github.rate_limited(reset_in=20)
    clock = Clock(world.sandbox.github.heal)
    assert world.check(limits=clock.limits).status == "at-risk"
    (slept,) = clock.slept
    assert 15 < slept <= 21


def test_a_primary_limit_whose_reset_has_passed_is_not_waited_for_a_minute(world: World) -> None:
    world.sandbox.github.rate_limited(reset_in=-5)
    clock = Clock(world.sandbox.github.heal)
    assert world.check(limits=clock.limits).status == "at-risk"
    assert sum(clock.slept) < 5


def test_waiting_grows_and_ends_within_the_time_for_github(world: World) -> None:
    world.sandbox.github.fail(Fault.status(500), times=None)
    clock = Clock(lambda: None)
    assert world.check(limits=clock.limits).status == "unknown"
    assert clock.slept == sorted(clock.slept)
    assert 3 <= len(clock.slept) <= 6
    assert clock.at <= 45


# Answers that are almost right


def test_an_answer_about_somebody_else_is_unknown(world: World) -> None:
    for login in ("mallory", "octo\n::error::cat", "\ud800octocat", "octocat" * 1000, TOKEN):
        world.sandbox.clear()
        world.sandbox.github.heal()
        world.check()
        query = world.sandbox.github.requests[-1]
        answer = requests.post(
            f"{world.sandbox.github.url}/graphql",
            data=query.body,
            headers={"Authorization": f"bearer {TOKEN}", "User-Agent": "test"},
            timeout=5,
        ).json()
        answer["data"]["user"]["login"] = login
        world.sandbox.github.fail(Fault.status(200, answer), times=None)
        report = world.check()
        assert (report.status, report.user, report.exit_status) == ("unknown", "octocat", 1)
