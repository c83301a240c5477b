"""A change of keys: a roster's sealed values are sealed anew in their places, and nothing else changes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky import sealing
from streaky.sealing import PrivateKey
from streaky.team import reseal
from tests import program
from tests.conftest import PLAIN, leaks

OLD, OLDER, NEW = (PrivateKey(bytes(range(at, at + 32))) for at in (0, 1, 2))
TELLING = "ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
HOOK = f"https://discord.com/api/webhooks/1234567890123456789/{TELLING}"
BOT = f"123456789:{TELLING}"
HOOKS, BOTS = "discord-webhook-url", "telegram-bot-token"
SECRETS = (TELLING, *(key.text.rpartition(":")[2] for key in (OLD, OLDER, NEW)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A roster under the new key."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roster").mkdir()
    (tmp_path / "roster/streaky.pub").write_text(f"{NEW.public}\n")
    return tmp_path / "roster"


def sealed(name: str = HOOKS, value: str = HOOK, login: str = "ada", key: PrivateKey = OLD) -> str:
    return sealing.seal(value, key.public, login, name)


def run(*arguments: str, keys: tuple[PrivateKey, ...] = (OLD, NEW)) -> subprocess.CompletedProcess[str]:
    """Run the command; nothing that it prints is secret."""
    environment = PLAIN | {"STREAKY_KEY": "\n".join(key.text for key in keys)}
    done = program.run("team", "reseal", *arguments, environment=environment)
    assert leaks(done.stdout + done.stderr, SECRETS) == []
    assert "Traceback" not in done.stderr
    return done


def opened(text: str, name: str = HOOKS, login: str = "ada", key: PrivateKey = NEW) -> str:
    """The value in the file, opened with the new key."""
    (found,) = re.findall(rf"^{name}:.*?(sealed:[\w:-]+)", text, re.MULTILINE | re.DOTALL)
    return sealing.open_sealed(found, [key], login, name)


def test_each_value_opens_with_the_new_key_and_all_else_is_as_it_was(folder: Path) -> None:
    before = (
        "\ufeff# Ada's file 🦉, with an older one: {old}\r\n"
        "timezone: Europe/Berlin   # home\r\n"
        "\r\n"
        f"{HOOKS}:   '{{old}}' # mine\r\n"
        f"{BOTS}: {{bot}}\r\n"
        f"telegram-chat-id: {{chat}}\r\n"
        "remind-at:\r\n  - 18:00\r\n  - 22:30"
    )
    texts = {
        "old": sealed(),
        "bot": sealed(BOTS, BOT, key=OLDER),
        "chat": sealed("telegram-chat-id", "12345", key=NEW),
    }
    (folder / "ada.yml").write_bytes(before.format(**texts).encode())
    (folder / "ada.yml").chmod(0o640)
    done = run(keys=(OLD, OLDER, NEW))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "roster/ada.yml:4:24: sealed anew",
        "roster/ada.yml:5:21: sealed anew",
        f"Sealed anew: 2. Under the key {NEW.public.id} before: 1. Left: 0.",
    ]
    after = (folder / "ada.yml").read_bytes().decode()
    assert (opened(after), opened(after, BOTS)) == (HOOK, BOT)
    hook, bot = (re.search(rf"^{name}: *'?([^'\s]+)", after, re.MULTILINE) for name in (HOOKS, BOTS))
    assert hook
    assert bot
    comment, _, rest = before.format(**texts).partition("\r\n")
    rest = rest.replace(texts["old"], hook[1]).replace(texts["bot"], bot[1])
    assert after == f"{comment}\r\n{rest}"
    assert (folder / "ada.yml").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["ada.yml", "streaky.pub"]


def test_a_second_time_changes_nothing(folder: Path) -> None:
    (folder / "ada.yml").write_text(f"{HOOKS}: {sealed()}\n")
    run()
    before = (folder / "ada.yml").read_bytes()
    done = run()
    assert done.returncode == 0
    assert done.stdout == f"Sealed anew: 0. Under the key {NEW.public.id} before: 1. Left: 0.\n"
    assert (folder / "ada.yml").read_bytes() == before


@pytest.mark.parametrize("form", ["{}", '"{}"', "'{}'", ">-\n  {}", "|\n  {}\n", "\n  {}"])
def test_it_is_found_however_yaml_writes_it(folder: Path, form: str) -> None:
    (folder / "ada.yml").write_text(f"{HOOKS}: {form.format(sealed())}\nlanguage: de\n")
    assert run().returncode == 0
    after = (folder / "ada.yml").read_text()
    assert opened(after) == HOOK
    assert after.endswith("language: de\n")


def test_what_stays_under_an_old_key_is_named_and_stops_nobody_else(folder: Path) -> None:
    (folder / "ada.yml").write_text(f"{HOOKS}: {sealed()}\n")
    (folder / "bob.yml").write_text(
        f"{HOOKS}: {sealed(login='bob', key=OLDER)}\n{BOTS}: {sealed(BOTS, BOT, 'bob')}\n"
    )
    (folder / "eve.yml").write_text(f"language: de\n{HOOKS}: {sealed(login='ada')}\n")
    (folder / "joe.yml").write_text(f"{HOOKS}: sealed:v1:0\n")
    (folder / "kim.yml").write_text("timezone: [\n")
    escaped = sealed(login="lin").replace("sealed", "\\x73ealed")
    (folder / "lin.yml").write_text(f'{HOOKS}: "{escaped}"\n')
    done = run()
    assert done.returncode == 2
    assert opened((folder / "ada.yml").read_text()) == HOOK
    assert opened((folder / "bob.yml").read_text(), BOTS, "bob") == BOT
    lines = done.stderr.splitlines()
    for line, start, said in (
        (lines[0], "error: roster/bob.yml:1:22: ", "STREAKY_KEY has no private key for it"),
        (lines[1], "error: roster/eve.yml:2:22: ", "it was not sealed as discord-webhook-url for eve"),
        (lines[2], "error: roster/joe.yml:1:22: ", "is not a whole sealed value"),
        (lines[3], "error: roster/kim.yml:1:1: ", "the file is not YAML"),
        (lines[4], "error: roster/lin.yml:1:22: ", "Write it in one line"),
    ):
        assert line.startswith(start), line
        assert said in line
    assert len(lines) == 5
    assert (
        done.stdout.splitlines()[-1] == f"Sealed anew: 2. Under the key {NEW.public.id} before: 0. Left: 5."
    )


def test_to_look_needs_no_key_and_changes_nothing(folder: Path) -> None:
    (folder / "ada.yml").write_text(f"{HOOKS}: {sealed()}\n")
    (folder / "bob.yml").write_text(f"{HOOKS}: {sealed(login='bob', key=NEW)}\n")
    before = (folder / "ada.yml").read_bytes()
    done = run("--look", keys=())
    assert done.returncode == 2
    assert done.stderr == (
        f"error: roster/ada.yml:1:22: {HOOKS}: is sealed with the key {OLD.public.id}, not {NEW.public.id}.\n"
    )
    assert (folder / "ada.yml").read_bytes() == before


@pytest.mark.parametrize(
    ("keys", "said"),
    [((), "No key is set"), ((OLD,), "has no private key for roster/streaky.pub")],
)
def test_nothing_is_sealed_with_a_key_that_nobody_could_open(
    folder: Path, keys: tuple[PrivateKey, ...], said: str
) -> None:
    (folder / "ada.yml").write_text(f"{HOOKS}: {sealed()}\n")
    before = (folder / "ada.yml").read_bytes()
    done = run(keys=keys)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert (folder / "ada.yml").read_bytes() == before


def test_a_link_is_not_followed_and_what_it_leads_to_stays(folder: Path) -> None:
    elsewhere = folder.parent / "ada.txt"
    elsewhere.write_text(f"{HOOKS}: {sealed()}\n")
    before = elsewhere.read_bytes()
    (folder / "ada.yml").symlink_to(elsewhere)
    done = run()
    assert (done.returncode, "it is a link" in done.stderr) == (2, True)
    assert elsewhere.read_bytes() == before


def test_a_roster_elsewhere_has_its_key_beside_it(folder: Path) -> None:
    folder.rename(folder.parent / "class")
    (folder.parent / "class/ada.yml").write_text(f"{HOOKS}: {sealed()}\n")
    assert run("--roster", "class").returncode == 0
    assert "names nobody" in run("--roster", ".", "--public", "class/streaky.pub").stderr


@settings(max_examples=60, deadline=None)
@given(
    comment=st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="\u2028\u2029\ufeff")
    )
)
def test_whatever_stands_before_a_value_its_place_is_found(comment: str) -> None:
    text = sealed()
    content = f"language: de  # {comment}\n{HOOKS}: {text} # {comment}\n"
    (found,) = reseal.sealed_values(content.encode(), "roster/ada.yml")
    begin, end = found.span
    assert content[begin:end] == found.text == text
    assert found.key_id == OLD.public.id
