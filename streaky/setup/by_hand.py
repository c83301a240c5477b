"""The same by hand: the pages of GitHub's on which each step is done."""

from __future__ import annotations

from streaky import HOMEPAGE, TEMPLATE
from streaky.channels import CHANNELS

WORKFLOW = ".github/workflows/streaky.yml"


def template_page(template: str = TEMPLATE) -> str:
    """The page that makes a repository from a template, `owner/name`."""
    owner, name = template.split("/")
    return f"https://github.com/new?template_owner={owner}&template_name={name}"


def by_hand(repository: str = "LOGIN/streaky") -> str:
    """The steps in words, each with its page."""
    home = f"https://github.com/{repository}"
    names = [row.environment for each in CHANNELS if each.own for row in each.inputs[:1]]
    return "\n".join(
        (
            "Without a token, the same is done on GitHub's pages:",
            f"1. Make your repository:        {template_page()}",
            f"2. Write your time zone into:   {home}/edit/main/{WORKFLOW}",
            f"3. Add the secrets you need:    {home}/settings/secrets/actions/new",
            f"   ({', '.join(names)}; without any, an issue of the repository warns you)",
            f"4. Send the test alert:         {home}/actions/workflows/streaky.yml",
            "",
            "Or give a token: `gh auth login`, or the variable GITHUB_TOKEN with a personal access token",
            "that may make repositories and write contents, secrets, actions and workflows.",
            f"More: {HOMEPAGE}#readme",
        )
    )
