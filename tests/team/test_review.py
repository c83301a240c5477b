"""Joining by pull request: one's own file and nothing else, rightly written, and nothing of it is run."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from streaky import sealing
from streaky.sealing import PrivateKey
from tests import program
from tests.conftest import PLAIN, PROGRAM, TOKEN, World
from tests.e2e.conftest import git
from tests.traces import commands, obeyed

KEY, OLD = (PrivateKey(bytes(range(at, at + 32))) for at in (0, 1))
HOOK = "https://discord.com/api/webhooks/1234567890123456789/ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
BEFORE = {
    "README.md": "# Our streaks\n",
    "roster/README.md": "Join us.\n",
    "roster/streaky.pub": f"{KEY.public}\n",
    "roster/bob.yml": "language: de\n",
    ".github/workflows/team.yml": "on: push\n",
}
Files = Mapping[str, str | bytes | None]


@dataclass
class Repository:
    """A team's repository, and pull requests to it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def propose(self, files: Files, base: Files | None = None) -> None:
        """Check out what merging these changes would give; None deletes a file."""
        (self.folder / "roster").mkdir(parents=True)
        git(self.folder, "init", "--quiet")
        self.write(base or BEFORE)
        git(self.folder, "commit", "--quiet", "--message", "Before")
        git(self.folder, "checkout", "--quiet", "-b", "proposal")
        self.write(files)
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message", "Proposal")
        self.merge()

    def merge(self) -> None:
        git(self.folder, "checkout", "--quiet", "--detach", "main")
        git(self.folder, "merge", "--quiet", "--no-ff", "--message", "Merge", "proposal")

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        git(self.folder, "add", "--all", "--force")

    @property
    def head(self) -> str:
        command = ["git", "-C", str(self.folder), "rev-parse", "proposal"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def review(self, author: str = "ada", association: str = "NONE", head: str = "") -> Reviewed:
        """Run the check as a pull request of this author."""
        event = self.folder.parent / "event.json"
        pull = {"user": {"login": author}, "author_association": association}
        event.write_text(json.dumps({"pull_request": pull | {"head": {"sha": head or self.head}}}))
        summary = self.folder.parent / "summary.md"
        summary.unlink(missing_ok=True)
        environment = self.environment | {
            "GITHUB_EVENT_PATH": f"{event}",
            "GITHUB_STEP_SUMMARY": f"{summary}",
            "GITHUB_ACTIONS": "true",
        }
        with contextlib.chdir(self.folder.parent):
            given = ("team", "review", "--proposed", str(self.folder))
            done = program.run(*given, environment=PLAIN | environment)
        assert "Traceback" not in done.stderr, done.stderr
        errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        page = summary.read_text() if summary.exists() else ""
        return Reviewed(done.returncode, done.stdout, errors, page)


@dataclass(frozen=True)
class Reviewed:
    status: int
    printed: str
    errors: list[str]
    page: str

    @property
    def error(self) -> str:
        """The one thing that is wrong."""
        assert self.status == 2
        (error,) = self.errors
        return error.removeprefix("error: ")

    @property
    def news(self) -> list[str]:
        """What merging does, where all is well."""
        assert (self.status, self.errors) == (0, [])
        return [line for line in self.printed.splitlines() if not line.startswith("::")]


@pytest.fixture
def repository(world: World, tmp_path: Path) -> Repository:
    world.sandbox.github.repository("acme/streaks", collaborators={"mona": "write", "guest": "read"})
    world.sandbox.github.person("ada")
    environment = {
        "GITHUB_API_URL": world.sandbox.github.url,
        "GITHUB_GRAPHQL_URL": f"{world.sandbox.github.url}/graphql",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "acme/streaks",
        "GITHUB_WORKFLOW_REF": "acme/streaks/.github/workflows/join.yml@refs/pull/7/merge",
    }
    return Repository(tmp_path / "proposed", environment)


def sealed(
    name: str = "discord-webhook-url", value: str = HOOK, login: str = "ada", key: PrivateKey = KEY
) -> str:
    return f"{name}: {sealing.seal(value, key.public, login, name)}\n"


# What may be merged


def test_one_joins_with_three_lines(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": "timezone: Europe/Berlin\nremind-at: 20:00\nlanguage: de\n"})
    reviewed = repository.review()
    assert reviewed.news == ["ada joins.", "Ready to merge"]
    assert reviewed.page == "## 🟢 Ready to merge\n\n- ada joins.\n\n"


def test_a_sealed_value_under_the_teams_key_may_be_merged_unopened(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": sealed() + sealed("telegram-bot-token", "1:not a token")})
    assert repository.review().news == ["ada joins.", "Ready to merge"]


def test_the_teams_secrets_are_not_missed_where_they_are_not_known(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": "telegram-chat-id: 12345\nissue: false\n"})
    assert repository.review().news == ["ada joins.", "Ready to merge"]


@pytest.mark.parametrize("author", ["bob", "BOB"])
def test_one_changes_ones_own_settings_and_leaves(repository: Repository, author: str) -> None:
    repository.propose({"roster/bob.yml": "language: es\n"})
    assert repository.review(author).news == ["bob changes their settings.", "Ready to merge"]


def test_to_leave_is_to_delete_ones_file(repository: Repository) -> None:
    repository.propose({"roster/bob.yml": None})
    assert repository.review("bob").news == ["bob leaves.", "Ready to merge"]


@pytest.mark.parametrize(
    ("author", "association"), [("mona", "CONTRIBUTOR"), ("acme", "OWNER"), ("ACME", "NONE")]
)
def test_a_maintainer_may_propose_anything(repository: Repository, author: str, association: str) -> None:
    repository.propose(
        {
            "roster/ada.yml": "",
            "roster/bob.yml": None,
            "roster/streaky.pub": f"{OLD.public}\n",
            "README.md": "x",
        }
    )
    assert repository.review(author, association).news == ["ada joins.", "bob leaves.", "Ready to merge"]


def test_what_does_not_touch_the_roster_is_none_of_its_business(repository: Repository) -> None:
    repository.propose({"README.md": "# Better\n", "roster.yml": "x"})
    assert repository.review().news == ["This pull request changes nothing of the roster"]


# What may not


@pytest.mark.parametrize(
    ("author", "association"), [("ada", "NONE"), ("guest", "COLLABORATOR"), ("eve", "MEMBER")]
)
def test_nobody_touches_anybody_elses_file(repository: Repository, author: str, association: str) -> None:
    repository.propose({"roster/bob.yml": "language: es\n"})
    error = repository.review(author, association).error
    assert error.startswith(f"roster/bob.yml:1:1: file: is bob's file, and this pull request is {author}'s.")


def test_to_rename_somebodys_file_is_to_touch_it(repository: Repository) -> None:
    repository.propose({"roster/bob.yml": None, "roster/ada.yml": BEFORE["roster/bob.yml"]})
    assert "is bob's file" in repository.review().error


def test_a_bot_of_ones_name_is_somebody_else(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": ""})
    assert "is ada's file, and this pull request is ada[bot]'s." in repository.review("ada[bot]").error


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        ".github/workflows/team.yml",
        "roster/README.md",
        "roster/streaky.pub",
        "roster/more/ada.yml",
        "roster/ada.txt",
        "rosters/ada.yml",
        ".gitattributes",
        "roster/.gitattributes",
    ],
)
def test_no_other_file_goes_with_ones_own(repository: Repository, path: str) -> None:
    repository.propose({"roster/ada.yml": "", path: f"{OLD.public}\n"})
    error = repository.review().error
    assert error.startswith(f"{path}:1:1: file: is no file of yours, ada. Propose roster/ada.yml alone")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timezone: Europe/Berlim\n", "roster/ada.yml:1:11: timezone:"),
        ("user: bob\n", "but the file's name says ada"),
        (f"discord-webhook-url: {HOOK}\n", "Seal it with streaky seal"),
        ("telegram-api-url: https://evil.example\n", "is set by the team's workflow alone"),
        (
            sealed(key=OLD),
            f"is sealed with the key {OLD.public.id}, and the team's is {KEY.public.id}. Take roster/",
        ),
        (sealed()[:60] + "\n", "is not a whole sealed value"),
        (sealed("apprise-urls", "json://localhost"), "is never taken from a roster"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"a: b\n" * 20_000, "has more than 65536 bytes"),
        ("a: [" * 10_000, "is nested too deeply"),
    ],
    ids=map(str, range(10)),  # a sealed value is another one each time
)
def test_what_is_wrong_in_a_file_is_said_at_its_place(
    repository: Repository, text: str | bytes, said: str
) -> None:
    repository.propose({"roster/ada.yml": text})
    reviewed = repository.review()
    assert said in reviewed.error
    assert "ZQ9xK7wV" not in reviewed.error + reviewed.page
    assert reviewed.page.startswith("## 🔴 Not ready yet\n\n- ❌ roster/ada.yml:")
    assert reviewed.page.endswith("Mend this in your branch and push: the check runs again.\n\n")
    ((properties, _),) = commands(reviewed.printed, "error")
    assert properties["file"] == "roster/ada.yml"


def test_a_team_without_a_key_takes_nothing_sealed(repository: Repository) -> None:
    base = {name: text for name, text in BEFORE.items() if name != "roster/streaky.pub"}
    repository.propose({"roster/ada.yml": sealed()}, base)
    assert "is sealed, and this team has no roster/streaky.pub. Ask a maintainer" in repository.review().error


@pytest.mark.parametrize("name", ["Bob.yml", "bob.yaml"])
def test_a_second_file_of_one_person_is_refused(repository: Repository, name: str) -> None:
    repository.propose({f"roster/{name}": ""})
    assert repository.review("bob").status == 2


def test_a_link_is_refused_and_not_followed(repository: Repository) -> None:
    (repository.folder / "roster").mkdir(parents=True)
    (repository.folder / "roster/ada.yml").symlink_to("/proc/self/environ")
    (repository.folder / "roster/ada.yml").rename(repository.folder.parent / "link")
    (repository.folder / "roster").rmdir()
    repository.propose({})
    git(repository.folder, "checkout", "--quiet", "proposal")
    (repository.folder.parent / "link").rename(repository.folder / "roster/ada.yml")
    repository.write({})
    git(repository.folder, "commit", "--quiet", "--message", "A link")
    repository.merge()
    assert "it is no plain file" in repository.review().error


def test_another_repository_in_a_files_place_is_refused(repository: Repository) -> None:
    repository.propose({})
    git(repository.folder, "checkout", "--quiet", "proposal")
    entry = f"160000,{repository.head},roster/ada.yml"
    git(repository.folder, "update-index", "--add", "--cacheinfo", entry)
    git(repository.folder, "commit", "--quiet", "--message", "A submodule")
    git(repository.folder, "checkout", "--quiet", "--force", "--detach", "main")
    git(repository.folder, "merge", "--quiet", "--no-ff", "--message", "Merge", "proposal")
    assert "it is no plain file" in repository.review().error


def test_hostile_names_are_said_without_being_obeyed(repository: Repository) -> None:
    name = "roster/\n::error::obeyed\n<b>.yml"
    repository.propose({"roster/ada.yml": "", name: ""})
    reviewed = repository.review()
    assert reviewed.status == 2
    assert "obeyed" in reviewed.printed
    assert not [text for _, text in obeyed(reviewed.printed) if text == "obeyed"]
    assert obeyed("\n".join(reviewed.errors)) == []
    assert "<b>" not in reviewed.page


def test_a_flood_of_files_is_told_in_few_words(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": ""} | {f"more/{number}.txt": "" for number in range(300)})
    reviewed = repository.review()
    assert len(reviewed.errors) == 51
    assert "250 more are not named here" in reviewed.errors[-1]


def test_no_filter_hook_or_attribute_of_the_proposal_is_run(repository: Repository, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    repository.propose({"roster/ada.yml": "", ".gitattributes": "*.yml diff=evil filter=evil\n"})
    for name in ("diff.evil.textconv", "diff.evil.command", "filter.evil.smudge", "core.fsmonitor"):
        git(repository.folder, "config", name, f"touch {marker}; cat")
    assert repository.review().status == 2
    assert not marker.exists()


# What is not a pull request, or not this one


def test_it_judges_what_would_be_merged_and_nothing_older(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": ""})
    assert "it is not at the merge of this pull request" in repository.review(head="0" * 40).error


def test_a_checkout_without_parents_is_refused_with_the_mend(repository: Repository, tmp_path: Path) -> None:
    repository.propose({"roster/ada.yml": ""})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(shallow))
    repository.folder, full = shallow, repository.folder
    head = subprocess.run(
        ["git", "-C", str(full), "rev-parse", "proposal"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert "fetch-depth: 2" in repository.review(head=head).error


def test_a_checkout_of_two_commits_is_enough(repository: Repository, tmp_path: Path) -> None:
    repository.propose({"roster/ada.yml": ""})
    head, shallow = repository.head, tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{repository.folder}", str(shallow))
    repository.folder = shallow
    assert repository.review(head=head).news == ["ada joins.", "Ready to merge"]


def test_a_checkout_of_the_roster_alone_is_enough(repository: Repository, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", str(repository.folder))
    git(repository.folder, "config", "uploadpack.allowFilter", "true")
    repository.propose(
        {"roster/ada.yml": sealed(), "roster/streaky.pub": f"{OLD.public}\n", "README.md": "x"}
    )
    head, sparse = repository.head, tmp_path / "sparse"
    url = f"file://{repository.folder}"
    git(tmp_path, "clone", "--quiet", "--depth=2", "--filter=blob:none", "--no-checkout", url, str(sparse))
    git(sparse, "sparse-checkout", "set", "--no-cone", "/roster/")
    git(sparse, "checkout", "--quiet")
    assert not (sparse / "README.md").exists()
    git(sparse, "remote", "set-url", "origin", "https://github.invalid/private.git")
    repository.folder = sparse
    reviewed = repository.review("mona", head=head)
    assert f"is sealed with the key {KEY.public.id}, and the team's is {OLD.public.id}." in reviewed.error
    paths = [error.split(":")[1].strip() for error in repository.review(head=head).errors]
    assert paths == ["roster/streaky.pub", "README.md"]


def test_where_github_does_not_answer_nobody_is_a_maintainer(repository: Repository) -> None:
    repository.propose({"roster/ada.yml": ""})
    repository.environment["GITHUB_TOKEN"] = "ghs_unknown"
    assert "is ada's file" in repository.review("mona").error
    assert repository.review("ada").news == ["ada joins.", "Ready to merge"]


def test_a_run_of_another_event_is_told_what_to_start_it_by(repository: Repository) -> None:
    done = subprocess.run(
        [*PROGRAM, "team", "review"],
        env=PLAIN | repository.environment | {"GITHUB_EVENT_PATH": os.devnull},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "Start it by `on: pull_request`" in done.stderr
