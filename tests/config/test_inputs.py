"""The tables of inputs and outputs: what they say, and that all that follows from them is up to date."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from streaky.config import inputs
from streaky.config.inputs import INPUTS
from streaky.config.outputs import OUTPUTS
from streaky.config.values import CHOSEN_KINDS
from streaky.input.refusal import BadValue
from streaky.input.row import Preset, Seat
from streaky.locales import languages
from tests import generate
from tests.conftest import ROOT, World

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
GUARD: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/guard.yml").read_text())
CALLED = GUARD[True]["workflow_call"]  # YAML 1.1 reads `on` as true


def test_what_is_generated_is_as_the_tables_have_it() -> None:
    stale = [str(path.relative_to(ROOT)) for path in generate.generated()]
    assert not stale, f"Run make generate: {', '.join(stale)}"


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("action.yml", "STREAKY_LEAD: ${{ inputs.lead || env.STREAKY_LEAD }}", "STREAKY_LEAD: 2h"),
        (".github/workflows/guard.yml", "lead: ${{ inputs.lead }}\n", ""),
        ("README.md", "types: [streaky]", "types: [streak]"),
        ("streaky/config.schema.json", '"default": "2h"', '"default": "3h"'),
        ("streaky/report.schema.json", '"telegram", ', ""),
        ("template/.github/streaky.yml", "# lead: 2h", "# lead: 3h"),
        ("docs/settings.md", "## lead", "## leads"),
    ],
)
def test_a_file_that_was_changed_by_hand_is_stale_and_written_anew(
    tmp_path: Path, name: str, right: str, wrong: str
) -> None:
    for each in generate.FILES:
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / each, tmp_path / each)
    assert generate.generated(tmp_path) == {}
    path, text = tmp_path / name, (ROOT / name).read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), "utf-8")
    assert generate.generated(tmp_path) == {path: text}


def test_a_new_input_reaches_every_file_from_one_entry_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Preset(
        name="card",
        environment="STREAKY_CARD",
        read=str,
        what="Draw a card.",
        form="`true` or `false`.",
        default="true",
        examples=(False,),
        schema={"type": "boolean"},
    )
    monkeypatch.setitem(INPUTS, "card", card)
    written = {path.name: text for path, text in generate.generated().items()}
    list_none = {"README.md", "report.schema.json", "troubleshooting.md", "index.html"}
    assert set(written) == {Path(name).name for name in generate.FILES} - list_none
    action, guard = yaml.safe_load(written["action.yml"]), yaml.safe_load(written["guard.yml"])
    assert action["inputs"]["card"] == {"description": "Draw a card. `true` or `false`. Left out: `true`."}
    assert action["runs"]["steps"][-1]["env"]["STREAKY_CARD"] == "${{ inputs.card || env.STREAKY_CARD }}"
    assert "card" in guard[True]["workflow_call"]["inputs"]
    calls = [job["steps"][0]["with"] for name, job in guard["jobs"].items() if name in ("guard", "redeliver")]
    assert [each["card"] for each in calls] == ["${{ inputs.card }}"] * 2
    assert "\n# card: true\n" in written["streaky.yml"]


def test_each_input_is_in_the_action_and_the_reusable_workflow_where_the_table_seats_it() -> None:
    seats = {
        Seat.ACTION: set(ACTION["inputs"]) - {"command"},
        Seat.GUARD_INPUT: set(CALLED["inputs"]) - {"command", "runs-on"},
        Seat.GUARD_SECRET: set(CALLED["secrets"]) - {"token"} | {"github-token"},
    }
    for seat, names in seats.items():
        assert names == {each.name for each in INPUTS.values() if seat in each.seats}
    assert set(INPUTS) - seats[Seat.ACTION] == {"now"}


def test_no_secret_can_be_set_where_others_see_it() -> None:
    assert sum(each.secret for each in INPUTS.values()) == 8
    for each in INPUTS.values():
        if each.secret:
            assert not (Seat.FILE | Seat.GUARD_INPUT) & each.seats, each.name
            assert each.not_in_file, each.name


def test_each_input_reaches_the_program_by_its_environment_variable() -> None:
    (run,) = (step for step in ACTION["runs"]["steps"] if step.get("id") == "streaky")
    for name, each in INPUTS.items():
        wanted = "env.STREAKY_NOW" if name == "now" else f"inputs.{name}"
        assert wanted in run["env"][each.environment], name


def test_each_input_says_what_it_is_its_form_and_what_happens_without_it() -> None:
    for each in INPUTS.values():
        assert each.what.endswith("."), each.name
        assert each.form.endswith("."), each.name
        assert each.without or each.default, each.name
        assert not each.without.endswith("."), each.name
    for entry in (*ACTION["inputs"].values(), *ACTION["outputs"].values()):
        assert len(entry["description"]) > 30


def test_each_default_and_example_can_be_read() -> None:
    for each in INPUTS.values():
        if each.default:
            assert each.read(each.default) is not None
        for example in each.examples:
            text = ",".join(example) if isinstance(example, list) else f"{example}"
            assert each.read(text) is not None


def test_descriptions_name_the_languages_and_the_kinds() -> None:
    assert all(f"`{code}`" in inputs.LANGUAGE.description for code in languages())
    assert all(f"`{kind}`" in inputs.NOTIFY.description for kind in CHOSEN_KINDS)


def test_the_outputs_of_a_report_are_those_of_the_table(world: World) -> None:
    assert [*world.check().outputs()] == [
        each.name for each in OUTPUTS if not (each.of_doctor or each.of_team)
    ]
    assert [*ACTION["outputs"]] == [each.name for each in OUTPUTS]
    assert [*CALLED["outputs"]] == [each.name for each in OUTPUTS if each.in_guard]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ledger", "file:/etc/passwd", "a ledger's path is never taken from a file"),
        ("pause-until", "today", '"today" has no end in a file.'),
    ],
)
def test_less_is_taken_from_a_file_than_from_elsewhere(name: str, text: str, said: str) -> None:
    each = INPUTS[name]
    assert each.read(text)
    assert each.read_in_file is not None
    with pytest.raises(BadValue, match=said):
        each.read_in_file(text)
