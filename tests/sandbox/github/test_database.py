"""The Git database of the sandbox's GitHub through REST: blobs, trees, commits and references."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from streaky.sandbox import Sandbox
from streaky.sandbox.github.repositories import Repository
from tests.sandbox.github.test_rest import Ask, asking, refused


@pytest.fixture
def repository(sandbox: Sandbox) -> Repository:
    return sandbox.github.repository("octocat/streaky", {"README.md": "Hello", "src/a.py": "pass\n"})


@pytest.fixture
def ask(sandbox: Sandbox, repository: Repository) -> Ask:
    return asking(sandbox)


def tree(ask: Ask, *entries: dict[str, Any], **more: str) -> str:
    given = [{"mode": "100644", "type": "blob", **entry} for entry in entries]
    response = ask("POST", "/git/trees", {"tree": given, **more})
    assert response.status_code == 201, response.text
    return str(response.json()["sha"])


def commit(ask: Ask, text: str, *parents: str, token: str = "ghs_job", **more: Any) -> str:
    made = tree(ask, {"path": "a.txt", "content": text})
    given = {"message": text, "tree": made, "parents": list(parents), **more}
    response = ask("POST", "/git/commits", given, token=token)
    assert response.status_code == 201, response.text
    return str(response.json()["sha"])


def test_a_blob_is_made_and_read(ask: Ask) -> None:
    data = b"\0\xff" * 40
    made = ask("POST", "/git/blobs", {"content": base64.b64encode(data).decode(), "encoding": "base64"})
    assert made.status_code == 201
    shown = ask("GET", f"/git/blobs/{made.json()['sha']}").json()
    assert (base64.b64decode(shown["content"]), shown["size"]) == (data, 80)
    assert ask("POST", "/git/blobs", {"content": "é"}).status_code == 201
    assert ask("POST", "/git/blobs", {"content": "x", "encoding": "rot13"}).status_code == 422


def test_files_that_were_there_from_the_first_are_in_the_database(ask: Ask) -> None:
    head = ask("GET", "/git/ref/heads/main").json()["object"]["sha"]
    top = ask("GET", f"/git/commits/{head}").json()["tree"]["sha"]
    rows = ask("GET", f"/git/trees/{top}").json()["tree"]
    assert [(row["path"], row["type"]) for row in rows] == [("README.md", "blob"), ("src", "tree")]
    assert base64.b64decode(ask("GET", f"/git/blobs/{rows[0]['sha']}").json()["content"]) == b"Hello"
    inner = ask("GET", f"/git/trees/{rows[1]['sha']}").json()["tree"]
    assert [row["path"] for row in inner] == ["a.py"]


def test_a_tree_grows_from_another(ask: Ask, repository: Repository) -> None:
    blob = ask("POST", "/git/blobs", {"content": "blob"}).json()["sha"]
    first = tree(ask, {"path": "a/b", "content": "1"}, {"path": "c", "sha": blob})
    second = tree(ask, {"path": "a/b", "sha": None}, {"path": "d", "content": "2"}, base_tree=first)
    assert repository.objects.trees[second] == {"c": b"blob", "d": b"2"}
    mounted = tree(ask, {"path": "old", "sha": first, "type": "tree", "mode": "040000"})
    assert repository.objects.trees[mounted] == {"old/a/b": b"1", "old/c": b"blob"}


@pytest.mark.parametrize(
    "given",
    [
        {"tree": [{"path": "a", "sha": "0" * 40}]},
        {"tree": [{"path": "a", "sha": None}]},
        {"tree": [{"path": "a", "sha": "0" * 40, "content": "x"}]},
        {"tree": [{"path": "a", "content": "x"}], "base_tree": "0" * 40},
        {"tree": ["a"]},
        {},
        [],
    ],
)
def test_a_tree_of_what_is_not_there_is_refused(ask: Ask, given: object) -> None:
    assert ask("POST", "/git/trees", given).status_code == 422


@pytest.mark.parametrize(
    "more", [{"tree": "0" * 40}, {"parents": ["0" * 40]}, {"author": {"name": "x"}}, {"message": None}]
)
def test_a_commit_of_what_is_not_there_is_refused(ask: Ask, more: dict[str, Any]) -> None:
    made = tree(ask, {"path": "a", "content": "x"})
    given = {"message": "x", "tree": made} | more
    given = {name: value for name, value in given.items() if value is not None}
    assert ask("POST", "/git/commits", given).status_code == 422


def test_a_commit_has_the_author_it_names_or_the_tokens(sandbox: Sandbox, ask: Ask) -> None:
    sandbox.github.token_owners["ghp_hubot"] = "hubot"
    named = {"name": "Mona", "email": "mona@example.com", "date": "2026-11-23T12:00:00+05:30"}
    authors = [
        ask("GET", f"/git/commits/{each}").json()["author"]
        for each in (
            commit(ask, "a", author=named),
            commit(ask, "b"),
            commit(ask, "c", token="ghp_hubot"),
            commit(ask, "d", token="ghp_mine"),
        )
    ]
    assert authors[0] == {"name": "Mona", "email": "mona@example.com", "date": "2026-11-23T06:30:00Z"}
    assert [author["email"] for author in authors[1:]] == [
        "41898282+github-actions[bot]@users.noreply.github.com",
        "hubot@users.noreply.github.com",
        "octocat@users.noreply.github.com",
    ]


def test_a_name_is_taken_once(ask: Ask, repository: Repository) -> None:
    ref = {"ref": "refs/heads/notes/deep", "sha": commit(ask, "one")}
    assert ask("POST", "/git/refs", ref).status_code == 201
    assert refused(ask("POST", "/git/refs", ref)) == (422, "Reference already exists")
    assert refused(ask("POST", "/git/refs", ref | {"ref": "refs/heads/main"}))[0] == 422
    unknown = {"ref": "refs/heads/other", "sha": "0" * 40}
    assert refused(ask("POST", "/git/refs", unknown)) == (422, "Object does not exist")
    assert ask("POST", "/git/refs", ref | {"ref": "other"}).status_code == 422
    assert ask("GET", "/git/ref/heads/notes/deep").json()["object"]["sha"] == ref["sha"]
    assert repository.read("notes/deep", "a.txt") == b"one"


def test_a_branch_moves_to_what_follows_from_it_or_by_force(ask: Ask, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "zero"}).oid
    third = commit(ask, "three", commit(ask, "two", first))
    stray = commit(ask, "stray")
    there = "/git/refs/heads/notes"
    assert ask("PATCH", there, {"sha": third}).status_code == 200
    assert [each.message for each in repository.branches["notes"].commits[1:]] == ["two", "three"]
    assert refused(ask("PATCH", there, {"sha": first})) == (422, "Update is not a fast forward")
    assert refused(ask("PATCH", there, {"sha": stray})) == (422, "Update is not a fast forward")
    assert ask("PATCH", there, {"sha": third}).status_code == 200
    assert ask("PATCH", there, {"sha": stray, "force": True}).status_code == 200
    assert repository.branches["notes"].head == stray
    assert refused(ask("PATCH", there, {"sha": "0" * 40})) == (422, "Object does not exist")
    missing = ask("PATCH", "/git/refs/heads/none", {"sha": stray})
    assert refused(missing) == (422, "Reference does not exist")


def test_moving_the_default_branch_changes_its_files_and_counts(
    sandbox: Sandbox, ask: Ask, repository: Repository
) -> None:
    before = ask("GET", "/git/ref/heads/main").json()["object"]["sha"]
    after = commit(ask, "mine", before, token="ghp_mine")
    assert not sandbox.github.counting("octocat")
    assert ask("PATCH", "/git/refs/heads/main", {"sha": after}).status_code == 200
    assert (repository.files, repository.commit()) == ({"a.txt": b"mine"}, after)
    assert [each.oid for each in sandbox.github.counting("octocat")] == [after]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_trees_have_the_names_that_git_gives_them(tmp_path: Path, ask: Ask) -> None:
    files = {"b.txt": "1", "b/c.txt": "2", "b-d": "3", "z/y/x": "4"}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for command in (["init", "-q"], ["add", "."], ["write-tree"]):
        done = subprocess.run(["git", *command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (
        tree(ask, *({"path": name, "content": text} for name, text in files.items())) == done.stdout.strip()
    )
