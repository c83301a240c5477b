"""Keys and sealed values as text: what is written can be read, and nothing else can."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky import hpke, sealing
from streaky.input.sealed import is_sealed
from streaky.sealing import BadKey, NotOpened, PrivateKey, PublicKey

KEY = PrivateKey(bytes(range(32)))
OTHER = PrivateKey(bytes(range(1, 33)))
PUBLIC = KEY.public
VALUE = "https://discord.com/api/webhooks/1/ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ"
NAME = "discord-webhook-url"
TEXT = sealing.seal(VALUE, PUBLIC, "OctoCat", NAME)
logins = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
anything = settings(max_examples=60, deadline=None)


def shut(text: str, login: str = "octocat", name: str = NAME, keys: tuple[PrivateKey, ...] = (KEY,)) -> str:
    """What is said of a sealed value that does not open."""
    with pytest.raises(NotOpened) as caught:
        sealing.open_sealed(text, keys, login, name)
    assert VALUE[-10:] not in str(caught.value)
    return f"{caught.value.what} {caught.value.mend}"


def test_the_forms_are_those_that_others_rely_on() -> None:
    assert KEY.text == "streaky-private:v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    raw = X25519PrivateKey.from_private_bytes(KEY.raw).public_key().public_bytes_raw()
    assert str(PUBLIC) == "streaky-public:v1:" + base64.urlsafe_b64encode(raw).decode().rstrip("=")
    key_id = hashlib.sha256(raw).hexdigest()[:8]
    assert PUBLIC.id == key_id
    head, version, named, body = TEXT.split(":")
    assert (head, version, named) == ("sealed", "v1", key_id)
    whole = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    assert len(whole) == 32 + len(VALUE) + 16
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    private, aad = X25519PrivateKey.from_private_bytes(KEY.raw), b"octocat\ndiscord-webhook-url"
    opened = openssl.hpke._decrypt_with_aad(suite, whole, private, b"streaky sealed value v1", aad)
    assert opened.decode() == VALUE


@anything
@given(value=texts, login=logins, name=st.sampled_from([NAME, "apprise-urls", "telegram-chat-id"]))
def test_what_is_sealed_opens_for_the_same_person_in_any_case(value: str, login: str, name: str) -> None:
    text = sealing.seal(value, PUBLIC, login, name)
    assert is_sealed(text)
    assert sealing.open_sealed(text, [OTHER, KEY], login.swapcase(), name) == value


@anything
@given(raw=st.binary(min_size=32, max_size=32))
def test_keys_are_read_as_they_are_written(raw: bytes) -> None:
    assert sealing.private_keys(f"\n {PrivateKey(raw).text} \r\n\n{KEY.text}") == (PrivateKey(raw), KEY)
    assert sealing.public_key(f"{PublicKey(raw)}\n") == PublicKey(raw)


def test_a_private_key_is_not_shown_by_accident() -> None:
    assert KEY.text.rpartition(":")[2] not in f"{KEY!r} {KEY}"
    assert repr(KEY.raw) not in f"{KEY!r} {KEY}"


def test_another_person_field_or_key_does_not_open() -> None:
    assert "was not sealed as discord-webhook-url for octodog" in shut(TEXT, "octodog")
    assert "was not sealed as webhook-url for octocat" in shut(TEXT, name="webhook-url")
    said = shut(TEXT, keys=(OTHER,))
    assert PUBLIC.id in said
    assert OTHER.public.id in said
    claimed = TEXT.replace(PUBLIC.id, OTHER.public.id)
    assert "it was changed" in shut(claimed, keys=(KEY, OTHER))


def test_login_and_field_cannot_run_into_each_other() -> None:
    text = sealing.seal(VALUE, PUBLIC, "octo", "cat")
    assert "cannot be opened" in shut(text, "octoc", "at")


@pytest.mark.parametrize(
    "text",
    [
        "sealed:",
        "sealed:v1:",
        "sealed:v1:00000000",
        "sealed:v1:00000000:",
        "sealed:v1:0000000:" + "A" * 64,
        "sealed:v1:0000000G:" + "A" * 64,
        "sealed:v1:00000000:" + "A" * 63,
        TEXT + "=",
        TEXT + " x",
        TEXT.replace(":v1:", ":v1:\n"),
        TEXT[:-1] + "é",
        "sealed:vx:00000000:" + "A" * 64,
        TEXT.upper().replace("SEALED:V1", "sealed:v1"),
    ],
)
def test_what_is_no_sealed_value_is_told_so(text: str) -> None:
    assert shut(text).startswith("is not a whole sealed value.")


def test_a_later_form_is_told_apart_from_a_damaged_value() -> None:
    assert "in the form v2" in shut(TEXT.replace(":v1:", ":v2:"))


def test_each_truncated_and_each_changed_text_stays_shut() -> None:
    for at in range(len("sealed:v1:"), len(TEXT)):
        shut(TEXT[:at])
        for other in "A_":
            if TEXT[at] != other:
                shut(TEXT[:at] + other + TEXT[at + 1 :])


def test_bits_that_say_nothing_must_be_zero() -> None:
    text = sealing.seal("1234", PUBLIC, "octocat", NAME)  # 52 bytes end in one that uses 2 bits of a letter
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.index(text[-1])
    assert "not a whole sealed value" in shut(text[:-1] + alphabet[place + 1])


def test_sealed_bytes_that_are_no_text_stay_shut() -> None:
    whole = hpke.seal(PUBLIC.raw, sealing.INFO, f"octocat\n{NAME}".encode(), b"\xff\xfe")
    body = base64.urlsafe_b64encode(whole).decode().rstrip("=")
    assert "is not text" in shut(f"sealed:v1:{PUBLIC.id}:{body}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no key."),
        ("\n \n", "holds no key."),
        ("ZQ9xK7wV5uT3sR1pO8nM6lJ4iH2gF0dBaZ", "line 1 is no private key"),
        (KEY.text[:-1], "line 1 is no private key"),
        (f"{KEY.text}A", "line 1 is no private key"),
        (f"{KEY.text}=", "line 1 is no private key"),
        (f"{KEY.text[:-1]}9", "line 1 is no private key"),
        (KEY.text.replace("v1", "v2"), "line 1 is no private key"),
        (f"{KEY.text}\n\n{KEY.text} {KEY.text}", "line 3 is no private key"),
        (f"{KEY.text}\n{PUBLIC}", "line 2 is a public key."),
    ],
)
def test_what_is_no_private_key_is_refused_and_not_repeated(text: str, said: str) -> None:
    with pytest.raises(BadKey) as caught:
        sealing.private_keys(text)
    assert caught.value.what.startswith(said)
    assert KEY.text[-20:] not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no public key of Streaky."),
        (str(PUBLIC)[:-1], "is no public key of Streaky."),
        (str(PUBLIC) + str(PUBLIC), "is no public key of Streaky."),
        (KEY.text, "is a private key, which belongs in no file."),
    ],
)
def test_what_is_no_public_key_is_refused_and_not_repeated(text: str, said: str) -> None:
    with pytest.raises(BadKey) as caught:
        sealing.public_key(text)
    assert caught.value.what == said
    assert KEY.text[-20:] not in str(caught.value)


def test_nothing_is_sealed_with_a_public_key_that_hides_nothing() -> None:
    with pytest.raises(BadKey):
        sealing.seal(VALUE, PublicKey(bytes(32)), "octocat", NAME)
