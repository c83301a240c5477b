"""Actions secrets of a repository in the sandbox's GitHub: written sealed, and never shown.

Source: GitHub REST docs, "GitHub Actions Secrets", "Encrypting secrets for the REST API".
"""

from __future__ import annotations

import base64
import re
from typing import Any

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import Refusal, number, problem, stamp
from streaky.sandbox.github.repositories import Repository

NAME = re.compile(r"(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*")


def answer(request: Request, found: Repository, path: list[str], body: dict[str, Any]) -> Response | None:
    """The answer about secrets; None where there is no such route."""
    match request.method, path:
        case "GET", []:
            shown = [_shown(found, name) for name in sorted(found.secrets)]
            return Response.json({"total_count": len(shown), "secrets": shown})
        case "GET", ["public-key"]:
            key = base64.b64encode(bytes(_key(found).public_key)).decode()
            return Response.json({"key_id": _key_id(found), "key": key})
        case "GET", [name]:
            return Response.json(_shown(found, name)) if name in found.secrets else problem(404, "Not Found")
        case "PUT", [name]:
            if not NAME.fullmatch(name):
                return problem(422, "Secret names can only contain alphanumeric characters or underscores.")
            if body["key_id"] != _key_id(found):
                return problem(422, "Bad request - no key for this key_id")
            known = name.upper() in found.secrets
            found.secrets[name.upper()] = _opened(found, body["encrypted_value"])
            return Response(204) if known else Response.json({}, 201)
    return None


def _key_id(found: Repository) -> str:
    return str(number(f"{found.full_name} key"))


def _key(found: Repository) -> Any:
    """The repository's own key, which stays the same."""
    from nacl.encoding import RawEncoder
    from nacl.hash import sha256  # PyNaCl comes with PyGithub, which alone seals
    from nacl.public import PrivateKey

    return PrivateKey(sha256(found.full_name.encode(), encoder=RawEncoder))


def _opened(found: Repository, sealed: str) -> str:
    from nacl.exceptions import CryptoError
    from nacl.public import SealedBox

    try:
        opened: bytes = SealedBox(_key(found)).decrypt(base64.b64decode(sealed))
    except (CryptoError, ValueError):
        raise Refusal("UNPROCESSABLE", "The value could not be decrypted.") from None
    return opened.decode()


def _shown(found: Repository, name: str) -> dict[str, Any]:
    """An actions-secret: everything but what it holds."""
    return {"name": name, "created_at": stamp(found.created), "updated_at": stamp(found.created)}
