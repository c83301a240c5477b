"""HPKE against its published vectors and against another implementation, in both directions."""

from __future__ import annotations

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from streaky import hpke
from streaky.hpke import OpenError

# Source: RFC 9180, test-vectors.json: mode 0, KEM 32, KDF 1, AEAD 2, the first encryption.
VECTOR = {
    "info": "4f6465206f6e2061204772656369616e2055726e",
    "skRm": "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d",
    "skEm": "179d4b53b6365c45b600c4163b61d95cbc2f4d9e36f1695558dce265ab8bab11",
    "pkRm": "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c",
    "enc": "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256",
    "aad": "436f756e742d30",
    "pt": "4265617574792069732074727574682c20747275746820626561757479",
    "ct": "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a",
}
RFC = {name: bytes.fromhex(text) for name, text in VECTOR.items()}
KEY, PUBLIC = RFC["skRm"], RFC["pkRm"]
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
anything = settings(max_examples=50, deadline=None)


def test_the_published_vector_opens() -> None:
    assert hpke.public(KEY) == PUBLIC
    assert hpke.open_sealed(KEY, RFC["info"], RFC["aad"], RFC["enc"] + RFC["ct"]) == RFC["pt"]


def test_the_published_vector_is_sealed_bit_for_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hpke, "generate", lambda: RFC["skEm"])
    assert hpke.seal(PUBLIC, RFC["info"], RFC["aad"], RFC["pt"]) == RFC["enc"] + RFC["ct"]


@anything
@given(info=st.binary(max_size=64), text=st.binary(max_size=3000))
def test_another_implementation_opens_what_is_sealed_here_and_the_other_way_round(
    info: bytes, text: bytes
) -> None:
    sealed = hpke.seal(PUBLIC, info, b"", text)
    assert SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(KEY), info) == text
    theirs = SUITE.encrypt(text, X25519PublicKey.from_public_bytes(PUBLIC), info)
    assert hpke.open_sealed(KEY, info, b"", theirs) == text


@anything
@given(aad=st.binary(max_size=100), text=st.binary(max_size=100))
def test_the_other_implementation_agrees_on_associated_data(aad: bytes, text: bytes) -> None:
    # That it takes any is no part of its public interface.
    other = openssl.hpke
    sealed = hpke.seal(PUBLIC, b"info", aad, text)
    theirs = other._encrypt_with_aad(SUITE, text, X25519PublicKey.from_public_bytes(PUBLIC), b"info", aad)
    private = X25519PrivateKey.from_private_bytes(KEY)
    assert other._decrypt_with_aad(SUITE, sealed, private, b"info", aad) == text
    assert hpke.open_sealed(KEY, b"info", aad, theirs) == text


def test_nothing_is_sealed_twice_alike() -> None:
    assert len({hpke.seal(PUBLIC, b"", b"", b"text") for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("info", "aad"), [(b"other", RFC["aad"]), (RFC["info"], b"other"), (b"", b""), (RFC["aad"], RFC["info"])]
)
def test_another_purpose_or_binding_does_not_open(info: bytes, aad: bytes) -> None:
    with pytest.raises(OpenError):
        hpke.open_sealed(KEY, info, aad, RFC["enc"] + RFC["ct"])


def test_each_flipped_bit_keeps_it_shut() -> None:
    whole = RFC["enc"] + RFC["ct"]
    for at in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        # X25519 takes no notice of the highest bit of a point, but the key schedule does.
        with pytest.raises(OpenError):
            hpke.open_sealed(KEY, RFC["info"], RFC["aad"], bytes(flipped))


def test_each_truncation_keeps_it_shut() -> None:
    whole = RFC["enc"] + RFC["ct"]
    for length in range(len(whole)):
        with pytest.raises(OpenError):
            hpke.open_sealed(KEY, RFC["info"], RFC["aad"], whole[:length])


def test_a_point_of_low_order_neither_seals_nor_opens() -> None:
    with pytest.raises(ValueError):  # noqa: PT011, what it says is the library's
        hpke.seal(bytes(32), b"", b"", b"text")
    with pytest.raises(OpenError):
        hpke.open_sealed(KEY, b"", b"", bytes(32) + RFC["ct"])
