"""Who commits for this repository, and how git gets a token without showing it."""

from __future__ import annotations

import base64

NAME = "github-actions[bot]"
MAIL = f"41898282+{NAME}@users.noreply.github.com"
IDENTITY = {
    "GIT_AUTHOR_NAME": NAME,
    "GIT_AUTHOR_EMAIL": MAIL,
    "GIT_COMMITTER_NAME": NAME,
    "GIT_COMMITTER_EMAIL": MAIL,
}


def credentials(token: str) -> dict[str, str]:
    """Git's environment for a token, which so is no part of a command or a URL."""
    without = {"GIT_TERMINAL_PROMPT": "0"}
    if not token:
        return without
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return without | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.https://github.com/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }
