"""SECURITY.md, docs/architecture.md and docs/comparison.md: what they name exists."""

from __future__ import annotations

import ast
import re

from tests.program import ROOT

SECURITY = (ROOT / "SECURITY.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")
GUARD = ast.parse((ROOT / "streaky/guard.py").read_text("utf-8"))


def rows() -> list[list[str]]:
    """The threat model's rows, cell by cell, without heads and rules."""
    model = SECURITY.partition("\n## Threat model\n")[2].partition("\n## ")[0]
    lines = [line for line in model.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[2] != "Test" and not set(row[0]) <= set("- ")]


def test_each_line_of_the_threat_model_names_a_test_that_exists() -> None:
    tests = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"(?m)^def (test_\w+)", path.read_text("utf-8"))
    }
    named = [re.fullmatch(r"`(test_\w+)`", row[2]) for row in rows()]
    assert len(named) > 25
    assert [
        row for row, name in zip(rows(), named, strict=True) if name is None or name[1] not in tests
    ] == []


def test_the_threat_model_speaks_of_each_who_could_do_harm() -> None:
    heads = " ".join(re.findall(r"(?m)^### (.*)$", SECURITY.partition("## Threat model")[2])).lower()
    for who in ("fork", "pull request", "dependency", "webhook", "roster file", "service"):
        assert who in heads


def calls() -> list[str]:
    """What guard() calls, in its order: `module.function`, or `name.method` of what it made."""
    modules = {
        alias.asname or alias.name: f"{node.module.removeprefix('streaky.')}.{alias.name}"
        for node in ast.walk(GUARD)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    found = []
    for node in ast.walk(GUARD):
        if not isinstance(node, ast.Call):
            continue
        place = (node.func.end_lineno or 0, node.func.end_col_offset or 0)
        if isinstance(node.func, ast.Name):
            found.append((place, modules.get(node.func.id, node.func.id)))
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            found.append((place, f"{node.func.value.id}.{node.func.attr}"))
    return [name for _, name in sorted(found)]


def steps() -> list[str]:
    """The steps of the picture, in its order."""
    return re.findall(r'[\[{]"([a-z_]+\.[a-z_]+)<br/>', ARCHITECTURE)


def test_each_step_of_the_picture_is_one_of_guard_s_calls_in_its_order() -> None:
    called = calls()
    assert [step for step in steps() if step not in called] == []
    places = [called.index(step) for step in steps()]
    assert places == sorted(places)


def test_each_module_whose_steps_guard_takes_is_in_the_picture() -> None:
    taken = {
        alias.name
        for node in ast.walk(GUARD)
        if isinstance(node, ast.ImportFrom) and node.module == "streaky"
        for alias in node.names
    }
    assert len(taken) > 8
    assert taken <= {step.partition(".")[0] for step in steps()}


def test_each_box_of_the_picture_is_drawn_and_joined() -> None:
    picture = ARCHITECTURE.partition("```mermaid\n")[2].partition("```")[0]
    drawn = set(re.findall(r"(\w+)(?:\[|\(\[|\{)", picture))
    joined = set(re.findall(r"(?m)^    (\w+)", picture)) | set(re.findall(r"-->(?: )(\w+)", picture))
    assert {name for name in joined if name not in drawn and name != "flowchart"} == set()
    assert drawn <= joined | {"services"}


def test_what_is_compared_has_a_line_for_each_question_and_a_column_for_each_way() -> None:
    text = (ROOT / "docs/comparison.md").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {7}
    assert all(cell.strip() for line in lines[1:] for cell in line.strip("|").split("|"))
