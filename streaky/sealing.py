"""Sealed values: secrets in a file that only the owner of a private key can open.

Each is tied to one person and one input, so that it opens nowhere else. The forms of keys and values are
fixed, so that other programs can seal and open them too: see docs/sealed.md.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from streaky.input.sealed import PREFIX

KEY_SIZE = 32  # bytes
SHORTEST = 48  # bytes: an encapsulated key, no text, and the tag
INFO = b"streaky sealed value v1"
PUBLIC = "streaky-public:v1:"
PRIVATE = "streaky-private:v1:"
SEAL_AGAIN = "Seal the value anew with streaky seal."


class BadKey(ValueError):
    """A text is not a key; `what` it is, and the `mend`. Neither repeats any of it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.what, self.mend = what, mend


class NotOpened(Exception):
    """A sealed value stays shut: `what` is wrong, and the `mend`. Neither repeats any of it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.what, self.mend = what, mend


class NothingOpens(NotOpened):
    """What opens sealed values is not installed, as when no package index could be reached."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who has it can seal."""

    raw: bytes

    @property
    def id(self) -> str:
        """Eight hex digits that name the pair of keys in what is sealed with it."""
        return hashlib.sha256(self.raw).hexdigest()[:8]

    def __str__(self) -> str:
        return PUBLIC + _encoded(self.raw)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """Who has it can open. Its text is the secret, so there is no `str` of it."""

    raw: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The key as it is handed over."""
        return PRIVATE + _encoded(self.raw)

    @property
    def public(self) -> PublicKey:
        """The key that seals for it."""
        from streaky import hpke

        return PublicKey(hpke.public(self.raw))


def new_key() -> PrivateKey:
    """A key that nobody had before."""
    from streaky import hpke

    return PrivateKey(hpke.generate())


def public_key(text: str) -> PublicKey:
    """Read a public key. Raises BadKey."""
    text = text.strip()
    if text.startswith(PRIVATE):
        mend = "Remove it there, make a new pair with streaky keygen, and never use this one again."
        raise BadKey("is a private key, which belongs in no file.", mend)
    raw = _decoded(text.removeprefix(PUBLIC)) if text.startswith(PUBLIC) else None
    if raw is None or len(raw) != KEY_SIZE:
        raise BadKey("is no public key of Streaky.", f"It looks like {PUBLIC}…; streaky keygen makes one.")
    return PublicKey(raw)


def private_keys(text: str) -> tuple[PrivateKey, ...]:
    """Read private keys, one a line. Raises BadKey."""
    keys = []
    for number, line in enumerate(text.splitlines(), 1):
        if not (word := line.strip()):
            continue
        if word.startswith(PUBLIC):
            raise BadKey(f"line {number} is a public key.", f"Put the private one there: {PRIVATE}…")
        raw = _decoded(word.removeprefix(PRIVATE)) if word.startswith(PRIVATE) else None
        if raw is None or len(raw) != KEY_SIZE:
            what = f"line {number} is no private key of Streaky."
            raise BadKey(what, f"Copy it as streaky keygen printed it, one a line: {PRIVATE}…")
        keys.append(PrivateKey(raw))
    if not keys:
        raise BadKey("holds no key.", "Copy the private key that streaky keygen printed, or remove it.")
    return tuple(keys)


def seal(value: str, key: PublicKey, login: str, name: str) -> str:
    """The value of the input `name`, sealed for the person `login`. Raises BadKey."""
    from streaky import hpke

    try:
        sealed = hpke.seal(key.raw, INFO, _bound_to(login, name), value.encode())
    except ValueError:
        mend = "Make a new pair with streaky keygen."
        raise BadKey("is a public key that nothing can be sealed with.", mend) from None
    return f"{PREFIX}v1:{key.id}:{_encoded(sealed)}"


def open_sealed(text: str, keys: Iterable[PrivateKey], login: str, name: str) -> str:
    """The value in a sealed text, for the same person and input as it was sealed for. Raises NotOpened, of
    which NothingOpens."""
    key_id, sealed = taken_apart(text)
    try:
        from streaky import hpke
    except ImportError:
        what = "is sealed, and the package cryptography, which opens it, is not installed here."
        raise NothingOpens(what, "Install streaky[sealed].") from None
    by_id = {key.public.id: key for key in keys}
    if key_id not in by_id:
        yours = ", ".join(by_id)
        what = f"was sealed with the public key {key_id}, and STREAKY_KEY has no private key for it: {yours}."
        mend = "Add that private key on a line of its own, or seal the value anew with your public key."
        raise NotOpened(what, mend)
    try:
        opened = hpke.open_sealed(by_id[key_id].raw, INFO, _bound_to(login, name), sealed)
        return opened.decode()
    except hpke.OpenError:
        what = f"cannot be opened: it was changed, or it was not sealed as {name} for {login}."
        raise NotOpened(what, f"Seal the value anew: streaky seal {name} --user {login}") from None
    except UnicodeDecodeError:
        raise NotOpened("was sealed, but is not text (UTF-8).", SEAL_AGAIN) from None


def taken_apart(text: str) -> tuple[str, bytes]:
    """A sealed text's key id, and what is sealed, which no key is needed for. Raises NotOpened."""
    form = re.fullmatch(r"sealed:(v[0-9]{1,4}):(?:([0-9a-f]{8}):([A-Za-z0-9_-]+)|.*)", text, re.DOTALL)
    if form and form[1] != "v1":
        what = f"is sealed in the form {form[1]}, which this version of Streaky does not know."
        raise NotOpened(what, "Use a newer version of Streaky, or seal the value anew.")
    sealed = _decoded(form[3]) if form and form[3] else None
    if form is None or sealed is None or len(sealed) < SHORTEST:
        raise NotOpened("is not a whole sealed value.", "Copy all that streaky seal printed, in one line.")
    return form[2], sealed


def _bound_to(login: str, name: str) -> bytes:
    return f"{login.lower()}\n{name}".encode()


def _encoded(raw: bytes) -> str:
    """base64url without padding. Source: RFC 4648, 5."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes | None:
    """The bytes of base64url without padding; None for what `_encoded` would not write."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return raw if _encoded(raw) == text else None
