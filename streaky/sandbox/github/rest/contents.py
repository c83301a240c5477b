"""Files of a repository in the sandbox's GitHub, read and written one by one.

Source: GitHub REST docs, "Get repository content", "Create or update file contents".
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import Refusal, problem
from streaky.sandbox.github.git import oid
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.rest.issues import Asker

WORKFLOWS = ".github/workflows/"


def answer(request: Request, asker: Asker, path: str, body: dict[str, Any]) -> Response | None:
    """The answer about a file of the default branch; None where there is no such route."""
    found = asker.found
    before = found.files.get(path)
    if request.method == "GET":
        return Response.json(_shown(found, path, before)) if before is not None else problem(404, "Not Found")
    if request.method != "PUT":
        return None
    if (
        path.startswith(WORKFLOWS)
        and asker.token.text.startswith("ghp_")
        and "workflow" not in asker.token.scopes
    ):
        return problem(404, "Not Found")  # a classic token without the scope `workflow` sees no such place
    try:
        text, message = base64.b64decode(body["content"], validate=True), str(body["message"])
    except binascii.Error:
        raise Refusal("UNPROCESSABLE", "content is not valid Base64") from None
    known = oid("blob", _bytes(before)) if before is not None else None
    if body.get("sha") != known:
        if known is None or "sha" not in body:
            return problem(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
        return problem(409, f"{path} does not match {body['sha']}")
    made = found.write(found.branch, {path: text}, message=message, author=asker.token.author(found.owner))
    shown = {"content": _shown(found, path, text), "commit": {"sha": made.oid}}
    return Response.json(shown, 200 if known else 201)


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _shown(found: Repository, path: str, data: str | bytes) -> dict[str, Any]:
    """A content-file."""
    raw = _bytes(data)
    link = found.link(f"contents/{path}")
    page = f"{found.page}/blob/{found.branch}/{path}"
    return {
        "type": "file",
        "encoding": "base64",
        "size": len(raw),
        "name": path.rpartition("/")[2],
        "path": path,
        "content": base64.encodebytes(raw).decode(),
        "sha": oid("blob", raw),
        "url": link,
        "git_url": None,
        "html_url": page,
        "download_url": None,
        "_links": {"git": None, "self": link, "html": page},
    }
