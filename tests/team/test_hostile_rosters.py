"""Whatever becomes of one person's file, it is an error of theirs alone, and clear, and tells no secret."""

from __future__ import annotations

import base64
import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from streaky import sealing
from streaky.config.inputs import IN_ROSTER, SEALABLE
from streaky.sealing import PrivateKey
from streaky.team.roster import Member, read_roster
from tests.config.test_sealed import VALUES
from tests.conftest import leaks
from tests.team.test_roster import KEY, OTHER, TELLING, sources

SECRETS = (TELLING, KEY.text.rpartition(":")[2], OTHER.text.rpartition(":")[2])
NAMES = [name for name in SEALABLE if name != "apprise-urls"]
names = st.sampled_from(NAMES)


def sealed(name: str, login: str = "ada", key: PrivateKey = KEY) -> str:
    return sealing.seal(VALUES[name], key.public, login, name)


def read(ada: bytes | str, keys: str = KEY.text) -> Member:
    """ada as the team sees her, while bob, whose file is well, is guarded as ever."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "roster"
        folder.mkdir()
        (folder / "ada.yml").write_bytes(ada.encode() if isinstance(ada, str) else ada)
        (folder / "bob.yml").write_text("timezone: Asia/Tokyo\n")
        first, second = read_roster(folder, sources(folder, STREAKY_KEY=keys))
    assert (second.login, second.faults) == ("bob", ())
    assert second.settings is not None
    assert (first.settings is None) == bool(first.faults)
    assert leaks("\n".join(map(str, first.faults)), SECRETS) == []
    for fault in first.faults:
        assert fault.place is None or fault.place.source == "roster/ada.yml"
    return first


def refused(ada: str, keys: str = KEY.text) -> str:
    """The one thing that is said of a file whose only line is sealed."""
    (fault,) = read(ada, keys).faults
    assert fault.place
    assert fault.place.line == 1
    return str(fault)


quick = settings(max_examples=60, deadline=None)


@quick
@given(name=names, at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_flipped_bit_in_what_is_sealed_keeps_it_shut(name: str, at: float, bit: int) -> None:
    head, _, text = sealed(name).rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[int(at * len(raw))] ^= 1 << bit
    flipped = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    assert f"{name}: cannot be opened: it was changed" in refused(f"{name}: {head}:{flipped}\n")


@quick
@given(name=names, at=st.floats(0, 1, exclude_max=True))
def test_what_was_cut_off_is_no_whole_value(name: str, at: float) -> None:
    text = sealed(name)
    kept = text[: max(len("sealed:"), int(at * len(text)))]
    said = refused(f"{name}: '{kept}'\n")
    assert "is not a whole sealed value" in said or "cannot be opened" in said or "in the form v" in said


@quick
@given(name=names, other=names)
def test_a_value_of_another_field_or_person_stays_shut(name: str, other: str) -> None:
    if other != name:
        assert f"was not sealed as {name} for ada" in refused(f"{name}: {sealed(other)}\n")
    assert f"was not sealed as {name} for ada" in refused(f"{name}: {sealed(name, 'bob')}\n")


@quick
@given(name=names)
def test_a_wrong_key_and_a_missing_one_are_told_apart(name: str) -> None:
    line = f"{name}: {sealed(name)}\n"
    assert f"was sealed with the public key {KEY.public.id}, and STREAKY_KEY has no" in refused(
        line, OTHER.text
    )
    assert "is sealed, and no key is set that opens it" in refused(line, "")


def whole() -> bytes:
    lines = [f"{name}: {sealed(name)}  # mine" for name in NAMES]
    return "\n".join(["timezone: Europe/Berlin", *lines, "remind-at: [20:00, 22:30]", ""]).encode()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_damage_to_a_file_is_its_own_and_never_stops_the_others(data: st.DataObject) -> None:
    raw = bytearray(whole())
    for _ in range(data.draw(st.integers(1, 3))):
        at, kind = (
            data.draw(st.integers(0, len(raw) - 1)),
            data.draw(st.sampled_from(["flip", "cut", "insert", "swap"])),
        )
        if kind == "flip":
            raw[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del raw[at + 1 :]
        elif kind == "insert":
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=8))
        else:
            lines = bytes(raw).split(b"\n")
            random.Random(at).shuffle(lines)
            raw = bytearray(b"\n".join(lines)) or raw
    read(bytes(raw))


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*IN_ROSTER]) | st.text(max_size=12), st.text(max_size=40), max_size=6)
)
def test_any_keys_and_values_at_all_are_read_or_refused(entries: dict[str, str]) -> None:
    read("\n".join(f"{key}: {value}" for key, value in entries.items()).encode("utf-8", "surrogatepass"))
    read("\n".join(f"{key!r}: {value!r}" for key, value in entries.items()).encode("utf-8", "surrogatepass"))
