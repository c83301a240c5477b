"""The house stands as CONTRIBUTING.md draws it: imports point downward, and the quick way stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from streaky.inputs import INPUTS
from tests.conftest import NOW, ROOT, World

# From the ground up; a file may import what stands before it.
ORDER = (
    *("__init__", "errors", "calendar", "text"),
    *("streak", "schedule", "alive", "values", "zones", "crons", "job", "punctuality", "addresses", "inputs"),
    *("redaction", "configfile"),
    *(
        "settings",
        "config",
        "messages",
        "ledger",
        "ledger.parts",
        "ledger.book",
        "ledger.claims",
        "ledger.journal",
    ),
    *("http", "ping", "github.queries", "github.client", "github.repository", "github.reading", "github"),
    *("github.rest", "github.runs", "ledger.store", "ledger.file", "ledger.branch"),
    *("channels.base", "channels.discord", "channels.telegram", "channels.webhook"),
    *("channels.apprise", "channels"),
    *("report", "pictures", "pictures.summary", "pictures.terminal", "actions", "process"),
    *("finding", "looking", "judging", "memory", "remembering", "deciding", "telling", "guard"),
    *("demo", "cli", "__main__"),
)
PACKAGE = ROOT / "streaky"
FILES = sorted(PACKAGE.rglob("*.py"))
# What costs tens of milliseconds, and a run without a config file or a zone of its own does not use.
HEAVY = {
    "github",
    "apprise",
    "cryptography",
    "yaml",
    "graphql",
    "zoneinfo",
    "cronsim",
    "asyncio",
    "streaky.sandbox",
}


def module(path: Path) -> str:
    """A file's name as in ORDER."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(path: Path) -> set[str]:
    """The product's modules that a file imports, but for those that only annotations need."""
    tree = ast.parse(path.read_text())
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "streaky":
            base = node.module.removeprefix("streaky").lstrip(".")
            for name in (alias.name for alias in node.names):
                whole = f"{base}.{name}".lstrip(".")
                found.add(whole if whole in ORDER else base or "__init__")
        elif isinstance(node, ast.Import):
            found |= {each.name.partition(".")[2] for each in node.names if each.name.startswith("streaky.")}
    return found


@pytest.mark.parametrize("path", [path for path in FILES if "sandbox" not in path.parts], ids=module)
def test_imports_point_downward(path: Path) -> None:
    here = ORDER.index(module(path))
    for name in imports(path) - {"sandbox"}:
        assert ORDER.index(name) < here, f"{module(path)} imports {name}"


def test_the_sandbox_imports_nothing_of_the_product() -> None:
    sandbox = [path for path in FILES if "sandbox" in path.parts]
    assert sandbox
    for path in sandbox:
        assert all(name.startswith("sandbox") for name in imports(path)), path


def test_files_are_rooms_not_halls() -> None:
    for path in FILES:
        assert len(path.read_text().splitlines()) <= 260, path


def test_contributing_names_every_file() -> None:
    said = (ROOT / "CONTRIBUTING.md").read_text()
    for path in FILES:
        top = path.relative_to(PACKAGE).parts[0]
        shown = top if top.endswith(".py") else f"{top}/"
        assert top in ("__init__.py", "__main__.py") or f"`{shown}`" in said, shown


def test_a_run_loads_nothing_heavy_that_it_does_not_use(world: World) -> None:
    environment = {"PYTHONPATH": str(ROOT), "STREAKY_NOW": NOW.isoformat()} | world.environment
    script = "import sys; from streaky.cli import main; main(['check']); print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines())
    assert {"requests", "streaky.guard", "streaky.channels.telegram"} <= loaded
    assert not loaded & HEAVY
    assert not loaded & {"streaky.channels.webhook", "streaky.channels.apprise", "streaky.demo"}


def test_the_readme_lists_every_input_with_its_variable_and_default() -> None:
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| (?:`(\w+)`)? \|([^|]*)\|", (ROOT / "README.md").read_text())
    table = {name: (variable, default.strip("` ")) for name, variable, default in rows}
    for name, each in INPUTS.items():
        if name == "now":
            continue
        variable, default = table[name]
        assert variable == each.environment
        if each.default:
            assert default == each.default, name


def test_the_changelog_and_the_package_agree_on_the_version() -> None:
    from streaky import __version__

    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert "## [Unreleased]" in changelog or f"## [{__version__}]" in changelog
