"""The GitHub server that this run belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

API = "https://api.github.com"  # GitHub's own, where no server of somebody's own is meant
OF_AN_APP = "ghs_"  # how the token of an app's installation begins, as a job's own is one


@dataclass(frozen=True, slots=True)
class GitHub:
    """Where and as whom GitHub is asked. `repository` is (owner, name), None outside of a runner. `job_token`
    is the job's own, which may write where the other one may be somebody's that only reads."""

    token: str = field(repr=False)
    job_token: str = field(repr=False)
    api_url: str
    graphql_url: str
    server_url: str
    repository: tuple[str, str] | None

    @property
    def own_token(self) -> bool:
        """Whether a token of a person's own reads, which may see more than the job's."""
        return self.token != self.job_token or not self.token.startswith(OF_AN_APP)

    def page(self, *path: str) -> str:
        """The repository's page at a path, such as `actions`, on the web; "" outside of a repository."""
        return "/".join((self.server_url, *self.repository, *path)) if self.repository else ""

    def profile(self, login: str) -> str:
        """A person's profile on the web."""
        return f"{self.server_url}/{login}"
