"""A token for the sandbox's GitHub: whose it is, and what it may do.

Source: GitHub docs, "Permissions for the GITHUB_TOKEN", "Permissions required for fine-grained personal
access tokens".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from streaky.sandbox.github.answers import FORBIDDEN
from streaky.sandbox.github.git import BOT, noreply

Access = Literal["none", "read", "write"]
Scope = Literal["contents", "issues", "pulls", "actions"]
ACCESS: tuple[Access, ...] = ("none", "read", "write")


@dataclass(frozen=True, slots=True)
class Token:
    """A token, with a job's `permissions`.

    `owner`: the login of the person whose it is; one that begins with ghs_ and has no owner is a job's own.
    `sees_private`: whether private repositories exist for it. `expires` (aware): the end of a personal
    token, told in that zone; None for one without. `scopes`: those of a classic personal token. `repository`:
    the full name of the one that a job's token is for, "" where nobody said; `pulls`: its `pull-requests`.
    """

    text: str
    owner: str | None = None
    contents: Access = "write"
    issues: Access = "write"
    actions: Access = "write"
    sees_private: bool = True
    expires: datetime | None = None
    scopes: tuple[str, ...] = ()
    repository: str = ""
    pulls: Access = "none"

    @property
    def of_a_job(self) -> bool:
        return self.owner is None and self.text.startswith("ghs_")

    def may(self, scope: Scope, access: Access) -> bool:
        """Whether it has this access or more."""
        return ACCESS.index(getattr(self, scope)) >= ACCESS.index(access)

    def lists(self, full_name: str, *, private: bool, role: str | None) -> bool:
        """Whether a repository shows in a search or a list. A job's token knows the private one it is for;
        `role`: what the token's person may do there."""
        if not private:
            return True
        if self.of_a_job:
            return full_name.casefold() == self.repository.casefold()
        return self.sees_private and role is not None

    def login(self, owner: str) -> str:
        """Who acts with it in a repository of `owner`; a personal token of nobody in particular is theirs."""
        return BOT[0] if self.of_a_job else self.owner or owner

    def author(self, owner: str) -> tuple[str, str]:
        """The author, name and e-mail, of what is committed with it in a repository of `owner`."""
        return BOT if self.of_a_job else noreply(self.login(owner))

    @property
    def refusal(self) -> str:
        """What GitHub says when it lacks a permission."""
        if self.text.startswith("github_pat_"):
            return "Resource not accessible by personal access token"
        return FORBIDDEN

    def headers(self) -> dict[str, str]:
        """What each answer tells of a personal token. Source: GitHub docs, "Troubleshooting the REST API";
        osunyorg/admin#418 and WebKit/WebKit#53897 for the two forms of the time."""
        told = {}
        if self.expires is not None:
            zone = "%z" if self.expires.utcoffset() else "UTC"
            told["GitHub-Authentication-Token-Expiration"] = f"{self.expires:%Y-%m-%d %H:%M:%S {zone}}"
        if self.text.startswith("ghp_"):
            told["X-OAuth-Scopes"] = ", ".join(self.scopes)
        return told
