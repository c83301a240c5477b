"""The repository around the program: issue forms, Dependabot, checks before a commit, links, the wheel."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from streaky import HOMEPAGE
from tests.conftest import ROOT

FORMS = sorted(path for path in ROOT.glob(".github/ISSUE_TEMPLATE/*.yml") if path.name != "config.yml")
LEFT_OUT = {".git", ".venv", "node_modules"}


def tool(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool of this Python's environment in the repository."""
    program = Path(sys.executable).with_name(str(command[0]))
    return subprocess.run(
        [program, *map(str, command[1:])], cwd=ROOT, capture_output=True, text=True, check=False
    )


def load(path: str) -> Any:
    """A YAML file of the repository."""
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


# Issue forms and Dependabot


def test_there_is_a_form_for_a_bug_an_idea_and_a_service_that_changed() -> None:
    assert {path.stem for path in FORMS} == {"bug", "idea", "service-changed"}
    for path in FORMS:
        ids = [field["id"] for field in load(str(path))["body"] if field["type"] != "markdown"]
        assert len(set(ids)) == len(ids), path


def test_a_security_problem_is_led_to_the_private_way() -> None:
    chooser = load(".github/ISSUE_TEMPLATE/config.yml")
    assert chooser["blank_issues_enabled"] is False
    assert f"{HOMEPAGE}/security/advisories/new" in [link["url"] for link in chooser["contact_links"]]
    assert "privately" in (ROOT / "SECURITY.md").read_text("utf-8")


def test_dependabot_watches_every_place_that_pins_something() -> None:
    updates = {
        (each["package-ecosystem"], each["directory"]) for each in load(".github/dependabot.yml")["updates"]
    }
    assert updates == {("github-actions", "/"), ("pip", "/.github/requirements"), ("npm", "/tests")}
    assert all((ROOT / directory.lstrip("/")).is_dir() for _, directory in updates)
    # Dependabot would compile an .in file without pyproject.toml, and so drop packages from its lock.
    assert not list(ROOT.glob(".github/requirements/*.in"))


def test_zizmor_is_clean_everywhere_at_its_pedantic_persona() -> None:
    done = tool("zizmor", "--offline", "--persona=pedantic", ".", "template", "template-team")
    assert done.returncode == 0, done.stdout
    for name in (
        "dependabot.yml",
        ".pre-commit-config.yaml",
        "action.yml",
        "template/.github/workflows/streaky.yml",
    ):
        assert re.search(rf"completed \S*{re.escape(name)}\n", done.stderr), name


# Checks before a commit


def hooks() -> list[dict[str, Any]]:
    """The hooks of the pre-commit settings, all of them the repository's own."""
    (repository,) = load(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    found: list[dict[str, Any]] = repository["hooks"]
    return found


def test_the_checks_before_a_commit_use_the_locked_tools() -> None:
    lock = (ROOT / ".github/requirements/dev.txt").read_text("utf-8")
    for hook in hooks():
        program = Path(shlex.split(hook["entry"])[0])
        assert program.parent == Path(".venv/bin")
        assert hook["language"] == "system"
        assert re.search(rf"(?m)^{program.name}==", lock), program


def test_the_checks_before_a_commit_lint_as_make_does() -> None:
    lint = re.findall(
        r"\t\$\(BIN\)/(\w+(?: \w+)?)",
        (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0],
    )
    entries = [hook["entry"].removeprefix(".venv/bin/") for hook in hooks()]
    assert len(lint) == 3
    for command in lint:
        assert any(entry.startswith(command) for entry in entries), command


def test_the_checks_before_a_commit_know_the_schema_of_each_kind_of_file() -> None:
    schemas = {shlex.split(hook["entry"])[-1] for hook in hooks() if "check-jsonschema" in hook["entry"]}
    names = ("workflows", "actions", "issue-forms", "issue-config")
    assert schemas == {"vendor.dependabot", *(f"vendor.github-{name}" for name in names)}


@pytest.mark.parametrize(
    "hook", [each for each in hooks() if "check-jsonschema" in each["entry"]], ids=lambda each: each["id"]
)
def test_each_check_against_a_schema_finds_its_files_and_they_fit(hook: dict[str, Any]) -> None:
    paths = [path.relative_to(ROOT).as_posix() for path in files("*.yml")]
    meant = [
        path
        for path in paths
        if re.search(hook["files"], path) and not re.search(hook.get("exclude", "^$"), path)
    ]
    assert meant
    done = tool(*shlex.split(hook["entry"].removeprefix(".venv/bin/")), *meant)
    assert done.returncode == 0, done.stdout


def test_the_quick_tests_are_the_rules() -> None:
    rules = ("test_streak.py", "test_calendar.py", "test_messages.py", "schedule/", "config/", "ledger/")
    places = [f"tests/{place}" for place in rules]
    done = tool("python", "-m", "pytest", "-m", "pure", "--collect-only", *places)
    assert done.returncode == 0, done.stdout
    for place in places:
        assert f"\n{place}" in f"\n{done.stdout}", place


# Links


def files(pattern: str) -> list[Path]:
    """The repository's own files of that name."""
    return sorted(path for path in ROOT.rglob(pattern) if not LEFT_OUT & set(path.relative_to(ROOT).parts))


def headings(text: str) -> set[str]:
    """The anchors that GitHub makes of a Markdown file's headings."""
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", each).lower()).replace(" ", "-")
        for each in re.findall(r"(?m)^#+ (.+)$", text)
    }


def lost(path: Path) -> list[str]:
    """The links of a Markdown file, relative ones and those to our own repository, that lead nowhere."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", path.read_text("utf-8"))
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:href|src)=\"([^\"]+)\"", text)
    missing = []
    for link in links:
        own = re.fullmatch(rf"{re.escape(HOMEPAGE)}(?:/blob/main/([^#]+))?(#.+)?", link)
        if own:
            target, anchor = ROOT / (own[1] or "README.md"), own[2] or ""
        elif re.match(r"[a-z]+:|\.\./\.\./(edit|new|settings|actions|tree)/", link):
            continue  # other places, and GitHub's own pages of a copy, which test_template.py knows
        else:
            place, _, anchor = link.partition("#")
            target = path.parent / unquote(place) if place else path
        named = (
            not anchor or anchor.lstrip("#") in headings(target.read_text("utf-8"))
            if target.exists()
            else False
        )
        if not named:
            missing.append(link)
    return missing


def test_every_link_to_a_file_or_heading_of_ours_leads_somewhere() -> None:
    pages = files("*.md")
    assert {"README.md", "late.md", "timer.md"} <= {page.name for page in pages}
    assert {page.relative_to(ROOT).as_posix(): lost(page) for page in pages if lost(page)} == {}


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        f"# A page\n[a](gone.md) [b](#a-page) [c](#no-page) [d]({HOMEPAGE}/blob/main/gone.md) [e](https://example.com/x)\n"
        f"```\n[f](in-code.md)\n```\n[g]({HOMEPAGE}#no-such-heading) [h]({HOMEPAGE}/blob/main/README.md)\n"
    )
    assert lost(page) == [
        "gone.md",
        "#no-page",
        f"{HOMEPAGE}/blob/main/gone.md",
        f"{HOMEPAGE}#no-such-heading",
    ]


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the repository as it stands."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "streaky", source / "streaky", ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", target]
    done = tool("python", "-m", "pip", "--disable-pip-version-check", "wheel", *options, source)
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


def test_a_wheel_holds_all_that_the_package_holds(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("streaky/")}
    assert inside == {
        path.relative_to(ROOT).as_posix()
        for path in files("*")
        if path.is_file() and path.is_relative_to(ROOT / "streaky") and "__pycache__" not in path.parts
    }
    assert {"streaky/py.typed", "streaky/config.schema.json", "streaky/locales/en.json"} <= inside


def test_the_program_runs_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    script = "import sys; sys.path.insert(0, sys.argv.pop()); from streaky.cli import door; sys.exit(door())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, "schema", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '"$schema"' in done.stdout
