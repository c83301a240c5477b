"""Hybrid public key encryption, one message at a time: RFC 9180, base mode, with DHKEM(X25519, HKDF-SHA256),
HKDF-SHA256 and AES-256-GCM.

Names and constants are the RFC's. `cryptography` gives the primitives; its own `hpke` takes no associated
data, without which a value could be copied to another person. This file takes 16 ms to load, so only
sealed values load it.
"""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

N_ENC, N_SECRET, N_KEY, N_NONCE = 32, 32, 32, 12  # bytes
KEM_SUITE = b"KEM" + bytes.fromhex("0020")
SUITE = b"HPKE" + bytes.fromhex("0020 0001 0002")  # KEM, KDF, AEAD
MODE_BASE = b"\0"


class OpenError(Exception):
    """The ciphertext was not made for this key, info and aad, or it was changed."""


def generate() -> bytes:
    """A new private key, 32 bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public(private: bytes) -> bytes:
    """The public key that belongs to a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(recipient: bytes, info: bytes, aad: bytes, plaintext: bytes) -> bytes:
    """enc and ciphertext, one behind the other, for the owner of a public key. Raises ValueError for a
    public key that is none."""
    ephemeral = generate()  # the nonce follows from it, so that it must never come twice
    enc = public(ephemeral)
    key, nonce = _key_schedule(_shared_secret(ephemeral, recipient, enc, recipient), info)
    return enc + AESGCM(key).encrypt(nonce, plaintext, aad)


def open_sealed(private: bytes, info: bytes, aad: bytes, sealed: bytes) -> bytes:
    """The plaintext of enc and ciphertext. Raises OpenError."""
    enc, ciphertext = sealed[:N_ENC], sealed[N_ENC:]
    try:
        key, nonce = _key_schedule(_shared_secret(private, enc, enc, public(private)), info)
        return AESGCM(key).decrypt(nonce, ciphertext, aad)
    except (InvalidTag, ValueError):  # ValueError: too short, or a point of low order (RFC 9180, 7.1.4)
        raise OpenError from None


def _shared_secret(own: bytes, other: bytes, enc: bytes, recipient: bytes) -> bytes:
    """ExtractAndExpand of the Diffie-Hellman result, the same from either side. Source: RFC 9180, 4.1."""
    dh = X25519PrivateKey.from_private_bytes(own).exchange(X25519PublicKey.from_public_bytes(other))
    prk = _labeled_extract(KEM_SUITE, b"", b"eae_prk", dh)
    return _labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + recipient, N_SECRET)


def _key_schedule(shared_secret: bytes, info: bytes) -> tuple[bytes, bytes]:
    """The key, and the nonce of the first and only message. Source: RFC 9180, 5.1."""
    psk_id_hash = _labeled_extract(SUITE, b"", b"psk_id_hash", b"")
    info_hash = _labeled_extract(SUITE, b"", b"info_hash", info)
    context = MODE_BASE + psk_id_hash + info_hash
    secret = _labeled_extract(SUITE, shared_secret, b"secret", b"")
    key = _labeled_expand(SUITE, secret, b"key", context, N_KEY)
    return key, _labeled_expand(SUITE, secret, b"base_nonce", context, N_NONCE)


def _labeled_extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + ikm, "sha256")  # RFC 5869, 2.2


def _labeled_expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labeled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), length, labeled).derive(prk)
