"""The sandbox's Discord, its servers and its faults, over real HTTP."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.discord.webhook import Webhook
from tests.conftest import SPECS

AGENT = {"User-Agent": "DiscordBot (https://example.org/streaky, 1.0)"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def hook(sandbox: Sandbox) -> Webhook:
    return sandbox.discord.add_webhook(threads=("420000000000000001",))


def v10(hook: Webhook) -> str:
    return hook.url.replace("/api/", "/api/v10/")


def post(hook: Webhook, payload: object, url: str = "", **query: str) -> requests.Response:
    query.setdefault("wait", "true")
    return requests.post(url or v10(hook), json=payload, params=query, headers=AGENT, timeout=5)


def errors(response: requests.Response) -> dict[str, Any]:
    document = response.json()
    assert (response.status_code, document["code"], document["message"]) == (400, 50035, "Invalid Form Body")
    return dict(document["errors"])


def only(*path: str, code: str, message: str = "") -> Any:
    """The nested `errors` that hold this one."""
    found: Any = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path):
        found = {step: found}
    return found


# Messages that arrive


def test_with_wait_the_message_comes_back_with_an_id(hook: Webhook) -> None:
    response = post(hook, {"content": "hello", "allowed_mentions": {"parse": []}})
    document = response.json()
    assert response.status_code == 200
    assert document["content"] == "hello"
    assert document["webhook_id"] == hook.id
    assert document["channel_id"] == hook.channel_id
    assert int(document["id"]) >> 22 > 0
    (message,) = hook.messages
    assert (message.id, message.content, message.thread_id) == (document["id"], "hello", None)
    assert message.allowed_mentions == {"parse": []}


def test_without_wait_the_answer_is_an_empty_204(hook: Webhook) -> None:
    response = post(hook, {"content": "hello"}, wait="false")
    assert (response.status_code, response.content) == (204, b"")
    assert [message.content for message in hook.messages] == ["hello"]


def test_without_wait_a_faulty_message_is_lost_in_silence(hook: Webhook) -> None:
    assert requests.post(v10(hook), json={"content": "x" * 2001}, headers=AGENT, timeout=5).status_code == 204
    assert hook.messages == []


def test_a_message_into_a_known_thread_is_shown_there(hook: Webhook) -> None:
    response = post(hook, {"content": "hello"}, thread_id="420000000000000001")
    assert response.json()["channel_id"] == "420000000000000001"
    assert hook.messages[0].thread_id == "420000000000000001"


def test_embeds_alone_make_a_message(hook: Webhook) -> None:
    embed = {
        "title": "Day 7",
        "color": 0xFF0000,
        "timestamp": "2026-11-23T12:00:00Z",
        "url": "https://example.org",
    }
    response = post(hook, {"embeds": [embed]})
    assert response.json()["embeds"] == [{"type": "rich", **embed}]
    assert hook.messages[0].embeds == [embed]


def test_get_describes_the_webhook(hook: Webhook) -> None:
    document = requests.get(v10(hook), headers=AGENT, timeout=5).json()
    assert (document["id"], document["token"], document["channel_id"]) == (
        hook.id,
        hook.token,
        hook.channel_id,
    )
    assert hook.messages == []


def test_a_message_has_the_properties_that_discord_describes(hook: Webhook) -> None:
    spec = SPECS / "discord-webhook.openapi.json"
    if not spec.is_file():
        pytest.skip("Discord's description is not here")
    described = json.loads(spec.read_text("utf-8"))["components"]["schemas"]["MessageResponse"]
    shown = post(hook, {"content": "<@1>"}).json()
    assert set(described["required"]) <= shown.keys() <= described["properties"].keys()


# Messages that are read, edited and deleted


def at(hook: Webhook, id: str) -> str:
    return f"{v10(hook)}/messages/{id}"


def patch(hook: Webhook, id: str, payload: object, **query: str) -> requests.Response:
    return requests.patch(at(hook, id), json=payload, params=query, headers=AGENT, timeout=5)


def code(response: requests.Response) -> tuple[int, int]:
    return response.status_code, response.json()["code"]


def test_an_edit_changes_what_it_names_and_keeps_the_rest(hook: Webhook) -> None:
    sent = post(hook, {"content": "at risk", "embeds": [{"title": "t"}], "username": "Streaky"}).json()
    shown = patch(hook, sent["id"], {"content": "saved"}).json()
    assert (shown["id"], shown["content"], shown["embeds"][0]["title"]) == (sent["id"], "saved", "t")
    assert (sent["edited_timestamp"], shown["edited_timestamp"] is None) == (None, False)
    assert patch(hook, sent["id"], {"embeds": None}).json()["embeds"] == []
    (message,) = hook.messages
    assert (message.content, message.embeds) == ("saved", [])
    assert message.edits == ({"content": "saved"}, {"embeds": None})
    read = requests.get(at(hook, sent["id"]), headers=AGENT, timeout=5).json()
    assert (read["content"], read["author"]["username"]) == ("saved", "Streaky")


def test_a_message_that_is_gone_is_404_10008(sandbox: Sandbox, hook: Webhook) -> None:
    other = sandbox.discord.add_webhook(id="2")
    id = post(hook, {"content": "x"}).json()["id"]
    assert code(patch(other, id, {"content": "y"})) == (404, 10008)
    assert requests.delete(at(hook, id), headers=AGENT, timeout=5).status_code == 204
    for response in (patch(hook, id, {"content": "y"}), requests.get(at(hook, id), headers=AGENT, timeout=5)):
        assert code(response) == (404, 10008)
    assert hook.messages == []


def test_a_message_in_a_thread_is_found_by_its_thread(hook: Webhook) -> None:
    thread = "420000000000000001"
    id = post(hook, {"content": "x"}, thread_id=thread).json()["id"]
    assert code(patch(hook, id, {"content": "y"})) == (404, 10008)
    assert patch(hook, id, {"content": "y"}, thread_id=thread).json()["channel_id"] == thread


def test_an_edit_is_held_to_the_same_form(hook: Webhook) -> None:
    id = post(hook, {"content": "x"}).json()["id"]
    assert "content" in errors(patch(hook, id, {"content": "x" * 2001}))
    assert "message_id" in errors(patch(hook, "first", {"content": "y"}))
    assert code(patch(hook, id, {"content": ""})) == (400, 50006)
    assert patch(hook, id, {}).status_code == 200
    assert code(requests.post(at(hook, id), json={}, headers=AGENT, timeout=5)) == (405, 0)
    assert code(patch(hook, id, {"content": "y"}, with_components="maybe")) == (400, 50035)
    assert hook.messages[0].content == "x"


def test_edits_have_a_rate_limit_of_their_own(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.limit = (1, 60.0)
    id = post(hook, {"content": "x"}).json()["id"]
    assert [patch(hook, id, {"content": str(n)}).status_code for n in range(2)] == [200, 429]


# Buttons and mentions

BUTTON = {"type": 2, "style": 5, "label": "Open GitHub", "url": "https://github.com/octocat"}


def rows(*buttons: object) -> list[dict[str, Any]]:
    return [{"type": 1, "components": list(buttons)}]


def test_link_buttons_are_shown_only_with_components(hook: Webhook) -> None:
    payload = {"content": "x", "components": rows(BUTTON)}
    shown = post(hook, payload, with_components="true").json()
    assert shown["components"] == rows(BUTTON)
    assert post(hook, payload).json()["components"] == []
    assert post(hook, payload | {"components": rows({"type": 9})}).status_code == 200  # not even looked at
    assert [message.buttons for message in hook.messages] == [
        {"Open GitHub": "https://github.com/octocat"},
        {},
        {},
    ]
    assert code(post(hook, {"components": rows(BUTTON)})) == (400, 50006)


def test_an_edit_ignores_components_that_it_does_not_ask_for(hook: Webhook) -> None:
    id = post(hook, {"content": "x", "components": rows(BUTTON)}, with_components="true").json()["id"]
    assert patch(hook, id, {"content": "y", "components": []}).json()["components"] == rows(BUTTON)
    assert patch(hook, id, {"components": []}, with_components="true").json()["components"] == []
    assert hook.messages[0].buttons == {}


@pytest.mark.parametrize(
    "components",
    [
        rows(*[BUTTON] * 6),
        rows(),
        rows(BUTTON) * 6,
        rows(BUTTON | {"label": "x" * 81}),
        rows(BUTTON | {"url": "https://a.example/" + "x" * 512}),
        rows(BUTTON | {"url": "ftp://a"}),
        rows({"type": 2, "style": 5, "label": "no address"}),
        rows({"type": 2, "style": 1, "label": "interactive", "custom_id": "1"}),
        rows(BUTTON | {"custom_id": "1"}),
        rows(BUTTON | {"type": 3}),
        rows({key: value for key, value in BUTTON.items() if key != "label"}),
        [BUTTON],
        ["x"],
    ],
)
def test_other_components_are_refused(hook: Webhook, components: list[Any]) -> None:
    response = post(hook, {"content": "x", "components": components}, with_components="true")
    assert "components" in errors(response)
    assert hook.messages == []


@pytest.mark.parametrize(
    ("allowed", "rang"),
    [
        (None, ("<@1>", "<@!2>")),
        ({"parse": []}, ()),
        ({"parse": [], "users": ["2"]}, ("<@!2>",)),
        ({"parse": ["users"], "roles": ["3"]}, ("<@1>", "<@!2>", "<@&3>")),
        ({"parse": ["everyone"]}, ("@everyone",)),
        ({"users": ["9"]}, ()),
    ],
)
def test_a_mention_rings_where_it_is_allowed_and_stands_in_the_text(
    hook: Webhook, allowed: object, rang: tuple[str, ...]
) -> None:
    payload = {"content": "<@1> <@!2> <@&3> @everyone", "embeds": [{"title": "<@1> <@7>"}]}
    shown = post(hook, payload | ({"allowed_mentions": allowed} if allowed else {})).json()
    assert hook.messages[0].rang == rang
    assert {each["id"] for each in shown["mentions"]} == {each[-2] for each in rang if each[-2] in "12"}
    assert shown["mention_roles"] == (["3"] if "<@&3>" in rang else [])
    assert shown["mention_everyone"] is ("@everyone" in rang)


def test_an_edit_rings_nobody_and_a_flag_sends_in_silence(hook: Webhook) -> None:
    id = post(hook, {"content": "x", "flags": 4096}).json()["id"]
    assert hook.messages[0].silent
    shown = patch(hook, id, {"content": "<@1>"}).json()
    assert ([each["id"] for each in shown["mentions"]], hook.messages[0].rang) == (["1"], ())


# What is refused


def test_an_unknown_webhook_is_404_10015(hook: Webhook) -> None:
    response = post(hook, {"content": "x"}, v10(hook).replace(hook.id, "999"))
    assert (response.status_code, response.json()) == (404, {"message": "Unknown Webhook", "code": 10015})


def test_a_wrong_token_is_401_50027(hook: Webhook) -> None:
    response = post(hook, {"content": "x"}, v10(hook) + "x")
    assert (response.status_code, response.json()["code"]) == (401, 50027)


def test_an_unknown_thread_is_404_10003(hook: Webhook) -> None:
    response = post(hook, {"content": "x"}, thread_id="7")
    assert (response.status_code, response.json()["code"]) == (404, 10003)


def test_an_id_that_is_no_snowflake_is_an_invalid_form(hook: Webhook) -> None:
    assert "webhook_id" in errors(post(hook, {"content": "x"}, v10(hook).replace(hook.id, "me")))
    assert "thread_id" in errors(post(hook, {"content": "x"}, thread_id="here"))


def test_a_forum_needs_a_thread_or_a_name_for_one(sandbox: Sandbox) -> None:
    forum = sandbox.discord.add_webhook(threads=("42",), forum=True)
    plain = sandbox.discord.add_webhook(id="2")
    codes = [
        post(forum, {"content": "x"}).json().get("code"),
        post(forum, {"content": "x", "thread_name": "n"}, thread_id="42").json().get("code"),
        post(plain, {"content": "x", "thread_name": "n"}).json().get("code"),
    ]
    assert codes == [220001, 220002, 220003]
    assert post(forum, {"content": "x"}, thread_id="42").status_code == 200
    made = post(forum, {"content": "x", "thread_name": "n"}).json()
    assert post(forum, {"content": "y"}, thread_id=made["channel_id"]).status_code == 200


@pytest.mark.parametrize(
    "payload",
    [{}, {"content": " \n"}, {"content": None, "embeds": []}, {"embeds": [{}]}, {"embeds": [{"color": 1}]}],
)
def test_an_empty_message_is_400_50006(hook: Webhook, payload: dict[str, Any]) -> None:
    response = post(hook, payload)
    assert (response.status_code, response.json()["code"]) == (400, 50006)


FIELD = {"name": "n", "value": "v"}


@pytest.mark.parametrize(
    ("payload", "path", "limit"),
    [
        ({"content": "x" * 2001}, ("content",), 2000),
        ({"embeds": [{"title": "t"}] * 11}, ("embeds",), 10),
        ({"embeds": [{"title": "x" * 257}]}, ("embeds", "0", "title"), 256),
        ({"embeds": [{"title": "t"}, {"description": "x" * 4097}]}, ("embeds", "1", "description"), 4096),
        ({"embeds": [{"fields": [FIELD] * 26}]}, ("embeds", "0", "fields"), 25),
        (
            {"embeds": [{"fields": [{"name": "x" * 257, "value": "v"}]}]},
            ("embeds", "0", "fields", "0", "name"),
            256,
        ),
        (
            {"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]},
            ("embeds", "0", "fields", "0", "value"),
            1024,
        ),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, ("embeds", "0", "footer", "text"), 2048),
        ({"embeds": [{"author": {"name": "x" * 257}}]}, ("embeds", "0", "author", "name"), 256),
        ({"content": "x", "avatar_url": "https://a/" + "x" * 2048}, ("avatar_url",), 2048),
        ({"content": "x", "allowed_mentions": {"users": ["1"] * 101}}, ("allowed_mentions", "users"), 100),
    ],
)
def test_each_length_has_its_limit(hook: Webhook, payload: object, path: tuple[str, ...], limit: int) -> None:
    message = f"Must be {limit} or fewer in length."
    assert errors(post(hook, payload)) == only(*path, code="BASE_TYPE_MAX_LENGTH", message=message)


def test_lengths_are_taken_without_whitespace_at_the_ends(hook: Webhook) -> None:
    assert post(hook, {"content": "x" * 2000 + "  \n"}).status_code == 200


def test_all_embeds_together_have_6000_characters_at_most(hook: Webhook) -> None:
    half = {"description": "x" * 2900, "footer": {"text": "y" * 100}}
    assert post(hook, {"embeds": [half, half]}).status_code == 200
    assert errors(post(hook, {"embeds": [half, {**half, "title": "z"}]})) == only(
        "embeds", code="MAX_EMBED_SIZE_EXCEEDED", message="Embed size exceeds maximum size of 6000"
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "BASE_TYPE_BAD_LENGTH"),
        ("x" * 81, "BASE_TYPE_BAD_LENGTH"),
        ("My Discord", "USERNAME_INVALID_CONTAINS"),
        ("clYDE", "USERNAME_INVALID_CONTAINS"),
        ("a@b", "USERNAME_INVALID_CONTAINS"),
        ("a#b", "USERNAME_INVALID_CONTAINS"),
        ("a:b", "USERNAME_INVALID_CONTAINS"),
        ("```", "USERNAME_INVALID_CONTAINS"),
        ("Everyone", "USERNAME_INVALID"),
        ("here", "USERNAME_INVALID"),
    ],
)
def test_some_usernames_are_refused(hook: Webhook, name: str, code: str) -> None:
    found = errors(post(hook, {"content": "x", "username": name}))
    assert found["username"]["_errors"][0]["code"] == code


def test_a_username_of_80_characters_is_shown(hook: Webhook) -> None:
    assert post(hook, {"content": "x", "username": "x" * 80}).json()["author"]["username"] == "x" * 80


@pytest.mark.parametrize(
    ("payload", "path", "code"),
    [
        ([], (), "MODEL_TYPE_CONVERT"),
        ({"content": ["x"]}, ("content",), "STRING_TYPE_CONVERT"),
        ({"embeds": {}}, ("embeds",), "LIST_TYPE_CONVERT"),
        ({"embeds": ["x"]}, ("embeds", "0"), "MODEL_TYPE_CONVERT"),
        ({"embeds": [{"color": "red"}]}, ("embeds", "0", "color"), "NUMBER_TYPE_COERCE"),
        ({"embeds": [{"color": 0x1000000}]}, ("embeds", "0", "color"), "NUMBER_TYPE_MAX"),
        ({"embeds": [{"color": -1}]}, ("embeds", "0", "color"), "NUMBER_TYPE_MIN"),
        ({"embeds": [{"url": "nowhere"}]}, ("embeds", "0", "url"), "URL_TYPE_INVALID_URL"),
        ({"embeds": [{"url": "ftp://a"}]}, ("embeds", "0", "url"), "URL_TYPE_INVALID_SCHEME"),
        ({"embeds": [{"timestamp": "soon"}]}, ("embeds", "0", "timestamp"), "DATE_TIME_TYPE_PARSE"),
        (
            {"embeds": [{"fields": [{"name": "n", "value": " "}]}]},
            ("embeds", "0", "fields", "0", "value"),
            "BASE_TYPE_REQUIRED",
        ),
        ({"embeds": [{"footer": {}}]}, ("embeds", "0", "footer", "text"), "BASE_TYPE_REQUIRED"),
        ({"content": "x", "tts": "yes"}, ("tts",), "BOOLEAN_TYPE_CONVERT"),
        ({"content": "x", "flags": 1 << 6}, ("flags",), "BASE_TYPE_CHOICES"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["all"]}},
            ("allowed_mentions", "parse", "0"),
            "BASE_TYPE_CHOICES",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            ("allowed_mentions",),
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
    ],
)
def test_each_field_has_its_type(hook: Webhook, payload: object, path: tuple[str, ...], code: str) -> None:
    found = errors(post(hook, payload))
    for step in path:
        found = found[step]
    assert [each["code"] for each in found["_errors"]] == [code]


def test_wait_is_true_or_false(hook: Webhook) -> None:
    assert "wait" in errors(post(hook, {"content": "x"}, wait="maybe"))
    assert post(hook, {"content": "x"}, wait="1").status_code == 200


def test_a_body_that_is_not_json_is_refused(hook: Webhook) -> None:
    kind = {**AGENT, "Content-Type": "application/json"}
    assert requests.post(v10(hook), data=b"{", headers=kind, timeout=5).json()["code"] == 50109


def test_another_content_type_is_400_50035(hook: Webhook) -> None:
    response = requests.post(v10(hook), data=b'{"content":"x"}', headers=AGENT, timeout=5)
    assert errors(response)["_errors"][0]["code"] == "CONTENT_TYPE_INVALID"


def test_a_request_beyond_10_mib_is_413(hook: Webhook) -> None:
    response = post(hook, {"content": "x" * (10 * 1024 * 1024)})
    assert (response.status_code, response.json()["code"]) == (413, 40005)


def test_other_methods_are_405(hook: Webhook) -> None:
    assert requests.delete(v10(hook), headers=AGENT, timeout=5).status_code == 405


def test_other_paths_are_404(hook: Webhook) -> None:
    for url in (v10(hook) + "/slack", hook.url.replace("/api", "")):
        assert post(hook, {"content": "x"}, url).json() == {"message": "404: Not Found", "code": 0}


@pytest.mark.parametrize("agent", ["python-requests/2.32", "DiscordBot", "DiscordBot (x)"])
def test_a_user_agent_of_another_form_is_403_40333(hook: Webhook, agent: str) -> None:
    response = requests.post(v10(hook), json={"content": "x"}, headers={"User-Agent": agent}, timeout=5)
    assert (response.status_code, response.json()["code"]) == (403, 40333)


# Versions


def test_a_url_without_a_version_reports_errors_flat(hook: Webhook) -> None:
    payload = {"content": "x" * 2001, "embeds": [{"title": "x" * 257}]}
    for url in (hook.url, hook.url.replace("/api/", "/api/v7/")):
        response = post(hook, payload, url)
        flat = {"content": ["Must be 2000 or fewer in length."], "embeds": ["0"]}
        assert (response.status_code, response.json()) == (400, flat)


def test_from_version_8_on_errors_are_nested(hook: Webhook) -> None:
    for version in (8, 9, 10):
        assert "content" in errors(
            post(hook, {"content": "x" * 2001}, hook.url.replace("/api/", f"/api/v{version}/"))
        )


@pytest.mark.parametrize("version", [3, 4, 5, 11])
def test_a_version_that_is_gone_or_to_come_is_400(hook: Webhook, version: int) -> None:
    assert post(hook, {"content": "x"}, hook.url.replace("/api/", f"/api/v{version}/")).status_code == 400


# Rate limit


def test_the_sixth_message_in_two_seconds_is_429(hook: Webhook) -> None:
    answers = [post(hook, {"content": str(number)}) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    refused, document = answers[-1], answers[-1].json()
    assert 0 < document["retry_after"] <= 2
    assert document["global"] is False
    assert refused.headers["Retry-After"] in ("1", "2")
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert float(refused.headers["X-RateLimit-Reset-After"]) <= 2
    assert len(hook.messages) == 5


def test_after_retry_after_the_webhook_works_again(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.limit = (1, 0.2)
    while (refused := post(hook, {"content": "1"})).ok:
        pass  # until two come within one window
    time.sleep(refused.json()["retry_after"])
    assert post(hook, {"content": "3"}).status_code == 200


def test_before_version_8_the_wait_is_in_milliseconds(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.limit = (1, 30.0)
    post(hook, {"content": "1"}, hook.url)
    assert 25_000 < post(hook, {"content": "2"}, hook.url).json()["retry_after"] <= 30_000


def test_webhooks_are_limited_apart_and_the_limit_can_be_lifted(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.limit = (1, 60.0)
    other = sandbox.discord.add_webhook(id="2")
    assert [post(each, {"content": "x"}).status_code for each in (hook, other, hook)] == [200, 200, 429]
    sandbox.discord.limit = None
    assert post(hook, {"content": "x"}).status_code == 200


def test_healing_begins_the_limit_anew(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.limit = (1, 60.0)
    post(hook, {"content": "x"})
    sandbox.discord.heal()
    assert post(hook, {"content": "x"}).status_code == 200


# Faults: the same for every service


def test_a_fault_strikes_as_often_as_asked(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.status(503, {"message": "down"}, {"Retry-After": "1"}), times=2)
    answers = [post(hook, {"content": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert (answers[0].json(), answers[0].headers["Retry-After"]) == ({"message": "down"}, "1")
    assert len(hook.messages) == 1
    assert len(sandbox.discord.requests) == 3


def test_faults_strike_in_the_order_of_their_queueing(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.status(500, "text"))
    sandbox.discord.fail(Fault.status(502, b"bytes"))
    assert [post(hook, {"content": "x"}).status_code for _ in range(3)] == [500, 502, 200]


def test_a_fault_for_ever_lasts_until_healing(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.status(500), times=None)
    assert [post(hook, {"content": "x"}).status_code for _ in range(3)] == [500] * 3
    sandbox.heal()
    assert post(hook, {"content": "x"}).status_code == 200


def test_a_fault_can_choose_its_requests(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.status(500), when=lambda request: request.json()["content"] == "bad")
    assert [post(hook, {"content": each}).status_code for each in ("good", "bad", "bad")] == [200, 500, 200]


def test_a_mistake_in_when_shows_itself(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.drop(), when=lambda request: bool(request.json()["absent"]))
    response = post(hook, {"content": "x"})
    assert response.status_code == 500
    assert "KeyError" in response.text


def test_an_edge_ban_is_a_page_without_the_services_headers(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.edge_ban())
    response = post(hook, {"content": "x"})
    assert response.status_code == 429
    assert response.headers["Content-Type"].startswith("text/html")
    assert "error code: 1015" in response.text
    assert not [name for name in response.headers if name.lower().startswith("x-ratelimit")]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_edge_refuses_in_plain_text(sandbox: Sandbox, hook: Webhook, status: int) -> None:
    sandbox.discord.fail(Fault.edge_refusal(status, 1020))
    response = post(hook, {"content": "x"})
    assert (response.status_code, response.text) == (status, "error code: 1020")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert hook.messages == []


def test_an_odd_answer_may_come_though_the_message_is_stored(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.status(502, "bad gateway", after=True))
    assert post(hook, {"content": "x"}).status_code == 502
    assert len(hook.messages) == 1


def test_garbage_is_a_page_with_200_and_nothing_is_stored(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.garbage())
    response = post(hook, {"content": "x"})
    assert (response.status_code, response.text[:9]) == (200, "<!DOCTYPE")
    assert hook.messages == []


def test_a_redirect_points_elsewhere_and_nothing_is_stored(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.redirect("http://127.0.0.1:1/x"))
    response = requests.post(
        v10(hook), json={"content": "x"}, headers=AGENT, timeout=5, allow_redirects=False
    )
    assert (response.status_code, response.headers["Location"]) == (307, "http://127.0.0.1:1/x")
    assert hook.messages == []


def test_a_hang_holds_the_connection_and_ends_without_an_answer(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.hang(0.1))
    start = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        post(hook, {"content": "x"})
    assert time.monotonic() - start >= 0.1
    assert hook.messages == []


def test_a_hang_wakes_up_when_the_sandbox_stops(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.hang(60))
    url, ended = v10(hook), threading.Event()

    def ask() -> None:
        with pytest.raises(requests.ConnectionError):
            requests.post(url, json={"content": "x"}, headers=AGENT, timeout=30)
        ended.set()

    threading.Thread(target=ask, daemon=True).start()
    while not sandbox.discord.requests:
        time.sleep(0.005)
    sandbox.stop()
    assert ended.wait(10)


def test_a_drop_resets_before_the_message_is_stored(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.drop())
    with pytest.raises(requests.ConnectionError, match="reset"):
        post(hook, {"content": "x"})
    assert hook.messages == []
    assert len(sandbox.discord.requests) == 1


def test_a_drop_after_resets_when_the_message_is_stored(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.drop_after())
    with pytest.raises(requests.ConnectionError, match="reset"):
        post(hook, {"content": "x"})
    assert len(hook.messages) == 1


def test_a_truncated_answer_promises_more_than_it_holds(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.truncate())
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        post(hook, {"content": "x"})
    assert len(hook.messages) == 1


def test_a_dripping_answer_never_lets_a_read_time_out_strike(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.drip(0.002))  # about 600 bytes
    start = time.monotonic()
    response = requests.post(
        v10(hook), json={"content": "x"}, params={"wait": "true"}, headers=AGENT, timeout=0.5
    )
    assert response.json()["content"] == "x"
    assert time.monotonic() - start > 0.5


def test_a_slow_answer_is_processed_after_its_pause(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.fail(Fault.slow(0.1))
    start = time.monotonic()
    assert post(hook, {"content": "x"}).status_code == 200
    assert time.monotonic() - start >= 0.1
    assert len(hook.messages) == 1


def test_latency_delays_every_answer(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.latency = 0.05
    start = time.monotonic()
    post(hook, {"content": "x"})
    post(hook, {"content": "x"})
    assert time.monotonic() - start >= 0.1


# Servers


def test_requests_are_recorded_as_they_came(sandbox: Sandbox, hook: Webhook) -> None:
    before = time.monotonic()
    post(hook, {"content": "é"}, thread_id="7")
    (request,) = sandbox.discord.requests
    assert (request.method, request.path) == ("POST", f"/api/v10/webhooks/{hook.id}/{hook.token}")
    assert request.query == {"wait": "true", "thread_id": "7"}
    assert request.headers["user-agent"] == request.headers["USER-AGENT"] == AGENT["User-Agent"]
    assert "Absent" not in request.headers
    assert request.json() == {"content": "é"}
    assert before <= request.at <= time.monotonic()


def test_clearing_forgets_requests_and_messages_but_not_the_webhook(sandbox: Sandbox, hook: Webhook) -> None:
    post(hook, {"content": "x"})
    sandbox.clear()
    assert (sandbox.discord.requests, hook.messages) == ([], [])
    assert post(hook, {"content": "x"}).status_code == 200


def test_a_connection_serves_many_requests(hook: Webhook) -> None:
    parts = urlsplit(v10(hook))
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", parts.path, headers=AGENT)
        assert connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_a_stopped_sandbox_answers_nobody_and_starts_again_where_it_was(
    sandbox: Sandbox, hook: Webhook
) -> None:
    with requests.Session() as session:
        session.headers.update(AGENT)
        url = v10(hook)
        assert session.get(url, timeout=5).status_code == 200
        sandbox.stop()
        sandbox.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(url, timeout=5)
        sandbox.start()
        assert session.get(url, timeout=5).json()["url"] == hook.url


def test_starting_and_stopping_takes_no_time_worth_mentioning() -> None:
    start = time.monotonic()
    for _ in range(5):
        with Sandbox():
            pass
    assert time.monotonic() - start < 3  # where a server polls for its end, half a second each


def test_ports_can_be_chosen(sandbox: Sandbox) -> None:
    port = int(sandbox.discord.url.rpartition(":")[2])
    sandbox.stop()
    with Sandbox(ports={"discord": port}) as other:
        assert other.discord.url == f"http://127.0.0.1:{port}"


def test_a_taken_port_stops_the_whole_sandbox(sandbox: Sandbox) -> None:
    port = int(sandbox.discord.url.rpartition(":")[2])
    other = Sandbox(ports={"webhook": port})
    with pytest.raises(OSError, match="in use"):
        other.start()
    with pytest.raises(requests.ConnectionError):
        requests.get(other.github.url, timeout=5)


def test_a_port_for_an_unknown_service_is_refused() -> None:
    with pytest.raises(ValueError, match="gitlab"):
        Sandbox(ports={"gitlab": 8001})


def test_there_is_no_address_before_the_first_start() -> None:
    with pytest.raises(RuntimeError):
        _ = Sandbox().discord.url


def test_many_clients_at_once_are_all_answered(sandbox: Sandbox, hook: Webhook) -> None:
    sandbox.discord.limit = None
    threads = [threading.Thread(target=post, args=(hook, {"content": str(n)})) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {message.content for message in hook.messages} == {str(n) for n in range(40)}
    assert len({message.id for message in hook.messages}) == 40


def test_a_body_without_a_length_is_411(sandbox: Sandbox, hook: Webhook) -> None:
    assert requests.post(v10(hook), data=iter([b"{}"]), headers=AGENT, timeout=5).status_code == 411
