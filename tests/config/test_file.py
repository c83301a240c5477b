"""The config file: what is read from it, where each fault stands, and that nothing in it can do harm."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streaky.config import file as configfile
from streaky.config.file import BIGGEST, MOST_FAULTS, ConfigFile
from streaky.config.inputs import IN_FILE, INPUTS, SEALABLE
from streaky.config.inputs import SECRET as SECRETS
from streaky.config.sources import Settings, Sources
from streaky.errors import ConfigurationError, Place
from streaky.input.refusal import BadValue
from streaky.locales import languages
from tests.conftest import ROOT

PATH = ".github/streaky.yml"
SCHEMA = json.loads((ROOT / "streaky/config.schema.json").read_text("utf-8"))
ALLOWED = {name for name, refusal in IN_FILE.items() if refusal is None}
SECRET = "ghp_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R"


def read(content: str | bytes) -> ConfigFile:
    raw = content.encode() if isinstance(content, str) else content
    return configfile.read(raw, PATH, IN_FILE)


def faults(content: str | bytes) -> list[str]:
    """What is said of a file, without its path."""
    return [str(fault).removeprefix(f"{PATH}:") for fault in read(content).faults]


# What is read


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", {}),
        ("# only a comment\n", {}),
        ("~", {}),
        ("---\n...\n", {}),
        ("{}", {}),
        ("timezone: Europe/Berlin", {"timezone": "Europe/Berlin"}),
        ("timezone: 'Europe/Berlin' # mine", {"timezone": "Europe/Berlin"}),
        ("\ufefftimezone: UTC", {"timezone": "UTC"}),
        ("timezone: UTC\r\nuser: octocat\r\n", {"timezone": "UTC", "user": "octocat"}),
        ("{user: octocat, min-contributions: 3}", {"user": "octocat", "min-contributions": "3"}),
        ('{"user": "octocat"}', {"user": "octocat"}),
        ("remind-at: [18:00, '21:00', \"23:00\"]", {"remind-at": "18:00,21:00,23:00"}),
        ("remind-at: 18:00, 21:00", {"remind-at": "18:00, 21:00"}),
        ("remind-at:\n- 18:00\n- 21:00", {"remind-at": "18:00,21:00"}),
        ("quiet-until: 09:00", {"quiet-until": "09:00"}),
        ("notify: |\n  at-risk\n  safe\n", {"notify": "at-risk\nsafe"}),
        ("pause-until: 2026-12-31", {"pause-until": "2026-12-31"}),
        ("telegram-chat-id: -1001234567890:42", {"telegram-chat-id": "-1001234567890:42"}),
        ("dry-run: yes", {"dry-run": "yes"}),
        ("language: no", {"language": "no"}),
        ("user: &me octocat", {"user": "octocat"}),
        ("user:\ntimezone: ''\nlanguage: ~\nnotify: []\nrest-days: null", {}),
        ("user: 'null'", {"user": "null"}),
    ],
)
def test_settings_are_read_as_the_text_that_was_written(content: str, expected: dict[str, str]) -> None:
    file = read(content)
    assert file.faults == []
    assert file.values == expected


def test_each_value_has_its_line_and_column() -> None:
    file = read("# é\ntimezone: Europe/Berlin\nrest-days:\n  - sat\n'user':   'ö'\n")
    assert file.places == {
        "timezone": Place(PATH, 2, 11),
        "rest-days": Place(PATH, 4, 3),
        "user": Place(PATH, 5, 11),
    }
    assert str(file.places["timezone"]) == ".github/streaky.yml:2:11"


# What is refused, and where

MAPPING = "Write lines like timezone: Europe/Berlin."
WRITE_OUT = "must be one value or a plain list. Write each value out."
TAGS = "config: tags (!) are not read here. Write the plain value."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("timezon: UTC", ['1:1: timezon: is not a setting. Did you mean "timezone"?']),
        ("# a\n\n  Rest_Days: sat", ['3:3: Rest_Days: is not a setting. Did you mean "rest-days"?']),
        ("xyzzy: 1", ["1:1: xyzzy: is not a setting."]),
        ("config: x\nnow: y", ["1:1: config: is not a setting.", "2:1: now: is not a setting."]),
        ("'a\\nb': 1\n\"c\\u001bd\": 2", ["1:1: a\\nb: is not a setting.", "2:1: c�d: is not a setting."]),
        ("user: a\nuser: b", ["2:1: user: stands twice; the first is in line 1. Keep one."]),
        ("user: a\n'user': a", ["2:1: user: stands twice; the first is in line 1. Keep one."]),
        ("user: {name: octocat}", [f"1:7: user: {WRITE_OUT}"]),
        ("telegram:\n  chat-id: 1", ['1:1: telegram: is not a setting. Did you mean "telegram-chat-id"?']),
        ("rest-days: [sat, [sun]]", [f"1:12: rest-days: {WRITE_OUT}"]),
        ("rest-days:\n  - day: sat", [f"2:3: rest-days: {WRITE_OUT}"]),
        ("user: &a x\nlanguage: *a", [f"2:11: language: {WRITE_OUT}"]),
        ("rest-days: [&a sat, *a]", [f"1:12: rest-days: {WRITE_OUT}"]),
        ("<<: *a", ["1:1: <<: is not a setting."]),
        ("- timezone: UTC", [f"1:1: config: the file is not a mapping. {MAPPING}"]),
        ("Europe/Berlin", [f"1:1: config: the file is not a mapping. {MAPPING}"]),
        ("'~'", [f"1:1: config: the file is not a mapping. {MAPPING}"]),
        ("*a", [f"1:1: config: the file is not a mapping. {MAPPING}"]),
        ("? [a]\n: b", [f"1:3: config: a key must be plain text. {MAPPING}"]),
        ("{a: b}: c", [f"1:1: config: a key must be plain text. {MAPPING}"]),
        (
            "user: a\n---\nuser: b",
            ["2:1: config: a second document starts here. Keep one, without ---."],
        ),
        ("user: !!str a", [f"1:7: {TAGS}"]),
        ("user: !secret a", [f"1:7: {TAGS}"]),
        ("user: !!python/object/apply:os.system [id]", [f"1:7: {TAGS}"]),
        ("rest-days: [!!python/name:os.system sat]", [f"1:13: {TAGS}"]),
        ("!!python/object:os.system {user: a}", [f"1:1: {TAGS}"]),
        ("!!str user: a", [f"1:1: {TAGS}"]),
    ],
)
def test_each_fault_is_told_with_its_line_and_column(content: str, expected: list[str]) -> None:
    assert faults(content) == expected


@pytest.mark.parametrize(
    ("content", "place", "mend"),
    [
        ("user: [octocat", "1:7", ""),
        ("user: a\nrest-days: {sat\n\n", "2:12", ""),
        ("user: 'octocat\ntimezone: UTC\n", "1:7", ""),
        ("# ö\nuser: a: b", "2:8", ""),
        ("user: a\n  language: b", "2:11", ""),
        ("user: }", "1:7", ""),
        ('user: "\\q"', "1:8", ""),
        ("%YAML 3.0\n---\nuser: a", "1:1", ""),
        ("telegram-chat-id: @mine", "1:19", " Put the value in quotes."),
        ("user: %a", "1:7", " Put the value in quotes."),
        ("user:\n\t- a", "2:1", " Use spaces, not tabs."),
    ],
)
def test_broken_yaml_is_told_with_its_line_and_column(content: str, place: str, mend: str) -> None:
    (said,) = faults(content)
    assert re.fullmatch(rf"{place}: config: the file is not YAML: [a-z][^.]+\.{re.escape(mend)}", said)


def test_what_stands_before_a_fault_of_form_is_still_read_and_judged() -> None:
    file = read("timezone: UTC\nusr: a\nlanguage: de\nrest-days: [sat")
    assert file.values == {"timezone": "UTC", "language": "de"}
    assert [(fault.input, str(fault.place)) for fault in file.faults] == [
        ("usr", f"{PATH}:2:1"),
        ("config", f"{PATH}:4:12"),
    ]


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_secrets_do_not_belong_in_a_file_and_are_not_repeated(name: str) -> None:
    file = read(f"user: a\n{name}: {SECRET}\n")
    (fault,) = file.faults
    assert str(fault).startswith(f"{PATH}:2:1: {name}: is a secret, which a file must not hold.")
    assert "repository secret" in fault.mend
    assert name not in file.values
    assert SECRET[:8] not in str(fault)


def test_where_a_bot_token_is_sent_is_never_taken_from_a_file() -> None:
    (said,) = faults("user: a\ntelegram-api-url: https://bots.example.com\n")
    assert said.startswith("2:1: telegram-api-url: is never taken from a file")
    assert "telegram-api-url" not in read("telegram-api-url: https://bots.example.com").values


@pytest.mark.parametrize("content", [f"{SECRET}: 1", f"token: {SECRET}", f"user: [{SECRET}, [x]]", SECRET])
def test_a_secret_in_any_wrong_place_of_a_file_is_not_repeated(content: str) -> None:
    (said,) = faults(content)
    assert SECRET[4:12] not in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"user: a\n# caf\xe9\n", "2:6: config: the file is not UTF-8 text. Save it as UTF-8."),
        ("# é\n# é".encode() + b"\xff", "2:4: config: the file is not UTF-8 text. Save it as UTF-8."),
        (b"\xef\xbb\xbfuser: \xff", "1:7: config: the file is not UTF-8 text. Save it as UTF-8."),
        ("user: a".encode("utf-16"), "1:1: config: the file is not UTF-8 text. Save it as UTF-8."),
        (b"\xed\xa0\x80", "1:1: config: the file is not UTF-8 text. Save it as UTF-8."),
        ("user: é\x07b", "1:8: config: the file holds a control character (U+0007). Remove it."),
        ("# éé\nuser: \x1b[31m", "2:7: config: the file holds a control character (U+001B). Remove it."),
        (b"\0" * 1000, "1:1: config: the file holds a control character (U+0000). Remove it."),
        (b"\x7fELF\x02\x01\x01", "1:1: config: the file holds a control character (U+007F). Remove it."),
        (b"\x89PNG\r\n\x1a\n", "1:1: config: the file is not UTF-8 text. Save it as UTF-8."),
        ("user: a\n# \uffff", "2:3: config: the file holds a control character (U+FFFF). Remove it."),
    ],
)
def test_what_is_not_text_is_told_at_the_first_wrong_character(content: str | bytes, said: str) -> None:
    assert faults(content) == [said]


# Files that mean harm


def test_a_file_of_the_greatest_size_is_read_and_a_bigger_one_is_not() -> None:
    line = b"user: octocat\n"
    assert read(line + b"#" * (BIGGEST - len(line))).values == {"user": "octocat"}
    file = read(line + b"#" * (BIGGEST + 1 - len(line)))
    assert file.values == {}
    assert [str(fault) for fault in file.faults] == [
        f"{PATH}:1:1: config: the file has more than 65536 bytes. Keep the settings only."
    ]


LAUGHS = "a: &a [ha, ha]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)}, ' * 9}x]\n" for n in range(20)
)
BOMBS = {
    "brackets": "[" * 60_000,
    "braces": "{" * 60_000,
    "dashes": "- " * 30_000,
    "brackets in a value": "user: " + "[" * 60_000,
    "spaced brackets in a value": "user: " + "[ " * 30_000,
    "maps in a value": "user: " + "{a: " * 15_000,
    "maps": "{a: " * 15_000,
    "maps of the same key": "{user: " * 8_500,
    "dashes in a value": "user:\n  " + "- " * 30_000,
    "anchors and aliases": "user: " + "&a [*a, " * 7_500,
    "aliases of themselves": "&a [*a" * 9_000,
    "laughs": LAUGHS,
    "laughs in a value": "user:\n" + "".join(f"  {line}\n" for line in LAUGHS.splitlines()),
    "steps": "".join(f"{' ' * depth}user:\n" for depth in range(340)),
    "lists side by side": "notify: [" + "[]," * 20_000,
    "keys": "".join(f"k{number}: 1\n" for number in range(6_500)),
    "keys like a setting": "".join(f"notif{number}: 1\n" for number in range(5_000)),
    "keys of a flow": "{" + "a," * 30_000 + "}",
    "the same key": "user: a\n" * 8_000,
    "questions": "? " * 30_000,
    "colons": ": " * 30_000,
    "quotes": "user: '" + "'" * 60_000,
    "escapes": 'user: "' + "\\x41\\n" * 10_000 + '"',
    "a long key": "a" * 60_000 + ": b",
    "a long quoted key": '"' + "a" * 60_000 + '": b',
    "a long value": "timezone: " + "a/" * 30_000,
    "many items": "remind-at: [" + "25:00," * 10_000 + "]",
    "many different items": "notify: [" + ",".join(f"kind{number}" for number in range(7_000)) + "]",
    "many lines": "user: |\n" + "  x\n" * 15_000,
    "documents": "---\n" * 15_000,
    "directives": "%A b\n" * 12_000,
    "comments": "#\n" * 30_000,
    "tags": "user: " + "!a " * 20_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_file_explodes_or_takes_long_or_fills_the_log(name: str) -> None:
    content = BOMBS[name].encode()
    assert len(content) <= BIGGEST
    started = time.process_time()
    file = read(content)
    assert len(file.faults) <= MOST_FAULTS + 1
    said = [str(fault) for fault in file.faults]
    for setting, text in file.values.items():
        try:
            INPUTS[setting].read(text)
        except BadValue as bad:
            said.append(f"{bad.what} {bad.mend}")
    assert time.process_time() - started < 1.5
    assert name == "comments" or said
    assert sum(map(len, said)) < 10_000


def test_entries_without_end_are_not_read_to_the_end() -> None:
    assert read("notify: [" + "a," * 4_900 + "]").faults == []
    assert faults("notify: [" + "a," * 5_100 + "]") == [
        "1:10004: config: the file has too many entries. Keep the settings only."
    ]


def test_faults_without_end_are_cut_off_and_that_is_said() -> None:
    said = faults("".join(f"k{number}: 1\n" for number in range(60)))
    assert len(said) == MOST_FAULTS + 1
    assert said[-1] == "51:1: config: too much is wrong; from here on the file was not read."
    assert len(faults("".join(f"k{number}: 1\n" for number in range(50)))) == MOST_FAULTS


# Anything

TOKENS = (
    *IN_FILE,
    *(
        ": ",
        ":",
        " ",
        "\n",
        "\n  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        '"',
        "#",
        "&a ",
        "*a",
        "!",
        "!!str ",
    ),
    *("|\n", ">", "? ", "%", "---\n", "...\n", "\t", "~", "18:00", "a", "é", "\ufeff", "\x07", "<<", "@"),
    *("\\", "\r", "\x85", "\u2028", "0x1", "\U0001f525"),
)
NEAR_YAML = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)


@settings(max_examples=600, deadline=None)
@given(st.binary(max_size=200) | NEAR_YAML.map(str.encode) | st.text(max_size=80).map(str.encode))
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
@example(b"user: \xed\xa0\x80")
def test_any_bytes_give_values_or_faults_within_the_file(content: bytes) -> None:
    file = read(content)
    lines = len(re.split(rb"\r\n|[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9]", content))
    assert set(file.values) == set(file.places)
    assert set(file.values) <= ALLOWED
    places = [fault.place for fault in file.faults] + list(file.places.values())
    for place in places:
        assert place is not None
        assert 1 <= place.line <= lines + 1
        assert 1 <= place.column <= len(content) + 1
    for fault in file.faults:
        assert str(fault).isprintable()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(ALLOWED)), st.text(max_size=40)))
def test_every_text_in_double_quotes_is_read_as_it_is(texts: dict[str, str]) -> None:
    content = "".join(f"{name}: {json.dumps(text)}\n" for name, text in texts.items())
    file = read(content)
    if file.faults:  # json writes what is outside of Unicode's base plane, and DEL, in its own way
        assert not all(char.isprintable() and ord(char) < 0x10000 for text in texts.values() for char in text)
        return
    assert file.values == {name: text.strip() for name, text in texts.items() if text.strip()}


# The schema that editors use


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, which editors read: 18:00 and 2026-12-31 are text, and so is `yes`."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012


Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|True|false|False)$"), list("tTfF"))
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"([-+]?[0-9]+)$"), list("-+0123456789"))


def allowed(content: str) -> bool:
    """Whether the schema allows a config file."""
    validator = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return bool(validator.is_valid(yaml.load(content, Core)))


def settled(content: str) -> Settings:
    """The settings with a config file, beside the least that is needed without one."""
    environment = {"GITHUB_TOKEN": SECRET, "GITHUB_REPOSITORY_OWNER": "octocat"}
    environment |= {"TELEGRAM_BOT_TOKEN": "123456789:ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"}
    environment |= {} if "telegram-chat-id" in content else {"TELEGRAM_CHAT_ID": "1"}
    return Sources({}, environment).settle(read(content))


def test_the_schema_is_one_and_describes_every_setting_that_a_file_may_hold() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"].endswith("/config.schema.json")
    assert set(SCHEMA["properties"]) == ALLOWED | {*SEALABLE}
    assert SCHEMA["additionalProperties"] is False
    for name, each in SCHEMA["properties"].items():
        assert each["title"], name
        assert each["description"], name
        assert each["examples"] if name in ALLOWED else each["pattern"].startswith("^sealed:v1:"), name


def test_the_schemas_languages_are_the_programs() -> None:
    assert SCHEMA["properties"]["language"]["anyOf"][0]["enum"] == languages()


CASES = [
    (f"{name}: {json.dumps(example)}", True)
    for name, each in SCHEMA["properties"].items()
    for example in [*each.get("examples", []), *([each["default"]] if "default" in each else [])]
]


@pytest.mark.parametrize(
    ("content", "right"),
    [
        *CASES,
        ("", True),
        ("remind-at: [18:00, '21:00']", True),
        ("remind-at: 18:00, 21:00", True),
        ("remind-at: 18:00", True),
        ("remind-at: auto", True),
        ("remind-at: [auto]", True),
        ("quiet-until: 9:00", True),
        ("pause-until: 2026-12-31", True),
        ("telegram-chat-id: -1001234567890", True),
        ("telegram-chat-id: -1001234567890:42", True),
        ("rest-days: weekend", True),
        ("rest-days: [mon, weekend]", True),
        ("telegram-api-url: https://bots.example.com", False),
        ("ledger: file:x", False),
        ("pause-until: today", False),
        ("timezone: EST", False),
        ("dry-run: yes", True),
        ("rest-days: Saturday", False),
        ("rest-days: saturday", True),
        ("timezon: UTC", False),
        (f"github-token: {SECRET}", False),
        ("discord-webhook-url: https://discord.com", False),
        ("config: x", False),
        ("- user: octocat", False),
        ("user: octo cat", False),
        ("timezone: Central European Time", False),
        ("telegram-chat-id: 0", False),
        ("telegram-chat-id: mychannel", False),
        ("notify: [at_risk]", False),
        ("notify: at-risk;safe", False),
        ("notify: test", False),
        ("remind-at: [25:00]", False),
        ("remind-at: 6pm", False),
        ("remind-at: auto, 18:00", False),
        ("quiet-until: 24:00", False),
        ("rest-days: [sat, caturday]", False),
        ("rest-days: [mon, tue, wed, thu, fri, sat, sun]", False),
        ("pause-until: 31.12.2026", False),
        ("pause-until: 2026-13-01", False),
        ("min-contributions: 0", False),
        ("min-contributions: some", False),
        ("language: tlh", False),
        ("language: pt-BR", True),
        ("language: zh", True),
        ("language: zh_CN", True),
        ("language: zh-TW", False),
        ("dry-run: maybe", False),
        ("user: {name: octocat}", False),
    ],
)
def test_the_schema_and_the_program_agree(content: str, right: bool) -> None:
    assert allowed(content) is right
    if right:
        assert settled(content)
    elif content != "rest-days: Saturday":  # the program also takes capitals
        with pytest.raises(ConfigurationError) as caught:
            settled(content)
        (fault,) = caught.value.faults
        assert str(fault).startswith(f"{PATH}:1:")


def test_the_template_is_right_as_it_is_and_with_every_setting_switched_on() -> None:
    template = (ROOT / "template/.github/streaky.yml").read_text("utf-8")
    switched_on = re.sub(r"(?m)^# (?=[a-z-]+:)", "", template)
    assert read(template).values == {}
    # The others are for the workflow, where their secrets and switches are.
    others = {*SEALABLE, "dry-run"}
    assert set(read(switched_on).values) == set(SCHEMA["properties"]) - others
    for content in (template, switched_on):
        assert faults(content) == []
        assert allowed(content)
        assert settled(content)
