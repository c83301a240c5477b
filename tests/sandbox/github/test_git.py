"""The sandbox's GitHub as it is written to: branches, commits, REST, and whose contributions count."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from streaky.sandbox import Fault, Sandbox
from streaky.sandbox.github.repositories import Repository

COMMIT = """
mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } ref { name target { oid } } }
}"""
BOT = "github-actions[bot]"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def repository(sandbox: Sandbox) -> Repository:
    return sandbox.github.repository("octocat/streaky", {"README.md": "Hello"})


def graphql(sandbox: Sandbox, query: str, token: str = "ghs_job", **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"bearer {token}", "User-Agent": "test"}
    body = {"query": query, "variables": variables}
    response = requests.post(f"{sandbox.github.url}/graphql", json=body, headers=headers, timeout=5)
    assert response.status_code == 200
    return dict(response.json())


def rest(
    sandbox: Sandbox, method: str, path: str, body: object = None, token: str = "ghs_job", **query: str
) -> requests.Response:
    headers = {"Authorization": f"bearer {token}", "User-Agent": "test"}
    url = f"{sandbox.github.url}/repos/octocat/streaky/{path}"
    return requests.request(method, url, json=body, params=query, headers=headers, timeout=5)


def change(head: str, text: str = "two", branch: str = "notes") -> dict[str, Any]:
    return {
        "branch": {"repositoryNameWithOwner": "octocat/streaky", "branchName": branch},
        "expectedHeadOid": head,
        "message": {"headline": "Note"},
        "fileChanges": {
            "additions": [{"path": "a.txt", "contents": base64.b64encode(text.encode()).decode()}]
        },
    }


def test_a_commit_lands_on_the_head_that_was_expected(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    answer = graphql(sandbox, COMMIT, input=change(first.oid))["data"]["createCommitOnBranch"]
    assert repository.read("notes", "a.txt") == b"two"
    last = repository.branches["notes"].commits[-1]
    assert (last.parents, last.author_name, answer["commit"]["oid"]) == ((first.oid,), BOT, last.oid)
    assert repository.read("main", "a.txt") is None


def test_a_head_that_has_moved_refuses_the_commit(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    repository.write("notes", {"a.txt": "1.5"})
    (error,) = graphql(sandbox, COMMIT, input=change(first.oid))["errors"]
    assert error["type"] == "STALE_DATA"
    assert error["message"].startswith(f'Expected branch to point to "{first.oid}"')
    assert repository.read("notes", "a.txt") == b"1.5"


def test_of_many_commits_on_one_head_one_wins(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda n: graphql(sandbox, COMMIT, input=change(first.oid, str(n))), range(20))
        )
    assert sum("errors" not in answer for answer in answers) == 1
    assert len(repository.branches["notes"].commits) == 2


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"branch": {"repositoryNameWithOwner": "octocat/streaky", "branchName": "none"}}, "NOT_FOUND"),
        ({"branch": {"repositoryNameWithOwner": "octocat/other", "branchName": "notes"}}, "NOT_FOUND"),
        ({"fileChanges": {"additions": [{"path": "a", "contents": "%"}]}}, "ARGUMENT_ERROR"),
        ({"fileChanges": {"additions": [{"path": "a", "contents": "é"}]}}, "ARGUMENT_ERROR"),
        ({"fileChanges": {"deletions": [{"path": "none"}]}}, "NOT_FOUND"),
    ],
)
def test_what_cannot_be_committed_is_an_error(
    sandbox: Sandbox, repository: Repository, more: dict[str, Any], kind: str
) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    answer = graphql(sandbox, COMMIT, input=change(first.oid) | more)
    assert (answer["data"], answer["errors"][0]["type"]) == ({"createCommitOnBranch": None}, kind)
    assert repository.branches["notes"].commits == [first]


def test_a_commit_has_its_message_adds_and_deletes_and_is_told_of(
    sandbox: Sandbox, repository: Repository
) -> None:
    first = repository.write("notes", {"a.txt": "one", "b.txt": "two"})
    query = COMMIT.replace("commit { oid }", "clientMutationId commit { oid message committedDate }")
    given = change(first.oid) | {"message": {"headline": "Note", "body": "Why."}, "clientMutationId": "7"}
    given["fileChanges"] |= {"deletions": [{"path": "b.txt"}]}
    payload = graphql(sandbox, query, input=given)["data"]["createCommitOnBranch"]
    last = repository.branches["notes"].commits[-1]
    assert (payload["clientMutationId"], payload["ref"]["target"]["oid"]) == ("7", last.oid)
    assert payload["commit"] == {
        "oid": last.oid,
        "message": "Note\n\nWhy.",
        "committedDate": last.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert last.files == {"a.txt": b"two"}


def seen(sandbox: Sandbox, field: str) -> Any:
    query = f'{{ repository(owner: "octocat", name: "streaky") {{ found: {field} }} }}'
    return graphql(sandbox, query)["data"]["repository"]["found"]


def test_a_branch_is_found_by_its_full_or_its_short_name(sandbox: Sandbox, repository: Repository) -> None:
    repository.write("notes", {"a.txt": "one"})
    for name in ("refs/heads/notes", "notes"):
        assert seen(sandbox, f'ref(qualifiedName: "{name}") {{ name }}') == {"name": "notes"}
    assert seen(sandbox, 'ref(qualifiedName: "refs/heads/none") { name }') is None


def test_a_file_is_found_on_a_branch_and_in_any_commit(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    repository.write("notes", {"a.txt": "two"})
    texts = {"notes": "two", "refs/heads/notes": "two", "heads/notes": "two", first.oid: "one"}
    for revision, text in texts.items():
        found = seen(sandbox, f'object(expression: "{revision}:a.txt") {{ ... on Blob {{ text }} }}')
        assert found == {"text": text}
    for missing in ("notes:b.txt", "HEAD:a.txt", "none:a.txt", f"{'0' * 40}:a.txt"):
        assert seen(sandbox, f'object(expression: "{missing}") {{ oid }}') is None


def test_a_repository_tells_its_kind_and_its_dates(sandbox: Sandbox) -> None:
    dates: dict[str, Any] = {
        "created": datetime(2026, 1, 2, tzinfo=UTC),
        "pushed": datetime(2026, 3, 4, tzinfo=UTC),
    }
    repository = sandbox.github.repository("octocat/streaky", fork=True, private=True, **dates)
    query = """{ repository(owner: "octocat", name: "streaky") { isFork isPrivate createdAt pushedAt url
      defaultBranchRef { name target { ... on Commit { committedDate } } } } }"""
    assert graphql(sandbox, query)["data"]["repository"] == {
        "isFork": True,
        "isPrivate": True,
        "createdAt": "2026-01-02T00:00:00Z",
        "pushedAt": "2026-03-04T00:00:00Z",
        "url": "https://github.com/octocat/streaky",
        "defaultBranchRef": {"name": "main", "target": {"committedDate": "2026-03-04T00:00:00Z"}},
    }
    repository.write("main", {"a.txt": "one"}, at=datetime(2026, 5, 6, tzinfo=UTC))
    assert graphql(sandbox, query)["data"]["repository"]["pushedAt"] == "2026-05-06T00:00:00Z"


def test_a_head_never_comes_back(repository: Repository) -> None:
    heads = [repository.commit()]
    for text in ("one", "two", "one"):
        repository.write("main", {"a.txt": text})
        heads.append(repository.commit())
    assert repository.made[-1].oid == heads[-1]
    repository.files["a.txt"] = "by hand"
    heads.append(repository.commit())
    assert len(set(heads)) == 5
    assert repository.write("main", {"b.txt": "x"}).parents == (heads[-1],)


def test_a_token_that_only_reads_may_not_write(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    sandbox.github.read_only_tokens.add("ghs_job")
    answer = graphql(sandbox, COMMIT, input=change(first.oid))
    assert answer["data"] == {"createCommitOnBranch": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["createCommitOnBranch"])
    assert error["message"] == "Resource not accessible by integration"
    assert rest(sandbox, "POST", "git/trees", {"tree": []}).status_code == 403
    assert rest(sandbox, "GET", "git/ref/heads/notes").status_code == 200


def test_an_orphan_branch_is_begun_once(sandbox: Sandbox, repository: Repository) -> None:
    tree = rest(
        sandbox, "POST", "git/trees", {"tree": [{"path": "a.txt", "mode": "100644", "content": "one"}]}
    )
    given = {"message": "Begin", "tree": tree.json()["sha"], "parents": []}
    commit = rest(sandbox, "POST", "git/commits", given).json()["sha"]
    ref = {"ref": "refs/heads/notes", "sha": commit}
    assert [rest(sandbox, "POST", "git/refs", ref).status_code for _ in range(2)] == [201, 422]
    assert repository.read("notes", "a.txt") == b"one"
    assert repository.branches["notes"].commits[0].parents == ()
    assert rest(sandbox, "GET", "git/ref/heads/notes").json()["object"]["sha"] == commit


def test_a_blob_comes_back_whole(sandbox: Sandbox, repository: Repository) -> None:
    repository.write("notes", {"a.bin": b"\0\1\2"})
    query = """{ repository(owner: "octocat", name: "streaky") { ref(qualifiedName: "refs/heads/notes") {
      target { ... on Commit { file(path: "a.bin") {
        object { ... on Blob { oid isBinary text } } } } } } } }"""
    blob = graphql(sandbox, query)["data"]["repository"]["ref"]["target"]["file"]["object"]
    assert (blob["isBinary"], blob["text"]) == (True, None)
    shown = rest(sandbox, "GET", f"git/blobs/{blob['oid']}").json()
    assert base64.b64decode(shown["content"]) == b"\0\1\2"


def test_only_ones_own_commits_on_the_default_branch_count(sandbox: Sandbox, repository: Repository) -> None:
    mine = ("Octo", "octocat@users.noreply.github.com")
    repository.write("main", {"a": "1"}, author=mine)
    repository.write("gh-pages", {"a": "1"}, author=mine)
    repository.write("notes", {"a": "1"}, author=mine)
    repository.write("main", {"a": "2"}, author=(BOT, "1+bot@users.noreply.github.com"))
    fork = sandbox.github.repository("octocat/fork", fork=True)
    fork.write("main", {"a": "1"}, author=mine)
    assert len(sandbox.github.counting("octocat")) == 2
    repository.write("main", {"a": "3"}, author=("Octo", "583231+Octocat@users.noreply.github.com"))
    assert len(sandbox.github.counting("octocat")) == 3
    assert not sandbox.github.counting("hubot")


def test_a_personal_token_commits_as_its_owner(sandbox: Sandbox, repository: Repository) -> None:
    head = graphql(
        sandbox, '{ repository(owner: "octocat", name: "streaky") { defaultBranchRef { target { oid } } } }'
    )
    oid = head["data"]["repository"]["defaultBranchRef"]["target"]["oid"]
    assert "errors" not in graphql(sandbox, COMMIT, token="ghp_mine", input=change(oid, branch="main"))
    assert repository.files["a.txt"] == b"two"
    assert len(sandbox.github.counting("octocat")) == 1


# Rules and signatures

SIGNATURE = "signature { isValid state wasSignedByGitHub email }"


def begin(sandbox: Sandbox, token: str = "ghs_job", **more: object) -> requests.Response:
    """Begin the branch `notes` with a commit over REST."""
    tree = rest(sandbox, "POST", "git/trees", {"tree": [{"path": "a.txt", "content": "one"}]}, token)
    given = {"message": "Begin", "tree": tree.json()["sha"], **more}
    made = rest(sandbox, "POST", "git/commits", given, token).json()
    return rest(sandbox, "POST", "git/refs", {"ref": "refs/heads/notes", "sha": made["sha"]}, token)


def test_github_signs_what_it_commits_itself(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    query = COMMIT.replace("commit { oid }", f"commit {{ oid author {{ name }} {SIGNATURE} }}")
    commit = graphql(sandbox, query, input=change(first.oid))["data"]["createCommitOnBranch"]["commit"]
    assert commit["author"]["name"] == BOT
    assert commit["signature"] == {
        "isValid": True,
        "state": "VALID",
        "wasSignedByGitHub": True,
        "email": "noreply@github.com",
    }
    assert seen(sandbox, f'object(expression: "{first.oid}") {{ ... on Commit {{ {SIGNATURE} }} }}') == {
        "signature": None
    }


HER = {"name": "Mona", "email": "mona@example.com"}


@pytest.mark.parametrize(
    ("token", "more", "verified"),
    [
        ("ghs_job", {}, True),
        ("ghs_job", {"author": HER}, False),
        ("ghs_job", {"committer": HER}, False),
        ("ghp_mine", {}, False),
    ],
)
def test_rest_signs_for_a_bot_that_names_no_author(
    sandbox: Sandbox, repository: Repository, token: str, more: dict[str, Any], verified: bool
) -> None:
    sha = begin(sandbox, token, **more).json()["object"]["sha"]
    told = rest(sandbox, "GET", f"git/commits/{sha}").json()["verification"]
    assert (told["verified"], told["reason"]) == (verified, "valid" if verified else "unsigned")
    assert (told["signature"] is not None) is verified


def test_where_commits_must_be_signed_others_are_refused(sandbox: Sandbox, repository: Repository) -> None:
    repository.signed_only = True
    refused = begin(sandbox, author=HER)
    assert refused.status_code == 422
    assert refused.json()["message"].startswith("Repository rule violations found")
    assert "Commits must have verified signatures." in refused.json()["message"]
    assert "notes" not in repository.branches
    assert begin(sandbox).status_code == 201
    head = repository.branches["notes"].head
    assert graphql(sandbox, COMMIT, input=change(head))["data"]["createCommitOnBranch"]
    last = repository.branches["notes"].head
    given = {"message": "x", "tree": rest(sandbox, "GET", f"git/trees/{last}").json()["sha"]}
    unsigned = rest(sandbox, "POST", "git/commits", given | {"parents": [last], "author": HER}).json()["sha"]
    assert rest(sandbox, "PATCH", "git/refs/heads/notes", {"sha": unsigned}).status_code == 422
    assert repository.branches["notes"].head == last


def test_a_protected_branch_changes_by_pull_request_only(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    repository.protected.add("notes")
    (error,) = graphql(sandbox, COMMIT, input=change(first.oid))["errors"]
    assert error["type"] == "BRANCH_PROTECTION_RULE_VIOLATION"
    assert error["message"] == "Changes must be made through a pull request."
    given = {"message": "x", "tree": rest(sandbox, "GET", "git/trees/notes").json()["sha"]}
    next_one = rest(sandbox, "POST", "git/commits", given | {"parents": [first.oid]}).json()["sha"]
    refused = rest(sandbox, "PATCH", "git/refs/heads/notes", {"sha": next_one})
    assert refused.status_code == 422
    assert "Changes must be made through a pull request." in refused.json()["message"]
    assert repository.branches["notes"].commits == [first]


def test_a_field_can_be_answered_with_an_error_of_any_type(sandbox: Sandbox, repository: Repository) -> None:
    first = repository.write("notes", {"a.txt": "one"})
    sandbox.github.fail(Fault.graphql("INTERNAL"))
    sandbox.github.fail(Fault.graphql("SERVICE_UNAVAILABLE", after=True))
    answers = [graphql(sandbox, COMMIT, input=change(first.oid)) for _ in range(2)]
    assert [each["data"] for each in answers] == [{"createCommitOnBranch": None}] * 2
    assert [each["errors"][0]["type"] for each in answers] == ["INTERNAL", "SERVICE_UNAVAILABLE"]
    assert len(repository.branches["notes"].commits) == 2  # the second one was made all the same


def test_what_a_viewer_may_do_is_known_of_a_person_and_not_of_a_job(
    sandbox: Sandbox, repository: Repository
) -> None:
    repository.collaborators["hubot"] = "triage"
    owners = {"ghp_mine": "octocat", "ghp_hubot": "hubot", "ghp_other": "other"}
    for token, owner in owners.items():
        sandbox.github.token(token, owner=owner)
    query = '{ viewer { login } repository(owner: "octocat", name: "streaky") { viewerPermission } }'
    answers = {token: graphql(sandbox, query, token)["data"] for token in ("ghs_job", *owners)}
    shown = {name: (each["viewer"]["login"], each["repository"]) for name, each in answers.items()}
    assert shown == {
        "ghs_job": (BOT, {"viewerPermission": None}),
        "ghp_mine": ("octocat", {"viewerPermission": "ADMIN"}),
        "ghp_hubot": ("hubot", {"viewerPermission": "TRIAGE"}),
        "ghp_other": ("other", {"viewerPermission": "READ"}),
    }
