"""The small REST client: what it says of itself, and what a refusal means."""

from __future__ import annotations

from typing import Any

import pytest

from streaky.errors import CouldNotTell
from streaky.github.rest import Conflict, Forbidden, Rest
from streaky.http import Pace, Patience
from streaky.sandbox import Fault
from tests.conftest import TOKEN, World, leaks


def client(world: World, token: str = TOKEN) -> Rest:
    return Rest(world.sandbox.github.url, token)


def patience(**pace: Any) -> Patience:
    quick = {"total": 3, "each": 1, "attempts": 3, "first": 0.01, "longest": 0.05}
    return Patience(Pace(**(quick | pace)))


def test_each_request_names_its_token_its_form_and_itself(world: World) -> None:
    world.sandbox.github.repository("octocat/streaky")
    client(world).get("/repos/octocat/streaky/actions/workflows/streaky.yml/runs", patience())
    (request,) = world.sandbox.github.requests
    assert request.headers["Authorization"] == f"bearer {TOKEN}"
    assert request.headers["Accept"] == "application/vnd.github+json"
    assert request.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert request.headers["User-Agent"].startswith("streaky/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Forbidden),
        (403, Forbidden),
        (404, Forbidden),
        (409, Conflict),
        (422, Conflict),
        (301, CouldNotTell),
    ],
)
def test_what_github_refuses_is_told_apart_and_asked_once(
    world: World, status: int, kind: type[CouldNotTell]
) -> None:
    refusal = {"message": "Reference already exists"}
    world.sandbox.github.fail(Fault.status(status, refusal), times=None)
    reference = {"ref": "refs/heads/streaky", "sha": "0" * 40}
    with pytest.raises(CouldNotTell) as caught:
        client(world).post("/repos/octocat/streaky/git/refs", patience(), reference)
    assert type(caught.value) is kind
    assert str(status) in str(caught.value)
    assert "Reference already exists" in str(caught.value)
    assert len(world.sandbox.github.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(404, {"message": "Not Found"}),
        Fault.status(409, {"message": "Conflict"}),
        Fault.status(500),
        Fault.redirect("http://127.0.0.1:1/elsewhere"),
        Fault.garbage(),
        Fault.drop(),
        Fault.hang(30),
    ],
)
def test_no_message_holds_the_url_or_the_token(world: World, fault: Fault) -> None:
    world.sandbox.github.fail(fault, times=None)
    with pytest.raises(CouldNotTell) as caught:
        client(world).get("/repos/octocat/streaky", patience(total=0.5, each=0.2))
    said = f"{caught.value} {caught.value!r}"
    assert "http" not in said
    assert "127.0.0.1" not in said
    assert not leaks(said, (TOKEN,))
